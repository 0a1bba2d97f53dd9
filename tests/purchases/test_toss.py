"""Every answer of Toss is a yes, a no, or unclear; never a no by default (facts of its API)."""

import base64
from typing import Any

import pytest

from chalicelib.kit.settings import settings
from chalicelib.purchases import toss as adapter
from chalicelib.purchases.toss import PaymentRefused, TossUnavailable
from tests.purchases.fake_toss import DROP, FakeToss, Say

REFUSALS = sorted(adapter.REFUSALS)
UNCLEAR = [
    (400, "ALREADY_PROCESSED_PAYMENT"),
    (400, "PROVIDER_ERROR"),
    (400, "INVALID_REQUEST"),
    (400, "UNAPPROVED_ORDER_ID"),
    (400, "INVALID_API_KEY"),
    (400, "DUPLICATED_ORDER_ID"),
    (400, "INVALID_IDEMPOTENCY_KEY"),
    (400, "NEVER_HEARD_OF"),
    (401, "UNAUTHORIZED_KEY"),
    (403, "FORBIDDEN_REQUEST"),
    (403, "FORBIDDEN_CONSECUTIVE_REQUEST"),
    (403, "INCORRECT_BASIC_AUTH_FORMAT"),
    (404, "NOT_FOUND_PAYMENT"),
    (404, "NOT_FOUND"),
    (409, "IDEMPOTENT_REQUEST_PROCESSING"),
    (429, "TOO_MANY_REQUESTS"),
    (500, "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING"),
    (500, "FAILED_INTERNAL_SYSTEM_PROCESSING"),
    (500, "COMMON_ERROR"),
    (500, "UNKNOWN_ERROR"),
    (502, "UNKNOWN_ERROR"),
    (503, "UNKNOWN_ERROR"),
    (504, "UNKNOWN_ERROR"),
    # A refusal's code in an answer that is none.
    (500, "REJECT_CARD_PAYMENT"),
    (503, "INVALID_REJECT_CARD"),
    (302, "REJECT_CARD_COMPANY"),
]
UNREADABLE = [b"", b"<html>", b"[]", b"null", b'"DONE"', b"{", b"[" * 10_000, b"\xff", b'{"a":1}']
STATUSES = (
    *("READY", "IN_PROGRESS", "WAITING_FOR_DEPOSIT", "DONE", "CANCELED", "PARTIAL_CANCELED"),
    *("ABORTED", "EXPIRED", "SOMETHING_NEW"),
)


def confirm() -> adapter.Payment:
    return adapter.confirm(payment_key="k", order_id="order-1", amount=10_000, currency="KRW")


def find() -> adapter.Payment | None:
    return adapter.find_payment(order_id="order-1", currency="KRW")


def payment(**fields: Any) -> dict[str, Any]:
    return {"status": "DONE", "orderId": "order-1", **fields}


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_is_a_no(toss: FakeToss, code: str) -> None:
    toss.told["confirm"] = Say.error(400, code)
    with pytest.raises(PaymentRefused, match=code):
        confirm()


@pytest.mark.parametrize("code", ["REJECT_CARD_PAYMENT", "REJECT_CARD_COMPANY", "FDS_ERROR"])
def test_a_forbidden_card_is_a_no_too(toss: FakeToss, code: str) -> None:
    toss.told["confirm"] = Say.error(403, code)
    with pytest.raises(PaymentRefused):
        confirm()


@pytest.mark.parametrize(("status", "code"), UNCLEAR)
def test_any_other_error_is_unclear(toss: FakeToss, status: int, code: str) -> None:
    toss.told["confirm"] = Say.error(status, code)
    with pytest.raises(TossUnavailable, match=code):
        confirm()


@pytest.mark.parametrize("status", [200, 400, 404, 500])
@pytest.mark.parametrize("content", UNREADABLE, ids=lambda content: repr(content[:6]))
def test_what_cannot_be_read_is_unclear(toss: FakeToss, status: int, content: bytes) -> None:
    toss.told["confirm"] = toss.told["read"] = Say(status, content)
    for ask in (confirm, find):
        with pytest.raises(TossUnavailable):
            ask()


def test_an_error_within_a_success_is_unclear(toss: FakeToss) -> None:
    toss.told["confirm"] = Say.error(200, "REJECT_CARD_PAYMENT")
    with pytest.raises(TossUnavailable):
        confirm()


@pytest.mark.parametrize("has_effect", [False, True])
def test_a_lost_answer_is_unclear(toss: FakeToss, has_effect: bool) -> None:
    toss.told["confirm"] = Say(DROP, has_effect=has_effect)
    with pytest.raises(TossUnavailable):
        confirm()


def test_a_late_answer_is_unclear(toss: FakeToss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "CONFIRM_SECONDS", 0.1)
    toss.told["confirm"] = Say(200, payment(), delay_seconds=0.3)
    with pytest.raises(TossUnavailable, match="Timeout"):
        confirm()


def test_who_cannot_be_reached_is_unclear(toss: FakeToss, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOSS_API_URL", "http://127.0.0.1:9")
    settings.cache_clear()
    for ask in (confirm, find):
        with pytest.raises(TossUnavailable):
            ask()


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_is_told_as_it_is(toss: FakeToss, status: str) -> None:
    toss.told["confirm"] = toss.told["read"] = Say(200, payment(status=status))
    found = find()
    assert found
    assert confirm().status == found.status == status


def test_a_payment_that_toss_does_not_know_is_none(toss: FakeToss) -> None:
    assert find() is None


@pytest.mark.parametrize(("status", "code"), UNCLEAR)
def test_reading_is_found_or_unclear(toss: FakeToss, status: int, code: str) -> None:
    toss.told["read"] = Say.error(status, code)
    if code == "NOT_FOUND_PAYMENT":
        assert find() is None
        return
    with pytest.raises(TossUnavailable):
        find()


def test_a_refusal_of_reading_is_unclear(toss: FakeToss) -> None:
    toss.told["read"] = Say.error(403, "REJECT_CARD_COMPANY")
    with pytest.raises(TossUnavailable):
        find()


@pytest.mark.parametrize(
    ("amount", "read"),
    [
        (10_000, 10_000),
        (10_000.0, 10_000),
        ("10000", 10_000),
        ("10000.00", 10_000),
        (10_000.5, None),
        ("10000.5", None),
        ("1e400", None),
        ("NaN", None),
        ("Infinity", None),
        ("ten", None),
        ("", None),
        (True, None),
        (None, None),
        ([10_000], None),
        ({"value": 10_000}, None),
    ],
)
def test_money_is_whole_numbers(toss: FakeToss, amount: Any, read: int | None) -> None:
    toss.told["confirm"] = Say(200, payment(totalAmount=amount, balanceAmount=amount))
    found = confirm()
    assert (found.total_amount, found.balance_amount) == (read, read)
    assert type(found.total_amount) in {int, type(None)}


@pytest.mark.parametrize(
    "odd",
    [
        {"easyPay": "PAYPAL"},
        {"easyPay": {"provider": "토스페이"}},
        {"cancels": "none"},
        {"failure": "no"},
        {"failure": {"code": None}},
        {"currency": 410},
        {"paymentKey": "k" * 300},
        {"paymentKey": None},
        {"neverSeen": {"deep": [1]}},
    ],
    ids=str,
)
def test_odd_extras_hide_nothing(toss: FakeToss, odd: dict[str, Any]) -> None:
    toss.told["confirm"] = Say(200, payment(totalAmount=10_000) | odd)
    found = confirm()
    assert (found.status, found.total_amount) == ("DONE", 10_000)


@pytest.mark.parametrize(
    ("fields", "canceled"),
    [
        ({"totalAmount": 100, "balanceAmount": 100}, 0),
        ({"totalAmount": 100, "balanceAmount": 40}, 60),
        ({"totalAmount": 100, "cancels": [{"cancelAmount": 10}, {"cancelAmount": 20}]}, 30),
        ({"totalAmount": 100, "cancels": [{"cancelAmount": 10}, {}]}, None),
        ({"totalAmount": 100, "cancels": []}, None),
        ({}, None),
    ],
)
def test_what_was_given_back_is_the_sum_of_all_cancels(
    toss: FakeToss, fields: dict[str, Any], canceled: int | None
) -> None:
    toss.told["read"] = Say(200, payment(status="PARTIAL_CANCELED", **fields))
    found = find()
    assert found
    assert found.canceled_amount == canceled


def test_a_call_carries_the_key_the_order_and_the_row(toss: FakeToss) -> None:
    for _ in range(2):
        with pytest.raises(TossUnavailable):
            confirm()
    first, again = toss.made("confirm")
    assert first == again
    assert first.key == "confirm:order-1"
    assert first.body == {"paymentKey": "k", "orderId": "order-1", "amount": 10_000}
    toss.told["read"] = Say(200, payment())
    find()
    [read] = toss.made("read")
    assert (read.method, read.path) == ("GET", "/v1/payments/orders/order-1")


def test_each_currency_has_its_own_key(toss: FakeToss, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(toss, "tell_truth", lambda _kind, _call, key: seen.append(key) or (500, {}))
    with pytest.raises(TossUnavailable, match="no key for USD"):
        adapter.find_payment(order_id="order-1", currency="USD")
    assert seen == []
    monkeypatch.setenv("TOSS_USD_SECRET_KEY", "usd_sk")
    settings.cache_clear()
    for currency in ("USD", "KRW"):
        with pytest.raises(TossUnavailable):
            adapter.find_payment(order_id="order-1", currency=currency)
    assert [base64.b64decode(key.removeprefix("Basic ")) for key in seen] == [
        b"usd_sk:",
        b"test_sk_toss:",
    ]


@pytest.mark.parametrize(
    ("content", "order_id"),
    [
        (b'{"eventType":"PAYMENT_STATUS_CHANGED","data":{"orderId":"order-1"}}', "order-1"),
        (b'{"createdAt":"x","secret":"s","status":"DONE","orderId":"order-1"}', "order-1"),
        (b'{"orderId":"order-1","data":null}', "order-1"),
        (b'{"orderId":"order-1","data":[1]}', "order-1"),
        (b'{"orderId":7,"data":{"orderId":"order-1"}}', "order-1"),
        (b'{"data":{"orderId":"a\\u0000bcdef"}}', None),
        (b'{"data":{"orderId":"../../etc/passwd"}}', None),
        (b'{"data":{"orderId":null}}', None),
        *((content, None) for content in UNREADABLE),
    ],
    ids=lambda value: repr(value[:40]) if isinstance(value, bytes) else None,
)
def test_a_hint_names_an_order_or_nothing(content: bytes, order_id: str | None) -> None:
    assert adapter.read_hint(content) == order_id
