"""Purchases that hang are asked for, and those past their time end (SPEC §3 Money)."""

import pytest
from sqlalchemy import update

from chalicelib.dispatch.sweep import sweep as sweep_all
from chalicelib.kit.db import transaction
from chalicelib.purchases import service
from chalicelib.tables import Purchase
from tests.people import Cast
from tests.purchases.buying import (
    begin,
    buy,
    change,
    faults,
    movements,
    pass_time,
    pay,
    row,
    sweep_after,
)
from tests.purchases.fake_toss import DROP, FakeToss, Say


def test_what_is_new_or_over_is_left_alone(cast: Cast, toss: FakeToss) -> None:
    paid = pay(cast.bob, toss)["order_id"]
    for status in ("failed", "canceled", "expired"):
        begin(cast.bob.id, status)
    pass_time(days=1)
    fresh = buy(cast.bob)["order_id"]
    toss.calls.clear()
    assert service.sweep() == 0
    assert sweep_after(minutes=34) == 0
    assert toss.calls == []
    assert (row(paid).status, row(fresh).status) == ("paid", "pending")


@pytest.mark.parametrize("before", ["pending", "confirming"])
def test_past_its_time_a_purchase_ends_as_toss_says(
    cast: Cast, toss: FakeToss, before: str
) -> None:
    ends = {
        "READY": "expired",
        "EXPIRED": "expired",
        "ABORTED": "failed",
        "CANCELED": "canceled",
        "DONE": "paid",
        "IN_PROGRESS": "paid",
        None: "expired",
        # Nobody knows what these mean for a card, so they are asked for again.
        "WAITING_FOR_DEPOSIT": before,
        "SOMETHING_NEW": before,
    }
    bob = cast.bob.id
    orders = {truth: begin(bob, before) for truth in ends}
    for truth, order_id in orders.items():
        toss.payments[order_id]["status"] = truth
    del toss.payments[orders[None]]
    assert sweep_after(minutes=36) == len(ends)
    assert {truth: row(order_id).status for truth, order_id in orders.items()} == ends
    assert toss.charges == [orders["IN_PROGRESS"]]
    assert (movements(bob), faults()) == ([("purchase", 100)] * 2, {})
    assert sweep_after(seconds=61) == 2


@pytest.mark.parametrize("truth", ["READY", None])
def test_before_its_time_a_confirming_purchase_waits(
    cast: Cast, toss: FakeToss, truth: str | None
) -> None:
    order_id = buy(cast.bob)["order_id"]
    change(order_id, status="confirming")
    if truth is None:
        toss.payments.clear()
    for _ in range(2):
        assert sweep_after(seconds=61) == 1
        assert row(order_id).status == "confirming"


@pytest.mark.parametrize(
    "say", [Say(DROP), Say.error(500, "COMMON_ERROR"), Say.error(401, "UNAUTHORIZED_KEY")], ids=str
)
def test_while_toss_is_away_nothing_ends(cast: Cast, toss: FakeToss, say: Say) -> None:
    pending, confirming = buy(cast.bob)["order_id"], buy(cast.bob)["order_id"]
    change(confirming, status="confirming")
    toss.told["read"] = say
    assert sweep_after(minutes=36) == 2
    assert (row(pending).status, row(confirming).status) == ("pending", "confirming")
    toss.told.clear()
    toss.payments[confirming]["status"] = "DONE"
    # Not sooner than in a minute.
    assert service.sweep() == 0
    assert sweep_after(seconds=61) == 2
    assert (row(pending).status, row(confirming).status) == ("expired", "paid")
    assert faults() == {}


@pytest.mark.parametrize("code", ["REJECT_CARD_PAYMENT", "NOT_FOUND_PAYMENT_SESSION"])
def test_a_card_refused_to_the_sweep_ends_the_purchase(
    cast: Cast, toss: FakeToss, code: str
) -> None:
    order_id = buy(cast.bob)["order_id"]
    toss.authenticate(order_id)
    toss.told["confirm"] = Say.error(404, code)
    sweep_after(minutes=36)
    assert (row(order_id).status, cast.bob.balance, faults()) == ("failed", 100, {})


def test_the_sweep_charges_nobody_who_has_left(cast: Cast, toss: FakeToss) -> None:
    order_id = buy(cast.bob)["order_id"]
    toss.authenticate(order_id)
    assert cast.bob.delete("/api/users/me").status == 200
    sweep_after(minutes=36)
    assert (row(order_id).status, toss.charges, faults()) == ("expired", [], {})


def test_twenty_at_a_time_and_each_has_its_turn(cast: Cast, toss: FakeToss) -> None:
    orders = [begin(cast.bob.id) for _ in range(25)]
    toss.told["read"] = Say.error(500, "COMMON_ERROR")
    toss.calls.clear()
    assert sweep_after(minutes=36) == 20
    assert service.sweep() == 5
    assert service.sweep() == 0
    asked = {call.path.rsplit("/", 1)[-1] for call in toss.made("read")}
    assert asked == set(orders)


def test_one_bad_purchase_never_stops_the_others(
    cast: Cast, toss: FakeToss, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = buy(cast.bob)["order_id"], buy(cast.carol)["order_id"]
    for order_id in (bad, good):
        toss.payments[order_id]["status"] = "DONE"
    real = service.look_after

    def look_after(purchase: Purchase) -> None:
        if purchase.order_id == bad:
            raise RuntimeError("odd")
        real(purchase)

    monkeypatch.setattr(service, "look_after", look_after)
    assert sweep_after(minutes=36) == 2
    assert (row(bad).status, row(good).status) == ("pending", "paid")
    assert faults() == {}


def test_a_slow_toss_does_not_hold_up_the_other_sweeps(
    cast: Cast, toss: FakeToss, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "SWEEP_SECONDS", 0.3)
    for _ in range(5):
        begin(cast.bob.id)
    toss.told["read"] = Say.error(500, "COMMON_ERROR", delay_seconds=0.2)
    assert sweep_after(minutes=36) < 5


def test_the_minutes_sweep_looks_after_purchases(cast: Cast, toss: FakeToss) -> None:
    order_id = buy(cast.bob)["order_id"]
    toss.payments[order_id]["status"] = "DONE"
    pass_time(minutes=36)
    assert sweep_all()["purchases_asked_for"] == 1
    assert (row(order_id).status, movements(cast.bob.id)) == ("paid", [("purchase", 100)])
    with transaction() as db:
        db.execute(update(Purchase).values(checked_at=Purchase.created_at))
    assert sweep_all()["purchases_asked_for"] == 0
