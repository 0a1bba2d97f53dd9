"""Reads of purchases."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chalicelib.errors import NotFound
from chalicelib.tables import Purchase


def get_purchase(db: Session, *, purchase_id: UUID, user_id: UUID) -> Purchase:
    """A purchase of this person; raises NotFound for another's."""
    purchase = db.execute(
        select(Purchase).where(Purchase.id == purchase_id, Purchase.user_id == user_id)
    ).scalar_one_or_none()
    if purchase is None:
        raise NotFound
    return purchase


def find_by_order(db: Session, *, order_id: str) -> Purchase | None:
    """The purchase of an order, whoever's."""
    return db.execute(select(Purchase).where(Purchase.order_id == order_id)).scalar_one_or_none()


def reason_of(purchase: Purchase) -> str:
    """Why it came to nothing: the provider's code, else our state."""
    failure = (purchase.provider_payment or {}).get("failure") or {}
    return str(failure.get("code") or purchase.status).upper()
