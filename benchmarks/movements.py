# ruff: noqa: S608 - made of constants only
"""A ledger with a long history, by SQL: what years of welcomes, purchases and images leave.

Of each ten transactions one is a welcome, and three in a hundred are purchases; the rest are images
at 10 tokens, of which one in fifty was refunded and the last few are under way. Every balance fits,
so the proof holds. Each image is three seconds after the one before.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

PRICE = 10


@dataclass(frozen=True)
class History:
    """How many transactions; a tenth as many people, a tenth of whom are artists."""

    transactions: int
    pending: int = 20

    @property
    def users(self) -> int:
        return self.transactions // 10

    @property
    def artists(self) -> int:
        return self.users // 10

    @property
    def purchases(self) -> int:
        return 3 * self.transactions // 100

    @property
    def images(self) -> int:
        return self.transactions - self.users - self.purchases


# As uuidv7: sorted by time; the digits after it say the kind and the number.
_FUNCTIONS = """
CREATE FUNCTION pg_temp.at(n bigint, of bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT current_setting('history.end')::timestamptz - (of - n) * interval '3 s' $$;
CREATE FUNCTION pg_temp.id(kind text, n bigint, of bigint) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM pg_temp.at(n, of)) * 1000)::bigint), 12, '0')
        || '70008' || kind || lpad(to_hex(n), 14, '0'))::uuid $$;
"""
_PERSON = "pg_temp.id('a', {}, %(users)s + 10000000)"
_PURCHASE = "pg_temp.id('b', n * %(images)s / %(purchases)s, %(images)s)"
_IMAGE = "pg_temp.id('c', n, %(images)s)"
_BUYER = _PERSON.format("1 + n * 7919 %% %(users)s")
_REFUNDED, _PENDING = "n %% 50 = 0", "n > %(images)s - %(pending)s"
# Few artists make most of the images.
_ARTIST = _PERSON.format(
    "1 + floor(power((n * 40503 %% 65536) / 65536.0, 3) * %(artists)s)::bigint"
)

_PEOPLE = [
    f"""INSERT INTO auth.users (id, google_sub, email, username, role)
        SELECT {_PERSON.format("n")}, 'sub-' || n, n || '@example.com', 'person-' || n,
            CASE WHEN n <= %(artists)s THEN 'artist' ELSE 'user' END
        FROM generate_series(1::bigint, %(users)s) n""",
    f"""INSERT INTO auth.artists (user_id, artist_name, signature_key)
        SELECT {_PERSON.format("n")}, 'Artist ' || n, 'x'
        FROM generate_series(1::bigint, %(artists)s) n""",
    f"""INSERT INTO style.styles (id, artist_id, title, description, generation_cost_tokens,
            training_status, rights_name, rights_accepted_at, trigger, lora_key, lora_sha256,
            trained_at)
        SELECT {_PERSON.format("n")}, {_PERSON.format("n")}, 'Style ' || n, '', {PRICE},
            'completed', 'x', now(), 'sl' || n, 'x', 'x', now()
        FROM generate_series(1::bigint, %(artists)s) n""",
]
_MOVEMENTS = [
    f"""INSERT INTO token.purchases (id, user_id, package_id, tokens, amount, currency, order_id,
            status, paid_at, created_at, expires_at)
        SELECT {_PURCHASE}, {_BUYER}, 'basic_100', 100, 10000, 'KRW', 'order-' || n, 'paid',
            now(), now(), now() FROM generate_series(1::bigint, %(purchases)s) n""",
    f"""INSERT INTO token.transactions (id, kind, receiver_id, amount, promotional_amount, status,
            memo, settled_at)
        SELECT {_PERSON.format("n")}, 'welcome', {_PERSON.format("n")}, 100, 100, 'completed',
            'Welcome Bonus', now() FROM generate_series(1::bigint, %(users)s) n""",
    f"""INSERT INTO token.transactions (id, kind, receiver_id, amount, status, memo,
            related_purchase_id, settled_at)
        SELECT {_PURCHASE}, 'purchase', {_BUYER}, 100, 'completed', 'basic_100', {_PURCHASE},
            now() FROM generate_series(1::bigint, %(purchases)s) n""",
    f"""INSERT INTO token.transactions (id, kind, sender_id, receiver_id, amount,
            promotional_amount, status, memo, related_generation_id, created_at, settled_at)
        SELECT {_IMAGE}, 'usage', {_BUYER}, {_ARTIST}, {PRICE}, {PRICE},
            CASE WHEN {_PENDING} THEN 'pending' WHEN {_REFUNDED} THEN 'refunded'
                ELSE 'completed' END,
            'Image in a style', {_IMAGE}, pg_temp.at(n, %(images)s),
            CASE WHEN NOT {_PENDING} THEN pg_temp.at(n + 5, %(images)s) END
        FROM generate_series(1::bigint, %(images)s) n""",
    f"""INSERT INTO generation.generations (id, style_id, buyer_id, prompt_tags, aspect_ratio,
            seed, price_tokens, status, image_key, image_sha256)
        SELECT id, receiver_id, sender_id, '{{sky}}', '1:1', 1, {PRICE},
            CASE status WHEN 'pending' THEN 'processing' WHEN 'refunded' THEN 'failed'
                ELSE 'completed' END,
            CASE status WHEN 'completed' THEN 'x' END, CASE status WHEN 'completed' THEN 'x' END
        FROM token.transactions WHERE kind = 'usage'""",
    """INSERT INTO system.jobs (kind, generation_id, owner_id, announced_at)
        SELECT 'generation', related_generation_id, sender_id, now()
        FROM token.transactions WHERE status = 'pending'""",
]
_ENTRIES = [
    """INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
        SELECT t.id, e.* FROM token.transactions t, LATERAL (VALUES
            ('post', CASE t.kind WHEN 'welcome' THEN 'promo' ELSE 'clearing' END, NULL::uuid,
                -t.amount),
            ('post', 'user', t.receiver_id, t.amount)) e WHERE t.kind <> 'usage'""",
    """INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
        SELECT t.id, e.* FROM token.transactions t, LATERAL (VALUES
            ('hold', 'user', t.sender_id, -t.amount), ('hold', 'escrow', NULL::uuid, t.amount),
            ('settle', 'escrow', NULL::uuid, -t.amount), ('settle', 'artist', t.receiver_id,
                t.amount)) e WHERE t.status = 'completed' AND t.kind = 'usage'""",
    """INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
        SELECT t.id, e.* FROM token.transactions t, LATERAL (VALUES
            ('hold', 'user', t.sender_id, -t.amount), ('hold', 'escrow', NULL::uuid, t.amount),
            ('void', 'escrow', NULL::uuid, -t.amount), ('void', 'user', t.sender_id, t.amount)) e
        WHERE t.status = 'refunded'""",
    """INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
        SELECT t.id, e.* FROM token.transactions t, LATERAL (VALUES
            ('hold', 'user', t.sender_id, -t.amount), ('hold', 'escrow', NULL::uuid, t.amount)) e
        WHERE t.status = 'pending'""",
]
_BALANCES = [
    """UPDATE auth.users u SET token_balance = s.balance, promotional_balance = s.promotional
        FROM (SELECT owner, sum(amount) AS balance, sum(promotional) AS promotional FROM (
            SELECT receiver_id, amount, promotional_amount FROM token.transactions
            WHERE kind <> 'usage'
            UNION ALL SELECT sender_id, -amount, -promotional_amount FROM token.transactions
            WHERE kind = 'usage' AND status <> 'refunded') m (owner, amount, promotional)
            GROUP BY owner) s WHERE s.owner = u.id""",
    """UPDATE auth.artists a SET earned_token_balance = s.earned FROM (
        SELECT receiver_id, sum(amount) AS earned FROM token.transactions
        WHERE kind = 'usage' AND status = 'completed' GROUP BY 1) s
        WHERE s.receiver_id = a.user_id""",
]


def write_history(url: str, history: History) -> float:
    """Fill a migrated, empty database; answers how many seconds that took."""
    began = time.monotonic()
    given = {name: getattr(history, name) for name in ("users", "artists", "purchases", "images")}
    given["pending"] = history.pending
    with psycopg.connect(url, autocommit=True) as connection:
        # Foreign keys are triggers; what comes in here fits.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off; SET work_mem = '256MB'")
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("SELECT set_config('history.end', now()::text, false)")
        connection.execute(_FUNCTIONS)
        cursor = psycopg.ClientCursor(connection)
        with _without_indexes(connection):
            for statement in [*_PEOPLE, *_MOVEMENTS, *_ENTRIES]:
                _say(statement, began)
                cursor.execute(statement, given)
        connection.execute("ANALYZE")
        for statement in _BALANCES:
            _say(statement, began)
            cursor.execute(statement, given)
        _say("VACUUM ANALYZE", began)
        connection.execute("VACUUM ANALYZE")
    return time.monotonic() - began


@contextmanager
def _without_indexes(connection: psycopg.Connection) -> Iterator[None]:
    """The large tables lose their keys and indexes, and get them back at the end."""
    tables = ["token.transactions", "token.entries", "generation.generations", "auth.users"]
    began = time.monotonic()
    keys = connection.execute(
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid::regclass::text = ANY (%s) AND contype IN ('p', 'u') ORDER BY contype",
        (tables,),
    ).fetchall()
    indexes = connection.execute(
        "SELECT i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid::regclass::text = ANY (%s)"
        " AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
        (tables,),
    ).fetchall()
    foreign = connection.execute(
        "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND confrelid::regclass::text = ANY (%s)",
        (tables,),
    ).fetchall()
    for table, name, _ in [*foreign, *keys]:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    # Of images nobody asks here.
    indexes = [(name, one) for name, one in indexes if "generations" not in name]
    yield
    for table, name, definition in keys:
        _say(f"{name} {definition}", began)
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for _, definition in indexes:
        _say(definition, began)
        connection.execute(definition)
    for table, name, definition in foreign:
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID")


def _say(statement: str, began: float) -> None:
    print(f"{time.monotonic() - began:6.0f} s  {' '.join(statement.split())[:90]}", flush=True)
