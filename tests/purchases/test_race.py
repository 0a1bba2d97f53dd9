"""Return page, webhook and sweep at once: one charge, one credit; and nobody leaves in between."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from chalicelib.purchases import service
from tests.factories.styles import make_style
from tests.leaving.belongings import make_image, request
from tests.people import Cast
from tests.purchases.buying import (
    buy,
    change,
    confirm,
    faults,
    hint,
    movements,
    pass_time,
    pay,
    row,
)
from tests.purchases.fake_toss import DROP, FakeToss, Say

ROUNDS = 4


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait(10)
        time.sleep(random.random() * 0.02)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_many_return_pages_charge_and_credit_once(cast: Cast, toss: FakeToss) -> None:
    bob = cast.bob
    for number in range(ROUNDS):
        order_id = buy(bob)["order_id"]
        back = toss.authenticate(order_id)
        answers = at_once(*[lambda back=back: confirm(bob, back)] * 6)
        assert {answer.status for answer in answers} == {200}
        assert {answer.data["status"] for answer in answers} <= {"paid", "confirming"}
        assert row(order_id).status == "paid"
        assert toss.charges.count(order_id) == 1
        assert bob.balance == 100 + 100 * (number + 1)
    assert faults() == {}


def test_return_page_webhook_and_sweep_at_once_credit_once(cast: Cast, toss: FakeToss) -> None:
    bob = cast.bob
    for number in range(ROUNDS):
        order_id = buy(bob)["order_id"]
        back = toss.authenticate(order_id)
        toss.told["confirm"] = Say(DROP, has_effect=True, times=number % 2)
        if number % 2:
            confirm(bob, back)
        pass_time(minutes=36)
        at_once(
            *[lambda back=back: confirm(bob, back)] * 2,
            *[lambda order_id=order_id: hint(cast, order_id)] * 4,
            *[service.sweep] * 3,
        )
        hint(cast, order_id)
        assert row(order_id).status == "paid"
        assert toss.charges.count(order_id) == 1
        assert faults() == {}
    assert movements(bob.id) == [("purchase", 100)] * ROUNDS


def test_credits_and_cancellations_at_once_end_canceled(cast: Cast, toss: FakeToss) -> None:
    bob = cast.bob
    for _ in range(ROUNDS):
        order_id = buy(bob)["order_id"]
        change(order_id, status="confirming")
        toss.payments[order_id]["status"] = "DONE"
        pass_time(minutes=2)
        at_once(
            *[lambda order_id=order_id: hint(cast, order_id)] * 3,
            lambda order_id=order_id: toss.cancel(order_id),
            *[lambda order_id=order_id: hint(cast, order_id, "CANCELED")] * 3,
            service.sweep,
        )
        hint(cast, order_id, "CANCELED")
        assert (row(order_id).status, row(order_id).needs_review) == ("canceled", False)
        assert bob.balance == 100
        assert faults() == {}


def test_parts_given_back_at_once_are_each_taken_once(cast: Cast, toss: FakeToss) -> None:
    bob = cast.bob
    order_id = pay(bob, toss, "premium_1000")["order_id"]
    for _ in range(ROUNDS):
        toss.cancel(order_id, 8_000)
        at_once(*[lambda: hint(cast, order_id, "PARTIAL_CANCELED")] * 5)
    assert movements(bob.id)[1:] == [("purchase_reversal", -100)] * ROUNDS
    assert (bob.balance, faults()) == (700, {})


def test_spending_and_taking_back_at_once_never_fall_below_zero(cast: Cast, toss: FakeToss) -> None:
    style_id = make_style(cast.alice, price=60)
    for number in range(ROUNDS):
        buyer = cast.person(f"buyer{number}")
        order_id = pay(buyer, toss)["order_id"]
        toss.cancel(order_id)
        asked = at_once(
            *[lambda buyer=buyer: request(buyer, style_id)] * 4,
            lambda order_id=order_id: hint(cast, order_id, "CANCELED"),
        )[:4]
        made = sum(answer.status == 201 for answer in asked)
        found = row(order_id)
        assert buyer.balance == 200 - 60 * made - found.reversed_tokens >= 0
        assert found.needs_review is (found.reversed_tokens < 100)
        assert faults() == {}


def test_buying_twice_at_once_is_two_purchases(cast: Cast, toss: FakeToss) -> None:
    bob = cast.bob
    bought = at_once(*[lambda: buy(bob)] * 4)
    backs = [toss.authenticate(one["order_id"]) for one in bought]
    at_once(*[lambda back=back: confirm(bob, back) for back in backs])
    assert (bob.balance, len(toss.charges), faults()) == (500, 4, {})


@pytest.mark.parametrize("is_used_artist", [False, True])
def test_nobody_leaves_while_a_card_may_be_charged(
    cast: Cast, toss: FakeToss, is_used_artist: bool
) -> None:
    person = cast.alice if is_used_artist else cast.bob
    if is_used_artist:
        make_image(cast.carol, make_style(person))
    order_id = buy(person)["order_id"]
    back = toss.authenticate(order_id)
    toss.told["confirm"] = Say(DROP, has_effect=True, times=1)
    assert confirm(person, back).data["status"] == "confirming"
    assert person.get("/api/users/me/leaving").data["outcome"] == "payment_unclear"
    answer = person.delete("/api/users/me")
    assert (answer.status, answer.code) == (409, "JOB_IN_FLIGHT")
    hint(cast, order_id)
    assert person.balance == 200
    assert person.delete("/api/users/me").status == 200
    assert faults() == {}


def test_a_page_that_was_never_paid_on_keeps_nobody(cast: Cast, toss: FakeToss) -> None:
    """Without its buyer, signed in, no payment can be confirmed: nothing is ever charged."""
    bob = cast.bob
    order_id = buy(bob)["order_id"]
    back = toss.authenticate(order_id)
    assert bob.get("/api/users/me/leaving").data["outcome"] == "removed"
    session = dict(bob.cookies)
    assert bob.delete("/api/users/me").status == 200
    bob.cookies = session
    assert confirm(bob, back).code == "UNAUTHORIZED"
    assert (toss.charges, faults()) == ([], {})


def test_leaving_and_paying_at_once_is_one_of_both(cast: Cast, toss: FakeToss) -> None:
    for number in range(ROUNDS):
        buyer = cast.person(f"buyer{number}")
        order_id = buy(buyer)["order_id"]
        back = toss.authenticate(order_id)
        left, _ = at_once(
            lambda buyer=buyer: buyer.delete("/api/users/me"),
            lambda buyer=buyer, back=back: confirm(buyer, back),
        )
        found = row(order_id)
        if left.status == 200 and found.status != "paid":
            assert (found.status, order_id in toss.charges) == ("pending", False)
        else:
            assert found.status == "paid"
        assert found.needs_review is False
        assert faults() == {}
