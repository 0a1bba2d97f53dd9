"""A piece of GPU work and its attempts.

queued → dispatched → running → done | failed, with retrying between attempts, and canceled.
Every step is a compare-and-set on state and attempt: whoever comes late changes nothing.
"""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from chalicelib.contracts.failures import Failure
from chalicelib.contracts.jobs import JobKind, JobMessage, Ticket
from chalicelib.kit import clock, outbox
from chalicelib.kit.settings import settings
from chalicelib.tables import Job

QUEUE_OF = {JobKind.TRAINING: "model_training", JobKind.GENERATION: "image_generation"}
OPEN_STATES = ("queued", "dispatched", "running", "retrying")
AT_WORK = ("dispatched", "running")
_WAITING = ("queued", "retrying")

# Fewest jobs of the same person first, then first come: twenty requests hold up nobody else.
FAIR_ORDER = """
SELECT w.id, row_number() OVER (ORDER BY coalesce(busy.jobs, 0) + w.turn, w.id) AS place
FROM (
    SELECT id, owner_id, row_number() OVER (PARTITION BY owner_id ORDER BY id) AS turn
    FROM system.jobs
    WHERE kind = :kind AND state IN ('queued', 'retrying') AND ended_at IS NULL {due}
) w LEFT JOIN (
    SELECT owner_id, count(*) AS jobs FROM system.jobs
    WHERE kind = :kind AND state IN ('dispatched', 'running') AND ended_at IS NULL
    GROUP BY owner_id
) busy USING (owner_id)
"""
_FIRST_DUE = text(FAIR_ORDER.format(due="AND due_at IS NOT NULL") + " ORDER BY place LIMIT :free")


def queue_training(db: Session, *, style_id: UUID, artist_id: UUID) -> UUID:
    """A new training job, announced after the commit."""
    return _queue(db, JobKind.TRAINING, owner_id=artist_id, style_id=style_id)


def queue_generation(db: Session, *, generation_id: UUID, buyer_id: UUID) -> UUID:
    """A new generation job, announced after the commit."""
    return _queue(db, JobKind.GENERATION, owner_id=buyer_id, generation_id=generation_id)


def mark_due(db: Session, *, message: JobMessage) -> JobKind | None:
    """The queue says that this attempt may start; None when the job has moved on."""
    job = db.execute(
        update(Job)
        .where(Job.id == message.job_id, Job.attempt == message.attempt, Job.state.in_(_WAITING))
        .values(due_at=func.coalesce(Job.due_at, clock.now()))
        .returning(Job.kind)
    ).one_or_none()
    return JobKind(job.kind) if job else None


def admit(db: Session, *, kind: JobKind) -> list[Job]:
    """Claim as many due jobs as there are free slots, fairly; each gets a new attempt key."""
    _one_desk(db, kind)
    limit = {JobKind.TRAINING: settings().training_slots}.get(kind, settings().generation_slots)
    at_work = db.execute(
        select(func.count()).where(Job.kind == kind, Job.state.in_(AT_WORK), Job.ended_at.is_(None))
    ).scalar_one()
    if at_work >= limit:
        return []
    chosen = db.execute(_FIRST_DUE, {"kind": kind, "free": limit - at_work}).all()
    return [job for row in chosen if (job := _claim(db, row.id))]


def note_submitted(db: Session, *, job_id: UUID, attempt: int, runpod_job_id: str) -> None:
    """Remember under which id RunPod runs the attempt."""
    db.execute(
        update(Job)
        .where(Job.id == job_id, Job.attempt == attempt)
        .values(runpod_job_id=runpod_job_id)
    )


def hear(db: Session, *, ticket: Ticket, kind: JobKind) -> Job | None:
    """News from a worker: the job, locked and running; None from a superseded attempt."""
    return db.execute(
        update(Job)
        .where(
            Job.id == ticket.job_id,
            Job.kind == kind,
            Job.attempt == ticket.attempt,
            Job.attempt_key == ticket.attempt_key,
            Job.state.in_(AT_WORK),
        )
        .values(
            state="running",
            heard_at=clock.now(),
            started_at=func.coalesce(Job.started_at, func.now()),
        )
        .returning(Job)
    ).scalar_one_or_none()


def end(db: Session, *, job: Job, state: str, failure: Failure | None = None) -> None:
    """The job's last state; the next one waiting takes its slot."""
    db.execute(
        update(Job)
        .where(Job.id == job.id)
        .values(state=state, ended_at=clock.now(), **_failure_columns(failure))
    )
    _announce_next(db, JobKind(job.kind))


def fail_attempt(db: Session, *, job: Job, failure: Failure) -> bool:
    """Retry if the cause and the number of tries allow; False when the job has failed for good."""
    delays = settings().retry_delays
    if not failure.retryable or job.attempt > len(delays):
        end(db, job=job, state="failed", failure=failure)
        return False
    delay_seconds, attempt = delays[job.attempt - 1], job.attempt + 1
    db.execute(
        update(Job)
        .where(Job.id == job.id)
        .values(
            state="retrying",
            attempt=attempt,
            attempt_key=None,
            due_at=None,
            runpod_job_id=None,
            dispatched_at=None,
            heard_at=None,
            started_at=None,
            announced_at=clock.now(),
            **_failure_columns(failure),
        )
    )
    _announce(db, JobKind(job.kind), job.id, attempt, delay_seconds)
    _announce_next(db, JobKind(job.kind))
    return True


def cancel_generation(db: Session, *, generation_id: UUID) -> bool:
    """Stop a job that no worker has begun; False when one has, or it has ended."""
    job = db.execute(
        update(Job)
        .where(Job.generation_id == generation_id, Job.state.in_((*_WAITING, "dispatched")))
        .values(state="canceled", ended_at=clock.now())
        .returning(Job.kind)
    ).one_or_none()
    if job:
        _announce_next(db, JobKind(job.kind))
    return job is not None


def lock_at_work(db: Session, *, job_id: UUID, attempt: int) -> Job | None:
    """This attempt, locked, if it is still at work."""
    return db.execute(
        select(Job)
        .where(Job.id == job_id, Job.attempt == attempt, Job.state.in_(AT_WORK))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def announce_forgotten(db: Session) -> int:
    """Announce again the waiting jobs whose message must have been lost; answers how many."""
    patience = timedelta(seconds=max(settings().retry_delays) + 300)
    forgotten = db.execute(
        update(Job)
        .where(
            Job.state.in_(_WAITING),
            Job.due_at.is_(None),
            Job.announced_at < clock.now() - patience,
        )
        .values(announced_at=clock.now())
        .returning(Job.id, Job.kind, Job.attempt)
    ).all()
    for job in forgotten:
        _announce(db, JobKind(job.kind), job.id, job.attempt, 0)
    return len(forgotten)


def find_silent(db: Session) -> Sequence[Job]:
    """Jobs at work from which nothing was heard for too long."""
    since = clock.now() - timedelta(seconds=settings().silence_seconds)
    return (
        db.execute(
            select(Job)
            .where(
                Job.state.in_(AT_WORK),
                Job.ended_at.is_(None),
                func.coalesce(Job.heard_at, Job.dispatched_at) < since,
            )
            .order_by(Job.id)
            .limit(20)
        )
        .scalars()
        .all()
    )


def _queue(db: Session, kind: JobKind, **columns: Any) -> UUID:
    job_id: UUID = db.execute(
        insert(Job).values(kind=kind, announced_at=clock.now(), **columns).returning(Job.id)
    ).scalar_one()
    _announce(db, kind, job_id, 1, 0)
    return job_id


def _announce(db: Session, kind: JobKind, job_id: UUID, attempt: int, delay_seconds: int) -> None:
    outbox.add_message(
        db,
        queue_name=QUEUE_OF[kind],
        payload=JobMessage(job_id=job_id, attempt=attempt).model_dump(mode="json"),
        delay_seconds=delay_seconds,
    )


def _announce_next(db: Session, kind: JobKind) -> None:
    # A slot is free: the message of the next due job makes the desk look again.
    _one_desk(db, kind)
    row = db.execute(_FIRST_DUE, {"kind": kind, "free": 1}).first()
    if row:
        attempt = db.execute(select(Job.attempt).where(Job.id == row.id)).scalar_one()
        _announce(db, kind, row.id, attempt, 0)


def _one_desk(db: Session, kind: JobKind) -> None:
    # Admission and the freeing of a slot must see each other, else a waiting job is overlooked.
    # Taken after a job's row everywhere; admission alone holds it first and waits for no row.
    db.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('style-license.desk'), hashtext(:kind))"),
        {"kind": kind},
    )


def _claim(db: Session, job_id: UUID) -> Job | None:
    free = (
        select(Job.id)
        .where(Job.id == job_id, Job.state.in_(_WAITING))
        .with_for_update(skip_locked=True)
    )
    return db.execute(
        update(Job)
        .where(Job.id.in_(free))
        .values(
            state="dispatched", attempt_key=secrets.token_urlsafe(24), dispatched_at=clock.now()
        )
        .returning(Job)
    ).scalar_one_or_none()


def _failure_columns(failure: Failure | None) -> dict[str, str | None]:
    return {
        "failure_code": failure.code if failure else None,
        "failure_message": failure.message if failure else None,
    }
