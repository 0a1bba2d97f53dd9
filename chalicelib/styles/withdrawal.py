"""Styles whose artist leaves."""

from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from chalicelib.contracts import object_keys
from chalicelib.kit import outbox
from chalicelib.kit.settings import settings
from chalicelib.tables import Style


def deactivate_styles(db: Session, *, artist_id: UUID) -> None:
    """Hide an artist's styles and close the public copies of their samples."""
    style_ids = db.execute(
        update(Style)
        .where(Style.artist_id == artist_id)
        .values(is_active=False, public_sample_keys=[])
        .returning(Style.id)
    ).scalars()
    folders = [object_keys.public_folder(subject="styles", subject_id=one) for one in style_ids]
    outbox.add_delete_prefixes(db, bucket=settings().image_bucket, prefixes=folders)


def remove_styles(db: Session, *, artist_id: UUID) -> None:
    """Delete an artist's styles with their artworks and objects; no generation may be left."""
    style_ids = (
        db.execute(delete(Style).where(Style.artist_id == artist_id).returning(Style.id))
        .scalars()
        .all()
    )
    private = [key for one in style_ids for key in object_keys.private_folders_of_style(one)]
    images = [key for one in style_ids for key in object_keys.image_folders_of_style(one)]
    outbox.add_delete_prefixes(db, bucket=settings().private_bucket, prefixes=private)
    outbox.add_delete_prefixes(db, bucket=settings().image_bucket, prefixes=images)
