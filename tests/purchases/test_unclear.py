"""Every answer to a confirmation that says neither yes nor no, before and after Toss charged."""

from uuid import UUID

import pytest

from chalicelib.purchases import service
from chalicelib.purchases import toss as adapter
from chalicelib.purchases.schemas import Confirmation
from tests.purchases.buying import (
    balance,
    begin,
    faults,
    make_buyer,
    movements,
    row,
    sweep_after,
)
from tests.purchases.fake_toss import DROP, FakeToss, Say, done

UNCLEAR = {
    "dropped": Say(DROP),
    "already processed": Say.error(400, "ALREADY_PROCESSED_PAYMENT"),
    "provider": Say.error(400, "PROVIDER_ERROR"),
    "never heard of": Say.error(400, "NEVER_HEARD_OF"),
    "our key": Say.error(401, "UNAUTHORIZED_KEY"),
    "forbidden": Say.error(403, "FORBIDDEN_REQUEST"),
    "not found": Say.error(404, "NOT_FOUND_PAYMENT"),
    "still running": Say.error(409, "IDEMPOTENT_REQUEST_PROCESSING"),
    "payment system": Say.error(500, "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING"),
    "internal": Say.error(500, "FAILED_INTERNAL_SYSTEM_PROCESSING"),
    "refusal in a 500": Say.error(500, "REJECT_CARD_PAYMENT"),
    "gateway": Say(502, b"<html>"),
    "empty": Say(200, b""),
    "of another order": Say(200, {"status": "DONE", "orderId": "another-order"}),
    "without an amount": Say(200, lambda toss: done(toss, totalAmount=None)),
    "without a currency": Say(200, lambda toss: done(toss, currency=None)),
    "undecided": Say(200, lambda toss: done(toss, status="WAITING_FOR_DEPOSIT")),
    "in a new state": Say(200, lambda toss: done(toss, status="SOMETHING_NEW")),
}


@pytest.fixture
def bob(emptied: None, toss: FakeToss) -> UUID:
    return make_buyer()


def confirm(bob: UUID, toss: FakeToss, order_id: str) -> str:
    """Back from the page; answers the state of the purchase."""
    wanted = Confirmation.model_validate(toss.authenticate(order_id))
    service.confirm_purchase(user_id=bob, wanted=wanted)
    return row(order_id).status


@pytest.mark.parametrize("has_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("why", UNCLEAR)
def test_what_is_unclear_stays_confirming_and_is_settled_later(
    bob: UUID, toss: FakeToss, why: str, has_effect: bool
) -> None:
    say = UNCLEAR[why]
    order_id = begin(bob)
    toss.told["confirm"] = Say(say.status, say.body, has_effect=has_effect)
    assert confirm(bob, toss, order_id) == "confirming"
    assert (balance(bob), faults()) == (100, {})
    toss.told.clear()
    if has_effect:
        toss.payments[order_id]["status"] = "DONE"
    assert sweep_after(seconds=50) == 0
    assert sweep_after(seconds=20) == 1
    assert row(order_id).status == "paid"
    assert toss.charges == [order_id]
    assert (movements(bob), faults()) == ([("purchase", 100)], {})


@pytest.mark.parametrize("has_effect", [False, True], ids=["before", "after"])
def test_a_time_out_is_no_refusal(
    bob: UUID, toss: FakeToss, has_effect: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "CONFIRM_SECONDS", 0.1)
    order_id = begin(bob)
    toss.told["confirm"] = Say(500, {}, has_effect=has_effect, delay_seconds=0.3, times=1)
    assert confirm(bob, toss, order_id) == "confirming"
    sweep_after(seconds=61)
    assert (row(order_id).status, toss.charges) == ("paid", [order_id])
    assert (balance(bob), faults()) == (200, {})
