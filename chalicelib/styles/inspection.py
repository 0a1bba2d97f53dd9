"""Every artwork fully decoded in the background, with its thumbnail (SPEC §3, Styles)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chalicelib.contracts import object_keys
from chalicelib.kit import clock, images, outbox, storage
from chalicelib.kit.db import transaction
from chalicelib.kit.log import LOG
from chalicelib.kit.settings import settings
from chalicelib.styles import service
from chalicelib.styles.schemas import SIDE_MIN
from chalicelib.tables import Artwork, Style
from chalicelib.uploads.schemas import Purpose

THUMBNAIL_SIDE = 256
OVERDUE = timedelta(minutes=2)
LOST = timedelta(hours=1)


def inspect_artwork(*, object_key: str) -> None:
    """Decode one artwork, keep its thumbnail and verdict; the last one decides on training.

    Harmless when repeated. An object that is no artwork of ours is left alone.
    """
    with transaction() as db:
        artwork = db.execute(
            select(Artwork).where(Artwork.object_key == object_key)
        ).scalar_one_or_none()
    if artwork is None or artwork.is_valid is not None:
        return
    try:
        content = storage.read(settings().private_bucket, object_key)
        reason = _judge(artwork, content)
    except storage.ObjectMissing:
        LOG.warning("artwork not there", key=object_key)
        if clock.now() - artwork.created_at < LOST:
            return
        # Its copy will never come: waiting on would keep the artist from submitting again.
        reason = "missing"
    with outbox.committing() as db:
        _record(db, artwork=artwork, reason=reason)


def inspect_overdue() -> int:
    """Inspect what no event came for; answers how many artworks."""
    with transaction() as db:
        keys = (
            db.execute(
                select(Artwork.object_key)
                .where(Artwork.is_valid.is_(None), Artwork.created_at < clock.now() - OVERDUE)
                .order_by(Artwork.id)
                .limit(50)
            )
            .scalars()
            .all()
        )
    for key in keys:
        try:
            inspect_artwork(object_key=key)
        except Exception:
            # One artwork that can't be inspected must not leave the others alone.
            LOG.exception("artwork left to the next sweep", key=key)
    return len(keys)


def _judge(artwork: Artwork, content: bytes) -> str | None:
    if len(content) > Purpose.ARTWORK.size_bytes_max:
        return "too_large"
    try:
        if images.read_header(content).content_type != artwork.content_type:
            return "other_format"
        image = images.decode(content)
    except images.UnreadableImage as error:
        return error.reason
    if min(image.size) < SIDE_MIN:
        return "too_small"
    storage.write(
        settings().private_bucket,
        object_keys.artwork_thumbnail(style_id=artwork.style_id, artwork_id=artwork.id),
        images.thumbnail_webp(image, side=THUMBNAIL_SIDE),
        content_type="image/webp",
    )
    return None


def _record(db: Session, *, artwork: Artwork, reason: str | None) -> None:
    # The style's lock: two last artworks at once must not each wait for the other.
    style = db.execute(
        select(Style).where(Style.id == artwork.style_id).with_for_update()
    ).scalar_one_or_none()
    if style is None:
        # Its artist has left meanwhile; what was just written must not stay behind.
        key = object_keys.artwork_thumbnail(style_id=artwork.style_id, artwork_id=artwork.id)
        outbox.add_delete(db, bucket=settings().private_bucket, key=key)
        return
    first = db.execute(
        update(Artwork)
        .where(Artwork.id == artwork.id, Artwork.is_valid.is_(None))
        .values(
            is_valid=reason is None,
            invalid_reason=reason,
            inspected_at=clock.now(),
            thumbnail_key=None
            if reason
            else object_keys.artwork_thumbnail(style_id=style.id, artwork_id=artwork.id),
        )
        .returning(Artwork.id)
    ).first()
    if first and style.training_status == "pending":
        _decide(db, style.id, style.artist_id)


def _decide(db: Session, style_id: UUID, artist_id: UUID) -> None:
    verdicts = db.execute(
        select(Artwork.filename, Artwork.is_valid, Artwork.invalid_reason)
        .where(Artwork.style_id == style_id)
        .order_by(Artwork.position)
    ).all()
    if any(verdict.is_valid is None for verdict in verdicts):
        return
    bad = [verdict for verdict in verdicts if not verdict.is_valid]
    if not bad:
        service.queue_training(db, style_id=style_id, artist_id=artist_id)
        return
    files = [{"filename": verdict.filename, "reason": verdict.invalid_reason} for verdict in bad]
    service.fail_style(
        db, style_id=style_id, failure={"code": "ARTWORKS_INVALID", "details": {"files": files}}
    )
