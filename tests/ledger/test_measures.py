"""Once a minute the sweep writes what the alarms watch, in CloudWatch's Embedded Metric Format."""

import json
from typing import Any

import pytest

from chalicelib.dispatch import measures
from chalicelib.ledger import checkpoint
from tests.factories.styles import make_style
from tests.ledger.moving import ask, buy, deliver, give_up, run
from tests.people import Cast

Written = dict[str, Any]


@pytest.fixture
def measure(cast: Cast, capsys: pytest.CaptureFixture[str]) -> Any:
    """Measures a minute later, and answers the numbers that are in the log then."""

    def run_it() -> Written:
        run("UPDATE system.turns SET taken_at = taken_at - interval '1 minute'")
        capsys.readouterr()
        measures.measure()
        return read(capsys.readouterr().out)

    return run_it


def read(output: str) -> Written:
    """Value by name, with the dimension's value after it if there is one."""
    written: Written = {}
    for line in (json.loads(line) for line in output.splitlines() if "_aws" in line):
        [block] = line["_aws"]["CloudWatchMetrics"]
        assert block["Namespace"] == "StyleLicense"
        [metric] = block["Metrics"]
        kind = f" {line['kind']}" if "kind" in line else ""
        assert (["kind"] in block["Dimensions"]) == bool(kind)
        aged = metric["Name"] in {"LedgerProofAge", "OldestHold", "OutboxLag", "QueueAge"}
        aged |= metric["Name"] == "OldestConfirmation"
        assert metric["Unit"] == ("Seconds" if aged else "Count")
        [written[metric["Name"] + kind]] = line[metric["Name"]]
    return written


def grow_old(table: str, column: str, seconds: int) -> None:
    run(f"UPDATE {table} SET {column} = {column} - make_interval(secs => {seconds})")  # noqa: S608


def test_where_nothing_is_wrong_everything_is_0(measure: Any, cast: Cast) -> None:
    assert cast.bob.balance == 100
    assert measure() == {
        "LedgerImbalance": 0,
        "LedgerProofAge": 0,
        "OldestHold": 0,
        "OutboxLag": 0,
        "QueueAge training": 0,
        "QueueAge generation": 0,
        "Retries": 0,
        "Refunds": 0,
        "PurchasesToReview": 0,
        "OldestConfirmation": 0,
    }


def test_a_ledger_that_does_not_add_up_shows_until_it_is_repaired(measure: Any, cast: Cast) -> None:
    assert cast.bob.balance == 100
    run("UPDATE auth.users SET token_balance = token_balance + 3")
    assert checkpoint.prove_in_turn()
    # One wrong balance, and three tokens that nobody issued.
    assert measure()["LedgerImbalance"] == 4
    run("UPDATE auth.users SET token_balance = token_balance - 3")
    assert measure()["LedgerImbalance"] == 4
    run("UPDATE system.turns SET taken_at = taken_at - interval '1 hour'")
    assert checkpoint.prove_in_turn() == {}
    assert measure()["LedgerImbalance"] == 0


def test_what_a_recount_found_counts(measure: Any, cast: Cast) -> None:
    run(
        "INSERT INTO token.proofs (faults, recount_faults, standing_faults)"
        """ VALUES ('{"escrow_gap": -7}', '{"wrong_legs": 2}', '{"recount_differs": 1}')"""
    )
    assert measure()["LedgerImbalance"] == 10


def test_a_proof_that_does_not_come_shows_its_age(measure: Any, cast: Cast) -> None:
    checkpoint.prove_in_turn()
    grow_old("token.proofs", "proved_at", 1500)
    assert 1500 <= measure()["LedgerProofAge"] < 1560


def test_a_hold_a_job_and_a_message_that_wait_show_how_long(measure: Any, cast: Cast) -> None:
    ask(cast.bob, make_style(cast.alice, price=10))
    grow_old("token.transactions", "created_at", 700)
    grow_old("system.jobs", "created_at", 500)
    # The broker is away in this test, so the message is still there.
    grow_old("system.outbox", "created_at", 90)
    written = measure()
    assert 700 <= written["OldestHold"] < 760
    assert 500 <= written["QueueAge generation"] < 560
    assert written["QueueAge training"] == 0
    assert 90 <= written["OutboxLag"] < 150


def test_what_a_worker_has_begun_waits_no_more(measure: Any, cast: Cast) -> None:
    ask(cast.bob, make_style(cast.alice, price=10))
    run(
        "UPDATE system.jobs SET state = 'running', attempt_key = 'x', dispatched_at = now(),"
        " created_at = now() - interval '1 hour'"
    )
    assert measure()["QueueAge generation"] == 0


def test_a_job_that_is_tried_again_has_waited_since_then(measure: Any, cast: Cast) -> None:
    ask(cast.bob, make_style(cast.alice, price=10))
    run(
        "UPDATE system.jobs SET state = 'retrying', attempt = 2,"
        " created_at = now() - interval '1 hour', announced_at = now() - interval '30 s'"
    )
    written = measure()
    assert 30 <= written["QueueAge generation"] < 60
    assert written["Retries"] == 1
    grow_old("system.jobs", "announced_at", 60)
    assert measure()["Retries"] == 0


def test_refunds_count_in_one_minute_only(measure: Any, cast: Cast) -> None:
    style_id = make_style(cast.alice, price=10)
    for _ in range(3):
        give_up(ask(cast.bob, style_id))
    deliver(ask(cast.bob, style_id))
    run("UPDATE token.transactions SET settled_at = now() - interval '20 s'")
    assert measure()["Refunds"] == 3
    grow_old("token.transactions", "settled_at", 60)
    assert measure()["Refunds"] == 0


def test_purchases_that_an_operator_must_look_at_show(measure: Any, cast: Cast) -> None:
    buy(cast.bob)
    buy(cast.bob)
    run("UPDATE token.purchases SET needs_review = true")
    assert measure()["PurchasesToReview"] == 2


def test_a_payment_that_nobody_knows_the_end_of_shows_how_long(measure: Any, cast: Cast) -> None:
    buy(cast.bob)
    run("UPDATE token.purchases SET status = 'confirming', created_at = now() - interval '400 s'")
    assert 400 <= measure()["OldestConfirmation"] < 460


def test_a_sweep_within_the_same_minute_writes_nothing(
    measure: Any, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measure()
    measures.measure()
    assert read(capsys.readouterr().out) == {}
