"""Where a purchase is paid, when Toss was last asked, and what of it was given back."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OPEN = sa.text("status IN ('pending', 'confirming')")
RANGES = (("canceled_amount", "amount"), ("reversed_tokens", "tokens"))


def upgrade() -> None:
    op.add_column("purchases", sa.Column("payment_url", sa.Text(), nullable=True), schema="token")
    op.add_column(
        "purchases",
        sa.Column(
            "checked_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        schema="token",
    )
    for column, of in RANGES:
        op.add_column(
            "purchases",
            sa.Column(column, sa.BigInteger(), server_default=sa.text("0"), nullable=False),
            schema="token",
        )
        op.create_check_constraint(
            op.f(f"ck_purchases_{column}"),
            "purchases",
            f"{column} BETWEEN 0 AND {of}",
            schema="token",
        )
    _index_open("checked_at")


def downgrade() -> None:
    _index_open("created_at")
    for column in ("reversed_tokens", "canceled_amount", "checked_at", "payment_url"):
        op.drop_column("purchases", column, schema="token")


def _index_open(column: str) -> None:
    op.drop_index("ix_purchases_open", "purchases", schema="token")
    op.create_index(
        "ix_purchases_open", "purchases", [column], schema="token", postgresql_where=OPEN
    )
