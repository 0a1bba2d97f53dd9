"""What the ledger shows."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from chalicelib.kit.fields import Moment, Out
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
    """One movement as its owner sees it."""

    id: UUID
    kind: str
    direction: Literal["in", "out"]
    amount: int
    status: str
    memo: str
    related_generation_id: UUID | None
    related_purchase_id: UUID | None
    created_at: Moment
    settled_at: Moment | None
