"""GPU work and its attempts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from chalicelib.kit.db import Base
from chalicelib.tables.columns import CreatedAt, Id


class Job(Base):
    """One piece of GPU work; `attempt_key`, new with each attempt, is what a worker must echo.

    `due_at` is when the queue said that the attempt may start; until a slot is free it waits.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("kind IN ('training', 'generation')", name="kind"),
        CheckConstraint(
            "state IN ('queued', 'dispatched', 'running', 'retrying',"
            " 'done', 'failed', 'canceled')",
            name="state",
        ),
        CheckConstraint("attempt BETWEEN 1 AND 4", name="attempt"),
        CheckConstraint(
            "(kind = 'training') = (style_id IS NOT NULL)"
            " AND (kind = 'generation') = (generation_id IS NOT NULL)",
            name="subject",
        ),
        CheckConstraint(
            "(state IN ('done', 'failed', 'canceled')) = (ended_at IS NOT NULL)", name="ended_at"
        ),
        CheckConstraint(
            "state NOT IN ('dispatched', 'running') OR"
            " (attempt_key IS NOT NULL AND dispatched_at IS NOT NULL)",
            name="dispatched",
        ),
        Index("uq_jobs_generation_id", "generation_id", unique=True),
        Index(
            "uq_jobs_open_training",
            "style_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_jobs_style_id", "style_id"),
        Index("ix_jobs_owner", "owner_id", "id"),
        Index("ix_jobs_open", "kind", "state", "id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_jobs_state", "state", "id"),
        Index("ix_jobs_kind", "kind", "id"),
        Index("ix_jobs_retried", "announced_at", postgresql_where=text("attempt > 1")),
        {"schema": "system"},
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(16))
    # The generation's row goes with its buyer (leaving), the job's with it.
    generation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("generation.generations.id", ondelete="CASCADE")
    )
    style_id: Mapped[UUID | None] = mapped_column(ForeignKey("style.styles.id", ondelete="CASCADE"))
    owner_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(16), server_default="queued")
    attempt: Mapped[int] = mapped_column(server_default=text("1"))
    attempt_key: Mapped[str | None] = mapped_column(String(64))
    due_at: Mapped[datetime | None]
    runpod_job_id: Mapped[str | None] = mapped_column(String(100))
    dispatched_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    failure_code: Mapped[str | None] = mapped_column(String(32))
    failure_message: Mapped[str | None] = mapped_column(String(500))
    announced_at: Mapped[datetime]
    created_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]
