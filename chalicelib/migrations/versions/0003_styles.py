"""Styles and artworks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "styles",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("artist_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column("generation_cost_tokens", sa.Integer(), nullable=False),
        sa.Column(
            "training_status", sa.String(length=16), server_default="pending", nullable=False
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("progress", postgresql.JSONB(), nullable=True),
        sa.Column("failure", postgresql.JSONB(), nullable=True),
        sa.Column("rights_name", sa.String(length=120), nullable=False),
        sa.Column("rights_accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trigger", sa.String(length=32), nullable=False),
        sa.Column(
            "generations_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("base_model", sa.String(length=100), nullable=True),
        sa.Column("base_revision", sa.String(length=100), nullable=True),
        sa.Column("lora_key", sa.String(length=255), nullable=True),
        sa.Column("lora_sha256", sa.String(length=64), nullable=True),
        sa.Column(
            "sample_keys", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column(
            "public_sample_keys", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "training_status <> 'completed' OR (lora_key IS NOT NULL AND lora_sha256"
            " IS NOT NULL AND trained_at IS NOT NULL)",
            name=op.f("ck_styles_trained"),
        ),
        sa.CheckConstraint(
            "training_status IN ('pending', 'training', 'completed', 'failed')",
            name=op.f("ck_styles_training_status"),
        ),
        sa.CheckConstraint(
            "generation_cost_tokens BETWEEN 1 AND 10000", name=op.f("ck_styles_price")
        ),
        sa.CheckConstraint("generations_count >= 0", name=op.f("ck_styles_generations_count")),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["auth.artists.user_id"],
            name=op.f("fk_styles_artist_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_styles")),
        schema="style",
    )
    op.create_index("ix_styles_artist_id", "styles", ["artist_id", "id"], schema="style")
    op.create_index(
        "ix_styles_popular",
        "styles",
        ["generations_count", "id"],
        schema="style",
        postgresql_where=sa.text("training_status = 'completed' AND is_active"),
    )
    op.create_index(
        "ix_styles_recent",
        "styles",
        ["id"],
        schema="style",
        postgresql_where=sa.text("training_status = 'completed' AND is_active"),
    )
    op.create_index(
        "uq_styles_live",
        "styles",
        ["artist_id"],
        unique=True,
        schema="style",
        postgresql_where=sa.text("training_status <> 'failed'"),
    )
    op.create_table(
        "artworks",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("style_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("object_key", sa.String(length=255), nullable=False),
        sa.Column("thumbnail_key", sa.String(length=255), nullable=True),
        sa.Column("content_type", sa.String(length=32), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("is_valid", sa.Boolean(), nullable=True),
        sa.Column("invalid_reason", sa.String(length=64), nullable=True),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(is_valid IS FALSE) = (invalid_reason IS NOT NULL)", name=op.f("ck_artworks_reason")
        ),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_artworks_size_bytes")),
        sa.CheckConstraint("width >= 512 AND height >= 512", name=op.f("ck_artworks_dimensions")),
        sa.ForeignKeyConstraint(
            ["style_id"], ["style.styles.id"], name=op.f("fk_artworks_style_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_artworks")),
        sa.UniqueConstraint("object_key", name=op.f("uq_artworks_object_key")),
        schema="style",
    )
    op.create_index(
        "uq_artworks_position", "artworks", ["style_id", "position"], unique=True, schema="style"
    )


def downgrade() -> None:
    op.drop_table("artworks", schema="style")
    op.drop_table("styles", schema="style")
