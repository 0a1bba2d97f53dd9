"""Generations and licences."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "generations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("style_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("prompt_tags", postgresql.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("description", sa.String(length=500), server_default="", nullable=False),
        sa.Column("aspect_ratio", sa.String(length=3), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("price_tokens", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), server_default="queued", nullable=False),
        sa.Column("retry_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("progress", postgresql.JSONB(), nullable=True),
        sa.Column("failure", postgresql.JSONB(), nullable=True),
        sa.Column("is_public", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("public_nonce", sa.String(length=32), nullable=True),
        sa.Column("like_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("comment_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("image_key", sa.String(length=255), nullable=True),
        sa.Column("thumbnail_key", sa.String(length=255), nullable=True),
        sa.Column("image_sha256", sa.String(length=64), nullable=True),
        sa.Column("pixel_sha256", sa.String(length=64), nullable=True),
        sa.Column("result", postgresql.JSONB(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'completed') = (image_key IS NOT NULL AND image_sha256 IS NOT NULL)",
            name=op.f("ck_generations_image"),
        ),
        sa.CheckConstraint(
            "NOT is_public OR status = 'completed'",
            name=op.f("ck_generations_only_images_are_public"),
        ),
        sa.CheckConstraint(
            "aspect_ratio IN ('1:1', '2:2', '1:2')", name=op.f("ck_generations_aspect_ratio")
        ),
        sa.CheckConstraint(
            "status IN ('queued', 'processing', 'retrying', 'completed', 'failed', 'canceled')",
            name=op.f("ck_generations_status"),
        ),
        sa.CheckConstraint(
            "is_public = (public_nonce IS NOT NULL)", name=op.f("ck_generations_public_nonce")
        ),
        sa.CheckConstraint(
            "like_count >= 0 AND comment_count >= 0", name=op.f("ck_generations_counters")
        ),
        sa.CheckConstraint("price_tokens > 0", name=op.f("ck_generations_price_tokens")),
        sa.CheckConstraint("retry_count BETWEEN 0 AND 3", name=op.f("ck_generations_retry_count")),
        sa.CheckConstraint("seed BETWEEN 0 AND 4294967295", name=op.f("ck_generations_seed")),
        sa.ForeignKeyConstraint(
            ["buyer_id"],
            ["auth.users.id"],
            name=op.f("fk_generations_buyer_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["style_id"],
            ["style.styles.id"],
            name=op.f("fk_generations_style_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generations")),
        schema="generation",
    )
    op.create_index("ix_generations_buyer", "generations", ["buyer_id", "id"], schema="generation")
    op.create_index(
        "ix_generations_feed",
        "generations",
        ["id"],
        schema="generation",
        postgresql_where=sa.text("is_public"),
    )
    op.create_index(
        "ix_generations_feed_style",
        "generations",
        ["style_id", "id"],
        schema="generation",
        postgresql_where=sa.text("is_public"),
    )
    op.create_index(
        "ix_generations_image_sha256", "generations", ["image_sha256"], schema="generation"
    )
    op.create_index(
        "ix_generations_pixel_sha256", "generations", ["pixel_sha256"], schema="generation"
    )
    op.create_index("ix_generations_style", "generations", ["style_id", "id"], schema="generation")
    op.create_table(
        "licences",
        sa.Column("generation_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("artist_id", sa.Uuid(), nullable=False),
        sa.Column("style_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("terms_version", sa.String(length=32), nullable=False),
        sa.Column("record", postgresql.JSONB(), nullable=False),
        sa.Column("certificate", sa.String(), nullable=False),
        sa.Column("image_sha256", sa.String(length=64), nullable=False),
        sa.Column("pixel_sha256", sa.String(length=64), nullable=False),
        sa.Column("perceptual_hashes", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["auth.artists.user_id"],
            name=op.f("fk_licences_artist_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["style_id"],
            ["style.styles.id"],
            name=op.f("fk_licences_style_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["token.transactions.id"],
            name=op.f("fk_licences_transaction_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("generation_id", name=op.f("pk_licences")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_licences_transaction_id")),
        schema="generation",
    )
    op.create_index("ix_licences_artist_id", "licences", ["artist_id"], schema="generation")
    op.create_index("ix_licences_image_sha256", "licences", ["image_sha256"], schema="generation")
    op.create_index("ix_licences_pixel_sha256", "licences", ["pixel_sha256"], schema="generation")
    op.create_index("ix_licences_style_id", "licences", ["style_id"], schema="generation")


def downgrade() -> None:
    op.drop_table("licences", schema="generation")
    op.drop_table("generations", schema="generation")
