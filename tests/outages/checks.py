"""What must be true once everything is back: nothing lost, nothing doubled, nothing stuck."""

from collections import Counter
from typing import Any

import psycopg
import requests

from local.proof import prove
from tests.outages.people import Wishes
from tests.outages.platform import Platform, await_true

REST_SECONDS = 150.0
CHARGED = {"DONE", "PARTIAL_CANCELED"}

_OPEN = """
SELECT (SELECT count(*) FROM system.jobs WHERE ended_at IS NULL)
     + (SELECT count(*) FROM token.transactions WHERE status = 'pending')
     + (SELECT count(*) FROM token.purchases WHERE status IN ('pending', 'confirming'))
     + (SELECT count(*) FROM token.artist_credits)
"""
# A purchase is asked about after a minute, and expires after half an hour: here at once.
_AGE = """
UPDATE token.purchases SET checked_at = checked_at - interval '1 hour',
    expires_at = expires_at - interval '1 hour'
WHERE status IN ('pending', 'confirming')
"""


def come_to_rest(platform: Platform) -> None:
    """Until no job, hold or purchase is open. Raises TimeoutError."""
    with psycopg.connect(platform.database_url, autocommit=True) as connection:
        connection.execute(_AGE)

        def rests() -> bool:
            row = connection.execute(_OPEN).fetchone()
            if row and row[0] == 0:
                return True
            connection.execute(_AGE)
            return False

        await_true("rest: a job, a hold or a purchase is stuck", rests, seconds=REST_SECONDS)


def violations(platform: Platform, wishes: list[Wishes]) -> list[str]:
    """In words; none when all is as it must be."""
    found = [
        f"invariant {name}: {value}"
        for name, value in prove(platform.database_url).items()
        if value
    ]
    with psycopg.connect(platform.database_url) as connection:
        found += _of_images(connection, wishes)
        found += _of_orders(connection, wishes)
        found += _of_toss(connection, _payments(platform))
    return found


def _of_images(connection: psycopg.Connection[Any], wishes: list[Wishes]) -> list[str]:
    made = connection.execute(
        "SELECT g.prompt_tags[1], g.id::text, g.status, t.status, g.image_sha256 IS NOT NULL"
        " FROM generation.generations g"
        " LEFT JOIN token.transactions t ON t.related_generation_id = g.id"
    ).fetchall()
    found = [
        f"{tag} was made {n} times" for tag, n in Counter(row[0] for row in made).items() if n > 1
    ]
    known = {row[1] for row in made}
    found += [
        f"promised image {image} is not there"
        for wish in wishes
        for image in wish.images.values()
        if image and image not in known
    ]
    ends = {("completed", "completed", True), ("failed", "refunded", False)}
    ends |= {("canceled", "refunded", False)}
    return found + [f"image {row[1]} ended as {row[2:]}" for row in made if row[2:] not in ends]


def _of_orders(connection: psycopg.Connection[Any], wishes: list[Wishes]) -> list[str]:
    states = dict(connection.execute("SELECT order_id, status FROM token.purchases").fetchall())
    found = []
    for wish in wishes:
        promised = [order for order in wish.orders.values() if order]
        found += [
            f"promised order {order} is not there" for order in promised if order not in states
        ]
        found += [
            f"order {order} was said to be paid and is {states.get(order)}"
            for order in wish.paid
            if states.get(order) not in {"paid", "canceled"}
        ]
    return found


def _of_toss(connection: psycopg.Connection[Any], payments: list[dict[str, Any]]) -> list[str]:
    """Toss's own books against ours: the money that it kept, and our credits."""
    ours = {
        row[0]: row[1:]
        for row in connection.execute(
            "SELECT p.order_id, p.status, p.tokens, p.needs_review,"
            " count(t.id) FILTER (WHERE t.kind = 'purchase'),"
            " coalesce(sum(t.amount) FILTER (WHERE t.kind = 'purchase_reversal'), 0)"
            " FROM token.purchases p LEFT JOIN token.transactions t"
            " ON t.related_purchase_id = p.id GROUP BY p.id"
        ).fetchall()
    }
    found = []
    for payment in payments:
        order, said = payment["orderId"], payment["status"]
        status, tokens, needs_review, credits, reversed_ = ours.get(order, (None, 0, False, 0, 0))
        if said in CHARGED and not (status == "paid" and credits == 1):
            found.append(
                f"Toss has the money of {order} ({said}): it is {status}, {credits} credits"
            )
        if said not in CHARGED and said != "CANCELED" and credits:
            found.append(f"Toss has no money of {order} ({said}): {credits} credits")
        if said == "CANCELED" and credits and not needs_review and reversed_ != tokens:
            found.append(f"{order} was given back: {reversed_} of {tokens} tokens are")
    return found


def _payments(platform: Platform) -> list[dict[str, Any]]:
    port = platform.stack.ports.toss
    answer = requests.get(f"http://127.0.0.1:{port}/sandbox/payments", timeout=10)
    shown: list[dict[str, Any]] = answer.json()
    return shown
