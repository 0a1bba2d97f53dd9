"""First answers of calls that carry an Idempotency-Key."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from chalicelib.kit.db import Base
from chalicelib.tables.columns import CreatedAt


class IdempotentAnswer(Base):
    """What one person's key was answered; written by the transaction that did the work."""

    __tablename__ = "idempotent_answers"
    __table_args__ = (
        Index("ix_idempotent_answers_created_at", "created_at"),
        {"schema": "system"},
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("auth.users.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_sha256: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str | None]
    created_at: Mapped[CreatedAt]
