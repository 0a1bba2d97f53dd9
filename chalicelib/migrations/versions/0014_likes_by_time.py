"""What somebody likes, the latest first."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_likes_recent", "likes", ["user_id", "created_at", "generation_id"], schema="community"
    )


def downgrade() -> None:
    op.drop_index("ix_likes_recent", table_name="likes", schema="community")
