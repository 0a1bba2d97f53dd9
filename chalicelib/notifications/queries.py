"""Reads of notifications."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from chalicelib.kit.db import AnyRow
from chalicelib.tables import Generation, Notification, User


def notifications_page(
    db: Session, *, user_id: UUID, unread: bool, before: UUID | None, limit: int
) -> Sequence[AnyRow]:
    """Newest first with their actors and images, one row more than the limit."""
    # An image that they were told of may be private again.
    seen = and_(
        Generation.id == Notification.target_id,
        or_(Generation.is_public, Generation.buyer_id == user_id),
    )
    query = (
        select(
            Notification,
            User.username,
            User.profile_image_key,
            Generation.thumbnail_key,
            Generation.public_nonce,
        )
        .outerjoin(User, User.id == Notification.actor_id)
        .outerjoin(Generation, seen)
        .where(Notification.user_id == user_id)
    )
    if unread:
        query = query.where(~Notification.is_read)
    if before:
        query = query.where(Notification.id < before)
    return db.execute(query.order_by(Notification.id.desc()).limit(limit + 1)).all()
