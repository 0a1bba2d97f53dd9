"""Back from Toss's page: charged, refused, or unclear (SPEC §3 Money)."""

from typing import Any

import pytest

from chalicelib.purchases import payments, service
from chalicelib.purchases import toss as adapter
from tests.people import Cast
from tests.purchases.buying import (
    buy,
    change,
    confirm,
    faults,
    movements,
    pay,
    row,
    sweep_after,
)
from tests.purchases.fake_toss import FakeToss, Say, done


def test_a_confirmed_purchase_is_credited(cast: Cast, toss: FakeToss) -> None:
    bob = cast.bob
    bought = buy(bob, "standard_500")
    paid = confirm(bob, toss.authenticate(bought["order_id"])).data
    assert paid == {**bought, "status": "paid", "payment_url": None}
    assert bob.get("/api/tokens/balance").data["token_balance"] == 600
    assert bob.get("/api/tokens/balance").data["promotional_balance"] == 100
    [shown] = bob.get("/api/tokens/transactions", type="purchase").data["results"]
    assert (shown["kind"], shown["direction"], shown["amount"]) == ("purchase", "in", 500)
    assert (shown["status"], shown["memo"]) == ("completed", "Package standard_500")
    assert shown["related_purchase_id"] == bought["id"]
    [call] = toss.made("confirm")
    assert call.key == f"confirm:{bought['order_id']}"
    assert call.body["amount"] == 45_000
    assert faults() == {}


def test_confirming_again_answers_the_paid_purchase(cast: Cast, toss: FakeToss) -> None:
    order_id = buy(cast.bob)["order_id"]
    back = toss.authenticate(order_id)
    first = confirm(cast.bob, back).data
    for _ in range(2):
        assert confirm(cast.bob, back).data == first
    assert toss.charges == [order_id]
    assert movements(cast.bob.id) == [("purchase", 100)]


def test_the_row_says_so_before_toss_is_asked(cast: Cast, toss: FakeToss) -> None:
    seen = []

    def look(toss: FakeToss) -> Any:
        found = row(toss.calls[-1].body["orderId"])
        seen.append((found.status, found.payment_key == toss.calls[-1].body["paymentKey"]))
        return done(toss)

    toss.told["confirm"] = Say(200, look)
    pay(cast.bob, toss)
    assert seen == [("confirming", True)]


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"amount": 1}, 402, "PAYMENT_FAILED"),
        ({"amount": 10_001}, 402, "PAYMENT_FAILED"),
        ({"amount": 80_000}, 402, "PAYMENT_FAILED"),
        ({"payment_key": "another"}, 402, "PAYMENT_FAILED"),
        ({"order_id": "sl-unknown-order"}, 404, "NOT_FOUND"),
        ({"amount": -10_000}, 422, "VALIDATION_FAILED"),
        ({"amount": 10_000.5}, 422, "VALIDATION_FAILED"),
        ({"amount": "10000"}, 422, "VALIDATION_FAILED"),
        ({"amount": 2**70}, 422, "VALIDATION_FAILED"),
        ({"payment_key": "a b"}, 422, "VALIDATION_FAILED"),
        ({"payment_key": ""}, 422, "VALIDATION_FAILED"),
        ({"order_id": "'; DROP TABLE token.purchases; --"}, 422, "VALIDATION_FAILED"),
        ({"order_id": "a\x00bcdef"}, 422, "VALIDATION_FAILED"),
        ({"currency": "USD"}, 422, "VALIDATION_FAILED"),
        ({"tokens": 10_000}, 422, "VALIDATION_FAILED"),
    ],
)
def test_what_is_not_the_row_changes_nothing(
    cast: Cast, toss: FakeToss, other: dict[str, Any], status: int, code: str
) -> None:
    order_id = buy(cast.bob)["order_id"]
    back = toss.authenticate(order_id)
    answer = confirm(cast.bob, back, **other)
    assert (answer.status, answer.code) == (status, code)
    assert row(order_id).status == "pending"
    assert (cast.bob.balance, toss.charges, faults()) == (100, [], {})
    # The truth still counts.
    assert confirm(cast.bob, back).data["status"] == "paid"


def test_one_payment_pays_one_purchase(cast: Cast, toss: FakeToss) -> None:
    first, second = buy(cast.bob)["order_id"], buy(cast.bob)["order_id"]
    change(second, payment_key=None)
    back = toss.authenticate(first)
    answer = confirm(cast.bob, back, order_id=second)
    assert (answer.code, answer.details) == ("PAYMENT_FAILED", {"reason": "PAYMENT_MISMATCH"})
    assert confirm(cast.bob, back).data["status"] == "paid"
    assert confirm(cast.bob, back, order_id=second).code == "PAYMENT_FAILED"
    assert (movements(cast.bob.id), faults()) == ([("purchase", 100)], {})


def test_a_payment_begun_in_the_browser_is_confirmed_too(cast: Cast, toss: FakeToss) -> None:
    order_id = buy(cast.bob)["order_id"]
    change(order_id, payment_key=None, payment_url=None)
    back = toss.authenticate(order_id)
    assert confirm(cast.bob, back).data["status"] == "paid"
    assert row(order_id).payment_key == back["payment_key"]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "REJECT_CARD_PAYMENT"),
        (400, "INVALID_REJECT_CARD"),
        (400, "EXCEED_MAX_PAYMENT_AMOUNT"),
        (404, "NOT_FOUND_PAYMENT_SESSION"),
    ],
)
def test_a_refused_card_ends_the_purchase(
    cast: Cast, toss: FakeToss, status: int, code: str
) -> None:
    bought = buy(cast.bob)
    back = toss.authenticate(bought["order_id"])
    toss.told["confirm"] = Say.error(status, code)
    for _ in range(2):
        answer = confirm(cast.bob, back)
        assert (answer.status, answer.code) == (402, "PAYMENT_FAILED")
        assert answer.details == {"reason": code}
    assert len(toss.made("confirm")) == 1
    assert cast.bob.get(f"/api/tokens/purchases/{bought['id']}").data["status"] == "failed"
    assert (cast.bob.balance, faults()) == (100, {})


@pytest.mark.parametrize(
    ("said", "status", "reason"),
    [
        ({"status": "ABORTED", "failure": {"code": "COMMON_ERROR"}}, "failed", "COMMON_ERROR"),
        ({"status": "ABORTED"}, "failed", "FAILED"),
        ({"status": "EXPIRED"}, "expired", "EXPIRED"),
    ],
)
def test_a_payment_that_ended_pays_nothing(
    cast: Cast, toss: FakeToss, said: dict[str, Any], status: str, reason: str
) -> None:
    order_id = buy(cast.bob)["order_id"]
    toss.told["confirm"] = Say(200, lambda toss: done(toss, **said))
    answer = confirm(cast.bob, toss.authenticate(order_id))
    assert (answer.code, answer.details) == ("PAYMENT_FAILED", {"reason": reason})
    assert (row(order_id).status, cast.bob.balance, faults()) == (status, 100, {})


@pytest.mark.parametrize(
    "said",
    [{"totalAmount": 1}, {"totalAmount": 100_000}, {"currency": "USD"}, {"currency": "krw"}],
)
def test_another_amount_or_currency_credits_nothing_and_is_looked_at(
    cast: Cast, toss: FakeToss, said: dict[str, Any]
) -> None:
    order_id = buy(cast.bob)["order_id"]
    toss.told["confirm"] = Say(200, lambda toss: done(toss, **said))
    answer = confirm(cast.bob, toss.authenticate(order_id))
    assert (answer.status, answer.code) == (402, "PAYMENT_FAILED")
    assert (row(order_id).status, row(order_id).needs_review) == ("failed", True)
    assert (cast.bob.balance, faults()) == (100, {})


def test_a_crash_after_tosss_yes_loses_nothing(
    cast: Cast, toss: FakeToss, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = buy(cast.bob)["order_id"]
    back = toss.authenticate(order_id)
    with monkeypatch.context() as broken:
        broken.setattr(service, "note_payment", lambda *_, **__: 1 / 0)
        # It would be wrong to say that nothing was charged.
        assert confirm(cast.bob, back).data["status"] == "confirming"
    assert (toss.charges, cast.bob.balance, faults()) == ([order_id], 100, {})
    sweep_after(seconds=61)
    assert (row(order_id).status, cast.bob.balance, faults()) == ("paid", 200, {})


class Killed(BaseException):
    """What nothing catches."""


def test_a_process_killed_at_any_step_loses_nothing(
    cast: Cast, toss: FakeToss, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any, **__: Any) -> None:
        raise Killed

    steps = (
        (adapter, "confirm"),
        (service, "note_payment"),
        (payments.ledger, "credit_purchase"),
        (payments, "_keep_answer"),
    )
    bob = cast.bob
    for number, (module, name) in enumerate(steps, start=1):
        order_id = buy(bob)["order_id"]
        wanted = service.Confirmation(**toss.authenticate(order_id))
        with monkeypatch.context() as broken:
            broken.setattr(module, name, die)
            with pytest.raises(Killed):
                service.confirm_purchase(user_id=bob.id, wanted=wanted)
        assert (row(order_id).status, faults()) == ("confirming", {})
        sweep_after(seconds=61)
        assert (row(order_id).status, faults()) == ("paid", {})
        assert bob.balance == 100 + 100 * number
    assert len(toss.charges) == len(set(toss.charges)) == len(steps)


def test_expired_before_the_buyer_was_back(cast: Cast, toss: FakeToss) -> None:
    order_id = buy(cast.bob)["order_id"]
    back = toss.authenticate(order_id)
    toss.payments[order_id]["status"] = "EXPIRED"
    sweep_after(minutes=36)
    answer = confirm(cast.bob, back)
    assert (answer.status, answer.details) == (402, {"reason": "EXPIRED"})


def test_foreign_pages_and_visitors_confirm_nothing(cast: Cast, toss: FakeToss) -> None:
    back = toss.authenticate(buy(cast.bob)["order_id"])
    assert confirm(cast.visitor, back).code == "UNAUTHORIZED"
    path = "/api/tokens/purchase/confirm"
    assert cast.bob.post(path, back, headers={"X-CSRFToken": "x"}).code == "CSRF_FAILED"
    assert toss.charges == []


def test_a_refusal_speaks_the_buyers_language(cast: Cast, toss: FakeToss) -> None:
    back = toss.authenticate(buy(cast.bob)["order_id"])
    toss.told["confirm"] = Say.error(403, "REJECT_CARD_PAYMENT")
    cast.bob.language = "ko"
    message = confirm(cast.bob, back).body["error"]["message"]
    assert message == "결제가 이루어지지 않았습니다. 토큰은 추가되지 않았습니다."
