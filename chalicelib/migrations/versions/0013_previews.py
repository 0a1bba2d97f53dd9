"""What pages show in place of an image's PNG."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "generations", sa.Column("preview_key", sa.String(length=255)), schema="generation"
    )


def downgrade() -> None:
    op.drop_column("generations", "preview_key", schema="generation")
