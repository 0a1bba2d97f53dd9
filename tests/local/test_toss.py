"""The Toss sandbox keeps Toss's contract: every rule by HTTP, every answer against its schemas."""

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.test import Client

from local import edge
from local.ports import free_port
from local.programs import listens
from local.sandboxes.toss.errors import ERRORS
from local.sandboxes.toss.state import State
from local.settings import kept_secrets
from tests.local.waiting import await_true

ROOT = Path(__file__).parents[2]
KEY = "test_sk_won"
DOLLAR_KEY = "live_sk_dollar"
# 4096 of them, the longest pause between resends, are 1.6 s.
MINUTE_SECONDS = 0.0004
CONTRACT = json.loads((Path(__file__).parent / "toss_contract.json").read_text())
HEADERS = "tosspayments-webhook-transmission-"


def _may_be_null(schema: dict[str, Any], required: frozenset[str]) -> None:
    for name, one in schema.get("properties", {}).items():
        inner = one.get("items", one)
        _may_be_null(inner, frozenset(inner.get("required", [])))
        if name not in required:
            schema["properties"][name] = {"anyOf": [one, {"type": "null"}]}


def _documented() -> dict[str, Any]:
    payment = CONTRACT["components"]["schemas"]["Payment"]
    # The description calls these text, and says nowhere what is null until it is known; Toss's
    # own examples have numbers and nulls.
    for name in ("totalAmount", "balanceAmount"):
        payment["properties"][name] = {"type": "number"}
    _may_be_null(payment, frozenset({"status", "paymentKey", "orderId", "totalAmount", "method"}))
    return CONTRACT


def fits(shown: Any, schema: str) -> bool:
    described = {"$ref": f"#/components/schemas/{schema}", **DOCUMENTED}
    Draft202012Validator(described, format_checker=FormatChecker()).validate(shown)
    return True


DOCUMENTED = _documented()


@dataclass
class Told:
    id: str
    retried: int
    time: str
    body: Any
    heard: float


class Listener(ThreadingHTTPServer):
    """The shop's webhook; answers a payment's webhooks as it is told, then 200."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.answers: dict[str, list[int]] = {}
        super().__init__(("127.0.0.1", 0), _Hook)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def of(self, payment: Any) -> list[Told]:
        return [one for one in self.told if one.body["data"]["paymentKey"] == payment["paymentKey"]]

    def statuses(self, payment: Any) -> list[str]:
        return [one.body["data"]["status"] for one in self.of(payment)]


class _Hook(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        names = ("id", "retried-count", "time")
        told_id, retried, sent = (self.headers[HEADERS + name] for name in names)
        self.server.told.append(Told(told_id, int(retried), sent, body, time.monotonic()))
        assert "tosspayments-webhook-signature" not in self.headers
        answers = self.server.answers.get(body["data"]["paymentKey"])
        self.send_response(answers.pop(0) if answers else 200)
        self.end_headers()

    def log_message(self, *_: Any) -> None: ...


@dataclass
class Shop:
    """A shop's server, and its buyer's browser."""

    url: str
    key: str = KEY
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, method: str, path: str, body: Any = None, *, seconds: float = 10, **headers: str
    ) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(
            method,
            self.url + path,
            json=body,
            auth=(self.key, ""),
            headers=self.headers | named,
            timeout=seconds,
        )

    def open(self, **changed: Any) -> Any:
        answer = self.ask("POST", "/v1/payments", creation(**changed))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, payment: Any) -> Any:
        return self.ask("GET", f"/v1/payments/{payment['paymentKey']}").json()

    def post_form(self, payment: Any, action: str = "pay", card: str = "overseas") -> Any:
        form = {"action": action, "card": card}
        url = f"{self.url}/checkout/{payment['paymentKey']}"
        return requests.post(url, form, timeout=10, allow_redirects=False)

    def authenticated(self, **changed: Any) -> Any:
        payment = self.open(**changed)
        assert self.post_form(payment).status_code == 303
        return payment

    def confirm(self, payment: Any, *, seconds: float = 10, **changed: Any) -> requests.Response:
        key = changed.pop("key", None)
        body = {
            "paymentKey": payment["paymentKey"],
            "orderId": payment["orderId"],
            "amount": payment["totalAmount"],
            **changed,
        }
        assert fits(body, "Confirmation")
        headers = {"Idempotency_Key": key} if key else {}
        return self.ask("POST", "/v1/payments/confirm", body, seconds=seconds, **headers)

    def paid(self, **changed: Any) -> Any:
        answer = self.confirm(self.authenticated(**changed))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def cancel(self, payment: Any, **body: Any) -> requests.Response:
        wanted = {"cancelReason": "changed my mind", **body}
        return self.ask("POST", f"/v1/payments/{payment['paymentKey']}/cancel", wanted)

    def sandbox(self, path: str, body: Any = None) -> requests.Response:
        return requests.post(f"{self.url}/sandbox/{path}", json=body or {}, timeout=5)


def creation(**changed: Any) -> dict[str, Any]:
    wanted = {
        "method": "CARD",
        "amount": 10000,
        "orderId": f"order_{secrets.token_hex(8)}",
        "orderName": "100 tokens",
        "successUrl": "http://shop.example/success?from=toss",
        "failUrl": "http://shop.example/fail",
        **changed,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def refusal(answer: requests.Response) -> tuple[int, str]:
    assert fits(answer.json(), "Failure")
    return answer.status_code, answer.json()["code"]


def way_back(answer: requests.Response, page: str) -> dict[str, str]:
    assert answer.status_code == 303, answer.text
    location = urlsplit(answer.headers["Location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == f"http://shop.example/{page}"
    return {name: values[0] for name, values in parse_qs(location.query).items()}


@contextmanager
def serving(
    *arguments: str, port: int = 0, **environment: str
) -> Iterator[tuple[Shop, subprocess.Popen[bytes]]]:
    port = port or free_port()
    argv = [sys.executable, "-m", "local.sandboxes.toss.server", "--port", str(port), *arguments]
    keys = {"TOSS_SECRET_KEY": KEY, "TOSS_USD_SECRET_KEY": DOLLAR_KEY}
    server = subprocess.Popen(
        argv, cwd=ROOT, env={**os.environ, **keys, **environment}, stderr=subprocess.PIPE
    )
    try:
        await_true(listens(port))
        yield Shop(f"http://127.0.0.1:{port}"), server
    finally:
        server.terminate()
        _, said = server.communicate(timeout=10)
    assert not said, said.decode()


@pytest.fixture(scope="module")
def hook() -> Iterator[Listener]:
    with Listener() as listener:
        threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
        yield listener
        listener.shutdown()


@pytest.fixture(scope="module")
def shop(hook: Listener) -> Iterator[Shop]:
    flags = ("--webhook", hook.url, "--minute-seconds", str(MINUTE_SECONDS))
    with serving(*flags) as (started, server):
        yield started
        server.terminate()
        assert server.wait(10) == 0


@pytest.fixture
def faults(shop: Shop) -> Iterator[Callable[..., None]]:
    yield lambda **wanted: shop.sandbox("faults", wanted).raise_for_status()
    shop.sandbox("faults")


@pytest.fixture
def abroad(shop: Shop) -> Shop:
    return Shop(shop.url, DOLLAR_KEY)


def test_a_new_payment_waits_for_its_buyer(shop: Shop) -> None:
    payment = shop.open(orderName="토큰 100개", amount=15000)
    assert fits(payment, "Payment")
    assert (payment["status"], payment["method"], payment["version"]) == (
        *("READY", "카드"),
        "2022-11-16",
    )
    assert (payment["approvedAt"], payment["card"], payment["receipt"]) == (None, None, None)
    assert payment["checkout"]["url"] == f"{shop.url}/checkout/{payment['paymentKey']}"
    assert (payment["totalAmount"], payment["balanceAmount"]) == (15000, 15000)
    assert (payment["suppliedAmount"], payment["vat"]) == (13636, 1364)
    assert payment["requestedAt"].endswith("+09:00")


def test_a_confirmed_payment_is_done_as_documented(shop: Shop) -> None:
    payment = shop.paid()
    assert fits(payment, "Payment")
    assert (payment["status"], payment["currency"], payment["totalAmount"]) == (
        *("DONE", "KRW"),
        10000,
    )
    assert len(payment["lastTransactionKey"]) <= 64
    assert payment["approvedAt"]
    assert payment["card"]["amount"] == 10000
    assert (payment["card"]["cardType"], payment["country"]) == ("미확인", "US")
    assert isinstance(payment["totalAmount"], int)
    assert requests.get(payment["receipt"]["url"], timeout=5).ok


def test_a_payment_is_found_by_its_key_and_by_its_order(shop: Shop) -> None:
    payment = shop.paid()
    assert shop.get(payment) == payment
    assert shop.ask("GET", f"/v1/payments/orders/{payment['orderId']}").json() == payment


def test_what_does_not_exist_is_not_found(shop: Shop, abroad: Shop) -> None:
    payment = shop.paid()
    for asked in (
        shop.ask("GET", "/v1/payments/nothing"),
        shop.ask("GET", "/v1/payments/orders/nothing"),
        abroad.ask("GET", f"/v1/payments/{payment['paymentKey']}"),
        abroad.ask("GET", f"/v1/payments/orders/{payment['orderId']}"),
        abroad.cancel(payment),
    ):
        assert refusal(asked) == (404, "NOT_FOUND_PAYMENT")
    assert refusal(shop.ask("GET", "/v1/nowhere")) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "changed",
    [
        {"method": None},
        {"method": "가상계좌"},
        {"amount": "10000"},
        {"amount": 0},
        {"amount": True},
        {"amount": 1000.5},
        {"amount": {"currency": "USD", "value": 10}},
        {"currency": "USD"},
        {"orderId": "short"},
        {"orderId": "o" * 65},
        {"orderId": "order/with/slashes"},
        {"orderName": "n" * 101},
        {"successUrl": None},
        {"failUrl": "/fail"},
    ],
    ids=str,
)
def test_an_unfit_creation_is_refused(shop: Shop, changed: dict[str, Any]) -> None:
    answer = shop.ask("POST", "/v1/payments", creation(**changed))
    assert refusal(answer) == (400, "INVALID_REQUEST")


def test_what_is_no_json_is_refused(shop: Shop) -> None:
    url = f"{shop.url}/v1/payments/confirm"
    answer = requests.post(url, data=b"paymentKey=1", auth=(KEY, ""), timeout=5)
    assert refusal(answer) == (400, "INVALID_REQUEST")


def test_cards_take_100_won_or_more(shop: Shop) -> None:
    answer = shop.ask("POST", "/v1/payments", creation(amount=99))
    assert refusal(answer) == (400, "BELOW_MINIMUM_AMOUNT")
    assert shop.open(amount=100)["totalAmount"] == 100


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, (401, "UNAUTHORIZED_KEY")),
        ("Basic dGVzdF9za193b24=", (403, "INCORRECT_BASIC_AUTH_FORMAT")),  # no colon
        ("Basic ???", (403, "INCORRECT_BASIC_AUTH_FORMAT")),
        ("Bearer dGVzdF9za193b246", (403, "INCORRECT_BASIC_AUTH_FORMAT")),
        ("Basic dGVzdF9za19vdGhlcjo=", (401, "UNAUTHORIZED_KEY")),
        ("Basic dGVzdF9ja193b246", (400, "INVALID_API_KEY")),  # a key for browsers
    ],
)
def test_only_the_secret_key_and_a_colon_open_the_api(
    shop: Shop, header: str | None, expected: tuple[int, str]
) -> None:
    headers = {"Authorization": header} if header else {}
    answer = requests.get(f"{shop.url}/v1/payments/any", headers=headers, timeout=5)
    assert refusal(answer) == expected


@pytest.mark.parametrize("code", ERRORS)
def test_a_test_code_reproduces_its_error_and_does_nothing(shop: Shop, code: str) -> None:
    order = creation()
    answer = shop.ask("POST", "/v1/payments", order, TossPayments_Test_Code=code)
    assert refusal(answer) == (ERRORS[code][0], code)
    assert answer.json()["message"] == ERRORS[code][1]
    unknown = shop.ask("GET", f"/v1/payments/orders/{order['orderId']}")
    assert unknown.status_code == 404


def test_test_codes_are_for_test_keys(shop: Shop, abroad: Shop) -> None:
    header = {"TossPayments_Test_Code": "REJECT_CARD_PAYMENT"}
    assert abroad.ask("POST", "/v1/payments", creation(amount=5), **header).status_code == 200
    misspelt = shop.ask("POST", "/v1/payments", creation(), TossPayments_Test_Code="REJECTED")
    assert refusal(misspelt) == (400, "INVALID_REQUEST")


def test_texts_are_english_for_who_asks_so(shop: Shop) -> None:
    english = Shop(shop.url, headers={"Accept-Language": "en-US"})
    payment = english.open()
    shop.post_form(payment, card="domestic")
    done = english.confirm(payment).json()
    assert (done["method"], done["card"]["cardType"], done["card"]["ownerType"]) == (
        *("CARD", "CREDIT"),
        "PERSONAL",
    )
    again = english.confirm(payment).json()
    assert again["message"] == "This payment has already been processed."
    in_korean = shop.get(payment)
    assert (in_korean["method"], in_korean["card"]["cardType"]) == ("카드", "신용")


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"orderId": "another_order"}, (404, "NOT_FOUND_PAYMENT_SESSION")),
        ({"amount": 9999}, (400, "INVALID_REQUEST")),
        ({"amount": 10000.5}, (400, "INVALID_REQUEST")),
        ({"paymentKey": "another"}, (404, "NOT_FOUND_PAYMENT")),
    ],
    ids=str,
)
def test_a_confirmation_must_name_the_payment_its_order_and_its_amount(
    shop: Shop, changed: dict[str, Any], expected: tuple[int, str]
) -> None:
    payment = shop.authenticated()
    assert refusal(shop.confirm(payment, **changed)) == expected
    assert shop.get(payment)["status"] == "IN_PROGRESS"
    assert shop.confirm(payment).json()["status"] == "DONE"


def test_nobody_is_charged_who_has_not_agreed(shop: Shop) -> None:
    payment = shop.open()
    assert refusal(shop.confirm(payment)) == (404, "NOT_FOUND_PAYMENT_SESSION")
    assert shop.get(payment)["status"] == "READY"


def test_a_second_confirmation_says_that_the_first_was_done(shop: Shop) -> None:
    payment = shop.paid()
    assert refusal(shop.confirm(payment)) == (400, "ALREADY_PROCESSED_PAYMENT")


def test_of_confirmations_at_once_one_charges(shop: Shop) -> None:
    payment = shop.authenticated()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: shop.confirm(payment).status_code, range(8)))
    assert sorted(answers) == [200] + [400] * 7


def test_an_order_is_paid_once(shop: Shop) -> None:
    first = shop.authenticated()
    second = shop.authenticated(orderId=first["orderId"])
    done = shop.confirm(first).json()
    assert refusal(shop.confirm(second)) == (400, "DUPLICATED_ORDER_ID")
    answer = shop.ask("POST", "/v1/payments", creation(orderId=first["orderId"]))
    assert refusal(answer) == (400, "DUPLICATED_ORDER_ID")
    assert shop.ask("GET", f"/v1/payments/orders/{first['orderId']}").json() == done


def test_the_same_idempotency_key_gets_the_first_answer(shop: Shop) -> None:
    payment = shop.authenticated()
    key = f"confirm:{payment['orderId']}"
    first = shop.confirm(payment, key=key)
    again = shop.confirm(payment, key=key)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert first.json()["status"] == "DONE"
    refused = [shop.confirm(payment, key="other").json() for _ in range(2)]
    assert refused[0] == refused[1]
    # Under another address it is another key.
    url = f"/v1/payments/{payment['paymentKey']}/cancel"
    answer = shop.ask("POST", url, {"cancelReason": "x"}, Idempotency_Key=key)
    assert answer.json()["status"] == "CANCELED"


def test_an_idempotency_key_has_at_most_300_characters(shop: Shop) -> None:
    answer = shop.ask("POST", "/v1/payments", creation(), Idempotency_Key="k" * 301)
    assert refusal(answer) == (400, "INVALID_IDEMPOTENCY_KEY")
    key = secrets.token_hex(150)
    order = creation()
    answers = [shop.ask("POST", "/v1/payments", order, Idempotency_Key=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    # Reading needs none.
    path = f"/v1/payments/{answers[0].json()['paymentKey']}"
    assert shop.ask("GET", path, Idempotency_Key="k" * 301).status_code == 200


def test_while_the_first_request_runs_the_same_key_must_wait(
    shop: Shop, faults: Callable[..., None]
) -> None:
    payment = shop.authenticated()
    faults(slow=1, slow_seconds=0.6)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(shop.confirm, payment, key=payment["orderId"])
        time.sleep(0.2)
        meanwhile = shop.confirm(payment, key=payment["orderId"])
        assert refusal(meanwhile) == (409, "IDEMPOTENT_REQUEST_PROCESSING")
        assert first.result().json()["status"] == "DONE"
    assert shop.confirm(payment, key=payment["orderId"]).json()["status"] == "DONE"


def test_a_payment_is_canceled_in_parts(shop: Shop) -> None:
    payment = shop.paid()
    part = shop.cancel(payment, cancelAmount=3000).json()
    assert fits(part, "Payment")
    assert (part["status"], part["totalAmount"], part["balanceAmount"]) == (
        *("PARTIAL_CANCELED", 10000),
        7000,
    )
    assert part["lastTransactionKey"] != payment["lastTransactionKey"]
    assert (part["suppliedAmount"], part["vat"]) == (6364, 636)
    assert refusal(shop.cancel(payment, cancelAmount=7001)) == (403, "NOT_CANCELABLE_AMOUNT")
    whole = shop.cancel(payment, cancelAmount=7000).json()
    assert fits(whole, "Payment")
    assert (whole["status"], whole["balanceAmount"]) == ("CANCELED", 0)
    assert [one["cancelAmount"] for one in whole["cancels"]] == [3000, 7000]
    assert [one["refundableAmount"] for one in whole["cancels"]] == [7000, 0]
    assert whole["cancels"][1]["transactionKey"] == whole["lastTransactionKey"]
    assert refusal(shop.cancel(payment)) == (400, "ALREADY_CANCELED_PAYMENT")


def test_a_payment_is_canceled_whole_without_an_amount(shop: Shop) -> None:
    payment = shop.paid()
    canceled = shop.cancel(payment).json()
    assert (canceled["status"], canceled["cancels"][0]["cancelAmount"]) == ("CANCELED", 10000)
    assert refusal(shop.confirm(payment)) == (400, "ALREADY_PROCESSED_PAYMENT")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"cancelReason": None}, (400, "INVALID_REQUEST")),
        ({"cancelReason": "r" * 201}, (400, "INVALID_REQUEST")),
        ({"cancelAmount": 0}, (400, "INVALID_REQUEST")),
        ({"cancelAmount": 0.5}, (400, "INVALID_REQUEST")),
        ({"refundableAmount": 9000}, (400, "NOT_MATCHES_REFUNDABLE_AMOUNT")),
    ],
    ids=str,
)
def test_an_unfit_cancellation_is_refused(
    shop: Shop, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    payment = shop.paid()
    assert refusal(shop.cancel(payment, **body)) == expected
    assert shop.get(payment)["status"] == "DONE"


def test_what_was_not_paid_cannot_be_canceled(shop: Shop) -> None:
    assert refusal(shop.cancel(shop.authenticated())) == (403, "NOT_CANCELABLE_PAYMENT")


def test_dollars_have_a_merchant_of_their_own_and_cents(abroad: Shop, shop: Shop) -> None:
    payment = abroad.paid(amount={"currency": "USD", "value": 123.45})
    assert fits(payment, "Payment")
    assert (payment["currency"], payment["totalAmount"], payment["vat"]) == ("USD", 123.45, 0)
    assert payment["mId"] != shop.open()["mId"]
    refused = abroad.cancel(payment, cancelAmount=2.3)
    assert refusal(refused) == (400, "INVALID_REQUEST"), "a part needs its currency"
    part = abroad.cancel(payment, cancelAmount=2.3, currency="USD").json()
    assert (part["status"], part["balanceAmount"]) == ("PARTIAL_CANCELED", 121.15)
    too_fine = abroad.ask("POST", "/v1/payments", creation(amount=1.234))
    assert refusal(too_fine) == (400, "INVALID_REQUEST")
    assert abroad.post_form(abroad.open(amount=5), card="domestic").status_code == 400


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.cards: list[str] = []
        self.actions: list[str] = []
        self.lang = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.lang = given["lang"] if tag == "html" else self.lang
        if given.get("name") == "card":
            self.cards.append(given["value"])
        if given.get("name") == "action":
            self.actions.append(given["value"])


def look(payment: Any, language: str = "ko") -> tuple[Page, str]:
    url = payment["checkout"]["url"]
    answer = requests.get(url, headers={"Accept-Language": language}, timeout=5)
    assert answer.ok
    assert "script" not in answer.headers["Content-Security-Policy"]
    return Page(answer.text), answer.text


def test_the_page_asks_for_the_order_in_korean_and_english_without_scripts(shop: Shop) -> None:
    payment = shop.open(orderName='<b>"100" tokens</b>')
    page, text = look(payment)
    assert (page.lang, page.cards) == ("ko", ["domestic", "overseas"])
    assert set(page.actions) == {"pay", "cancel", "decline", "over_limit", "close"}
    assert "10,000원 결제하기" in text
    assert 'name="viewport"' in text
    assert not {"script", "b", "img", "link"} & set(page.tags)
    page, text = look(payment, "en-GB,en;q=0.9")
    assert page.lang == "en"
    assert "Pay ₩10,000" in text
    assert "no money moves" in text
    other = requests.get(payment["checkout"]["url"], {"lang": "en"}, timeout=5).text
    assert Page(other).lang == "en"


def test_an_overseas_payment_has_the_english_window_for_overseas_cards(shop: Shop) -> None:
    for wish in ({"card": {"useInternationalCardOnly": True}}, {"useInternationalCardOnly": True}):
        payment = shop.open(**wish)
        page, _ = look(payment)
        assert (page.lang, page.cards) == ("en", ["overseas"])
        assert shop.post_form(payment, card="domestic").status_code == 400
        assert shop.get(payment)["status"] == "READY"
        assert shop.post_form(payment).status_code == 303


def test_who_pays_goes_back_to_the_shop_with_the_payment(shop: Shop) -> None:
    payment = shop.open()
    back = way_back(shop.post_form(payment, card="domestic"), "success")
    assert back == {
        "from": "toss",
        "paymentType": "NORMAL",
        "paymentKey": payment["paymentKey"],
        "orderId": payment["orderId"],
        "amount": "10000",
    }
    now = shop.get(payment)
    assert (now["status"], now["card"]["ownerType"]) == ("IN_PROGRESS", "개인")
    assert fits(now, "Payment")
    assert way_back(shop.post_form(payment), "success") == back, "pressed twice"
    assert "상점의 결제 승인" in look(payment)[1]


def test_a_declined_card_goes_back_to_the_shops_fail_page(shop: Shop, hook: Listener) -> None:
    payment = shop.open()
    back = way_back(shop.post_form(payment, "decline"), "fail")
    assert (back["code"], back["orderId"]) == ("REJECT_CARD_COMPANY", payment["orderId"])
    assert back["message"] == "카드사에서 결제를 거절했습니다."
    now = shop.get(payment)
    assert (now["status"], now["failure"]["code"]) == ("ABORTED", "REJECT_CARD_COMPANY")
    assert fits(now, "Payment")
    await_true(lambda: hook.statuses(payment) == ["ABORTED"])
    assert shop.post_form(payment).status_code == 409


def test_a_card_over_its_limit_is_refused_when_the_shop_confirms(
    shop: Shop, hook: Listener
) -> None:
    payment = shop.open()
    way_back(shop.post_form(payment, "over_limit"), "success")
    assert refusal(shop.confirm(payment, key="k-over")) == (403, "REJECT_CARD_PAYMENT")
    assert refusal(shop.confirm(payment, key="k-over")) == (403, "REJECT_CARD_PAYMENT")
    assert refusal(shop.confirm(payment)) == (400, "ALREADY_PROCESSED_PAYMENT")
    assert shop.get(payment)["failure"]["code"] == "REJECT_CARD_PAYMENT"
    await_true(lambda: hook.statuses(payment) == ["ABORTED"])


def test_closing_the_page_or_going_back_changes_nothing(shop: Shop, hook: Listener) -> None:
    payment = shop.open()
    closed = shop.post_form(payment, "close")
    assert (closed.status_code, closed.headers.get("Location")) == (200, None)
    back = way_back(shop.post_form(payment, "cancel"), "fail")
    assert back == {"code": "PAY_PROCESS_CANCELED", "message": "구매자가 결제를 취소했습니다."}
    assert shop.get(payment) == payment
    # It can still be paid, and webhooks tell of that alone.
    shop.post_form(payment)
    shop.confirm(payment)
    await_true(lambda: hook.of(payment))
    assert hook.statuses(payment) == ["DONE"]


def test_a_payment_that_nobody_confirms_in_ten_minutes_expires(shop: Shop, hook: Listener) -> None:
    payment = shop.authenticated()
    shop.sandbox("clock", {"minutes": 9})
    assert shop.get(payment)["status"] == "IN_PROGRESS"
    shop.sandbox("clock", {"minutes": 2})
    assert refusal(shop.confirm(payment)) == (404, "NOT_FOUND_PAYMENT_SESSION")
    assert shop.get(payment)["status"] == "EXPIRED"
    await_true(lambda: hook.statuses(payment) == ["EXPIRED"])


def test_a_page_can_be_paid_on_for_half_an_hour(shop: Shop, hook: Listener) -> None:
    payment = shop.open()
    shop.sandbox("clock", {"minutes": 29})
    assert shop.get(payment)["status"] == "READY"
    shop.sandbox("clock", {"minutes": 2})
    assert shop.post_form(payment).status_code == 409
    assert "결제 시간이 지났습니다" in look(payment)[1]
    await_true(lambda: hook.statuses(payment) == ["EXPIRED"])


def test_an_idempotency_key_is_good_for_15_days(shop: Shop) -> None:
    payment = shop.authenticated()
    assert shop.confirm(payment, key="old").status_code == 200
    shop.sandbox("clock", {"minutes": 15 * 24 * 60 - 1})
    assert shop.confirm(payment, key="old").status_code == 200
    shop.sandbox("clock", {"minutes": 2})
    assert refusal(shop.confirm(payment, key="old")) == (400, "ALREADY_PROCESSED_PAYMENT")


def test_webhooks_tell_of_every_end_with_the_payment_and_no_signature(
    shop: Shop, hook: Listener
) -> None:
    payment = shop.paid()
    shop.cancel(payment, cancelAmount=1000)
    shop.cancel(payment)
    told = await_true(lambda: len(found := hook.of(payment)) == 3 and found)
    statuses = {one.body["data"]["status"] for one in told}
    assert statuses == {"DONE", "PARTIAL_CANCELED", "CANCELED"}
    for one in told:
        assert set(one.body) == {"eventType", "createdAt", "data"}
        assert one.body["eventType"] == "PAYMENT_STATUS_CHANGED"
        assert len(one.body["createdAt"]) == len("2022-01-01T00:00:00.000000")
        assert fits(one.body["data"], "Payment")
        assert one.id.startswith("whtrans_")
        assert (one.retried, one.time[-6:]) == (0, "+09:00")
    assert len({one.id for one in told}) == 3
    [done] = [one for one in told if one.body["data"]["status"] == "DONE"]
    assert done.body["data"] == payment


def test_a_webhook_is_sent_until_it_is_answered_200(shop: Shop, hook: Listener) -> None:
    payment = shop.authenticated()
    hook.answers[payment["paymentKey"]] = [500, 404, 302, 204]
    shop.confirm(payment)
    told = await_true(lambda: len(found := hook.of(payment)) == 5 and found)
    assert [one.retried for one in told] == [0, 1, 2, 3, 4]
    assert len({one.id for one in told}) == 1
    assert all(one.body == told[0].body for one in told)


def test_a_webhook_is_given_up_after_seven_resends_ever_further_apart(
    shop: Shop, hook: Listener
) -> None:
    payment = shop.authenticated()
    hook.answers[payment["paymentKey"]] = [503] * 8
    shop.confirm(payment)
    told = await_true(lambda: len(found := hook.of(payment)) == 8 and found)
    gaps = [after.heard - before.heard for before, after in pairwise(told)]
    assert gaps[-1] >= 4096 * MINUTE_SECONDS
    assert gaps[-2] >= 1024 * MINUTE_SECONDS

    def status() -> str:
        deliveries = requests.get(f"{shop.url}/sandbox/webhooks", timeout=5).json()
        [found] = [one for one in deliveries if one["id"] == told[0].id]
        return str(found["status"])

    await_true(lambda: status() == "given up")


def test_a_timeout_after_the_charge_is_a_charge(shop: Shop, faults: Callable[..., None]) -> None:
    payment = shop.authenticated()
    faults(time_out=1, time_out_seconds=1)
    with pytest.raises(requests.ReadTimeout):
        shop.confirm(payment, key=payment["orderId"], seconds=0.3)
    assert shop.get(payment)["status"] == "DONE"
    assert shop.confirm(payment, key=payment["orderId"]).json()["status"] == "DONE"
    assert refusal(shop.confirm(payment)) == (400, "ALREADY_PROCESSED_PAYMENT")


def test_a_slow_charge_happens_after_the_shop_stopped_waiting(
    shop: Shop, faults: Callable[..., None]
) -> None:
    payment = shop.authenticated()
    faults(slow=1, slow_seconds=0.8)
    with pytest.raises(requests.ReadTimeout):
        shop.confirm(payment, seconds=0.2)
    assert shop.get(payment)["status"] == "IN_PROGRESS"
    await_true(lambda: shop.get(payment)["status"] == "DONE")


@pytest.mark.parametrize(("fault", "status"), [("drop_answer", "DONE"), ("hang_up", "IN_PROGRESS")])
def test_a_broken_connection_says_nothing(
    shop: Shop, faults: Callable[..., None], fault: str, status: str
) -> None:
    payment = shop.authenticated()
    faults(**{fault: 1})
    with pytest.raises(requests.ConnectionError):
        shop.confirm(payment, key=payment["orderId"])
    assert shop.get(payment)["status"] == status
    assert shop.confirm(payment, key=payment["orderId"]).json()["status"] == "DONE"


@pytest.mark.parametrize(
    ("fault", "status"), [("error_after", "DONE"), ("server_error", "IN_PROGRESS")]
)
def test_an_internal_error_says_nothing(
    shop: Shop, faults: Callable[..., None], fault: str, status: str
) -> None:
    payment = shop.authenticated()
    faults(**{fault: 1})
    answer = shop.confirm(payment, key=payment["orderId"])
    assert refusal(answer) == (500, "FAILED_INTERNAL_SYSTEM_PROCESSING")
    assert shop.get(payment)["status"] == status
    assert shop.confirm(payment, key=payment["orderId"]).json()["status"] == "DONE"


def test_errors_and_conflicts_come_on_demand(shop: Shop, faults: Callable[..., None]) -> None:
    payment = shop.authenticated()
    faults(server_error=1, server_error_status=503, processing=2, only=["confirm"])
    # Reading is left alone.
    assert shop.get(payment)["status"] == "IN_PROGRESS"
    for _ in range(2):
        answer = shop.confirm(payment, key=payment["orderId"])
        assert refusal(answer) == (409, "IDEMPOTENT_REQUEST_PROCESSING")
    assert shop.confirm(payment, key=payment["orderId"]).status_code == 503
    assert shop.confirm(payment, key=payment["orderId"]).json()["status"] == "DONE"


def test_a_refusal_on_demand_aborts_the_payment(shop: Shop, faults: Callable[..., None]) -> None:
    payment = shop.authenticated()
    faults(refuse_confirm=1, refuse_code="INVALID_STOPPED_CARD")
    assert refusal(shop.confirm(payment)) == (400, "INVALID_STOPPED_CARD")
    assert shop.get(payment)["failure"]["code"] == "INVALID_STOPPED_CARD"


@pytest.mark.parametrize(
    ("lie", "name"),
    [
        ("wrong_amount", "totalAmount"),
        ("wrong_currency", "currency"),
        ("wrong_order", "orderId"),
        ("wrong_mid", "mId"),
        ("wrong_status", "status"),
    ],
)
def test_answers_lie_on_demand(
    shop: Shop, faults: Callable[..., None], lie: str, name: str
) -> None:
    payment = shop.authenticated()
    faults(**{lie: 2})
    confirmed, read, true = shop.confirm(payment).json(), shop.get(payment), shop.get(payment)
    assert true["status"] == "DONE"
    assert confirmed[name] == read[name] != true[name]
    assert fits(confirmed, "Payment")


def test_webhooks_come_twice_late_or_never(
    shop: Shop, hook: Listener, faults: Callable[..., None]
) -> None:
    faults(duplicate_webhook=1)
    twice = shop.paid()
    await_true(lambda: len(hook.of(twice)) == 2)
    first, second = hook.of(twice)
    assert first.body == second.body
    assert first.id != second.id
    faults(lose_webhook=1)
    never = shop.paid()
    faults(late_webhook=1, late_seconds=0.5)
    late = shop.paid()
    soon = shop.paid()
    await_true(lambda: hook.of(soon))
    assert not hook.of(late)
    await_true(lambda: hook.of(late))
    assert not hook.of(never)


def test_a_webhook_can_overtake_the_answer(
    shop: Shop, hook: Listener, faults: Callable[..., None]
) -> None:
    faults(webhook_first=1)
    payment = shop.authenticated()
    shop.confirm(payment)
    assert hook.statuses(payment) == ["DONE"]


def test_unknown_faults_are_refused(shop: Shop) -> None:
    assert shop.sandbox("faults", {"explode": 1}).status_code == 400
    assert shop.sandbox("faults", {"refuse_code": "NONSENSE"}).status_code == 400


def test_the_page_is_reached_through_the_platforms_origin(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOSS_API_URL", shop.url)
    payment = shop.open()
    browser = Client(edge.application)
    page = browser.get(f"/toss/checkout/{payment['paymentKey']}?lang=en")
    assert (page.status_code, Page(page.text).lang) == (200, "en")
    form = {"action": "pay", "card": "domestic"}
    answer = browser.post(f"/toss/checkout/{payment['paymentKey']}?lang=en", data=form)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("http://shop.example/success?from=toss&")
    assert browser.get("/toss/").status_code == 200


def test_toss_itself_cancels(shop: Shop, hook: Listener) -> None:
    payment = shop.paid()
    part = shop.sandbox(f"payments/{payment['paymentKey']}/cancel", {"cancelAmount": 4000})
    assert (part.json()["status"], part.json()["balanceAmount"]) == ("PARTIAL_CANCELED", 6000)
    office = requests.get(f"{shop.url}/", timeout=5)
    assert payment["orderId"] in office.text
    url = f"{shop.url}/sandbox/payments/{payment['paymentKey']}/cancel"
    by_form = requests.post(url, timeout=5)
    assert (by_form.status_code, by_form.url) == (200, f"{shop.url}/")
    assert shop.get(payment)["status"] == "CANCELED"
    await_true(lambda: len(hook.of(payment)) == 3)
    refused = shop.sandbox(f"payments/{payment['paymentKey']}/cancel")
    assert refusal(refused) == (400, "ALREADY_CANCELED_PAYMENT")


def test_open_payments_expire_on_demand(shop: Shop, hook: Listener) -> None:
    one, other, done = shop.open(), shop.authenticated(), shop.paid()
    named = shop.sandbox("expire", {"paymentKey": one["paymentKey"]}).json()
    assert named == {"expired": [one["paymentKey"]]}
    assert other["paymentKey"] in shop.sandbox("expire").json()["expired"]
    assert shop.get(done)["status"] == "DONE"
    await_true(lambda: hook.statuses(one) == hook.statuses(other) == ["EXPIRED"])


def test_a_killed_sandbox_forgets_nothing(tmp_path: Path, hook: Listener) -> None:
    flags = ("--folder", str(tmp_path), "--webhook", hook.url)
    with serving(*flags, TOSS_FAULTS='{"late_webhook": 1, "late_seconds": 1}') as (shop, server):
        done, open_ = shop.authenticated(), shop.authenticated()
        key = done["orderId"]
        done = shop.confirm(done, key=key).json()
        server.send_signal(signal.SIGKILL)
        server.wait()
    assert not hook.of(done)
    with serving(*flags, port=int(shop.url.rsplit(":", 1)[1])) as (shop, _):
        assert shop.get(done) == done
        assert shop.confirm(done, key=key).json() == done
        assert shop.confirm(open_).json()["status"] == "DONE"
        await_true(lambda: hook.statuses(done) == ["DONE"])


def test_an_unfinished_line_never_happened(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    journal.write_text('{"ahead": 60}\n{"ahead": 12')
    State(tmp_path).move_clock(timedelta(seconds=10))
    assert journal.read_text() == '{"ahead": 60}\n{"ahead":70.0}\n'


def test_a_folder_of_before_gets_the_keys_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text('{"SECRET_KEY": "kept"}')
    made = kept_secrets(tmp_path)
    assert made["SECRET_KEY"] == "kept"
    assert made["TOSS_SECRET_KEY"].startswith("test_sk_")
    assert made["TOSS_SECRET_KEY"] != made["TOSS_USD_SECRET_KEY"]
    assert kept_secrets(tmp_path) == made
    assert path.stat().st_mode & 0o777 == 0o600
