"""What buyers, Toss and time do to purchases, and what must hold after it."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from chalicelib.accounts.google import Identity
from chalicelib.accounts.service import sign_in
from chalicelib.kit.db import transaction
from chalicelib.ledger.proof import prove_ledger
from chalicelib.purchases import service
from chalicelib.purchases.schemas import PackageId
from chalicelib.tables import Purchase, Transaction, User
from tests.people import Answer, Cast, Person
from tests.purchases.fake_toss import FakeToss


def buy(person: Person, package: str = "basic_100", **headers: str) -> Any:
    answer = person.post("/api/tokens/purchase", {"package_id": package}, headers=headers)
    assert answer.status == 201, answer.body
    return answer.data


def confirm(person: Person, back: dict[str, Any], **other: Any) -> Answer:
    return person.post("/api/tokens/purchase/confirm", {**back, **other})


def pay(person: Person, toss: FakeToss, package: str = "basic_100") -> Any:
    """Bought, agreed to and confirmed."""
    order_id = buy(person, package)["order_id"]
    paid = confirm(person, toss.authenticate(order_id)).data
    assert paid["status"] == "paid"
    return paid


def hint(cast: Cast, order_id: str, status: str = "DONE") -> Answer:
    """Toss's webhook."""
    body = {
        "eventType": "PAYMENT_STATUS_CHANGED",
        "createdAt": "2026-11-23T00:00:00.000000",
        "data": {"orderId": order_id, "paymentKey": "forged", "status": status},
    }
    return cast.visitor.post("/api/webhooks/toss/payment", body)


def row(order_id: str) -> Purchase:
    with transaction() as db:
        return db.execute(select(Purchase).where(Purchase.order_id == order_id)).scalar_one()


def change(order_id: str, **values: Any) -> None:
    with transaction() as db:
        db.execute(update(Purchase).where(Purchase.order_id == order_id).values(**values))


def pass_time(**delta: Any) -> None:
    """So much time goes by for every purchase."""
    by = timedelta(**delta)
    with transaction() as db:
        db.execute(
            update(Purchase).values(
                checked_at=Purchase.checked_at - by, expires_at=Purchase.expires_at - by
            )
        )


def sweep_after(**delta: Any) -> int:
    pass_time(**delta)
    return service.sweep()


def movements(user_id: UUID) -> list[tuple[str, int]]:
    """Kind and amount of what a person's purchases moved."""
    with transaction() as db:
        rows = db.execute(
            select(Transaction.kind, Transaction.amount, Transaction.receiver_id)
            .where(Transaction.related_purchase_id.is_not(None))
            .where((Transaction.receiver_id == user_id) | (Transaction.sender_id == user_id))
            .order_by(Transaction.id)
        ).all()
    return [(kind, amount if receiver else -amount) for kind, amount, receiver in rows]


def faults() -> dict[str, int]:
    with transaction() as db:
        return {name: count for name, count in prove_ledger(db).items() if count}


def spend(person: Person, tokens: int) -> None:
    """As if written off: promotional ones first."""
    with transaction() as db:
        db.execute(
            text("""
            WITH debited AS (
                UPDATE auth.users SET token_balance = token_balance - :n,
                    promotional_balance = promotional_balance - least(promotional_balance, :n)
                WHERE id = :id
                RETURNING old.promotional_balance - new.promotional_balance AS promotional
            ), moved AS (
                INSERT INTO token.transactions
                    (kind, sender_id, amount, promotional_amount, status, memo, settled_at)
                SELECT 'adjustment', :id, :n, promotional, 'completed', 'Spent', now() FROM debited
                RETURNING id
            )
            INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
            SELECT id, 'post', 'user', CAST(:id AS uuid), -:n FROM moved
            UNION ALL SELECT id, 'post', 'adjustment', NULL, :n FROM moved
            """),
            {"id": person.id, "n": tokens},
        )


def make_buyer() -> UUID:
    """Somebody new, in no browser."""
    name = secrets.token_hex(8)
    email = f"{name}@example.com"
    with transaction() as db:
        user_id = sign_in(
            db, identity=Identity(sub=name, email=email, email_verified=True, name=name)
        )
    assert user_id
    return user_id


def begin(user_id: UUID, status: str = "pending") -> str:
    """A purchase of 100 tokens with its page, as the endpoint begins it; answers the order."""
    opened = service.open_purchase(user_id=user_id, package_id=PackageId.BASIC_100)
    with transaction() as db:
        service.keep_checkout(db, opened=opened)
        order_id: str = db.execute(
            update(Purchase)
            .where(Purchase.id == opened.purchase_id)
            .values(status=status)
            .returning(Purchase.order_id)
        ).scalar_one()
    return order_id


def balance(user_id: UUID) -> int:
    with transaction() as db:
        return db.execute(select(User.token_balance).where(User.id == user_id)).scalar_one()
