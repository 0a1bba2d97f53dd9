"""Toss's webhook, which anyone could send: never believed, read back (SPEC §4.10)."""

import json
from typing import Any

import pytest

from chalicelib.purchases import toss as adapter
from tests.people import Answer, Cast
from tests.purchases.buying import buy, change, confirm, faults, hint, movements, pay, row
from tests.purchases.fake_toss import DROP, FakeToss, Say


def send(cast: Cast, content: bytes, **headers: str) -> Answer:
    return cast.visitor.call("POST", "/api/webhooks/toss/payment", content, headers=headers)


def test_a_webhook_credits_what_toss_confirms(cast: Cast, toss: FakeToss) -> None:
    order_id = buy(cast.bob)["order_id"]
    change(order_id, status="confirming")
    toss.payments[order_id]["status"] = "DONE"
    answer = hint(cast, order_id)
    assert (answer.status, answer.data) == (200, {"received": True})
    assert (row(order_id).status, cast.bob.balance, faults()) == ("paid", 200, {})


@pytest.mark.parametrize("truth", ["READY", "IN_PROGRESS"])
@pytest.mark.parametrize("status", ["DONE", "CANCELED", "ABORTED", "EXPIRED"])
def test_a_forged_webhook_changes_nothing(
    cast: Cast, toss: FakeToss, status: str, truth: str
) -> None:
    order_id = buy(cast.bob)["order_id"]
    toss.payments[order_id]["status"] = truth
    assert hint(cast, order_id, status).status == 200
    assert (row(order_id).status, cast.bob.balance) == ("pending", 100)
    assert (toss.charges, faults()) == ([], {})


@pytest.mark.parametrize("status", ["DONE", "CANCELED", "PARTIAL_CANCELED"])
def test_a_forged_webhook_takes_nothing_back(cast: Cast, toss: FakeToss, status: str) -> None:
    order_id = pay(cast.bob, toss)["order_id"]
    assert hint(cast, order_id, status).status == 200
    assert (row(order_id).status, cast.bob.balance, faults()) == ("paid", 200, {})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"7",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"data": "x"}',
        b'{"data": {"orderId": 5}}',
        b'{"data": {"orderId": "sl-unknown-order"}}',
        b'{"data": {"orderId": "a\\u0000bcdef"}}',
        b'{"data": {"orderId": "\\ud800bcdef"}}',
        b'{"orderId": "' + b"x" * 2_000_000 + b'"}',
        b'{"orderId": "\'; DROP TABLE token.purchases; --"}',
    ],
    ids=lambda content: repr(content[:30]),
)
def test_odd_and_unknown_ones_are_answered_alike(
    cast: Cast, toss: FakeToss, content: bytes
) -> None:
    for media_type in ("application/json", "text/plain"):
        answer = send(cast, content, **{"Content-Type": media_type})
        assert (answer.status, answer.data) == (200, {"received": True})
    assert toss.calls == []


def test_no_session_no_token_no_limit(cast: Cast, toss: FakeToss) -> None:
    order_id = buy(cast.bob)["order_id"]
    body = json.dumps({"data": {"orderId": order_id}}).encode()
    odd = {"Cookie": "session=forged", "Origin": "https://evil.test", "Authorization": "Basic x"}
    assert send(cast, body, **odd).status == 200
    assert cast.visitor.get("/api/webhooks/toss/payment").code == "METHOD_NOT_ALLOWED"


def test_the_flat_kind_is_understood(cast: Cast, toss: FakeToss) -> None:
    order_id = buy(cast.bob)["order_id"]
    toss.payments[order_id]["status"] = "DONE"
    send(cast, json.dumps({"secret": "x", "status": "DONE", "orderId": order_id}).encode())
    assert (row(order_id).status, faults()) == ("paid", {})


@pytest.mark.parametrize(
    "say",
    [
        Say(DROP),
        Say.error(500, "COMMON_ERROR"),
        Say.error(401, "UNAUTHORIZED_KEY"),
        Say.error(429, "TOO_MANY_REQUESTS"),
        Say(200, b"<html>"),
        Say(502, b""),
    ],
    ids=str,
)
def test_while_toss_is_away_it_is_to_be_sent_again(cast: Cast, toss: FakeToss, say: Say) -> None:
    order_id = buy(cast.bob)["order_id"]
    toss.payments[order_id]["status"] = "DONE"
    toss.told["read"] = say
    answer = hint(cast, order_id)
    assert (answer.status, answer.code) == (503, "UPSTREAM_UNAVAILABLE")
    assert row(order_id).status == "pending"
    toss.told.clear()
    assert hint(cast, order_id).status == 200
    assert (row(order_id).status, faults()) == ("paid", {})


def test_it_is_answered_in_time_though_toss_hangs(
    cast: Cast, toss: FakeToss, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert adapter.CONNECT_SECONDS + adapter.ASK_SECONDS < 10
    monkeypatch.setattr(adapter, "ASK_SECONDS", 0.1)
    order_id = buy(cast.bob)["order_id"]
    toss.told["read"] = Say(200, {}, delay_seconds=0.3)
    assert hint(cast, order_id).status == 503


def test_what_toss_does_not_know_is_let_go(cast: Cast, toss: FakeToss) -> None:
    order_id = buy(cast.bob)["order_id"]
    toss.payments.clear()
    assert hint(cast, order_id).status == 200
    assert row(order_id).status == "pending"


@pytest.mark.parametrize("lie", [{"totalAmount": 100}, {"currency": "USD"}, {"orderId": "foreign"}])
def test_foreign_money_in_the_answer_credits_nothing(
    cast: Cast, toss: FakeToss, lie: dict[str, Any]
) -> None:
    order_id = buy(cast.bob)["order_id"]
    toss.payments[order_id] |= {"status": "DONE", **lie}
    assert hint(cast, order_id).status == 200
    assert (cast.bob.balance, movements(cast.bob.id), faults()) == (100, [], {})


def test_before_after_and_without_the_return_page_it_credits_once(
    cast: Cast, toss: FakeToss
) -> None:
    bob = cast.bob
    order_id = buy(bob)["order_id"]
    back = toss.authenticate(order_id)
    toss.told["confirm"] = Say(DROP, has_effect=True, times=1)
    assert confirm(bob, back).data["status"] == "confirming"
    for _ in range(3):
        assert hint(cast, order_id).status == 200
    assert confirm(bob, back).data["status"] == "paid"
    assert (movements(bob.id), faults()) == ([("purchase", 100)], {})


def test_a_webhook_that_comes_before_the_answer_credits_once(cast: Cast, toss: FakeToss) -> None:
    """Toss's webhook overtakes its own answer to the confirmation."""
    bob = cast.bob
    order_id = buy(bob)["order_id"]

    def webhook_first(toss: FakeToss) -> Any:
        assert hint(cast, order_id).status == 200
        assert row(order_id).status == "paid"
        return dict(toss.payments[order_id])

    toss.told["confirm"] = Say(200, webhook_first, has_effect=True)
    assert confirm(bob, toss.authenticate(order_id)).data["status"] == "paid"
    assert (movements(bob.id), faults()) == ([("purchase", 100)], {})
