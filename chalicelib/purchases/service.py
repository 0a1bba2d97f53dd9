"""Buying tokens: our row first, then Toss; and whatever Toss says of a payment is done once.

Row → Toss → row takes two transactions with none open in between, so these functions begin their
own, as the GPU desk does when it sends a job.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chalicelib.accounts import service as accounts
from chalicelib.errors import NotFound, PaymentFailed, Unauthorized, UpstreamUnavailable
from chalicelib.kit import clock, i18n
from chalicelib.kit.db import transaction
from chalicelib.kit.log import LOG
from chalicelib.purchases import queries, toss
from chalicelib.purchases.payments import close_unpaid, note_payment
from chalicelib.purchases.schemas import PACKAGES, Confirmation, PackageId
from chalicelib.tables import Purchase

# Toss's page can be paid on for 30 minutes.
EXPIRES_AFTER = timedelta(minutes=35)
ASK_AGAIN_AFTER = timedelta(seconds=60)
SWEPT_MAX = 20
# Others wait for the same sweep.
SWEEP_SECONDS = 10
ORDER_NAMES = {"en": "Style License: {tokens} tokens", "ko": "Style License 토큰 {tokens}개"}
# Written out, so that even a prepared plan may take the partial index.
_IS_OPEN = text("status IN ('pending', 'confirming')")


@dataclass(frozen=True)
class Opened:
    """A purchase, and the payment that Toss opened for it."""

    purchase_id: UUID
    checkout: toss.Checkout


def open_purchase(*, user_id: UUID, package_id: PackageId) -> Opened:
    """Write a purchase, then have Toss open its payment; no transaction may be open.

    Raises Unauthorized for who has left, and UpstreamUnavailable: then the purchase expires.
    """
    package = PACKAGES[package_id]
    order_id = f"sl-{secrets.token_urlsafe(24)}"
    with transaction() as db:
        accounts.hold_account(db, user_id=user_id)
        purchase_id: UUID = db.execute(
            insert(Purchase)
            .values(
                user_id=user_id,
                order_id=order_id,
                expires_at=clock.now() + EXPIRES_AFTER,
                package_id=package.id,
                tokens=package.tokens,
                amount=package.amount,
                currency=package.currency,
            )
            .returning(Purchase.id)
        ).scalar_one()
    try:
        checkout = toss.open_checkout(
            order_id=order_id,
            order_name=ORDER_NAMES[i18n.CURRENT.get()].format(tokens=package.tokens),
            amount=package.amount,
            currency=package.currency,
        )
    except (toss.TossUnavailable, toss.PaymentRefused) as error:
        LOG.warning("no payment opened", purchase_id=str(purchase_id), reason=str(error))
        raise UpstreamUnavailable from error
    return Opened(purchase_id, checkout)


def keep_checkout(db: Session, *, opened: Opened) -> None:
    """The purchase can be paid from now on."""
    db.execute(
        update(Purchase)
        .where(Purchase.id == opened.purchase_id)
        .values(payment_key=opened.checkout.payment_key, payment_url=opened.checkout.checkout.url)
    )


def confirm_purchase(*, user_id: UUID, wanted: Confirmation) -> UUID:
    """The buyer is back from Toss: have the payment charged; no transaction may be open.

    Answers the purchase, however it went. Raises NotFound for another's order, PaymentFailed for
    another amount or payment (then nothing has changed), Unauthorized for who has left.
    """
    try:
        with transaction() as db:
            purchase = _get_order(db, user_id=user_id, wanted=wanted)
            is_ours = _claim(db, purchase=purchase, payment_key=wanted.payment_key, of="pending")
    except IntegrityError:
        # That payment is another purchase's.
        raise PaymentFailed(reason="PAYMENT_MISMATCH") from None
    if is_ours:
        _confirm_at_toss(purchase, payment_key=wanted.payment_key)
    return purchase.id


def take_hint(content: bytes) -> None:
    """A webhook came: read the payment that it names back from Toss, and do what that says.

    What names no order of ours is let go. Raises UpstreamUnavailable, so that it is sent again.
    """
    order_id = toss.read_hint(content)
    if order_id is None:
        return
    with transaction() as db:
        purchase = queries.find_by_order(db, order_id=order_id)
    if purchase is None:
        return
    try:
        payment = toss.find_payment(order_id=purchase.order_id, currency=purchase.currency)
    except toss.TossUnavailable as error:
        LOG.warning("Toss does not answer", purchase_id=str(purchase.id), reason=str(error))
        raise UpstreamUnavailable from error
    if payment:
        with transaction() as db:
            note_payment(db, purchase_id=purchase.id, payment=payment)


def sweep() -> int:
    """Ask Toss for purchases that hang or are past their time; answers how many."""
    until = time.monotonic() + SWEEP_SECONDS
    for number in range(SWEPT_MAX):
        with transaction() as db:
            purchase = _take_due(db) if time.monotonic() < until else None
        if purchase is None:
            return number
        try:
            look_after(purchase)
        except Exception:
            # One purchase that can't be looked after must not leave the others alone.
            LOG.exception("purchase left to the next sweep", purchase_id=str(purchase.id))
    return SWEPT_MAX


def look_after(purchase: Purchase) -> None:
    """Ask Toss for an open purchase's payment and act on the answer."""
    try:
        payment = toss.find_payment(order_id=purchase.order_id, currency=purchase.currency)
    except toss.TossUnavailable as error:
        LOG.warning("Toss does not answer", purchase_id=str(purchase.id), reason=str(error))
        return
    if payment and payment.status == "IN_PROGRESS":
        _confirm_for_buyer(purchase, payment)
        return
    with transaction() as db:
        if payment and payment.status != "READY":
            note_payment(db, purchase_id=purchase.id, payment=payment)
        elif purchase.expires_at < clock.now():
            close_unpaid(db, purchase_id=purchase.id, status="expired")


def _get_order(db: Session, *, user_id: UUID, wanted: Confirmation) -> Purchase:
    # Who is about to be charged can't leave before the purchase says so.
    accounts.hold_account(db, user_id=user_id)
    purchase = queries.find_by_order(db, order_id=wanted.order_id)
    if purchase is None or purchase.user_id != user_id:
        raise NotFound
    if wanted.amount != purchase.amount:
        raise PaymentFailed(reason="AMOUNT_MISMATCH")
    if purchase.payment_key not in {None, wanted.payment_key}:
        raise PaymentFailed(reason="PAYMENT_MISMATCH")
    return purchase


def _claim(db: Session, *, purchase: Purchase, payment_key: str, of: str) -> bool:
    """From now on it may be charged; False when another was first."""
    claimed = db.execute(
        update(Purchase)
        .where(Purchase.id == purchase.id, Purchase.status == of)
        .values(status="confirming", payment_key=payment_key, checked_at=clock.now())
        .returning(Purchase.id)
    )
    return claimed.first() is not None


def _confirm_at_toss(purchase: Purchase, *, payment_key: str) -> None:
    try:
        payment = toss.confirm(
            payment_key=payment_key,
            order_id=purchase.order_id,
            amount=purchase.amount,
            currency=purchase.currency,
        )
        with transaction() as db:
            note_payment(db, purchase_id=purchase.id, payment=payment)
    except toss.PaymentRefused as refusal:
        with transaction() as db:
            failure = {"failure": {"code": refusal.code}}
            close_unpaid(db, purchase_id=purchase.id, status="failed", provider_payment=failure)
    except toss.TossUnavailable as error:
        LOG.warning("confirmation unclear", purchase_id=str(purchase.id), reason=str(error))
    except Exception:
        # The card may be charged: to say that the request failed would be wrong.
        LOG.exception("payment left to the sweep", purchase_id=str(purchase.id))


def _confirm_for_buyer(purchase: Purchase, payment: toss.Payment) -> None:
    """The buyer has agreed, and no confirmation reached Toss."""
    payment_key = purchase.payment_key or payment.payment_key
    with transaction() as db:
        try:
            accounts.hold_account(db, user_id=purchase.user_id)
        except Unauthorized:
            close_unpaid(db, purchase_id=purchase.id, status="expired")
            return
        if payment_key is None or not _claim(
            db, purchase=purchase, payment_key=payment_key, of=purchase.status
        ):
            return
    _confirm_at_toss(purchase, payment_key=payment_key)


def _take_due(db: Session) -> Purchase | None:
    """The open purchase for which Toss was not asked the longest."""
    now = clock.now()
    longest = (
        select(Purchase.id)
        .where(_IS_OPEN, Purchase.checked_at < now - ASK_AGAIN_AFTER)
        .where(or_(Purchase.status == "confirming", Purchase.expires_at < now))
        .order_by(Purchase.checked_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return db.execute(
        update(Purchase).where(Purchase.id == longest).values(checked_at=now).returning(Purchase)
    ).scalar_one_or_none()
