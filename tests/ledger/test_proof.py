"""The proof finds every planted fault (DESIGN §3), and the database refuses most of them."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from chalicelib.kit.db import transaction
from chalicelib.ledger import service
from chalicelib.ledger.proof import INVARIANTS, prove_ledger
from tests.factories.styles import make_style
from tests.people import Cast


def ask(cast: Cast) -> UUID:
    style_id = make_style(cast.alice, price=30)
    body = {"style_id": str(style_id), "prompt_tags": ["house"], "aspect_ratio": "1:1"}
    return UUID(cast.bob.post("/api/generations", body).data["id"])


TAKEN_BY_HAND = (
    "WITH taken AS (INSERT INTO token.transactions"
    " (kind, sender_id, amount, status, memo, settled_at)"
    " VALUES ('adjustment', {owner}, 500, 'completed', 'x', now()) RETURNING id, sender_id)"
    " INSERT INTO token.entries SELECT id, 'post', 'user', sender_id, -500 FROM taken"
    " UNION ALL SELECT id, 'post', 'adjustment', NULL, 500 FROM taken"
)
FAULTS = [
    ("UPDATE auth.users SET token_balance = token_balance + 1", "wrong_user_balances"),
    ("UPDATE auth.users SET promotional_balance = 0", "wrong_promotional_balances"),
    ("UPDATE auth.artists SET earned_token_balance = 5", "wrong_artist_balances"),
    ("UPDATE auth.users SET token_balance = token_balance + 1", "issued_gap"),
    (TAKEN_BY_HAND.format(owner="(SELECT id FROM auth.users LIMIT 1)"), "negative_balances"),
    (TAKEN_BY_HAND.format(owner="uuidv4()"), "ownerless_balances"),
    (
        "UPDATE token.transactions SET status = 'completed', settled_at = now()"
        " WHERE kind = 'usage'",
        "wrong_statuses",
    ),
    (
        "UPDATE token.transactions SET status = 'completed', settled_at = now()"
        " WHERE kind = 'usage'",
        "escrow_gap",
    ),
    ("UPDATE token.transactions SET amount = 31 WHERE kind = 'usage'", "wrong_legs"),
    ("UPDATE token.transactions SET amount = 31 WHERE kind = 'usage'", "kinds_out_of_step"),
    ("UPDATE token.transactions SET sender_id = uuidv4() WHERE kind = 'usage'", "wrong_legs"),
    ("UPDATE system.jobs SET state = 'canceled', ended_at = now()", "holds_without_live_job"),
    ("DELETE FROM system.jobs", "holds_without_live_job"),
    ("UPDATE generation.generations SET status = 'failed'", "generations_out_of_step"),
    (
        "INSERT INTO token.transactions (kind, receiver_id, amount, status, memo, settled_at,"
        " related_purchase_id) SELECT 'purchase', id, 5, 'completed', 'x', now(),"
        " gen_random_uuid() FROM auth.users LIMIT 1",
        "purchases_out_of_step",
    ),
    (
        "INSERT INTO token.purchases (user_id, package_id, tokens, amount, currency, order_id,"
        " status, paid_at, expires_at) SELECT id, 'basic_100', 100, 10000, 'KRW', 'unpaid',"
        " 'paid', now(), now() FROM auth.users LIMIT 1",
        "purchases_out_of_step",
    ),
    (
        "INSERT INTO token.entries SELECT id, 'post', 'clearing', NULL, 5"
        " FROM token.transactions WHERE kind = 'welcome' LIMIT 1",
        "unbalanced_phases",
    ),
]


@pytest.mark.parametrize(("fault", "found"), FAULTS)
def test_a_planted_fault_is_found(cast: Cast, fault: str, found: str) -> None:
    ask(cast)
    with transaction() as db:
        assert not any(prove_ledger(db).values())
        db.execute(text(fault))
        assert prove_ledger(db)[found] != 0


def test_there_is_a_planted_fault_for_each_invariant() -> None:
    assert {found for _, found in FAULTS} == set(INVARIANTS)


def test_a_hold_ends_once_settled_or_refunded(cast: Cast) -> None:
    generation_id = ask(cast)
    with transaction() as db:
        assert service.settle_hold(db, generation_id=generation_id) is True
        assert service.settle_hold(db, generation_id=generation_id) is False
        assert service.refund_hold(db, generation_id=generation_id) is False
    assert cast.bob.balance == 70


def test_a_hold_of_nothing_cannot_be_settled(cast: Cast) -> None:
    with transaction() as db:
        assert service.settle_hold(db, generation_id=uuid4()) is False


def test_earnings_show_before_and_after_the_roll_up(cast: Cast) -> None:
    generation_id = ask(cast)
    with transaction() as db:
        service.settle_hold(db, generation_id=generation_id)
    before = cast.alice.get("/api/tokens/balance").data["earned_token_balance"]
    with transaction() as db:
        assert service.roll_up_credits(db) == 1
    after = cast.alice.get("/api/tokens/balance").data["earned_token_balance"]
    assert (before, after) == (30, 30)
    with transaction() as db:
        assert service.roll_up_credits(db) == 0


def test_promotional_tokens_are_spent_first_and_come_back_as_such(cast: Cast) -> None:
    bob = cast.bob
    with transaction() as db:
        service.grant_welcome(db, user_id=bob.id)
    generation_id = ask(cast)
    assert bob.get("/api/tokens/balance").data["promotional_balance"] == 70
    with transaction() as db:
        service.refund_hold(db, generation_id=generation_id)
    assert bob.get("/api/tokens/balance").data["promotional_balance"] == 100


def test_transactions_read_as_their_owner_sees_them(cast: Cast) -> None:
    generation_id = ask(cast)
    rows = cast.bob.get("/api/tokens/transactions").data["results"]
    assert [(row["kind"], row["direction"], row["status"]) for row in rows] == [
        ("usage", "out", "pending"),
        ("welcome", "in", "completed"),
    ]
    assert rows[1]["memo"] == "Welcome Bonus"
    earned = cast.alice.get("/api/tokens/transactions").data["results"]
    assert [row["kind"] for row in earned] == ["welcome"]
    with transaction() as db:
        service.settle_hold(db, generation_id=generation_id)
    earned = cast.alice.get("/api/tokens/transactions").data["results"]
    assert [(row["kind"], row["direction"], row["amount"]) for row in earned] == [
        ("usage", "in", 30),
        ("welcome", "in", 100),
    ]
    assert cast.bob.get("/api/tokens/transactions", type="purchase").data["results"] == []


def test_pages_of_transactions_come_without_gap_or_repetition(cast: Cast) -> None:
    style_id = make_style(cast.alice, price=1)
    body = {"style_id": str(style_id), "prompt_tags": ["house"], "aspect_ratio": "1:1"}
    for _ in range(7):
        cast.bob.post("/api/generations", body)
    seen, cursor = [], None
    while True:
        query = {"limit": 3, **({"cursor": cursor} if cursor else {})}
        page = cast.bob.get("/api/tokens/transactions", **query).data
        seen += [row["id"] for row in page["results"]]
        cast.bob.post("/api/generations", body)
        cursor = page["next_cursor"]
        if not page["has_more"]:
            break
    assert len(seen) == len(set(seen)) == 8
    answer = cast.bob.get("/api/tokens/transactions", cursor="AAAA")
    assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")


def test_only_operators_see_the_proof(cast: Cast) -> None:
    assert cast.bob.get("/api/admin/ledger").code == "FORBIDDEN"
    assert cast.visitor.get("/api/admin/ledger").code == "UNAUTHORIZED"
    shown = cast.oscar.get("/api/admin/ledger").data
    assert shown["holds"] is True
    assert set(shown["invariants"].values()) == {0}
