"""Tokens bought with money."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chalicelib.kit.db import Base
from chalicelib.tables.columns import CreatedAt, Id, No, Zero


class Purchase(Base):
    """One purchase of a package; paid only when the provider's payment equals this row."""

    __tablename__ = "purchases"
    __table_args__ = (
        CheckConstraint("tokens > 0 AND amount > 0", name="positive"),
        CheckConstraint("currency IN ('KRW', 'USD')", name="currency"),
        CheckConstraint(
            "status IN ('pending', 'confirming', 'paid', 'failed', 'canceled', 'expired')",
            name="status",
        ),
        CheckConstraint("(paid_at IS NOT NULL) OR status <> 'paid'", name="paid_at"),
        CheckConstraint("canceled_amount BETWEEN 0 AND amount", name="canceled_amount"),
        CheckConstraint("reversed_tokens BETWEEN 0 AND tokens", name="reversed_tokens"),
        CheckConstraint("order_id ~ '^[A-Za-z0-9_-]{6,64}$'", name="order_id"),
        Index("ix_purchases_user", "user_id", "id"),
        Index(
            "ix_purchases_open",
            "checked_at",
            postgresql_where=text("status IN ('pending', 'confirming')"),
        ),
        Index("ix_purchases_review", "created_at", postgresql_where=text("needs_review")),
        {"schema": "token"},
    )

    id: Mapped[Id]
    user_id: Mapped[UUID]
    package_id: Mapped[str] = mapped_column(String(32))
    tokens: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    order_id: Mapped[str] = mapped_column(String(64), unique=True)
    payment_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    payment_url: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), server_default="pending")
    needs_review: Mapped[No]
    provider_payment: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[CreatedAt]
    # When Toss was last asked.
    checked_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    # Money given back, and the tokens taken back for it.
    canceled_amount: Mapped[Zero] = mapped_column(BigInteger)
    reversed_tokens: Mapped[Zero] = mapped_column(BigInteger)
