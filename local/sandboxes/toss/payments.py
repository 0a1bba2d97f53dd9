"""A payment as Toss keeps it, and as its API shows it."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel

from local.sandboxes.toss.errors import message_of

VERSION = "2022-11-16"
CardName = Literal["domestic", "overseas"]
# Codes of issuers: 61 is Hyundai, 4V is Visa abroad.
CARDS: dict[str, dict[str, str]] = {
    "domestic": {"issuerCode": "61", "acquirerCode": "61", "number": "43301234****123*"},
    "overseas": {"issuerCode": "4V", "acquirerCode": "4V", "number": "41111111****111*"},
}
ENGLISH = {"카드": "CARD", "신용": "CREDIT", "개인": "PERSONAL", "미확인": "UNKNOWN"}


class Status(StrEnum):
    """Where a card payment is."""

    READY = "READY"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    CANCELED = "CANCELED"
    PARTIAL_CANCELED = "PARTIAL_CANCELED"
    ABORTED = "ABORTED"
    EXPIRED = "EXPIRED"


OPEN = frozenset({Status.READY, Status.IN_PROGRESS})
APPROVED = frozenset({Status.DONE, Status.CANCELED, Status.PARTIAL_CANCELED})


class Cancel(BaseModel):
    """Money given back once; `left` is what can still be."""

    amount: Decimal
    reason: str
    at: datetime
    transaction_key: str
    left: Decimal


class Payment(BaseModel):
    """One payment of one order; amounts in units of the currency."""

    key: str
    mid: str
    currency: str
    order_id: str
    order_name: str
    total: Decimal
    success_url: str
    fail_url: str
    overseas_only: bool = False
    status: Status = Status.READY
    requested_at: datetime
    authenticated_at: datetime | None = None
    approved_at: datetime | None = None
    card: CardName | None = None
    # The card company will say no when the shop confirms.
    over_limit: bool = False
    approve_no: str | None = None
    transaction_key: str | None = None
    cancels: list[Cancel] = []
    failure: str | None = None

    @property
    def balance(self) -> Decimal:
        """What is left of the total after cancellations."""
        return self.total - sum((one.amount for one in self.cancels), Decimal())

    def shown(self, *, origin: str, english: bool = False) -> dict[str, Any]:
        """The Payment object."""
        # A tenth is added for value added tax; abroad there is none.
        vat = round(self.balance / 11) if self.currency == "KRW" else 0
        approved = self.status in APPROVED
        return {
            "mId": self.mid,
            "lastTransactionKey": self.transaction_key,
            "paymentKey": self.key,
            "orderId": self.order_id,
            "orderName": self.order_name,
            "taxExemptionAmount": 0,
            "status": self.status.value,
            "requestedAt": stamp(self.requested_at),
            "approvedAt": stamp(self.approved_at),
            "useEscrow": False,
            "cultureExpense": False,
            "card": self._card_shown(english=english) if self.card else None,
            "virtualAccount": None,
            "transfer": None,
            "mobilePhone": None,
            "giftCertificate": None,
            "cashReceipt": None,
            "cashReceipts": None,
            "discount": None,
            "cancels": [self._cancel_shown(one) for one in self.cancels] or None,
            "secret": None,
            "type": "NORMAL",
            "easyPay": None,
            "country": "US" if self.card == "overseas" else "KR",
            "failure": self._failure_shown(english=english),
            "isPartialCancelable": True,
            "receipt": {"url": f"{origin}/receipt/{self.key}"} if approved else None,
            "checkout": {"url": f"{origin}/checkout/{self.key}"},
            "currency": self.currency,
            "totalAmount": self.money(self.total),
            "balanceAmount": self.money(self.balance),
            "suppliedAmount": self.money(self.balance - vat),
            "vat": vat,
            "taxFreeAmount": 0,
            "metadata": None,
            "method": _word("카드", english=english),
            "version": VERSION,
        }

    def money(self, amount: Decimal) -> int | float:
        """Won are whole."""
        return int(amount) if self.currency == "KRW" else float(amount)

    def _card_shown(self, *, english: bool) -> dict[str, Any]:
        # Of cards from abroad Toss knows neither kind nor owner.
        unknown = "미확인" if self.card == "overseas" else None
        return {
            **CARDS[self.card or ""],
            "installmentPlanMonths": 0,
            "isInterestFree": False,
            "interestPayer": None,
            "approveNo": self.approve_no or "00000000",
            "useCardPoint": False,
            "cardType": _word(unknown or "신용", english=english),
            "ownerType": _word(unknown or "개인", english=english),
            "acquireStatus": "CANCELED" if self.status is Status.CANCELED else "READY",
            "amount": self.money(self.total),
        }

    def _cancel_shown(self, one: Cancel) -> dict[str, Any]:
        return {
            "transactionKey": one.transaction_key,
            "cancelReason": one.reason,
            "taxExemptionAmount": 0,
            "canceledAt": stamp(one.at),
            "transferDiscountAmount": 0,
            "easyPayDiscountAmount": 0,
            "receiptKey": None,
            "cancelAmount": self.money(one.amount),
            "taxFreeAmount": 0,
            "refundableAmount": self.money(one.left),
            "cancelStatus": "DONE",
            "cancelRequestId": None,
        }

    def _failure_shown(self, *, english: bool) -> dict[str, str] | None:
        if not self.failure:
            return None
        return {"code": self.failure, "message": message_of(self.failure, english=english)}


def stamp(moment: datetime | None) -> str | None:
    """As Toss writes moments, to the second."""
    return moment.isoformat(timespec="seconds") if moment else None


def _word(korean: str, *, english: bool) -> str:
    return ENGLISH[korean] if english else korean
