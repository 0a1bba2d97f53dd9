"""Asking for an image, and what becomes of it."""

import secrets
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session, aliased

from chalicelib.contracts import object_keys
from chalicelib.contracts.callbacks import GenerationProgress, GenerationResult
from chalicelib.contracts.failures import Failure
from chalicelib.errors import Conflict, NotFound, StyleNotReady
from chalicelib.generations.schemas import GenerationChange, GenerationRequest
from chalicelib.jobs import service as jobs
from chalicelib.kit import clock, outbox
from chalicelib.kit.settings import settings
from chalicelib.ledger import service as ledger
from chalicelib.notifications import service as notifications
from chalicelib.styles import service as styles
from chalicelib.tables import Generation, Job, Style, User
from chalicelib.tags import service as tags

PUBLIC_CACHE = "public, max-age=60"
_UNFINISHED = ("queued", "processing", "retrying")


def request_generation(db: Session, *, buyer_id: UUID, wanted: GenerationRequest) -> UUID:
    """Write the request, hold its price and queue its job, all or nothing.

    Raises NotFound, StyleNotReady, NonEnglishTag, TagNotAllowed, InsufficientTokens.
    """
    style = _usable_style(db, style_id=wanted.style_id, buyer_id=buyer_id)
    prompt_tags = list(dict.fromkeys(wanted.prompt_tags))
    tags.require_english(prompt_tags)
    tags.require_allowed(db, names=prompt_tags)
    generation_id: UUID = db.execute(
        insert(Generation)
        .values(
            style_id=style.id,
            buyer_id=buyer_id,
            prompt_tags=prompt_tags,
            description=wanted.description,
            aspect_ratio=wanted.aspect_ratio,
            seed=secrets.randbelow(2**32) if wanted.seed is None else wanted.seed,
            price_tokens=style.generation_cost_tokens,
        )
        .returning(Generation.id)
    ).scalar_one()
    ledger.hold_tokens(
        db,
        buyer_id=buyer_id,
        artist_id=style.artist_id,
        amount=style.generation_cost_tokens,
        generation_id=generation_id,
        memo=f"Image in {style.title}",
    )
    jobs.queue_generation(db, generation_id=generation_id, buyer_id=buyer_id)
    tags.tag_generation(db, generation_id=generation_id, names=prompt_tags)
    return generation_id


def change_generation(
    db: Session, *, owner_id: UUID, generation_id: UUID, wanted: GenerationChange
) -> None:
    """Publish, unpublish, describe; raises NotFound, or Conflict to publish what is no image."""
    generation = db.execute(
        select(Generation)
        .where(Generation.id == generation_id, Generation.buyer_id == owner_id)
        .with_for_update()
    ).scalar_one_or_none()
    if generation is None:
        raise NotFound
    if wanted.description is not None:
        generation.description = wanted.description
    if wanted.is_public is True and not generation.is_public:
        _publish(db, generation)
    elif wanted.is_public is False and generation.is_public:
        _withdraw(db, generation)
    db.flush()


def cancel_generation(db: Session, *, owner_id: UUID, generation_id: UUID) -> None:
    """Stop what no worker has begun and give the tokens back. Raises NotFound or Conflict."""
    owned = db.execute(
        select(Generation.id).where(Generation.id == generation_id, Generation.buyer_id == owner_id)
    ).first()
    if owned is None:
        raise NotFound
    if not jobs.cancel_generation(db, generation_id=generation_id):
        raise Conflict
    db.execute(
        update(Generation)
        .where(Generation.id == generation_id)
        .values(status="canceled", progress=None)
    )
    ledger.refund_hold(db, generation_id=generation_id)


def start_processing(
    db: Session, *, generation_id: UUID, progress: GenerationProgress | None
) -> None:
    """A worker is at it."""
    shown = {**progress.model_dump(), "last_updated": clock.iso(clock.now())} if progress else None
    db.execute(
        update(Generation)
        .where(Generation.id == generation_id, Generation.status.in_(_UNFINISHED))
        .values(status="processing", progress=shown)
    )


def mark_retrying(db: Session, *, generation_id: UUID, new_seed: bool = False) -> None:
    """This attempt failed, another follows; with another seed where this one's picture is why."""
    values: dict[str, Any] = {"seed": secrets.randbelow(2**32)} if new_seed else {}
    db.execute(
        update(Generation)
        .where(Generation.id == generation_id, Generation.status.in_(_UNFINISHED))
        .values(
            status="retrying",
            progress=None,
            retry_count=Generation.retry_count + 1,
            **values,
        )
    )


def complete_generation(db: Session, *, job: Job, result: GenerationResult) -> None:
    """The image is there: the artist is paid, the style counts it, the buyer is told."""
    assert job.generation_id is not None  # noqa: S101 - the table's CHECK says so
    row = db.execute(
        update(Generation)
        .where(Generation.id == job.generation_id, Generation.status.in_(_UNFINISHED))
        .values(
            status="completed",
            progress=None,
            image_key=object_keys.generation_image(
                generation_id=job.generation_id, attempt=job.attempt
            ),
            preview_key=object_keys.generation_preview(
                generation_id=job.generation_id, attempt=job.attempt
            ),
            thumbnail_key=object_keys.generation_thumbnail(
                generation_id=job.generation_id, attempt=job.attempt
            ),
            image_sha256=result.image_sha256,
            pixel_sha256=result.pixel_sha256,
            result=result.model_dump(mode="json"),
            completed_at=clock.now(),
        )
        .returning(Generation.style_id, Generation.buyer_id)
    ).one()
    if not ledger.settle_hold(db, generation_id=job.generation_id):
        # Better no image than one that nobody paid for: the transaction is undone.
        raise RuntimeError("no hold to settle")
    styles.count_generation(db, style_id=row.style_id)
    _tell(db, row.buyer_id, job.generation_id, "generation_complete")


def fail_generation(db: Session, *, generation_id: UUID, failure: Failure) -> None:
    """It has failed for good: the tokens go back, the buyer is told."""
    buyer_id = db.execute(
        update(Generation)
        .where(Generation.id == generation_id, Generation.status.in_(_UNFINISHED))
        .values(
            status="failed",
            progress=None,
            failure={"code": "GENERATION_FAILED", "details": {"reason": failure.code}},
        )
        .returning(Generation.buyer_id)
    ).scalar_one_or_none()
    if buyer_id:
        ledger.refund_hold(db, generation_id=generation_id)
        _tell(db, buyer_id, generation_id, "generation_failed")


def remove_generations(db: Session, *, buyer_id: UUID) -> None:
    """Delete everything a buyer made, with its objects; licences stay."""
    ids = db.execute(
        delete(Generation).where(Generation.buyer_id == buyer_id).returning(Generation.id)
    ).scalars()
    folders = [key for one in ids for key in object_keys.image_folders_of_generation(one)]
    outbox.add_delete_prefixes(db, bucket=settings().image_bucket, prefixes=folders)


def _usable_style(db: Session, *, style_id: UUID, buyer_id: UUID) -> Style:
    buyer = aliased(User)
    row = db.execute(
        select(Style, User.is_active)
        .join(User, User.id == Style.artist_id)
        .join(buyer, buyer.id == buyer_id)
        .where(Style.id == style_id, buyer.is_active)
        # Neither can leave until this request has ended; who has left meanwhile is not found.
        .with_for_update(read=True, key_share=True, of=(buyer, Style))
    ).one_or_none()
    if row is None:
        raise NotFound
    style: Style = row.Style
    ready = style.is_active and row.is_active and style.training_status == "completed"
    if ready:
        return style
    # Nobody but its artist may know of a style that makes no images.
    raise StyleNotReady if style.artist_id == buyer_id else NotFound


def _publish(db: Session, generation: Generation) -> None:
    if generation.status != "completed":
        raise Conflict
    generation.is_public = True
    generation.public_nonce = secrets.token_hex(8)
    for source, key in _copies(generation):
        outbox.add_copy(
            db,
            source_bucket=settings().image_bucket,
            source=source,
            bucket=settings().image_bucket,
            key=key,
            cache_control=PUBLIC_CACHE,
        )


def _withdraw(db: Session, generation: Generation) -> None:
    for _, key in _copies(generation):
        outbox.add_delete(db, bucket=settings().image_bucket, key=key)
    generation.is_public = False
    generation.public_nonce = None


def _copies(generation: Generation) -> list[tuple[str, str]]:
    """(private key, public key) of each of its files, under the present nonce."""
    nonce = generation.public_nonce or ""
    return [
        (source, object_keys.public_generation(generation.id, nonce=nonce, private_key=source))
        for source in (generation.image_key, generation.preview_key, generation.thumbnail_key)
        if source
    ]


def _tell(db: Session, buyer_id: UUID, generation_id: UUID, kind: str) -> None:
    notifications.tell(
        db, user_id=buyer_id, kind=kind, target_type="generation", target_id=generation_id
    )
