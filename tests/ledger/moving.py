"""Movements of tokens without the way there."""

from uuid import UUID

from sqlalchemy import text

from chalicelib.kit.db import transaction
from chalicelib.ledger import service
from tests.people import Person


def ask(buyer: Person, style_id: UUID) -> UUID:
    """A generation, its price held."""
    body = {"style_id": str(style_id), "prompt_tags": ["house"], "aspect_ratio": "1:1"}
    return UUID(buyer.post("/api/generations", body).data["id"])


def deliver(generation_id: UUID) -> None:
    """As when its worker has: paid, and its job ended."""
    with transaction() as db:
        assert service.settle_hold(db, generation_id=generation_id)
    run(
        "UPDATE generation.generations SET status = 'completed', image_key = 'x',"
        " image_sha256 = 'x' WHERE id = :id",
        "UPDATE system.jobs SET state = 'done', ended_at = now() WHERE generation_id = :id",
        id=generation_id,
    )


def give_up(generation_id: UUID) -> None:
    """As when it failed for good: the tokens are back."""
    with transaction() as db:
        assert service.refund_hold(db, generation_id=generation_id)
    run(
        "UPDATE generation.generations SET status = 'failed' WHERE id = :id",
        "UPDATE system.jobs SET state = 'failed', ended_at = now() WHERE generation_id = :id",
        id=generation_id,
    )


def buy(buyer: Person, tokens: int = 100) -> UUID:
    """A paid purchase."""
    with transaction() as db:
        purchase_id: UUID = db.execute(
            text(
                "INSERT INTO token.purchases (user_id, package_id, tokens, amount, currency,"
                " order_id, expires_at) VALUES (:user_id, 'basic_100', :tokens, 10000, 'KRW',"
                " 'order-' || uuidv4(), now()) RETURNING id"
            ),
            {"user_id": buyer.id, "tokens": tokens},
        ).scalar_one()
        assert service.credit_purchase(db, purchase_id=purchase_id)
    return purchase_id


def run(*statements: str, **values: object) -> None:
    """SQL; the trigger that keeps entries is asleep, and so are foreign keys."""
    with transaction() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            db.execute(text(statement), values)
