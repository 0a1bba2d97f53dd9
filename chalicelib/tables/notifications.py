"""What people are told."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from chalicelib.kit.db import Base
from chalicelib.tables.columns import CreatedAt, Id, No


class Notification(Base):
    """Something that happened to somebody's own things."""

    __tablename__ = "notifications"
    __table_args__ = (
        CheckConstraint(
            "type IN ('follow', 'like', 'comment', 'generation_complete', 'generation_failed',"
            " 'style_training_complete', 'style_training_failed')",
            name="type",
        ),
        CheckConstraint("actor_id IS DISTINCT FROM user_id", name="not_own_act"),
        Index("ix_notifications_user", "user_id", "id"),
        Index("ix_notifications_unread", "user_id", "id", postgresql_where=text("NOT is_read")),
        Index("ix_notifications_actor_id", "actor_id"),
        {"schema": "system"},
    )

    id: Mapped[Id]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("auth.users.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("auth.users.id", ondelete="CASCADE"))
    target_type: Mapped[str] = mapped_column(String(16))
    target_id: Mapped[UUID]
    is_read: Mapped[No]
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[CreatedAt]
