"""Jobs, notifications and the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        schema="system",
    )
    op.create_index(
        "ix_outbox_unsent",
        "outbox",
        ["id"],
        schema="system",
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "notifications",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("target_type", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("is_read", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "type IN ('follow', 'like', 'comment', 'generation_complete',"
            " 'generation_failed', 'style_training_complete', 'style_training_failed')",
            name=op.f("ck_notifications_type"),
        ),
        sa.CheckConstraint(
            "actor_id IS DISTINCT FROM user_id", name=op.f("ck_notifications_not_own_act")
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"],
            ["auth.users.id"],
            name=op.f("fk_notifications_actor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["auth.users.id"],
            name=op.f("fk_notifications_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_notifications_dedupe_key")),
        schema="system",
    )
    op.create_index("ix_notifications_actor_id", "notifications", ["actor_id"], schema="system")
    op.create_index(
        "ix_notifications_unread",
        "notifications",
        ["user_id", "id"],
        schema="system",
        postgresql_where=sa.text("NOT is_read"),
    )
    op.create_index("ix_notifications_user", "notifications", ["user_id", "id"], schema="system")
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("generation_id", sa.Uuid(), nullable=True),
        sa.Column("style_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), server_default="queued", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("attempt_key", sa.String(length=64), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("runpod_job_id", sa.String(length=100), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_code", sa.String(length=32), nullable=True),
        sa.Column("failure_message", sa.String(length=500), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'training') = (style_id IS NOT NULL) AND (kind = 'generation') ="
            " (generation_id IS NOT NULL)",
            name=op.f("ck_jobs_subject"),
        ),
        sa.CheckConstraint(
            "(state IN ('done', 'failed', 'canceled')) = (ended_at IS NOT NULL)",
            name=op.f("ck_jobs_ended_at"),
        ),
        sa.CheckConstraint("kind IN ('training', 'generation')", name=op.f("ck_jobs_kind")),
        sa.CheckConstraint(
            "state IN ('queued', 'dispatched', 'running', 'retrying', 'done',"
            " 'failed', 'canceled')",
            name=op.f("ck_jobs_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('dispatched', 'running') OR (attempt_key IS NOT NULL AND"
            " dispatched_at IS NOT NULL)",
            name=op.f("ck_jobs_dispatched"),
        ),
        sa.CheckConstraint("attempt BETWEEN 1 AND 4", name=op.f("ck_jobs_attempt")),
        sa.ForeignKeyConstraint(
            ["generation_id"],
            ["generation.generations.id"],
            name=op.f("fk_jobs_generation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["style_id"], ["style.styles.id"], name=op.f("fk_jobs_style_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        schema="system",
    )
    op.create_index(
        "ix_jobs_open",
        "jobs",
        ["kind", "state", "id"],
        schema="system",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_jobs_owner", "jobs", ["owner_id", "id"], schema="system")
    op.create_index("ix_jobs_state", "jobs", ["state", "id"], schema="system")
    op.create_index("ix_jobs_style_id", "jobs", ["style_id"], schema="system")
    op.create_index(
        "uq_jobs_generation_id", "jobs", ["generation_id"], unique=True, schema="system"
    )
    op.create_index(
        "uq_jobs_open_training",
        "jobs",
        ["style_id"],
        unique=True,
        schema="system",
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("outbox", schema="system")
    op.drop_table("notifications", schema="system")
    op.drop_table("jobs", schema="system")
