"""Search reads the most followed artists first; operators list jobs of a kind."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_artists_popular", "artists", ["follower_count", "user_id"], schema="auth")
    op.create_index("ix_jobs_kind", "jobs", ["kind", "id"], schema="system")


def downgrade() -> None:
    op.drop_index("ix_jobs_kind", "jobs", schema="system")
    op.drop_index("ix_artists_popular", "artists", schema="auth")
