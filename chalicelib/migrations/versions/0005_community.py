"""Follows, likes and comments."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "follows",
        sa.Column("follower_id", sa.Uuid(), nullable=False),
        sa.Column("artist_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("follower_id <> artist_id", name=op.f("ck_follows_not_oneself")),
        sa.ForeignKeyConstraint(
            ["artist_id"],
            ["auth.artists.user_id"],
            name=op.f("fk_follows_artist_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["auth.users.id"],
            name=op.f("fk_follows_follower_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("follower_id", "artist_id", name=op.f("pk_follows")),
        schema="community",
    )
    op.create_index("ix_follows_artist_id", "follows", ["artist_id"], schema="community")
    op.create_table(
        "comments",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("generation_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("body", sa.String(length=1000), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(body) BETWEEN 1 AND 1000", name=op.f("ck_comments_body")),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_comments_not_own_parent")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["auth.users.id"], name=op.f("fk_comments_author_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["generation.generations.id"],
            name=op.f("fk_comments_generation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["community.comments.id"],
            name=op.f("fk_comments_parent_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        schema="community",
    )
    op.create_index("ix_comments_author_id", "comments", ["author_id"], schema="community")
    op.create_index(
        "ix_comments_generation", "comments", ["generation_id", "id"], schema="community"
    )
    op.create_index("ix_comments_parent", "comments", ["parent_id", "id"], schema="community")
    op.create_table(
        "likes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("generation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["generation.generations.id"],
            name=op.f("fk_likes_generation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["auth.users.id"], name=op.f("fk_likes_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "generation_id", name=op.f("pk_likes")),
        schema="community",
    )
    op.create_index("ix_likes_generation_id", "likes", ["generation_id"], schema="community")


def downgrade() -> None:
    op.drop_table("comments", schema="community")
    op.drop_table("likes", schema="community")
    op.drop_table("follows", schema="community")
