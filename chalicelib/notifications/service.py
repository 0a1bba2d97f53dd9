"""Telling people, and what they have read."""

from uuid import UUID

from sqlalchemy import and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chalicelib.errors import NotFound
from chalicelib.tables import Comment, Generation, Notification, User


def tell(
    db: Session,
    *,
    user_id: UUID,
    kind: str,
    target_type: str,
    target_id: UUID,
    actor_id: UUID | None = None,
    event_id: UUID | None = None,
) -> None:
    """Notify somebody once of one event; never about their own act, nor when deactivated.

    `event_id` tells apart what one actor does to one target several times, as comments.
    """
    if actor_id == user_id or not _is_active(db, user_id):
        return
    # Only the longest kinds would lose their actor to the cut, and they have none.
    db.execute(
        insert(Notification)
        .values(
            user_id=user_id,
            type=kind,
            actor_id=actor_id,
            target_type=target_type,
            target_id=target_id,
            dedupe_key=f"{kind}:{user_id}:{event_id or target_id}:{actor_id or ''}"[:120],
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


def remove_notifications(db: Session, *, user_id: UUID) -> None:
    """Delete what somebody who leaves was told, what they did, and news of their images.

    To be called while their images and the comments there still are: who wrote one of those was
    told of replies to it.
    """
    images = select(Generation.id).where(Generation.buyer_id == user_id)
    told = select(Comment.author_id).where(Comment.generation_id.in_(images))
    for which in (
        and_(Notification.user_id.in_(told), Notification.target_id.in_(images)),
        Notification.user_id == user_id,
        Notification.actor_id == user_id,
    ):
        db.execute(delete(Notification).where(which))


def _is_active(db: Session, user_id: UUID) -> bool:
    return db.execute(select(User.id).where(User.id == user_id, User.is_active)).first() is not None
