"""Somebody leaves with purchases in every state (SPEC §3 Accounts): none is lost or doubled."""

from tests.people import Cast
from tests.purchases.buying import buy, change, confirm, faults, hint, pay, row, sweep_after
from tests.purchases.fake_toss import FakeToss


def test_who_may_be_charged_now_cannot_leave(cast: Cast, toss: FakeToss) -> None:
    order_id = buy(cast.bob)["order_id"]
    change(order_id, status="confirming")
    assert cast.bob.get("/api/users/me/leaving").data["outcome"] == "payment_unclear"
    assert cast.bob.delete("/api/users/me").code == "JOB_IN_FLIGHT"
    assert cast.bob.get("/api/tokens/balance").data["token_balance"] == 100


def test_a_payment_that_the_leaver_had_only_agreed_to_is_never_charged(
    cast: Cast, toss: FakeToss
) -> None:
    order_id = buy(cast.bob)["order_id"]
    back = toss.authenticate(order_id)
    assert cast.bob.delete("/api/users/me").status == 200
    assert confirm(cast.bob, back).code == "UNAUTHORIZED"
    sweep_after(hours=1)
    assert (toss.charges, faults()) == ([], {})
    assert row(order_id).status == "expired"


def test_bought_tokens_are_written_off_and_the_purchase_is_kept(cast: Cast, toss: FakeToss) -> None:
    paid = pay(cast.bob, toss)
    assert cast.bob.delete("/api/users/me").data["tokens_written_off"] == 200
    assert (row(paid["order_id"]).status, faults()) == ("paid", {})
    assert hint(cast, paid["order_id"]).status == 200
    assert faults() == {}
