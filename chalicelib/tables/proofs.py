"""What the ledger's proof has added up so far."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Numeric, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chalicelib.kit.db import Base
from chalicelib.tables.columns import CreatedAt, Yes, Zero

_FIRST = text("'00000000-0000-0000-0000-000000000000'::uuid")
_NONE = text("'{}'::jsonb")


class Proof(Base):
    """How far the proof is; one row. Ids are of transactions, in whose order they were begun.

    `faults` are those of the last proof from the checkpoint on, `recount_faults` of the recount
    under way, `standing_faults` of the last one that ended. `proved_at` begins with the row.
    """

    __tablename__ = "proofs"
    __table_args__ = (CheckConstraint("one", name="one"), {"schema": "token"})

    one: Mapped[Yes] = mapped_column(primary_key=True)
    checkpoint: Mapped[UUID] = mapped_column(server_default=_FIRST)
    faults: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=_NONE)
    proved_at: Mapped[CreatedAt]
    recounted: Mapped[UUID] = mapped_column(server_default=_FIRST)
    recount_seed: Mapped[Zero] = mapped_column(BigInteger)
    recount_weight: Mapped[Decimal] = mapped_column(Numeric, server_default=text("0"))
    recount_faults: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=_NONE)
    standing_faults: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=_NONE)
    recounted_at: Mapped[datetime | None]


class ProvedSum(Base):
    """One account's entries up to the checkpoint, added up; platform accounts have the owner 0."""

    __tablename__ = "proved_sums"
    __table_args__ = ({"schema": "token"},)

    account: Mapped[str] = mapped_column(String(16), primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    balance: Mapped[int] = mapped_column(BigInteger)
    promotional: Mapped[int] = mapped_column(BigInteger)
