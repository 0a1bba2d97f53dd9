"""What GPU workers call. A superseded attempt is answered 200 and `accepted: false`."""

from uuid import UUID

from chalicelib.contracts.callbacks import (
    Accepted,
    GenerationCompleted,
    GenerationProgressed,
    JobFailed,
    TrainingCompleted,
    TrainingProgressed,
)
from chalicelib.contracts.failures import Failure
from chalicelib.contracts.jobs import JobKind, SignedUrls, Ticket
from chalicelib.dispatch import service
from chalicelib.errors import Forbidden
from chalicelib.web.endpoint import Machine, Routes, Session, Who

routes = Routes()


@routes.endpoint(
    "POST", "/webhooks/jobs/{job_id}/urls", who=Who.MACHINE, errors=(Forbidden,), body=Ticket
)
def urls(db: Session, *, viewer: Machine, body: Ticket, job_id: UUID) -> SignedUrls | Accepted:
    """Short-lived URLs for the attempt's own objects."""
    if body.job_id != job_id:
        raise Forbidden
    signed = service.hand_out_urls(db, ticket=body, kind=viewer.kind)
    return signed or Accepted(accepted=False)


@routes.endpoint(
    "PATCH", "/styles/{style_id}", who=Who.MACHINE, errors=(Forbidden,), body=TrainingProgressed
)
def training_progress(
    db: Session, *, viewer: Machine, body: TrainingProgressed, style_id: UUID
) -> Accepted:
    """How far a training is."""
    _require(viewer, JobKind.TRAINING)
    return Accepted(
        accepted=service.note_training_progress(
            db, ticket=body, style_id=style_id, progress=body.progress
        )
    )


@routes.endpoint(
    "PATCH",
    "/generations/{generation_id}",
    who=Who.MACHINE,
    errors=(Forbidden,),
    body=GenerationProgressed,
)
def generation_progress(
    db: Session, *, viewer: Machine, body: GenerationProgressed, generation_id: UUID
) -> Accepted:
    """How far a generation is."""
    _require(viewer, JobKind.GENERATION)
    return Accepted(
        accepted=service.note_generation_progress(
            db, ticket=body, generation_id=generation_id, progress=body.progress
        )
    )


def _verify(*, viewer: Machine, body: TrainingCompleted | GenerationCompleted) -> Failure | None:
    return service.verify_objects(body)


@routes.endpoint(
    "POST",
    "/webhooks/training/complete",
    who=Who.MACHINE,
    errors=(Forbidden,),
    body=TrainingCompleted,
    prepare=_verify,
)
def training_complete(
    db: Session, *, viewer: Machine, body: TrainingCompleted, prepared: Failure | None
) -> Accepted:
    """A LoRA is there."""
    _require(viewer, JobKind.TRAINING)
    return Accepted(accepted=service.complete(db, done=body, failure=prepared))


@routes.endpoint(
    "POST",
    "/webhooks/inference/complete",
    who=Who.MACHINE,
    errors=(Forbidden,),
    body=GenerationCompleted,
    prepare=_verify,
)
def inference_complete(
    db: Session, *, viewer: Machine, body: GenerationCompleted, prepared: Failure | None
) -> Accepted:
    """An image is there."""
    _require(viewer, JobKind.GENERATION)
    return Accepted(accepted=service.complete(db, done=body, failure=prepared))


@routes.endpoint(
    "POST", "/webhooks/training/failed", who=Who.MACHINE, errors=(Forbidden,), body=JobFailed
)
def training_failed(db: Session, *, viewer: Machine, body: JobFailed) -> Accepted:
    """A training attempt failed."""
    _require(viewer, JobKind.TRAINING)
    return Accepted(
        accepted=service.note_failure(db, ticket=body, kind=viewer.kind, failure=body.error)
    )


@routes.endpoint(
    "POST", "/webhooks/inference/failed", who=Who.MACHINE, errors=(Forbidden,), body=JobFailed
)
def inference_failed(db: Session, *, viewer: Machine, body: JobFailed) -> Accepted:
    """A generation attempt failed."""
    _require(viewer, JobKind.GENERATION)
    return Accepted(
        accepted=service.note_failure(
            db, ticket=body, kind=viewer.kind, failure=body.error, closest=body.closest
        )
    )


def _require(machine: Machine, kind: JobKind) -> None:
    if machine.kind is not kind:
        raise Forbidden
