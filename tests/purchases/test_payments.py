"""Whatever Toss says of a payment, to a purchase in whatever state (SPEC §3 Money)."""

import itertools
import random
from typing import Any
from uuid import UUID

import pytest

from chalicelib.kit import clock
from chalicelib.kit.db import transaction
from chalicelib.leaving.service import leave
from chalicelib.ledger import service as ledger
from chalicelib.purchases.payments import note_payment
from chalicelib.purchases.toss import Payment
from tests.purchases.buying import balance, begin, faults, make_buyer, movements, row
from tests.purchases.fake_toss import FakeToss

UNPAID = ("pending", "confirming", "failed", "expired")
# What becomes of a purchase that was not paid yet, and of one that was: state, tokens, review.
SAYS: dict[str, tuple[dict[str, Any], Any, Any]] = {
    "READY": ({}, None, ("paid", 100, False)),
    "IN_PROGRESS": ({}, None, ("paid", 100, False)),
    "WAITING_FOR_DEPOSIT": ({}, None, ("paid", 100, False)),
    "SOMETHING_NEW": ({}, None, ("paid", 100, False)),
    "DONE": ({}, ("paid", 100, False), ("paid", 100, False)),
    "PARTIAL_CANCELED": ({"balanceAmount": 7_500}, ("paid", 75, False), ("paid", 75, False)),
    "CANCELED": ({"balanceAmount": 0}, ("canceled", 0, False), ("canceled", 0, False)),
    "ABORTED": ({}, ("failed", 0, False), ("paid", 100, False)),
    "EXPIRED": ({}, ("expired", 0, False), ("paid", 100, False)),
}


def payment(order_id: str, status: str = "DONE", **fields: Any) -> Payment:
    content = {
        "orderId": order_id,
        "status": status,
        "totalAmount": 10_000,
        "balanceAmount": 10_000,
        "currency": "KRW",
        **fields,
    }
    return Payment.model_validate(content)


def tell(order_id: str, said: Payment) -> None:
    with transaction() as db:
        note_payment(db, purchase_id=row(order_id).id, payment=said)


def state(order_id: str) -> tuple[str, int, bool]:
    """Status, tokens that it gave, whether somebody must look."""
    found = row(order_id)
    given = found.tokens - found.reversed_tokens if found.paid_at else 0
    return found.status, given, found.needs_review


@pytest.fixture
def bob(emptied: None, toss: FakeToss) -> UUID:
    return make_buyer()


@pytest.mark.parametrize("before", [*UNPAID, "paid", "canceled"])
@pytest.mark.parametrize("said", SAYS)
def test_what_toss_says_is_done_and_done_once(bob: UUID, said: str, before: str) -> None:
    order_id = begin(bob, before if before != "paid" else "pending")
    if before == "paid":
        tell(order_id, payment(order_id))
    fields, unpaid, paid = SAYS[said]
    expected = {"paid": paid, "canceled": ("canceled", 0, False)}.get(
        before, unpaid or (before, 0, False)
    )
    for _ in range(3):
        tell(order_id, payment(order_id, said, **fields))
        assert state(order_id) == expected
        assert balance(bob) == 100 + expected[1]
        assert faults() == {}


@pytest.mark.parametrize("before", UNPAID)
@pytest.mark.parametrize(
    "lie",
    [
        {"totalAmount": 9_999, "balanceAmount": 9_999},
        {"totalAmount": 10_001},
        {"totalAmount": 0},
        {"totalAmount": -10_000},
        {"currency": "USD"},
        {"currency": ""},
        {"currency": "USD", "status": "PARTIAL_CANCELED", "balanceAmount": 5_000},
    ],
    ids=str,
)
def test_other_money_than_the_rows_credits_nothing(
    bob: UUID, before: str, lie: dict[str, Any]
) -> None:
    order_id = begin(bob, before)
    tell(order_id, payment(order_id, **lie))
    assert state(order_id) == ("failed", 0, True)
    assert (balance(bob), faults()) == (100, {})
    # Had it been a lie: the truth is credited, and yet looked at.
    tell(order_id, payment(order_id))
    assert state(order_id) == ("paid", 100, True)
    assert (balance(bob), faults()) == (200, {})


@pytest.mark.parametrize("lie", [{"totalAmount": None}, {"currency": None}, {"totalAmount": "x"}])
def test_money_that_cannot_be_read_decides_nothing(bob: UUID, lie: dict[str, Any]) -> None:
    order_id = begin(bob, "confirming")
    tell(order_id, payment(order_id, **lie))
    assert state(order_id) == ("confirming", 0, False)
    assert balance(bob) == 100


@pytest.mark.parametrize("said", SAYS)
def test_an_answer_about_another_order_changes_nothing(bob: UUID, said: str) -> None:
    order_id, other = begin(bob, "confirming"), begin(bob)
    tell(order_id, payment(other, said))
    assert (state(order_id)[0], state(other)[0]) == ("confirming", "pending")
    assert (balance(bob), faults()) == (100, {})


def test_a_refund_of_money_that_was_never_right_needs_no_review_any_more(bob: UUID) -> None:
    order_id = begin(bob)
    tell(order_id, payment(order_id, totalAmount=1))
    tell(order_id, payment(order_id, "CANCELED", totalAmount=1, balanceAmount=0))
    assert state(order_id) == ("canceled", 0, False)


@pytest.mark.parametrize("seed", range(6))
def test_in_any_order_and_number_it_ends_the_same(bob: UUID, seed: int) -> None:
    """Answers overtake each other; given back stays given back."""
    order_id = begin(bob)
    history = [
        payment(order_id, "IN_PROGRESS"),
        payment(order_id),
        payment(order_id),
        payment(order_id, "PARTIAL_CANCELED", balanceAmount=9_000),
        payment(order_id, "PARTIAL_CANCELED", balanceAmount=4_000),
    ]
    random.Random(seed).shuffle(history)
    for said in history:
        tell(order_id, said)
        assert faults() == {}
    assert state(order_id) == ("paid", 40, False)
    moved = movements(bob)
    assert moved[0] == ("purchase", 100)
    assert sum(amount for _, amount in moved) == 40


@pytest.mark.parametrize("order", list(itertools.permutations(["DONE", "CANCELED", "DONE"], 3))[:3])
def test_what_was_canceled_is_never_credited_again(bob: UUID, order: tuple[str, ...]) -> None:
    order_id = begin(bob)
    for status in order:
        left = 0 if status == "CANCELED" else 10_000
        tell(order_id, payment(order_id, status, balanceAmount=left))
    assert (state(order_id)[0], balance(bob), faults()) == ("canceled", 100, {})


def test_a_purchase_is_credited_once_whoever_asks(bob: UUID) -> None:
    purchase_id = row(begin(bob)).id
    with transaction() as db:
        assert ledger.credit_purchase(db, purchase_id=purchase_id) is True
        assert ledger.credit_purchase(db, purchase_id=purchase_id) is False
        assert ledger.credit_purchase(db, purchase_id=UUID(int=5)) is False
        assert ledger.reverse_purchase(db, purchase_id=UUID(int=5), canceled_amount=1) is None
    assert (movements(bob), faults()) == ([("purchase", 100)], {})


def test_who_has_left_is_not_credited_and_somebody_looks(bob: UUID) -> None:
    order_id = begin(bob)
    with transaction() as db:
        leave(db, user_id=bob)
    for _ in range(2):
        tell(order_id, payment(order_id))
        assert state(order_id) == ("failed", 0, True)
        assert (movements(bob), faults()) == ([], {})
    tell(order_id, payment(order_id, "CANCELED", balanceAmount=0))
    assert state(order_id) == ("canceled", 0, False)
    assert faults() == {}


def test_the_answer_is_kept_without_the_card(bob: UUID) -> None:
    order_id = begin(bob)
    card = {"number": "43301234****123*", "approveNo": "00000000"}
    tell(order_id, payment(order_id, card=card, customerName="Bob"))
    kept = row(order_id).provider_payment
    assert kept is not None
    assert (kept["status"], kept["total_amount"]) == ("DONE", 10_000)
    assert not {"card", "customerName", "customer_name"} & set(kept)
    assert row(order_id).paid_at <= clock.now()
