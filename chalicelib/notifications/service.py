"""Telling people, and what they have read."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chalicelib.errors import NotFound
from chalicelib.tables import Notification


def tell(
    db: Session,
    *,
    user_id: UUID,
    kind: str,
    target_type: str,
    target_id: UUID,
    actor_id: UUID | None = None,
) -> None:
    """Notify somebody once of one event; never about their own act."""
    if actor_id == user_id:
        return
    db.execute(
        insert(Notification)
        .values(
            user_id=user_id,
            type=kind,
            actor_id=actor_id,
            target_type=target_type,
            target_id=target_id,
            dedupe_key=f"{kind}:{user_id}:{target_id}:{actor_id or ''}"[:120],
        )
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
    )


def mark_read(db: Session, *, user_id: UUID, notification_id: UUID) -> None:
    """Raises NotFound for somebody else's."""
    found = db.execute(
        update(Notification)
        .where(Notification.id == notification_id, Notification.user_id == user_id)
        .values(is_read=True)
        .returning(Notification.id)
    ).first()
    if found is None:
        raise NotFound


def mark_all_read(db: Session, *, user_id: UUID) -> int:
    """Answers how many were unread."""
    return len(
        db.execute(
            update(Notification)
            .where(Notification.user_id == user_id, ~Notification.is_read)
            .values(is_read=True)
            .returning(Notification.id)
        ).all()
    )
