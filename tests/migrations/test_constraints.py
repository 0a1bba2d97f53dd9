"""The rules that the database keeps whatever the code does."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors


def _user(db: psycopg.Connection, *, balance: int = 100) -> UUID:
    number = uuid4()
    db.execute(
        "INSERT INTO auth.users (id, google_sub, email, username, token_balance)"
        " VALUES (%s, %s, %s, %s, %s)",
        [number, number.hex, f"{number.hex}@example.com", number.hex[-30:], balance],
    )
    return number


def _artist(db: psycopg.Connection) -> UUID:
    number = _user(db)
    db.execute(
        "INSERT INTO auth.artists (user_id, artist_name, signature_key) VALUES (%s, 'Alice', 'k')",
        [number],
    )
    return number


def _style(db: psycopg.Connection, artist: UUID, *, status: str = "pending") -> UUID:
    row = db.execute(
        "INSERT INTO style.styles (artist_id, title, description, generation_cost_tokens,"
        " training_status, rights_name, rights_accepted_at, trigger)"
        " VALUES (%s, 't', 'd', 1, %s, 'Alice', now(), 'x') RETURNING id",
        [artist, status],
    ).fetchone()
    return row[0]


def _usage(
    db: psycopg.Connection, *, status: str = "pending", kind: str = "usage", generation: bool = True
) -> UUID:
    row = db.execute(
        "INSERT INTO token.transactions (kind, sender_id, receiver_id, amount, status, memo,"
        " related_generation_id, settled_at)"
        " VALUES (%(kind)s, %(bob)s, %(alice)s, 10, %(status)s, 'm', %(generation)s,"
        " %(settled_at)s) RETURNING id",
        {
            "kind": kind,
            "bob": uuid4(),
            "alice": uuid4(),
            "status": status,
            "generation": uuid4() if generation else None,
            "settled_at": None if status == "pending" else datetime.now(UTC),
        },
    ).fetchone()
    return row[0]


def _entry(db: psycopg.Connection, transaction: UUID, phase: str, account: str, delta: int) -> None:
    owner = uuid4() if account in {"user", "artist"} else None
    db.execute(
        "INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)"
        " VALUES (%s, %s, %s, %s, %s)",
        [transaction, phase, account, owner, delta],
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE token.entries SET delta = 1",
        "DELETE FROM token.entries",
        "TRUNCATE token.entries",
        "TRUNCATE token.transactions CASCADE",
    ],
)
def test_entries_are_only_ever_added(migrated, change):
    _entry(migrated, _usage(migrated), "hold", "escrow", 10)
    with pytest.raises(errors.RestrictViolation, match="append-only"):
        migrated.execute(change)


def test_no_users_balance_falls_below_zero(migrated):
    user = _user(migrated, balance=5)
    with pytest.raises(errors.CheckViolation):
        migrated.execute("UPDATE auth.users SET token_balance = -1 WHERE id = %s", [user])


def test_no_users_promotional_balance_falls_below_zero(migrated):
    user = _user(migrated, balance=5)
    with pytest.raises(errors.CheckViolation):
        migrated.execute("UPDATE auth.users SET promotional_balance = -1 WHERE id = %s", [user])


def test_no_more_tokens_are_promotional_than_there_are(migrated):
    user = _user(migrated, balance=5)
    with pytest.raises(errors.CheckViolation, match="promotional_balance"):
        migrated.execute("UPDATE auth.users SET promotional_balance = 6 WHERE id = %s", [user])


def test_no_artists_balance_falls_below_zero(migrated):
    artist = _artist(migrated)
    with pytest.raises(errors.CheckViolation, match="earned_token_balance"):
        migrated.execute(
            "UPDATE auth.artists SET earned_token_balance = -1 WHERE user_id = %s", [artist]
        )


@pytest.mark.parametrize("kind", ["welcome", "purchase", "purchase_reversal", "adjustment"])
def test_nothing_but_a_usage_moves_tokens_between_two_people(migrated, kind):
    with pytest.raises(errors.CheckViolation):
        _usage(migrated, kind=kind, status="completed", generation=False)


def test_a_usage_always_names_its_generation(migrated):
    with pytest.raises(errors.CheckViolation, match="usage_generation"):
        _usage(migrated, generation=False)


@pytest.mark.parametrize("second", ["settle", "void"])
def test_a_hold_ends_once(migrated, second):
    transaction = _usage(migrated)
    _entry(migrated, transaction, "hold", "escrow", 10)
    _entry(migrated, transaction, "settle", "escrow", -10)
    with pytest.raises(errors.UniqueViolation):
        _entry(migrated, transaction, second, "escrow", -10)


def test_one_welcome_for_each_account(migrated):
    welcome = (
        "INSERT INTO token.transactions (kind, receiver_id, amount, status, memo, settled_at)"
        " VALUES ('welcome', %s, 100, 'completed', 'Welcome Bonus', now())"
    )
    bob = uuid4()
    migrated.execute(welcome, [bob])
    with pytest.raises(errors.UniqueViolation, match="uq_transactions_welcome"):
        migrated.execute(welcome, [bob])


def test_one_live_style_for_each_artist(migrated):
    artist = _artist(migrated)
    _style(migrated, artist, status="failed")
    _style(migrated, artist, status="pending")
    with pytest.raises(errors.UniqueViolation, match="uq_styles_live"):
        _style(migrated, artist, status="training")


def test_nobody_follows_themselves(migrated):
    artist = _artist(migrated)
    follow = "INSERT INTO community.follows (follower_id, artist_id) VALUES (%s, %s)"
    migrated.execute(follow, [_user(migrated), artist])
    with pytest.raises(errors.CheckViolation, match="not_oneself"):
        migrated.execute(follow, [artist, artist])


def test_usernames_differ_by_more_than_case(migrated):
    add = "INSERT INTO auth.users (google_sub, email, username) VALUES (%s, 'e', %s)"
    migrated.execute(add, ["one", "Ärger"])
    with pytest.raises(errors.UniqueViolation, match="uq_users_username"):
        migrated.execute(add, ["two", "äRGER"])


def test_a_style_with_generations_stays(migrated):
    style = _style(migrated, _artist(migrated))
    migrated.execute(
        "INSERT INTO generation.generations (style_id, buyer_id, prompt_tags, aspect_ratio, seed,"
        " price_tokens) VALUES (%s, %s, '{cat}', '1:1', 1, 1)",
        [style, _user(migrated)],
    )
    with pytest.raises(errors.RestrictViolation):
        migrated.execute("DELETE FROM style.styles WHERE id = %s", [style])
