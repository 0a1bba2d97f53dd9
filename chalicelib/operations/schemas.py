"""What operators take and give."""

from enum import StrEnum
from uuid import UUID

from chalicelib.contracts.jobs import JobKind
from chalicelib.kit.fields import Body, Flag, Moment, Out
from chalicelib.search.schemas import Asked
from chalicelib.web.cursors import PageQuery


class TagsQuery(PageQuery):
    """Query of GET /api/admin/tags."""

    flagged: Flag | None = None
    q: Asked | None = None


class TagChange(Body):
    """Body of PATCH /api/admin/tags/:id."""

    is_active: bool | None = None
    is_flagged: bool | None = None


class TagOut(Out):
    """A tag, shown to everybody or not."""

    id: UUID
    name: str
    usage_count: int
    is_active: bool
    is_flagged: bool
    created_at: Moment


class JobState(StrEnum):
    """States of a job."""

    QUEUED = "queued"
    DISPATCHED = "dispatched"
    RUNNING = "running"
    RETRYING = "retrying"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


class JobsQuery(PageQuery):
    """Query of GET /api/admin/jobs."""

    state: JobState | None = None
    kind: JobKind | None = None


class JobOut(Out):
    """A job and how far it got; its attempt's key is the worker's alone."""

    id: UUID
    kind: JobKind
    state: JobState
    attempt: int
    owner_id: UUID
    style_id: UUID | None
    generation_id: UUID | None
    runpod_job_id: str | None
    failure_code: str | None
    failure_message: str | None
    created_at: Moment
    dispatched_at: Moment | None
    started_at: Moment | None
    heard_at: Moment | None
    ended_at: Moment | None


class LedgerProof(Out):
    """Each invariant counts what breaks it; a recount reads the whole history once a day."""

    holds: bool
    invariants: dict[str, int]
    proved_at: Moment
    recount_faults: dict[str, int]
    recounted_at: Moment | None
