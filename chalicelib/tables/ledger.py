"""Movements of tokens. Rows outlive people: accounts are numbers, not foreign keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from chalicelib.kit.db import Base
from chalicelib.tables.columns import CreatedAt, Id, Zero


class Transaction(Base):
    """One movement of tokens, sender → receiver; NULL is the platform."""

    __tablename__ = "transactions"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("promotional_amount BETWEEN 0 AND amount", name="promotional_amount"),
        CheckConstraint(
            "kind IN ('welcome', 'purchase', 'usage', 'purchase_reversal', 'adjustment')",
            name="kind",
        ),
        CheckConstraint("status IN ('pending', 'completed', 'refunded')", name="status"),
        CheckConstraint("(status = 'pending') = (settled_at IS NULL)", name="settled_at"),
        CheckConstraint("kind = 'usage' OR status = 'completed'", name="only_usage_waits"),
        # No transfers between users: a usage alone has two sides; its receiver is an artist.
        CheckConstraint(
            "CASE kind WHEN 'usage' THEN sender_id IS NOT NULL AND receiver_id IS NOT NULL"
            " WHEN 'purchase_reversal' THEN sender_id IS NOT NULL AND receiver_id IS NULL"
            " WHEN 'adjustment' THEN (sender_id IS NULL) <> (receiver_id IS NULL)"
            " ELSE sender_id IS NULL AND receiver_id IS NOT NULL END",
            name="sides",
        ),
        CheckConstraint(
            "(kind = 'usage') = (related_generation_id IS NOT NULL)", name="usage_generation"
        ),
        CheckConstraint(
            "(kind IN ('purchase', 'purchase_reversal')) = (related_purchase_id IS NOT NULL)",
            name="purchase",
        ),
        Index(
            "uq_transactions_welcome",
            "receiver_id",
            unique=True,
            postgresql_where=text("kind = 'welcome'"),
        ),
        Index(
            "uq_transactions_purchase_kind",
            "related_purchase_id",
            "kind",
            unique=True,
            postgresql_where=text("kind = 'purchase'"),
        ),
        Index("ix_transactions_purchase", "related_purchase_id"),
        Index("ix_transactions_sender", "sender_id", "id"),
        Index("ix_transactions_receiver", "receiver_id", "id"),
        # Purchases are few among what an artist is paid.
        Index(
            "ix_transactions_purchased",
            "receiver_id",
            "id",
            postgresql_where=text("kind = 'purchase'"),
        ),
        Index(
            "ix_transactions_reversed",
            "sender_id",
            "id",
            postgresql_where=text("kind = 'purchase_reversal'"),
        ),
        Index("ix_transactions_pending", "created_at", postgresql_where=text("status = 'pending'")),
        Index(
            "ix_transactions_refunded", "settled_at", postgresql_where=text("status = 'refunded'")
        ),
        {"schema": "token"},
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(32))
    sender_id: Mapped[UUID | None]
    receiver_id: Mapped[UUID | None]
    amount: Mapped[int] = mapped_column(BigInteger)
    promotional_amount: Mapped[Zero] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(String(16))
    memo: Mapped[str] = mapped_column(String(200))
    related_generation_id: Mapped[UUID | None] = mapped_column(unique=True)
    related_purchase_id: Mapped[UUID | None]
    idempotency_key: Mapped[str | None] = mapped_column(String(100), unique=True)
    created_at: Mapped[CreatedAt]
    settled_at: Mapped[datetime | None]


class Entry(Base):
    """One leg of a transaction's phase, append-only by trigger; each phase's legs sum to 0."""

    __tablename__ = "entries"
    __table_args__ = (
        CheckConstraint("delta <> 0", name="delta"),
        CheckConstraint("phase IN ('hold', 'settle', 'void', 'post')", name="phase"),
        CheckConstraint(
            "account IN ('user', 'artist', 'escrow', 'clearing', 'promo', 'adjustment')",
            name="account",
        ),
        CheckConstraint(
            "(account IN ('user', 'artist')) = (owner_id IS NOT NULL)", name="owner_id"
        ),
        # A hold ends once: settled or voided, never both, never twice.
        Index(
            "uq_entries_end_of_hold",
            "transaction_id",
            unique=True,
            postgresql_where=text("phase IN ('settle', 'void') AND account = 'escrow'"),
        ),
        Index("ix_entries_owner", "owner_id", "account"),
        {"schema": "token"},
    )

    transaction_id: Mapped[UUID] = mapped_column(
        ForeignKey("token.transactions.id", ondelete="RESTRICT"), primary_key=True
    )
    phase: Mapped[str] = mapped_column(String(8), primary_key=True)
    account: Mapped[str] = mapped_column(String(16), primary_key=True)
    owner_id: Mapped[UUID | None]
    delta: Mapped[int] = mapped_column(BigInteger)


class ArtistCredit(Base):
    """Tokens earned and not yet added to the artist's balance: appended, so that no buyer waits."""

    __tablename__ = "artist_credits"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_artist_credits_artist_id", "artist_id"),
        {"schema": "token"},
    )

    transaction_id: Mapped[UUID] = mapped_column(
        ForeignKey("token.transactions.id", ondelete="RESTRICT"), primary_key=True
    )
    artist_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(BigInteger)
