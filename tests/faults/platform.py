"""The platform as a history meets it: read whole, aged, and asked for what lies in its outbox."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import insert, text

from chalicelib.accounts.google import Identity
from chalicelib.contracts.jobs import JobMessage
from chalicelib.kit import clock
from chalicelib.kit.db import reading, transaction
from chalicelib.ledger.proof import prove_ledger
from chalicelib.tables import Artist, Purchase, User
from tests.factories.styles import make_style

_PICTURE = text("""
SELECT
    (SELECT coalesce(jsonb_object_agg(u.id, jsonb_build_array(u.token_balance,
            u.promotional_balance, r.earned_token_balance + coalesce((
                SELECT sum(amount) FROM token.artist_credits c WHERE c.artist_id = u.id), 0),
            u.is_active)), '{}')
        FROM auth.users u LEFT JOIN auth.artists r ON r.user_id = u.id) AS people,
    (SELECT coalesce(jsonb_object_agg(g.id, jsonb_build_array(g.status, g.retry_count, t.status,
            t.promotional_amount, j.state, j.attempt, j.attempt_key)), '{}')
        FROM generation.generations g
        LEFT JOIN token.transactions t ON t.related_generation_id = g.id
        LEFT JOIN system.jobs j ON j.generation_id = g.id) AS images,
    (SELECT coalesce(jsonb_object_agg(id, jsonb_build_array(paid_at IS NOT NULL, reversed_tokens)),
            '{}')
        FROM token.purchases) AS purchases,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(user_id, type, target_id)), '[]')
        FROM system.notifications) AS told
""")
_MESSAGES = text("""
SELECT (o.payload #>> '{payload,job_id}')::uuid AS job_id,
       (o.payload #>> '{payload,attempt}')::int AS attempt, j.generation_id
FROM system.outbox o LEFT JOIN system.jobs j ON j.id = (o.payload #>> '{payload,job_id}')::uuid
WHERE o.topic = 'publish' ORDER BY o.id
""")
_AGE = text("""
UPDATE system.jobs SET announced_at = announced_at - make_interval(mins => :minutes),
    dispatched_at = dispatched_at - make_interval(mins => :minutes),
    heard_at = heard_at - make_interval(mins => :minutes)
WHERE ended_at IS NULL
""")


@dataclass(frozen=True)
class Announced:
    """A message that the platform has written, and of which image."""

    message: JobMessage
    image_id: UUID | None


@dataclass(frozen=True)
class Owner:
    """Of a style, as its factory asks for one."""

    id: UUID
    name: str


def identity(name: str) -> Identity:
    return Identity(sub=f"sub-{name}", email=f"{name}@example.com", email_verified=True, name=name)


def picture() -> dict[str, Any]:
    """Everything that the model knows too."""
    with reading() as db:
        row = db.execute(_PICTURE).one()
    return {**row._mapping, "told": sorted(row.told)}


def broken_invariants() -> dict[str, int]:
    with reading() as db:
        return {name: value for name, value in prove_ledger(db).items() if value}


def messages() -> list[Announced]:
    """All that were ever written, oldest first."""
    with reading() as db:
        rows = db.execute(_MESSAGES).all()
    return [
        Announced(JobMessage(job_id=row.job_id, attempt=row.attempt), row.generation_id)
        for row in rows
    ]


def let_pass(minutes: int) -> None:
    """Time, for every open job."""
    with transaction() as db:
        db.execute(_AGE, {"minutes": minutes})


def open_style(user_id: UUID, name: str, *, price: int) -> UUID:
    """Somebody is an artist now, with a trained style."""
    with transaction() as db:
        db.execute(
            insert(Artist).values(user_id=user_id, artist_name=name, signature_key="signatures/x")
        )
        db.query(User).filter(User.id == user_id).update({"role": "artist"})
    return make_style(Owner(user_id, name), price=price)


def open_purchase(user_id: UUID, *, tokens: int, amount: int) -> UUID:
    """Somebody is on Toss's page."""
    with transaction() as db:
        return db.execute(
            insert(Purchase)
            .values(
                user_id=user_id,
                package_id="standard_500",
                tokens=tokens,
                amount=amount,
                currency="KRW",
                order_id=text("'order-' || gen_random_uuid()"),
                expires_at=clock.now(),
            )
            .returning(Purchase.id)
        ).scalar_one()


def empty(url: str) -> None:
    """As `empty_tables`, in a tenth of the time for tables of a few rows."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = connection.execute(
            "SELECT string_agg(format('DELETE FROM %I.%I', schemaname, tablename), '; ')"
            " FROM pg_tables WHERE tablename <> 'alembic_version' AND schemaname IN"
            " ('auth', 'token', 'style', 'generation', 'community', 'tagging', 'system')"
        ).fetchone()
        assert tables
        connection.execute(tables[0])
