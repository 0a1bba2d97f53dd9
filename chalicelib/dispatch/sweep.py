"""Every minute: whatever a lost message, callback, worker or event has left behind."""

from pydantic import ValidationError

from chalicelib.contracts.callbacks import GenerationCompleted, TrainingCompleted
from chalicelib.contracts.failures import Failure, FailureCode
from chalicelib.contracts.jobs import JobKind
from chalicelib.dispatch import measures, runpod, service
from chalicelib.jobs import service as jobs
from chalicelib.kit import clock, outbox
from chalicelib.kit.db import transaction
from chalicelib.kit.log import LOG
from chalicelib.kit.settings import settings
from chalicelib.ledger import checkpoint
from chalicelib.ledger import service as ledger
from chalicelib.purchases import service as purchases
from chalicelib.styles.inspection import inspect_overdue
from chalicelib.tables import Job
from chalicelib.web import idempotency

_LOST = Failure(code=FailureCode.WORKER_LOST, message="nothing was heard from the worker")
_TIMED_OUT = Failure(code=FailureCode.TIMEOUT, message="the attempt ran out of time")


def sweep() -> dict[str, int]:
    """Look after silent, forgotten and waiting jobs; answers what was found of each."""
    with transaction() as db:
        credited = ledger.roll_up_credits(db)
    with outbox.committing() as db:
        forgotten = jobs.announce_forgotten(db)
    found = {
        "artists_credited": credited,
        "forgotten_jobs": forgotten,
        "jobs_sent": sum(service.send_due(kind) for kind in JobKind),
    }
    _forget()
    _watch()
    # What may take long comes last, so that it can't starve the rest.
    with transaction() as db:
        silent = jobs.find_silent(db)
    for job in silent:
        try:
            look_after(job)
        except Exception:
            # One job that can't be looked after must not leave the others alone.
            LOG.exception("job left to the next sweep", job_id=str(job.id))
    return {
        **found,
        "silent_jobs": len(silent),
        "purchases_asked_for": purchases.sweep(),
        "artworks_inspected": inspect_overdue(),
    }


def _forget() -> None:
    """Remove rows that nobody asks for any more."""
    for forget in (outbox.forget_sent, idempotency.forget_old):
        with transaction() as db:
            forget(db)


def _watch() -> None:
    """Measure, and prove the ledger; neither may keep lost jobs waiting by failing."""
    for watch in (measures.measure, checkpoint.prove_in_turn):
        try:
            watch()
        except Exception:
            LOG.exception("left to the next sweep", step=watch.__name__)


def look_after(job: Job) -> None:
    """Ask RunPod for a silent job and act on the answer."""
    kind = JobKind(job.kind)
    if job.runpod_job_id is None:
        service.fail_attempt(job_id=job.id, attempt=job.attempt, failure=_LOST)
        return
    try:
        state = runpod.ask_status(kind, job.runpod_job_id)
    except runpod.RunpodUnavailable as error:
        LOG.warning("RunPod does not answer", job_id=str(job.id), reason=str(error))
        return
    if state.status == "COMPLETED":
        _replay(job, kind, state)
    elif state.status == "IN_QUEUE":
        # No worker has had it: waiting in RunPod's queue is no silence.
        return
    elif state.status in {"IN_PROGRESS", "RUNNING"}:
        _stop_if_dead(job, kind)
    else:
        failure = state.failure or (_TIMED_OUT if state.status == "TIMED_OUT" else _LOST)
        service.fail_attempt(job_id=job.id, attempt=job.attempt, failure=failure)


def _replay(job: Job, kind: JobKind, state: runpod.RunState) -> None:
    """The worker finished and its callback got lost: its output is the same payload."""
    model = TrainingCompleted if kind is JobKind.TRAINING else GenerationCompleted
    try:
        done = model.model_validate(state.output)
    except ValidationError:
        service.fail_attempt(job_id=job.id, attempt=job.attempt, failure=_LOST)
        return
    failure = service.verify_objects(done)
    with outbox.committing() as db:
        accepted = service.complete(db, done=done, failure=failure)
    if not accepted:
        # Output of another attempt, or none: what is at work now must not stay so for ever.
        service.fail_attempt(job_id=job.id, attempt=job.attempt, failure=_LOST)


def _stop_if_dead(job: Job, kind: JobKind) -> None:
    """Silent for twice the time, it is taken for dead; RunPod is told to stop it."""
    last = job.heard_at or job.dispatched_at
    if last and (clock.now() - last).total_seconds() < 2 * settings().silence_seconds:
        return
    service.fail_attempt(job_id=job.id, attempt=job.attempt, failure=_LOST)
    if job.runpod_job_id:
        try:
            runpod.cancel(kind, job.runpod_job_id)
        except runpod.RunpodUnavailable:
            LOG.warning("not canceled at RunPod", job_id=str(job.id))
