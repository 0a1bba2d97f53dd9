"""What is done every so often, however many sweeps run: whose turn it is, and since when."""

from datetime import datetime, timedelta

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from chalicelib.kit.db import Base

_TAKE = text("""
INSERT INTO system.turns (name, taken_at) VALUES (:name, now())
ON CONFLICT (name) DO UPDATE SET taken_at = now() WHERE turns.taken_at <= now() - :every
RETURNING coalesce(old.taken_at, now() - :every) AS since, new.taken_at AS until
""")


class Turn(Base):
    """When something was last begun."""

    __tablename__ = "turns"
    __table_args__ = ({"schema": "system"},)

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    taken_at: Mapped[datetime]


def take_turn(db: Session, *, name: str, every: timedelta) -> tuple[datetime, datetime] | None:
    """Since when and until when this turn counts; None while it is too early, or another's.

    Turns follow each other without a gap; the first looks back as far as one lasts.
    """
    row = db.execute(_TAKE, {"name": name, "every": every}).one_or_none()
    return (row.since, row.until) if row else None
