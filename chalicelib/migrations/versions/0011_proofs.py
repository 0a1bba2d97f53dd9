"""How far the ledger's proof is; whose turn it is; indexes of what is measured each minute."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NOBODY = sa.text("'00000000-0000-0000-0000-000000000000'::uuid")
NONE = sa.text("'{}'::jsonb")
INDEXES = (
    ("ix_transactions_refunded", "token", "transactions", "settled_at", "status = 'refunded'"),
    ("ix_jobs_retried", "system", "jobs", "announced_at", "attempt > 1"),
    ("ix_purchases_review", "token", "purchases", "created_at", "needs_review"),
)


def upgrade() -> None:
    op.create_table(
        "turns",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_turns")),
        schema="system",
    )
    op.create_table(
        "proofs",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("checkpoint", sa.Uuid(), server_default=NOBODY, nullable=False),
        sa.Column("faults", postgresql.JSONB(), server_default=NONE, nullable=False),
        sa.Column("recounted", sa.Uuid(), server_default=NOBODY, nullable=False),
        sa.Column("recount_seed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("recount_weight", sa.Numeric(), server_default=sa.text("0"), nullable=False),
        sa.Column("recount_faults", postgresql.JSONB(), server_default=NONE, nullable=False),
        sa.Column("standing_faults", postgresql.JSONB(), server_default=NONE, nullable=False),
        sa.Column(
            "proved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("recounted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("one", name=op.f("ck_proofs_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_proofs")),
        schema="token",
    )
    op.create_table(
        "proved_sums",
        sa.Column("account", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("promotional", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "owner_id", name=op.f("pk_proved_sums")),
        schema="token",
    )
    for name, schema, table, column, where in INDEXES:
        op.create_index(name, table, [column], schema=schema, postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, schema, table, _, _ in reversed(INDEXES):
        op.drop_index(name, table, schema=schema)
    op.drop_table("proved_sums", schema="token")
    op.drop_table("proofs", schema="token")
    op.drop_table("turns", schema="system")
