"""Packages, and the way to the page where they are paid (SPEC §3 Money, §4.4)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from chalicelib.kit.db import transaction
from chalicelib.tables import Purchase
from tests.people import Cast
from tests.purchases.buying import buy, confirm, faults, row
from tests.purchases.fake_toss import DROP, FakeToss, Say


def purchases() -> int:
    with transaction() as db:
        return db.execute(select(func.count()).select_from(Purchase)).scalar_one()


def test_anyone_sees_what_can_be_bought(cast: Cast) -> None:
    seen = cast.visitor.get("/api/tokens/packages").data
    assert seen == {
        "results": [
            {"id": "basic_100", "tokens": 100, "amount": 10_000, "currency": "KRW"},
            {"id": "standard_500", "tokens": 500, "amount": 45_000, "currency": "KRW"},
            {"id": "premium_1000", "tokens": 1_000, "amount": 80_000, "currency": "KRW"},
        ],
        "next_cursor": None,
        "has_more": False,
    }


@pytest.mark.parametrize(
    ("package", "tokens", "amount"),
    [("basic_100", 100, 10_000), ("standard_500", 500, 45_000), ("premium_1000", 1_000, 80_000)],
)
def test_a_purchase_has_the_servers_price_and_a_page_to_pay_on(
    cast: Cast, toss: FakeToss, package: str, tokens: int, amount: int
) -> None:
    bought = buy(cast.bob, package)
    assert set(bought) == {
        *("id", "order_id", "package_id", "tokens", "amount", "currency", "status"),
        *("payment_url", "expires_at"),
    }
    assert (bought["tokens"], bought["amount"], bought["currency"]) == (tokens, amount, "KRW")
    assert (bought["package_id"], bought["status"]) == (package, "pending")
    assert bought["payment_url"] == f"https://pay.example/{bought['order_id']}"
    [call] = toss.made("create")
    assert call.key == f"create:{bought['order_id']}"
    assert call.body["amount"] == amount
    assert call.body["successUrl"] == "http://localhost:8000/purchase/success"
    assert cast.bob.balance == 100
    assert cast.bob.get(f"/api/tokens/purchases/{bought['id']}").data == bought


def test_the_row_is_there_before_toss_hears_of_it(cast: Cast, toss: FakeToss) -> None:
    seen = []

    def look(_: FakeToss) -> Any:
        seen.append(row(toss.calls[-1].body["orderId"]).status)
        return {"paymentKey": "k", "checkout": {"url": "https://pay.example/k"}}

    toss.told["create"] = Say(200, look)
    buy(cast.bob)
    assert seen == ["pending"]


def test_order_ids_cannot_be_guessed(cast: Cast, toss: FakeToss) -> None:
    orders = {buy(cast.bob)["order_id"] for _ in range(10)}
    assert len(orders) == 10
    assert all(len(one) >= 32 for one in orders)


@pytest.mark.parametrize(
    ("language", "name", "is_foreign"),
    [("ko", "Style License 토큰 100개", False), ("en", "Style License: 100 tokens", True)],
)
def test_cards_from_abroad_get_their_own_window(
    cast: Cast, toss: FakeToss, language: str, name: str, is_foreign: bool
) -> None:
    cast.bob.language = language
    buy(cast.bob)
    [call] = toss.made("create")
    assert (call.body["method"], call.body["currency"]) == ("CARD", "KRW")
    assert call.body["orderName"] == name
    foreign = call.body.get("card", {}).get("useInternationalCardOnly", False)
    assert foreign is is_foreign


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"package_id": "basic_1"},
        {"package_id": 100},
        {"package_id": "basic_100", "amount": 1},
        {"package_id": "basic_100", "tokens": 10_000},
        {"package_id": "basic_100", "currency": "USD"},
    ],
)
def test_a_client_sends_a_package_and_nothing_else(
    cast: Cast, toss: FakeToss, body: dict[str, Any]
) -> None:
    answer = cast.bob.post("/api/tokens/purchase", body)
    assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")
    assert (purchases(), toss.calls) == (0, [])


@pytest.mark.parametrize(
    "say",
    [
        Say(DROP),
        Say(DROP, has_effect=True),
        Say.error(500, "COMMON_ERROR"),
        Say.error(401, "UNAUTHORIZED_KEY"),
        Say.error(400, "INVALID_REQUEST"),
        Say.error(403, "REJECT_CARD_COMPANY"),
        Say(200, b"<html>"),
        Say(200, {"paymentKey": "k"}),
        Say(302, b""),
    ],
    ids=str,
)
def test_without_toss_nothing_is_sold(cast: Cast, toss: FakeToss, say: Say) -> None:
    toss.told["create"] = say
    answer = cast.bob.post("/api/tokens/purchase", {"package_id": "basic_100"})
    assert (answer.status, answer.code) == (503, "UPSTREAM_UNAVAILABLE")
    with transaction() as db:
        assert db.execute(select(Purchase.status, Purchase.payment_url)).all() == [
            ("pending", None)
        ]
    # Who could not pay anyway may leave.
    assert cast.bob.delete("/api/users/me").status == 200
    assert faults() == {}


def test_a_repeated_request_gives_the_same_purchase_and_page(cast: Cast, toss: FakeToss) -> None:
    first = buy(cast.bob, **{"Idempotency-Key": "k"})
    assert buy(cast.bob, **{"Idempotency-Key": "k"}) == first
    assert (purchases(), len(toss.made("create"))) == (1, 1)
    other = cast.bob.post(
        "/api/tokens/purchase",
        {"package_id": "premium_1000"},
        headers={"Idempotency-Key": "k"},
    )
    assert other.code == "IDEMPOTENCY_KEY_REUSED"


def test_repeated_at_once_all_are_given_one_page(cast: Cast, toss: FakeToss) -> None:
    bob = cast.bob
    with ThreadPoolExecutor(4) as pool:
        bought = list(pool.map(lambda _: buy(bob, **{"Idempotency-Key": "k"}), range(4)))
    assert len({one["order_id"] for one in bought}) == 1
    assert len({one["payment_url"] for one in bought}) == 1


def test_a_key_is_not_used_up_while_toss_is_away(cast: Cast, toss: FakeToss) -> None:
    toss.told["create"] = Say(DROP, times=1)
    headers = {"Idempotency-Key": "k"}
    body = {"package_id": "basic_100"}
    assert cast.bob.post("/api/tokens/purchase", body, headers=headers).status == 503
    assert cast.bob.post("/api/tokens/purchase", body, headers=headers).status == 201


def test_a_purchase_is_its_buyers_alone(cast: Cast, toss: FakeToss) -> None:
    bought = buy(cast.bob)
    path = f"/api/tokens/purchases/{bought['id']}"
    assert cast.carol.get(path).code == "NOT_FOUND"
    assert cast.visitor.get(path).code == "UNAUTHORIZED"
    assert cast.visitor.post("/api/tokens/purchase", {"package_id": "basic_100"}).status == 401
    back = toss.authenticate(bought["order_id"])
    answer = confirm(cast.carol, back)
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert toss.charges == []
    assert confirm(cast.bob, back).data["status"] == "paid"
