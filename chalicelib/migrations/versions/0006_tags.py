"""Tags, and where they are used."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("usage_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_flagged", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "name = lower(name) AND length(name) BETWEEN 1 AND 80", name=op.f("ck_tags_name")
        ),
        sa.CheckConstraint("usage_count >= 0", name=op.f("ck_tags_usage_count")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("name", name=op.f("uq_tags_name")),
        schema="tagging",
    )
    op.create_index(
        "ix_tags_name_trgm",
        "tags",
        ["name"],
        schema="tagging",
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index("ix_tags_usage", "tags", ["usage_count", "id"], schema="tagging")
    op.create_table(
        "style_tags",
        sa.Column("style_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["style_id"],
            ["style.styles.id"],
            name=op.f("fk_style_tags_style_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tagging.tags.id"], name=op.f("fk_style_tags_tag_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("style_id", "tag_id", name=op.f("pk_style_tags")),
        schema="tagging",
    )
    op.create_index("ix_style_tags_tag_id", "style_tags", ["tag_id", "style_id"], schema="tagging")
    op.create_table(
        "artwork_tags",
        sa.Column("artwork_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["artwork_id"],
            ["style.artworks.id"],
            name=op.f("fk_artwork_tags_artwork_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"],
            ["tagging.tags.id"],
            name=op.f("fk_artwork_tags_tag_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("artwork_id", "tag_id", name=op.f("pk_artwork_tags")),
        schema="tagging",
    )
    op.create_index(
        "ix_artwork_tags_tag_id", "artwork_tags", ["tag_id", "artwork_id"], schema="tagging"
    )
    op.create_table(
        "generation_tags",
        sa.Column("generation_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["generation.generations.id"],
            name=op.f("fk_generation_tags_generation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"],
            ["tagging.tags.id"],
            name=op.f("fk_generation_tags_tag_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("generation_id", "tag_id", name=op.f("pk_generation_tags")),
        schema="tagging",
    )
    op.create_index(
        "ix_generation_tags_tag_id",
        "generation_tags",
        ["tag_id", "generation_id"],
        schema="tagging",
    )


def downgrade() -> None:
    op.drop_table("generation_tags", schema="tagging")
    op.drop_table("artwork_tags", schema="tagging")
    op.drop_table("style_tags", schema="tagging")
    op.drop_table("tags", schema="tagging")
