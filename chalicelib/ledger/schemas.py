"""What the ledger shows."""

from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from chalicelib.kit.fields import Moment, Out, Query
from chalicelib.web.cursors import PageQuery


class TransactionType(StrEnum):
    """The filters of the transactions list (SPEC 4.4)."""

    PURCHASE = "purchase"
    USAGE = "usage"
    ALL = "all"


class TransactionsQuery(PageQuery):
    """Query of GET /api/tokens/transactions."""

    type: TransactionType = TransactionType.ALL


class Balance(Out):
    """Tokens of one person; `held_tokens` are in running requests and come back if those fail."""

    token_balance: int
    promotional_balance: int
    held_tokens: int
    earned_token_balance: int | None


class TransactionOut(Out):
    """One movement as its owner sees it; `text` says it in the request's language.

    Who uses a style of their own sees it twice under the same id, once `out` and once `in`.
    """

    id: UUID
    kind: str
    direction: Literal["in", "out"]
    amount: int
    status: str
    text: str
    memo: str
    related_generation_id: UUID | None
    related_purchase_id: UUID | None
    created_at: Moment
    settled_at: Moment | None


class EarningsQuery(Query):
    """Query of GET /api/tokens/earnings; today counts as a day."""

    days: int = Field(default=90, ge=1, le=365)


class DayEarnings(Out):
    """What settled on one day, by UTC; days without are left out."""

    date: date
    tokens: int
    images: int


class StyleEarnings(Out):
    """What one style earned."""

    style_id: UUID
    title: str
    tokens: int
    images: int


class Earnings(Out):
    """What settled in the days asked for, the newest day first.

    `earned_token_balance` is of all time; `not_rolled_up` is the part of it that the next sweep
    adds up.
    """

    total: int
    images: int
    by_day: list[DayEarnings]
    by_style: list[StyleEarnings]
    earned_token_balance: int
    not_rolled_up: int
