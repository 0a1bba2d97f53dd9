"""Transactions, entries, credits and purchases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEEP_ENTRIES = """
CREATE FUNCTION token.keep_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'token.entries is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON token.entries
    FOR EACH STATEMENT EXECUTE FUNCTION token.keep_entries()
"""


def upgrade() -> None:
    op.create_table(
        "purchases",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("package_id", sa.String(length=32), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=False),
        sa.Column("payment_key", sa.String(length=200), nullable=True),
        sa.Column("status", sa.String(length=16), server_default="pending", nullable=False),
        sa.Column("needs_review", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("provider_payment", postgresql.JSONB(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(paid_at IS NOT NULL) OR status <> 'paid'", name=op.f("ck_purchases_paid_at")
        ),
        sa.CheckConstraint("currency IN ('KRW', 'USD')", name=op.f("ck_purchases_currency")),
        sa.CheckConstraint(
            "order_id ~ '^[A-Za-z0-9_-]{6,64}$'", name=op.f("ck_purchases_order_id")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'confirming', 'paid', 'failed', 'canceled', 'expired')",
            name=op.f("ck_purchases_status"),
        ),
        sa.CheckConstraint("tokens > 0 AND amount > 0", name=op.f("ck_purchases_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchases")),
        sa.UniqueConstraint("order_id", name=op.f("uq_purchases_order_id")),
        sa.UniqueConstraint("payment_key", name=op.f("uq_purchases_payment_key")),
        schema="token",
    )
    op.create_index(
        "ix_purchases_open",
        "purchases",
        ["created_at"],
        schema="token",
        postgresql_where=sa.text("status IN ('pending', 'confirming')"),
    )
    op.create_index("ix_purchases_user", "purchases", ["user_id", "id"], schema="token")
    op.create_table(
        "transactions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=True),
        sa.Column("receiver_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "promotional_amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("memo", sa.String(length=200), nullable=False),
        sa.Column("related_generation_id", sa.Uuid(), nullable=True),
        sa.Column("related_purchase_id", sa.Uuid(), nullable=True),
        sa.Column("idempotency_key", sa.String(length=100), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'usage') = (related_generation_id IS NOT NULL)",
            name=op.f("ck_transactions_usage_generation"),
        ),
        sa.CheckConstraint(
            "(kind IN ('purchase', 'purchase_reversal')) = (related_purchase_id IS NOT NULL)",
            name=op.f("ck_transactions_purchase"),
        ),
        sa.CheckConstraint(
            "(status = 'pending') = (settled_at IS NULL)", name=op.f("ck_transactions_settled_at")
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'usage' THEN sender_id IS NOT NULL AND receiver_id IS NOT"
            " NULL WHEN 'purchase_reversal' THEN sender_id IS NOT NULL AND receiver_id"
            " IS NULL WHEN 'adjustment' THEN (sender_id IS NULL) <> (receiver_id IS"
            " NULL) ELSE sender_id IS NULL AND receiver_id IS NOT NULL END",
            name=op.f("ck_transactions_sides"),
        ),
        sa.CheckConstraint(
            "kind = 'usage' OR status = 'completed'", name=op.f("ck_transactions_only_usage_waits")
        ),
        sa.CheckConstraint(
            "kind IN ('welcome', 'purchase', 'usage', 'purchase_reversal', 'adjustment')",
            name=op.f("ck_transactions_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'completed', 'refunded')", name=op.f("ck_transactions_status")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_transactions_amount")),
        sa.CheckConstraint(
            "promotional_amount BETWEEN 0 AND amount",
            name=op.f("ck_transactions_promotional_amount"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_transactions_idempotency_key")),
        sa.UniqueConstraint(
            "related_generation_id", name=op.f("uq_transactions_related_generation_id")
        ),
        schema="token",
    )
    op.create_index(
        "ix_transactions_pending",
        "transactions",
        ["created_at"],
        schema="token",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_transactions_purchase", "transactions", ["related_purchase_id"], schema="token"
    )
    op.create_index(
        "ix_transactions_receiver", "transactions", ["receiver_id", "id"], schema="token"
    )
    op.create_index("ix_transactions_sender", "transactions", ["sender_id", "id"], schema="token")
    op.create_index(
        "uq_transactions_purchase_kind",
        "transactions",
        ["related_purchase_id", "kind"],
        unique=True,
        schema="token",
        postgresql_where=sa.text("kind = 'purchase'"),
    )
    op.create_index(
        "uq_transactions_welcome",
        "transactions",
        ["receiver_id"],
        unique=True,
        schema="token",
        postgresql_where=sa.text("kind = 'welcome'"),
    )
    op.create_table(
        "artist_credits",
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("artist_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_artist_credits_amount")),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["token.transactions.id"],
            name=op.f("fk_artist_credits_transaction_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_artist_credits")),
        schema="token",
    )
    op.create_index("ix_artist_credits_artist_id", "artist_credits", ["artist_id"], schema="token")
    op.create_table(
        "entries",
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.String(length=8), nullable=False),
        sa.Column("account", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(account IN ('user', 'artist')) = (owner_id IS NOT NULL)",
            name=op.f("ck_entries_owner_id"),
        ),
        sa.CheckConstraint(
            "account IN ('user', 'artist', 'escrow', 'clearing', 'promo', 'adjustment')",
            name=op.f("ck_entries_account"),
        ),
        sa.CheckConstraint(
            "phase IN ('hold', 'settle', 'void', 'post')", name=op.f("ck_entries_phase")
        ),
        sa.CheckConstraint("delta <> 0", name=op.f("ck_entries_delta")),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["token.transactions.id"],
            name=op.f("fk_entries_transaction_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("transaction_id", "phase", "account", name=op.f("pk_entries")),
        schema="token",
    )
    op.create_index("ix_entries_owner", "entries", ["owner_id", "account"], schema="token")
    op.create_index(
        "uq_entries_end_of_hold",
        "entries",
        ["transaction_id"],
        unique=True,
        schema="token",
        postgresql_where=sa.text("phase IN ('settle', 'void') AND account = 'escrow'"),
    )
    op.execute(KEEP_ENTRIES)


def downgrade() -> None:
    op.drop_table("purchases", schema="token")
    op.drop_table("artist_credits", schema="token")
    op.drop_table("entries", schema="token")
    op.drop_table("transactions", schema="token")
    op.execute("DROP FUNCTION token.keep_entries()")
