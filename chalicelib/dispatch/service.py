"""The GPU desk: jobs go out, news comes in, and each ends exactly once."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chalicelib.contracts import object_keys
from chalicelib.contracts.callbacks import (
    ClosestArtwork,
    GenerationCompleted,
    GenerationProgress,
    TrainingCompleted,
    TrainingProgress,
)
from chalicelib.contracts.failures import Failure, FailureCode
from chalicelib.contracts.jobs import JobKind, JobMessage, SignedUrls, Ticket
from chalicelib.dispatch import runpod
from chalicelib.dispatch.inputs import build_input
from chalicelib.dispatch.urls import sign_urls
from chalicelib.generations import service as generations
from chalicelib.jobs import service as jobs
from chalicelib.kit import metrics, outbox, storage
from chalicelib.kit.db import transaction
from chalicelib.kit.log import LOG
from chalicelib.kit.settings import settings
from chalicelib.styles import closest_calls
from chalicelib.styles import service as styles
from chalicelib.tables import Job


def receive(messages: Iterable[JobMessage]) -> None:
    """Mark the attempts as due and send what the slots allow."""
    kinds = set()
    for message in messages:
        with transaction() as db:
            kinds.add(jobs.mark_due(db, message=message))
    for kind in kinds - {None}:
        assert kind is not None  # noqa: S101 - taken out above
        send_due(kind)


def send_due(kind: JobKind) -> int:
    """Claim due jobs, commit, then give each to RunPod; answers how many were claimed."""
    with transaction() as db:
        claimed = jobs.admit(db, kind=kind)
    for job in claimed:
        try:
            _send(job, kind)
        except Exception as error:
            # One that can't be sent must not keep the others, nor its slot.
            LOG.exception("job not sent", job_id=str(job.id))
            away = isinstance(error, runpod.RunpodUnavailable)
            code = FailureCode.UPSTREAM_UNAVAILABLE if away else FailureCode.INTERNAL
            failure = Failure(code=code, message=type(error).__name__)
            fail_attempt(job_id=job.id, attempt=job.attempt, failure=failure)
    return len(claimed)


def _send(job: Job, kind: JobKind) -> None:
    with transaction() as db:
        job_input, execution_seconds = build_input(db, job=job)
    run_id = runpod.run(kind, job_input, execution_seconds=execution_seconds)
    with transaction() as db:
        jobs.note_submitted(db, job_id=job.id, attempt=job.attempt, runpod_job_id=run_id)


def hand_out_urls(db: Session, *, ticket: Ticket, kind: JobKind) -> SignedUrls | None:
    """A worker begins, or is about to end; None for a superseded attempt."""
    job = jobs.hear(db, ticket=ticket, kind=kind)
    if job is None:
        return None
    if job.style_id:
        styles.start_training(db, style_id=job.style_id, progress=None)
    elif job.generation_id:
        generations.start_processing(db, generation_id=job.generation_id, progress=None)
    return sign_urls(db, job=job)


def note_training_progress(
    db: Session, *, ticket: Ticket, style_id: UUID, progress: TrainingProgress
) -> bool:
    """How far a training is; False for a superseded attempt or another's style."""
    job = jobs.hear(db, ticket=ticket, kind=JobKind.TRAINING)
    if job is None or job.style_id != style_id:
        return False
    styles.start_training(db, style_id=style_id, progress=progress)
    styles.show_samples(db, job=job, count=progress.samples)
    return True


def note_generation_progress(
    db: Session, *, ticket: Ticket, generation_id: UUID, progress: GenerationProgress
) -> bool:
    """How far a generation is; False for a superseded attempt or another's generation."""
    job = jobs.hear(db, ticket=ticket, kind=JobKind.GENERATION)
    if job is None or job.generation_id != generation_id:
        return False
    generations.start_processing(db, generation_id=generation_id, progress=progress)
    return True


def verify_objects(done: TrainingCompleted | GenerationCompleted) -> Failure | None:
    """Whether what a worker says it uploaded lies there; no transaction may be open.

    None when all is well, or when the attempt is superseded (then nobody asks).
    """
    with transaction() as db:
        job = db.execute(
            select(Job).where(
                Job.id == done.job_id,
                Job.attempt == done.attempt,
                Job.attempt_key == done.attempt_key,
                Job.ended_at.is_(None),
            )
        ).scalar_one_or_none()
    if job is None:
        return None
    if isinstance(done, TrainingCompleted) and job.style_id:
        lora = object_keys.lora(style_id=job.style_id, job_id=job.id, attempt=job.attempt)
        return _compare(settings().private_bucket, lora, done.result.lora_sha256)
    if isinstance(done, GenerationCompleted) and job.generation_id:
        attempt: dict[str, Any] = {"generation_id": job.generation_id, "attempt": job.attempt}
        image = object_keys.generation_image(**attempt)
        return _compare(settings().image_bucket, image, done.result.image_sha256)
    return None


def complete(
    db: Session,
    *,
    done: TrainingCompleted | GenerationCompleted,
    failure: Failure | None,
) -> bool:
    """An attempt's success, in steps: the attempt counts, the job ends, its subject is completed.

    False for a superseded attempt, a second delivery, or objects that are not there.
    """
    kind = JobKind.TRAINING if isinstance(done, TrainingCompleted) else JobKind.GENERATION
    job = jobs.hear(db, ticket=done, kind=kind)
    if job is None:
        return False
    if failure:
        give_up_or_retry(db, job=job, failure=failure)
        return False
    if isinstance(done, TrainingCompleted):
        styles.complete_training(db, job=job, result=done.result)
    else:
        generations.complete_generation(db, job=job, result=done.result)
        closest_calls.note(db, job=job, closest=done.result.closest, is_delivered=True)
    jobs.end(db, job=job, state="done")
    return True


def note_failure(
    db: Session,
    *,
    ticket: Ticket,
    kind: JobKind,
    failure: Failure,
    closest: ClosestArtwork | None = None,
) -> bool:
    """An attempt's failure; False for a superseded attempt."""
    job = jobs.hear(db, ticket=ticket, kind=kind)
    if job is None:
        return False
    closest_calls.note(db, job=job, closest=closest, is_delivered=False)
    give_up_or_retry(db, job=job, failure=failure)
    return True


def fail_attempt(*, job_id: UUID, attempt: int, failure: Failure) -> None:
    """End an attempt from which no worker will be heard; nothing if it has ended meanwhile."""
    with outbox.committing() as db:
        job = jobs.lock_at_work(db, job_id=job_id, attempt=attempt)
        if job:
            give_up_or_retry(db, job=job, failure=failure)


def give_up_or_retry(db: Session, *, job: Job, failure: Failure) -> None:
    """Another attempt, or the end: refund and notification."""
    LOG.warning(
        "attempt failed",
        job_id=str(job.id),
        attempt=job.attempt,
        failure_code=failure.code,
        failure_message=failure.message,
    )
    copied = failure.code is FailureCode.COPY_OF_ARTWORK
    if copied:
        metrics.count("CopiesRefused")
    retried = jobs.fail_attempt(db, job=job, failure=failure)
    if job.generation_id:
        if retried:
            generations.mark_retrying(db, generation_id=job.generation_id, new_seed=copied)
        else:
            generations.fail_generation(db, generation_id=job.generation_id, failure=failure)
    elif job.style_id and not retried:
        styles.fail_training(db, style_id=job.style_id, failure=failure)


def _compare(bucket: str, key: str, sha256: str) -> Failure | None:
    try:
        found = storage.sha256(bucket, key)
    except storage.ObjectMissing:
        found = None
    if found == sha256:
        return None
    message = "uploaded object is missing" if found is None else "uploaded object differs"
    return Failure(code=FailureCode.STORAGE_UNAVAILABLE, message=message)
