"""Registering a style and following its training."""

import secrets
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chalicelib.accounts import service as accounts
from chalicelib.contracts import object_keys
from chalicelib.contracts.callbacks import TrainingProgress, TrainingResult
from chalicelib.contracts.failures import Failure
from chalicelib.errors import ImageTooSmall, NotFound, StyleLimitReached, ValidationFailed
from chalicelib.jobs import service as jobs
from chalicelib.kit import clock, outbox
from chalicelib.kit.settings import settings
from chalicelib.kit.text import normalise_tag
from chalicelib.notifications import service as notifications
from chalicelib.styles.schemas import (
    SIDE_MIN,
    TITLE_LENGTH_MAX,
    ArtworkSubmission,
    StyleChange,
    StyleSubmission,
)
from chalicelib.tables import Artwork, Job, Style
from chalicelib.tags import service as tags
from chalicelib.uploads import service as uploads
from chalicelib.uploads.schemas import Purpose
from chalicelib.uploads.service import InspectedUpload

PUBLIC_CACHE = "public, max-age=300"


def inspect_submission(*, artist_id: UUID, wanted: StyleSubmission) -> list[InspectedUpload]:
    """Check every artwork by its bytes; no transaction may be open.

    Raises ValidationFailed, NonEnglishTag, ImageTooSmall, and what `uploads.inspect_uploads` does.
    """
    keys = [artwork.upload_key for artwork in wanted.artworks]
    if len(set(keys)) != len(keys):
        raise ValidationFailed.of("artworks", "unique")
    _title_tag(wanted.title)
    for artwork in wanted.artworks:
        tags.require_english(artwork.tags)
    names = [_name(artwork) for artwork in wanted.artworks]
    inspected = uploads.inspect_uploads(
        user_id=artist_id, purpose=Purpose.ARTWORK, keys=keys, names=names
    )
    for name, upload in zip(names, inspected, strict=True):
        if min(upload.width, upload.height) < SIDE_MIN:
            raise ImageTooSmall(
                filename=name, width=upload.width, height=upload.height, side_min=SIDE_MIN
            )
    return inspected


def submit_style(
    db: Session, *, artist_id: UUID, wanted: StyleSubmission, inspected: list[InspectedUpload]
) -> UUID:
    """Register the style; its artworks are copied to where nobody can replace them.

    Raises StyleLimitReached while the artist has a style that did not fail, and Unauthorized for
    who has left meanwhile.
    """
    accounts.hold_account(db, user_id=artist_id)
    style_id = _insert_style(db, artist_id, wanted)
    artworks: dict[UUID, list[str]] = {}
    title_tag = _title_tag(wanted.title)
    for position, (artwork, upload) in enumerate(zip(wanted.artworks, inspected, strict=True)):
        artwork_id = uuid4()
        key = object_keys.artwork(
            style_id=style_id, artwork_id=artwork_id, content_type=upload.content_type
        )
        db.execute(
            insert(Artwork).values(
                id=artwork_id,
                style_id=style_id,
                position=position,
                filename=_name(artwork),
                object_key=key,
                content_type=upload.content_type,
                size_bytes=upload.size_bytes,
                width=upload.width,
                height=upload.height,
            )
        )
        outbox.add_copy(
            db,
            source_bucket=settings().private_bucket,
            source=upload.key,
            bucket=settings().private_bucket,
            key=key,
            cache_control="private, no-store",
        )
        artworks[artwork_id] = sorted({*artwork.tags, title_tag})
    tags.tag_style(db, style_id=style_id, artworks=artworks)
    return style_id


def change_style(db: Session, *, artist_id: UUID, style_id: UUID, wanted: StyleChange) -> None:
    """Change what the artist may change. Raises NotFound, NonEnglishTag, ValidationFailed."""
    style = db.execute(
        select(Style).where(Style.id == style_id, Style.artist_id == artist_id).with_for_update()
    ).scalar_one_or_none()
    if style is None:
        raise NotFound
    changes = wanted.model_dump(exclude_none=True)
    if "title" in changes and changes["title"] != style.title:
        _retitle(db, style, changes["title"])
    if changes:
        db.execute(update(Style).where(Style.id == style_id).values(**changes))


def start_training(db: Session, *, style_id: UUID, progress: TrainingProgress | None) -> None:
    """A worker is at it; progress never goes backwards within one attempt."""
    values: dict[str, Any] = {"training_status": "training"}
    if progress:
        values["progress"] = {
            **progress.model_dump(),
            "last_updated": clock.iso(clock.now()),
        }
    db.execute(
        update(Style)
        .where(Style.id == style_id, Style.training_status.in_(("pending", "training")))
        .values(**values)
    )


def show_samples(db: Session, *, job: Job, count: int) -> None:
    """The samples that this attempt has uploaded so far."""
    db.execute(
        update(Style).where(Style.id == job.style_id).values(sample_keys=_sample_keys(job, count))
    )


def complete_training(db: Session, *, job: Job, result: TrainingResult) -> None:
    """The style can make images from now on; its samples become public, its artist is told."""
    assert job.style_id is not None  # noqa: S101 - the table's CHECK says so
    samples = _sample_keys(job, result.samples)
    nonce = secrets.token_hex(8)
    public = [
        object_keys.public(subject="styles", subject_id=job.style_id, nonce=nonce, name=f"{n}.webp")
        for n in range(result.samples)
    ]
    artist_id = db.execute(
        update(Style)
        .where(Style.id == job.style_id)
        .values(
            training_status="completed",
            progress=None,
            failure=None,
            base_model=result.base_model,
            base_revision=result.base_revision,
            lora_key=object_keys.lora(style_id=job.style_id, job_id=job.id, attempt=job.attempt),
            lora_sha256=result.lora_sha256,
            sample_keys=samples,
            public_sample_keys=public,
            trained_at=clock.now(),
        )
        .returning(Style.artist_id)
    ).scalar_one()
    for source, key in zip(samples, public, strict=True):
        outbox.add_copy(
            db,
            source_bucket=settings().image_bucket,
            source=source,
            bucket=settings().image_bucket,
            key=key,
            cache_control=PUBLIC_CACHE,
        )
    _drop_checkpoints(db, job.style_id)
    _tell(db, artist_id, job.style_id, "style_training_complete")


def fail_training(db: Session, *, style_id: UUID, failure: Failure) -> None:
    """Training has failed for good; the artist is told and may submit again."""
    fail_style(
        db,
        style_id=style_id,
        failure={"code": "TRAINING_FAILED", "details": {"reason": failure.code}},
    )
    _drop_checkpoints(db, style_id)


def _drop_checkpoints(db: Session, style_id: UUID) -> None:
    outbox.add_delete_prefixes(
        db,
        bucket=settings().private_bucket,
        prefixes=[object_keys.checkpoint_folder(style_id)],
    )


def fail_style(db: Session, *, style_id: UUID, failure: dict[str, Any]) -> None:
    """The style's end: the reason is kept for its artist."""
    artist_id = db.execute(
        update(Style)
        .where(Style.id == style_id, Style.training_status.in_(("pending", "training")))
        .values(training_status="failed", progress=None, failure=failure)
        .returning(Style.artist_id)
    ).scalar_one_or_none()
    if artist_id:
        _tell(db, artist_id, style_id, "style_training_failed")


def queue_training(db: Session, *, style_id: UUID, artist_id: UUID) -> None:
    """All artworks are valid: the GPU may have it."""
    jobs.queue_training(db, style_id=style_id, artist_id=artist_id)


def count_generation(db: Session, *, style_id: UUID) -> None:
    """One more image was made in this style."""
    db.execute(
        update(Style)
        .where(Style.id == style_id)
        .values(generations_count=Style.generations_count + 1)
    )


def _name(artwork: ArtworkSubmission) -> str:
    return artwork.filename or artwork.upload_key.rsplit("/", 1)[-1]


def _insert_style(db: Session, artist_id: UUID, wanted: StyleSubmission) -> UUID:
    try:
        with db.begin_nested():
            style_id: UUID = db.execute(
                insert(Style)
                .values(
                    artist_id=artist_id,
                    title=wanted.title,
                    description=wanted.description,
                    generation_cost_tokens=wanted.generation_cost_tokens,
                    rights_name=wanted.rights_statement.name,
                    rights_accepted_at=clock.now(),
                    trigger=f"sl{secrets.token_hex(4)}",
                )
                .returning(Style.id)
            ).scalar_one()
    except IntegrityError as error:
        if "uq_styles_live" in str(error.orig):
            raise StyleLimitReached from None
        raise
    return style_id


def _retitle(db: Session, style: Style, title: str) -> None:
    if style.training_status != "pending":
        raise ValidationFailed.of("title", "title_fixed")
    title_tag = _title_tag(title)
    artwork_ids = db.execute(select(Artwork.id).where(Artwork.style_id == style.id)).scalars().all()
    tags.retitle_style(
        db,
        style_id=style.id,
        artwork_ids=artwork_ids,
        old=normalise_tag(style.title),
        new=title_tag,
    )


def _title_tag(title: str) -> str:
    """The title as a tag. Raises NonEnglishTag, and ValidationFailed for one that grew too long."""
    tag = normalise_tag(title)
    tags.require_english([tag])
    if len(tag) > TITLE_LENGTH_MAX:
        # NFKC writes one letter as several, `ﬃ` as `ffi`.
        raise ValidationFailed.of("title", "string_too_long", max_length=TITLE_LENGTH_MAX)
    return tag


def _sample_keys(job: Job, count: int) -> list[str]:
    assert job.style_id is not None  # noqa: S101 - the table's CHECK says so
    return [
        object_keys.sample(style_id=job.style_id, job_id=job.id, attempt=job.attempt, number=number)
        for number in range(count)
    ]


def _tell(db: Session, artist_id: UUID, style_id: UUID, kind: str) -> None:
    notifications.tell(db, user_id=artist_id, kind=kind, target_type="style", target_id=style_id)
