"""A payment canceled at Toss takes its tokens back, as far as they are there (SPEC §3 Money)."""

from fractions import Fraction

import pytest

from tests.people import Cast
from tests.purchases.buying import faults, hint, movements, pay, row, spend
from tests.purchases.fake_toss import FakeToss


def promotional(cast: Cast) -> int:
    return cast.bob.get("/api/tokens/balance").data["promotional_balance"]


def test_a_canceled_payment_takes_all_its_tokens_back_once(cast: Cast, toss: FakeToss) -> None:
    bob = cast.bob
    paid = pay(bob, toss, "standard_500")
    toss.cancel(paid["order_id"])
    for _ in range(3):
        assert hint(cast, paid["order_id"], "CANCELED").status == 200
    assert movements(bob.id) == [("purchase", 500), ("purchase_reversal", -500)]
    assert (bob.balance, promotional(cast), faults()) == (100, 100, {})
    shown = bob.get(f"/api/tokens/purchases/{paid['id']}").data
    assert (shown["status"], row(paid["order_id"]).needs_review) == ("canceled", False)
    listed = bob.get("/api/tokens/transactions", type="purchase").data["results"]
    assert [(one["kind"], one["direction"]) for one in listed] == [
        ("purchase_reversal", "out"),
        ("purchase", "in"),
    ]
    assert listed[0]["memo"] == "Payment canceled: package standard_500"


@pytest.mark.parametrize(
    ("spent", "taken", "left", "is_owed"),
    [
        (0, 500, 100, False),
        # Promotional tokens go first, and are nobody's to take.
        (50, 500, 50, False),
        (100, 500, 0, False),
        (101, 499, 0, True),
        (599, 1, 0, True),
        (600, 0, 0, True),
    ],
)
def test_what_is_spent_is_left_to_the_operator(
    cast: Cast, toss: FakeToss, spent: int, taken: int, left: int, is_owed: bool
) -> None:
    bob = cast.bob
    order_id = pay(bob, toss, "standard_500")["order_id"]
    if spent:
        spend(bob, spent)
    toss.cancel(order_id)
    for _ in range(2):
        hint(cast, order_id, "CANCELED")
        assert (bob.balance, row(order_id).reversed_tokens) == (left, taken)
        assert (row(order_id).status, row(order_id).needs_review) == ("canceled", is_owed)
        assert faults() == {}


def test_promotional_tokens_stay_though_tokens_are_owed(cast: Cast, toss: FakeToss) -> None:
    """Spent to the last bought one, and welcome tokens come back from a request that failed."""
    bob = cast.bob
    first, second = pay(bob, toss)["order_id"], pay(bob, toss)["order_id"]
    toss.cancel(first)
    hint(cast, first, "CANCELED")
    assert (bob.balance, promotional(cast)) == (200, 100)
    toss.cancel(second)
    hint(cast, second, "CANCELED")
    assert (bob.balance, promotional(cast), faults()) == (100, 100, {})


def test_each_part_that_is_given_back_takes_its_share_once(cast: Cast, toss: FakeToss) -> None:
    bob = cast.bob
    order_id = pay(bob, toss)["order_id"]
    for part, balance, status in ((1_000, 190, "paid"), (2_500, 165, "paid"), (None, 100, None)):
        toss.cancel(order_id, part)
        for _ in range(2):
            hint(cast, order_id, "PARTIAL_CANCELED")
            assert bob.balance == balance
            assert row(order_id).status == (status or "canceled")
            assert faults() == {}
    assert movements(bob.id) == [
        ("purchase", 100),
        ("purchase_reversal", -10),
        ("purchase_reversal", -25),
        ("purchase_reversal", -65),
    ]


def test_parts_of_which_toss_told_nothing_are_taken_together(cast: Cast, toss: FakeToss) -> None:
    order_id = pay(cast.bob, toss)["order_id"]
    toss.cancel(order_id, 1_000)
    toss.cancel(order_id, 2_000)
    hint(cast, order_id, "PARTIAL_CANCELED")
    assert movements(cast.bob.id)[1:] == [("purchase_reversal", -30)]


def test_a_later_part_does_not_claim_what_the_operator_has(cast: Cast, toss: FakeToss) -> None:
    """What an earlier part could not take is the operator's; later tokens are not taken for it."""
    bob = cast.bob
    order_id = pay(bob, toss)["order_id"]
    spend(bob, 200)
    toss.cancel(order_id, 5_000)
    hint(cast, order_id, "PARTIAL_CANCELED")
    assert (bob.balance, row(order_id).needs_review) == (0, True)
    pay(bob, toss)
    toss.cancel(order_id, 1_000)
    hint(cast, order_id, "PARTIAL_CANCELED")
    assert (bob.balance, row(order_id).reversed_tokens, faults()) == (90, 10, {})


@pytest.mark.parametrize("package", ["basic_100", "standard_500", "premium_1000"])
def test_rounding_favours_nobody_by_more_than_half_a_token(
    cast: Cast, toss: FakeToss, package: str
) -> None:
    bob = cast.bob
    paid = pay(bob, toss, package)
    order_id, tokens, amount = paid["order_id"], paid["tokens"], paid["amount"]
    given_back = 0
    for part in (1, 49, 50, 33, 77, 1_234, 5, 2_222):
        toss.cancel(order_id, part)
        given_back += part
        hint(cast, order_id, "PARTIAL_CANCELED")
        share = Fraction(tokens * given_back, amount)
        assert row(order_id).reversed_tokens == round(share)
        assert abs(row(order_id).reversed_tokens - share) <= Fraction(1, 2)
    toss.cancel(order_id)
    hint(cast, order_id, "CANCELED")
    assert (row(order_id).reversed_tokens, bob.balance, faults()) == (tokens, 100, {})


@pytest.mark.parametrize("given_back", [50, 150, 250, 350])
def test_half_a_token_goes_to_the_even_side(cast: Cast, toss: FakeToss, given_back: int) -> None:
    order_id = pay(cast.bob, toss)["order_id"]
    toss.cancel(order_id, given_back)
    hint(cast, order_id, "PARTIAL_CANCELED")
    assert row(order_id).reversed_tokens == {50: 0, 150: 2, 250: 2, 350: 4}[given_back]
    assert faults() == {}


def test_canceled_before_we_heard_of_the_payment_nothing_moves(cast: Cast, toss: FakeToss) -> None:
    from tests.purchases.buying import buy  # noqa: PLC0415

    order_id = buy(cast.bob)["order_id"]
    toss.authenticate(order_id)
    toss.cancel(order_id)
    hint(cast, order_id, "CANCELED")
    assert (row(order_id).status, movements(cast.bob.id), faults()) == ("canceled", [], {})


@pytest.mark.parametrize("balance", [None, 10_000, 20_000, -1, "x"])
def test_what_was_given_back_must_be_clear(cast: Cast, toss: FakeToss, balance: object) -> None:
    order_id = pay(cast.bob, toss)["order_id"]
    toss.payments[order_id] |= {"status": "PARTIAL_CANCELED", "balanceAmount": balance}
    hint(cast, order_id, "PARTIAL_CANCELED")
    assert (row(order_id).status, row(order_id).needs_review) == ("paid", True)
    assert (cast.bob.balance, faults()) == (200, {})


def test_a_buyer_who_left_owes_everything(cast: Cast, toss: FakeToss) -> None:
    bob = cast.bob
    order_id = pay(bob, toss)["order_id"]
    assert bob.delete("/api/users/me").data["tokens_written_off"] == 200
    toss.cancel(order_id)
    for _ in range(2):
        hint(cast, order_id, "CANCELED")
        assert (row(order_id).status, row(order_id).needs_review) == ("canceled", True)
        assert (row(order_id).reversed_tokens, faults()) == (0, {})
