"""Which artwork each picture was most like."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "closest_calls",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("style_id", sa.Uuid(), nullable=False),
        sa.Column("artwork_id", sa.Uuid(), nullable=False),
        sa.Column("generation_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("hash_distance", sa.Integer(), nullable=False),
        sa.Column("is_delivered", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("similarity BETWEEN 0 AND 1", name=op.f("ck_closest_calls_similarity")),
        sa.CheckConstraint(
            "hash_distance BETWEEN 0 AND 256", name=op.f("ck_closest_calls_hash_distance")
        ),
        sa.ForeignKeyConstraint(
            ["style_id"],
            ["style.styles.id"],
            name=op.f("fk_closest_calls_style_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["artwork_id"],
            ["style.artworks.id"],
            name=op.f("fk_closest_calls_artwork_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["generation.generations.id"],
            name=op.f("fk_closest_calls_generation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closest_calls")),
        schema="style",
    )
    for name, columns, unique in (
        ("uq_closest_calls_attempt", ["generation_id", "attempt"], True),
        ("ix_closest_calls_closest", ["style_id", "similarity", "id"], False),
        ("ix_closest_calls_artwork_id", ["artwork_id"], False),
    ):
        op.create_index(name, "closest_calls", columns, unique=unique, schema="style")


def downgrade() -> None:
    op.drop_table("closest_calls", schema="style")
