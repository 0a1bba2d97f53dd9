"""Payments and the rules of their life, as Toss's documentation describes them; no HTTP here.

A change is kept only by `commit`, together with the answer and the webhooks that belong to it.
"""

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from local.sandboxes.toss.errors import TossError
from local.sandboxes.toss.journal import Journal
from local.sandboxes.toss.payments import APPROVED, OPEN, Cancel, CardName, Payment, Status
from local.sandboxes.toss.wanted import Cancellation, Confirmation, Creation, Merchant

SEOUL = timezone(timedelta(hours=9))
WINDOW_OPEN = timedelta(minutes=30)
AUTHENTICATION_GOOD = timedelta(minutes=10)
KEYS_REMEMBERED = timedelta(days=15)


class Answer(BaseModel):
    """What the first request with an idempotency key was answered."""

    key: str
    at: datetime
    status: int
    body: dict[str, Any]


class Delivery(BaseModel):
    """One webhook on its way; `due` counts seconds since 1970."""

    id: str
    body: dict[str, Any]
    due: float
    retried: int = 0
    status: str = "waiting"


class State:
    """Everything that outlives the process."""

    def __init__(self, folder: Path | None = None) -> None:
        self.payments: dict[str, Payment] = {}
        self.deliveries: dict[str, Delivery] = {}
        self._answers: dict[str, Answer] = {}
        self._ahead = timedelta()
        self._changed: dict[str, Payment] = {}
        self._news: list[Payment] = []
        self._journal = Journal(folder)
        for change in self._journal.read():
            self._replay(change)

    def _replay(self, change: dict[str, Any]) -> None:
        for one in change.get("payments", []):
            payment = Payment.model_validate(one)
            self.payments[payment.key] = payment
        for one in change.get("deliveries", []):
            delivery = Delivery.model_validate(one)
            self.deliveries[delivery.id] = delivery
        if change.get("answer"):
            answer = Answer.model_validate(change["answer"])
            self._answers[answer.key] = answer
        if "ahead" in change:
            self._ahead = timedelta(seconds=change["ahead"])

    def take_news(self) -> list[Payment]:
        """Payments whose state changed since the last call, each as it was then."""
        news, self._news = self._news, []
        return news

    def commit(self, *, answer: Answer | None = None, deliveries: Iterable[Delivery] = ()) -> None:
        """Keep all changes since the last commit, or none of them."""
        change: dict[str, Any] = {}
        if self._changed:
            change["payments"] = [one.model_dump(mode="json") for one in self._changed.values()]
        if answer:
            self._answers[answer.key] = answer
            change["answer"] = answer.model_dump(mode="json")
        if kept := list(deliveries):
            self.deliveries |= {one.id: one for one in kept}
            change["deliveries"] = [one.model_dump(mode="json") for one in kept]
        self._changed = {}
        if change:
            self._journal.append(change)

    def now(self) -> datetime:
        """Toss's clock."""
        return datetime.now(UTC).astimezone(SEOUL) + self._ahead

    def move_clock(self, forward: timedelta) -> None:
        """Let time pass at once."""
        self._ahead += forward
        self._journal.append({"ahead": self._ahead.total_seconds()})

    def find_answer(self, key: str) -> Answer | None:
        """The first answer under an idempotency key, for 15 days."""
        known = self._answers.get(key)
        return known if known and self.now() - known.at < KEYS_REMEMBERED else None

    def get(self, key: str, merchant: Merchant | None = None) -> Payment:
        """A payment, of this merchant if one is given; raises TossError."""
        payment = self.payments.get(key)
        if payment is None or (merchant and payment.mid != merchant.mid):
            raise TossError("NOT_FOUND_PAYMENT")
        self._expire_if_overdue(payment)
        return payment

    def get_by_order(self, order_id: str, merchant: Merchant) -> Payment:
        """An order's payment: the paid one, else the newest; raises TossError."""
        tries = self._of_order(order_id, merchant.mid)
        if not tries:
            raise TossError("NOT_FOUND_PAYMENT")
        paid = [one for one in tries if one.status in APPROVED]
        return self.get((paid or tries)[-1].key)

    def create(self, merchant: Merchant, wanted: Creation) -> Payment:
        """A payment that waits for its buyer; raises TossError."""
        total = wanted.price(merchant)
        self._refuse_paid_order(wanted.order_id, merchant.mid)
        payment = Payment(
            key=f"tsandbox_{secrets.token_urlsafe(24)}",
            mid=merchant.mid,
            currency=merchant.currency,
            order_id=wanted.order_id,
            order_name=wanted.order_name,
            total=total,
            success_url=wanted.success_url,
            fail_url=wanted.fail_url,
            overseas_only=wanted.overseas_only or merchant.currency != "KRW",
            requested_at=self.now(),
        )
        self.payments[payment.key] = payment
        self._changed[payment.key] = payment
        return payment

    def authenticate(self, payment: Payment, *, card: CardName, over_limit: bool = False) -> None:
        """The buyer agreed on the page; the shop has ten minutes to confirm."""
        payment.card, payment.over_limit = card, over_limit
        payment.authenticated_at = self.now()
        self._set(payment, Status.IN_PROGRESS)

    def abort(self, payment: Payment, code: str) -> None:
        """The card company said no."""
        payment.failure = code
        self._set(payment, Status.ABORTED)

    def confirm(
        self, merchant: Merchant, wanted: Confirmation, *, refusal: str | None = None
    ) -> Payment:
        """Charge the card, unless that is refused; raises TossError."""
        payment = self.get(wanted.payment_key, merchant)
        if payment.order_id != wanted.order_id:
            raise TossError("NOT_FOUND_PAYMENT_SESSION")
        if payment.status in APPROVED or payment.status is Status.ABORTED:
            raise TossError("ALREADY_PROCESSED_PAYMENT")
        if payment.status is not Status.IN_PROGRESS:
            raise TossError("NOT_FOUND_PAYMENT_SESSION")
        if payment.total != wanted.amount:
            raise TossError("INVALID_REQUEST", "amount: not that of the payment")
        self._refuse_paid_order(payment.order_id, payment.mid)
        if refusal := refusal or ("REJECT_CARD_PAYMENT" if payment.over_limit else None):
            self.abort(payment, refusal)
            raise TossError(refusal)
        payment.approved_at = self.now()
        payment.approve_no = f"{secrets.randbelow(10**8):08}"
        payment.transaction_key = _transaction_key()
        self._set(payment, Status.DONE)
        return payment

    def cancel(self, payment: Payment, wanted: Cancellation) -> Payment:
        """Give all or a part of the money back; raises TossError."""
        if payment.status is Status.CANCELED:
            raise TossError("ALREADY_CANCELED_PAYMENT")
        if payment.status not in APPROVED:
            raise TossError("NOT_CANCELABLE_PAYMENT")
        wanted.check_amount(payment.currency)
        if wanted.refundable_amount not in {None, payment.balance}:
            raise TossError("NOT_MATCHES_REFUNDABLE_AMOUNT")
        amount = payment.balance if wanted.cancel_amount is None else wanted.cancel_amount
        left = payment.balance - amount
        if left < Decimal():
            raise TossError("NOT_CANCELABLE_AMOUNT")
        payment.transaction_key = _transaction_key()
        payment.cancels.append(
            Cancel(
                amount=amount,
                reason=wanted.cancel_reason,
                at=self.now(),
                transaction_key=payment.transaction_key,
                left=left,
            )
        )
        self._set(payment, Status.PARTIAL_CANCELED if left else Status.CANCELED)
        return payment

    def expire(self, payments: Iterable[Payment]) -> list[Payment]:
        """End those that wait for a buyer or a confirmation."""
        expired = [payment for payment in payments if payment.status in OPEN]
        for payment in expired:
            self._set(payment, Status.EXPIRED)
        return expired

    def expire_overdue(self) -> None:
        """End those whose time is over."""
        for payment in self.payments.values():
            self._expire_if_overdue(payment)

    def _expire_if_overdue(self, payment: Payment) -> None:
        if payment.status is Status.READY:
            overdue = self.now() > payment.requested_at + WINDOW_OPEN
        elif payment.status is Status.IN_PROGRESS and payment.authenticated_at:
            overdue = self.now() > payment.authenticated_at + AUTHENTICATION_GOOD
        else:
            return
        if overdue:
            self._set(payment, Status.EXPIRED)

    def _of_order(self, order_id: str, mid: str) -> list[Payment]:
        return [p for p in self.payments.values() if (p.order_id, p.mid) == (order_id, mid)]

    def _refuse_paid_order(self, order_id: str, mid: str) -> None:
        if any(one.status in APPROVED for one in self._of_order(order_id, mid)):
            raise TossError("DUPLICATED_ORDER_ID")

    def _set(self, payment: Payment, status: Status) -> None:
        payment.status = status
        self._changed[payment.key] = payment
        if status not in OPEN:
            self._news.append(payment.model_copy(deep=True))


def _transaction_key() -> str:
    return secrets.token_hex(16).upper()
