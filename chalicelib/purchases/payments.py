"""What Toss says of a payment, done to our purchase: once, whoever brings it, in any order."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chalicelib.accounts import service as accounts
from chalicelib.errors import Unauthorized
from chalicelib.kit.log import LOG
from chalicelib.ledger import service as ledger
from chalicelib.purchases import toss
from chalicelib.tables import Purchase

_CHARGED = {"DONE", "PARTIAL_CANCELED"}
_GIVEN_BACK = {"CANCELED", "PARTIAL_CANCELED"}
_ENDED = {"ABORTED": "failed", "EXPIRED": "expired"}


def note_payment(db: Session, *, purchase_id: UUID, payment: toss.Payment) -> None:
    """Credit, take back or close, as Toss says; nothing for what it has not decided yet."""
    # One at a time: a cancellation must not overtake the credit that it takes back.
    purchase = db.execute(
        select(Purchase).where(Purchase.id == purchase_id).with_for_update()
    ).scalar_one()
    if payment.order_id != purchase.order_id:
        LOG.error("Toss answers for another order", purchase_id=str(purchase_id))
        return
    _keep_answer(db, purchase_id, payment)
    if payment.status in _CHARGED:
        _credit(db, purchase, payment)
    if payment.status in _GIVEN_BACK:
        _take_back(db, purchase, payment)
    elif payment.status in _ENDED:
        close_unpaid(db, purchase_id=purchase_id, status=_ENDED[payment.status])


def close_unpaid(db: Session, *, purchase_id: UUID, status: str, **values: Any) -> None:
    """End a purchase without tokens; what is paid or canceled stays so."""
    db.execute(
        update(Purchase)
        .where(Purchase.id == purchase_id, Purchase.paid_at.is_(None))
        .where(Purchase.status != "canceled")
        .values(status=status, **values)
    )


def _keep_answer(db: Session, purchase_id: UUID, payment: toss.Payment) -> None:
    known: dict[str, Any] = {"provider_payment": payment.model_dump(mode="json")}
    if payment.payment_key:
        known["payment_key"] = payment.payment_key
    db.execute(update(Purchase).where(Purchase.id == purchase_id).values(**known))


def _credit(db: Session, purchase: Purchase, payment: toss.Payment) -> None:
    if payment.total_amount is None or payment.currency is None:
        LOG.error("Toss does not say what was paid", purchase_id=str(purchase.id))
        return
    if (payment.total_amount, payment.currency) != (purchase.amount, purchase.currency):
        _leave_to_operator(db, purchase.id, why="another amount was paid")
        return
    if purchase.paid_at is not None:
        return
    try:
        accounts.hold_account(db, user_id=purchase.user_id)
    except Unauthorized:
        _leave_to_operator(db, purchase.id, why="the buyer has left")
        return
    ledger.credit_purchase(db, purchase_id=purchase.id)


def _take_back(db: Session, purchase: Purchase, payment: toss.Payment) -> None:
    canceled = purchase.amount if payment.status == "CANCELED" else payment.canceled_amount
    if canceled is None or not 0 < canceled <= purchase.amount:
        _leave_to_operator(db, purchase.id, why="it is unclear how much was given back")
        return
    owed = ledger.reverse_purchase(db, purchase_id=purchase.id, canceled_amount=canceled)
    if owed:
        LOG.error("tokens are spent", purchase_id=str(purchase.id), owed=owed)
    elif payment.status == "CANCELED":
        close_unpaid(db, purchase_id=purchase.id, status="canceled", needs_review=False)


def _leave_to_operator(db: Session, purchase_id: UUID, *, why: str) -> None:
    LOG.error("purchase needs review", purchase_id=str(purchase_id), why=why)
    db.execute(update(Purchase).where(Purchase.id == purchase_id).values(needs_review=True))
    close_unpaid(db, purchase_id=purchase_id, status="failed")
