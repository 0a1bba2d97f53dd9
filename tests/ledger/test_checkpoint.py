# ruff: noqa: S608 - made of constants only
"""The ledger is proved in instalments, and what these cannot see the recount finds."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from chalicelib.kit.db import transaction
from chalicelib.ledger import checkpoint, service
from chalicelib.ledger.proof import FIRST, prove_ledger, prove_recent
from chalicelib.tables import Proof, ProvedSum, Transaction
from tests.factories.styles import make_style
from tests.ledger.moving import ask, buy, deliver, give_up, run
from tests.people import Cast

OLD = "(SELECT id FROM token.transactions WHERE kind = 'welcome' ORDER BY id LIMIT 1)"


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices of two, settled at once."""
    monkeypatch.setattr(checkpoint, "SLICE", 2)
    monkeypatch.setattr(checkpoint, "SETTLED_AFTER", timedelta(0))


def sweep() -> dict[str, int] | None:
    """Ten minutes later."""
    # Ids know milliseconds.
    time.sleep(0.002)
    run("UPDATE system.turns SET taken_at = taken_at - interval '10 minutes'")
    return checkpoint.prove_in_turn()


def state() -> Proof:
    with transaction() as db:
        return db.execute(select(Proof)).scalar_one()


def proved() -> dict[str, int]:
    with transaction() as db:
        return {name: value for name, value in prove_recent(db).items() if value}


def shown(cast: Cast) -> dict[str, int]:
    """What an operator sees that does not hold."""
    data = cast.oscar.get("/api/admin/ledger").data
    broken = {name: value for name, value in data["invariants"].items() if value}
    found = {**data["recount_faults"], **broken}
    assert data["holds"] is (not found)
    return found


@pytest.fixture
def history(cast: Cast) -> Cast:
    """Of everything something, and nothing under way."""
    style_id = make_style(cast.alice, price=7)
    cast.oscar.get("/api/auth/me")
    purchase_id = buy(cast.carol)
    for buyer in (cast.bob, cast.carol, cast.alice):
        deliver(ask(buyer, style_id))
        give_up(ask(buyer, style_id))
    with transaction() as db:
        service.reverse_purchase(db, purchase_id=purchase_id, canceled_amount=3000)
        service.roll_up_credits(db)
    deliver(ask(cast.bob, style_id))
    return cast


def test_the_checkpoint_reaches_what_has_settled_and_the_proof_goes_on_from_there(
    history: Cast,
) -> None:
    assert sweep() == {}
    with transaction() as db:
        last = db.execute(select(Transaction.id).order_by(Transaction.id.desc())).scalars().first()
        bob = db.execute(select(ProvedSum).filter_by(owner_id=history.bob.id)).scalar_one()
    assert state().checkpoint == last
    assert (bob.account, bob.balance, bob.promotional) == ("user", 86, 86)
    deliver(ask(history.bob, make_style(history.person("dora", artist=True))))
    assert proved() == {}
    assert sweep() == {}
    with transaction() as db:
        assert not any(prove_ledger(db).values())


def test_a_running_hold_keeps_the_checkpoint_before_it(cast: Cast) -> None:
    ask(cast.bob, make_style(cast.alice))
    assert sweep() == {}
    assert state().checkpoint == FIRST


def test_what_may_not_be_committed_yet_lies_after_the_checkpoint(
    history: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "SETTLED_AFTER", timedelta(minutes=15))
    assert sweep() == {}
    assert state().checkpoint == FIRST


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("UPDATE auth.users SET token_balance = token_balance + 1", "wrong_user_balances"),
        ("UPDATE auth.users SET promotional_balance = 0", "wrong_promotional_balances"),
        ("UPDATE auth.artists SET earned_token_balance = 5", "wrong_artist_balances"),
        ("UPDATE token.proved_sums SET balance = balance + 1", "wrong_user_balances"),
        ("DELETE FROM token.proved_sums WHERE account = 'promo'", "issued_gap"),
        ("UPDATE token.proved_sums SET balance = 1 WHERE account = 'escrow'", "escrow_gap"),
    ],
)
def test_a_wrong_balance_is_found_at_once_however_old_its_account(
    history: Cast, fault: str, found: str
) -> None:
    assert sweep() == {}
    run(fault)
    assert found in proved()
    assert sweep()
    assert found in state().faults


OLD_FAULTS = {
    "an entry": f"INSERT INTO token.entries SELECT {OLD}, 'void', 'escrow', NULL, 5",
    "a changed entry": f"UPDATE token.entries SET delta = 2 * delta WHERE transaction_id = {OLD}",
    "an entry less": f"DELETE FROM token.entries WHERE transaction_id = {OLD}",
    "another owner": "UPDATE token.entries SET owner_id = uuidv4() WHERE owner_id IS NOT NULL"
    f" AND transaction_id = {OLD}",
    "a changed amount": f"UPDATE token.transactions SET amount = 101 WHERE id = {OLD}",
    "a changed status": "UPDATE token.transactions SET status = 'refunded' WHERE id ="
    " (SELECT id FROM token.transactions WHERE kind = 'usage' AND status = 'completed' LIMIT 1)",
    "a generation undone": "UPDATE generation.generations SET status = 'failed', image_key = NULL,"
    " image_sha256 = NULL WHERE id ="
    " (SELECT id FROM generation.generations WHERE status = 'completed' LIMIT 1)",
    "tokens of a purchase": "UPDATE token.purchases SET reversed_tokens = 1",
}


@pytest.mark.parametrize("fault", OLD_FAULTS.values(), ids=OLD_FAULTS)
def test_an_old_row_that_is_wrong_is_found_by_the_recount_only(history: Cast, fault: str) -> None:
    assert sweep() == {}
    run(fault)
    assert proved() == {}
    assert sweep() == {}, "the recount is not due"
    run("UPDATE token.proofs SET recounted_at = recounted_at - interval '21 hours'")
    sweep()
    assert state().standing_faults
    assert shown(history)


def test_an_old_movement_that_was_added_whole_is_found_by_the_recount_and_then_by_each_proof(
    history: Cast,
) -> None:
    assert sweep() == {}
    run(
        "INSERT INTO token.transactions (id, kind, receiver_id, amount, status, memo, settled_at)"
        " VALUES (:id, 'adjustment', :bob, 5, 'completed', '', now())",
        "INSERT INTO token.entries VALUES (:id, 'post', 'adjustment', NULL, -5),"
        " (:id, 'post', 'user', :bob, 5)",
        id=UUID(int=5),
        bob=history.bob.id,
    )
    assert proved() == {}
    run("UPDATE token.proofs SET recounted_at = recounted_at - interval '21 hours'")
    sweep()
    assert state().standing_faults == {"recount_differs": 1}
    # The checkpoint was made again.
    assert sweep() == {"recount_differs": 1, "wrong_user_balances": 1, "issued_gap": -5}
    assert shown(history)["wrong_user_balances"] == 1


def test_after_a_repair_the_next_recount_is_at_peace(history: Cast) -> None:
    sweep()
    run(OLD_FAULTS["an entry"])
    run("UPDATE token.proofs SET recounted_at = NULL")
    sweep()
    assert shown(history)
    run(f"DELETE FROM token.entries WHERE phase = 'void' AND transaction_id = {OLD}")
    sweep()
    assert sweep() == {}
    assert shown(history) == {}


def test_a_movement_that_commits_after_the_checkpoint_has_passed_it_is_told_then_counted(
    history: Cast,
) -> None:
    assert sweep() == {}
    run(
        "INSERT INTO token.transactions (id, kind, receiver_id, amount, status, memo, settled_at)"
        " VALUES (:id, 'adjustment', :bob, 5, 'completed', '', now())",
        "INSERT INTO token.entries VALUES (:id, 'post', 'adjustment', NULL, -5),"
        " (:id, 'post', 'user', :bob, 5)",
        "UPDATE auth.users SET token_balance = token_balance + 5 WHERE id = :bob",
        id=UUID(int=5),
        bob=history.bob.id,
    )
    assert proved() == {"wrong_user_balances": 1, "issued_gap": 5}
    run("UPDATE token.proofs SET recounted_at = NULL")
    sweep()
    sweep()
    assert sweep() == {}
    assert shown(history) == {}


def test_a_fault_that_the_checkpoint_passes_stands_until_a_recount_finds_it_no_more(
    history: Cast,
) -> None:
    sweep()
    generation_id = ask(history.bob, make_style(history.person("dora", artist=True)))
    deliver(generation_id)
    change = "UPDATE token.transactions SET status = :status WHERE related_generation_id = :id"
    run(change, id=generation_id, status="refunded")
    assert sweep() == {"generations_out_of_step": 1, "wrong_statuses": 1}
    run(change, id=generation_id, status="completed")
    sweep()
    assert shown(history) == {}


def test_the_proof_runs_every_ten_minutes_and_the_recount_once_a_day(history: Cast) -> None:
    assert checkpoint.prove_in_turn() == {}
    first = state().proved_at
    assert checkpoint.prove_in_turn() is None
    assert state().proved_at == first
    sweep()
    assert state().proved_at > first
    recounted_at = state().recounted_at
    sweep()
    assert state().recounted_at == recounted_at
    run("UPDATE token.proofs SET recounted_at = recounted_at - interval '21 hours'")
    sweep()
    assert state().recounted_at > recounted_at


def test_sweeps_at_once_add_up_once(history: Cast) -> None:
    time.sleep(0.002)
    with ThreadPoolExecutor(4) as pool:
        ran = list(pool.map(lambda _: checkpoint.prove_in_turn(), range(4)))
    assert sorted(one is None for one in ran) == [False, True, True, True]
    assert proved() == {}
    assert sweep() == {}


def test_a_recount_goes_on_where_the_last_sweep_had_no_time_left(
    history: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sweep() == {}
    run("UPDATE token.proofs SET recounted_at = NULL")
    with transaction() as db:
        assert checkpoint._recount(db)
    begun = state()
    assert FIRST < begun.recounted < begun.checkpoint
    sweep()
    ended = state()
    assert (ended.recounted, ended.standing_faults) == (FIRST, {})
    assert ended.recounted_at is not None


def test_far_behind_nothing_is_proved_until_the_checkpoint_has_come_near(
    history: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "TURN_SECONDS", 0)
    assert sweep() is None
    with transaction() as db:
        assert db.execute(text("SELECT count(*) FROM system.turns")).scalar_one() == 0
