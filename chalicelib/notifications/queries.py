"""Reads of notifications."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chalicelib.kit.db import AnyRow
from chalicelib.tables import Notification, User


def notifications_page(
    db: Session, *, user_id: UUID, unread: bool, before: UUID | None, limit: int
) -> Sequence[AnyRow]:
    """Newest first with their actors, one row more than the limit."""
    query = (
        select(Notification, User.username)
        .outerjoin(User, User.id == Notification.actor_id)
        .where(Notification.user_id == user_id)
    )
    if unread:
        query = query.where(~Notification.is_read)
    if before:
        query = query.where(Notification.id < before)
    return db.execute(query.order_by(Notification.id.desc()).limit(limit + 1)).all()
