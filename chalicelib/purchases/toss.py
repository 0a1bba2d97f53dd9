"""Toss Payments' API, version 2022-11-16: the only place that knows it.

Its answers are read leniently (fields come without notice); money is whole numbers.
"""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

import requests
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.alias_generators import to_camel

from chalicelib.kit import i18n
from chalicelib.kit.settings import settings

CONNECT_SECONDS = 3
# A webhook is to be answered within 10 s, a request within API Gateway's 29.
ASK_SECONDS = 5
CREATE_SECONDS = 10
CONFIRM_SECONDS = 20
NOT_THERE = "NOT_FOUND_PAYMENT"

# Answers to a confirmation by which nothing was charged and never will be. All others, and these
# with another status than 4xx, leave it open: the card may have been charged.
REFUSALS = frozenset(
    {
        "BELOW_MINIMUM_AMOUNT",
        "EXCEED_MAX_AMOUNT",
        "EXCEED_MAX_AUTH_COUNT",
        "EXCEED_MAX_CARD_INSTALLMENT_PLAN",
        "EXCEED_MAX_DAILY_PAYMENT_COUNT",
        "EXCEED_MAX_ONE_DAY_AMOUNT",
        "EXCEED_MAX_PAYMENT_AMOUNT",
        "FDS_ERROR",
        "INVALID_CARD_EXPIRATION",
        "INVALID_CARD_IDENTITY",
        "INVALID_CARD_INSTALLMENT_PLAN",
        "INVALID_CARD_LOST_OR_STOLEN",
        "INVALID_CARD_NUMBER",
        "INVALID_CARD_PASSWORD",
        "INVALID_PASSWORD",
        "INVALID_REJECT_CARD",
        "INVALID_STOPPED_CARD",
        "NOT_ALLOWED_POINT_USE",
        "NOT_FOUND_PAYMENT_SESSION",
        "NOT_SUPPORTED_CARD_TYPE",
        "NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT",
        "NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN",
        "PAY_PROCESS_ABORTED",
        "PAY_PROCESS_CANCELED",
        "REJECT_ACCOUNT_PAYMENT",
        "REJECT_CARD_COMPANY",
        "REJECT_CARD_PAYMENT",
    }
)


class TossUnavailable(Exception):
    """No answer that says yes or no; what Toss did is unknown."""


class PaymentRefused(Exception):
    """Nothing was charged and never will be; `code` is Toss's reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _NotThere(TossUnavailable):
    """Toss knows no such payment, now at least."""


def _whole(value: object) -> int | None:
    # Toss's own description has amounts as numbers and as text.
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
        return int(amount) if abs(amount) < 2**63 and amount == int(amount) else None
    except InvalidOperation:
        return None


def _or_none(value: object, read: ValidatorFunctionWrapHandler) -> object:
    try:
        return read(value)
    except ValidationError:
        return None


Whole = Annotated[int | None, BeforeValidator(_whole)]
# What is not essential must not make the rest unreadable.
Lenient = WrapValidator(_or_none)


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel)


class Failure(_Lenient):
    """Why a payment, or a call, came to nothing."""

    code: str = "UNKNOWN"
    message: str | None = None


class Cancel(_Lenient):
    """Money given back."""

    cancel_amount: Whole = None


class Payment(_Lenient):
    """What we need of Toss's Payment object; None where Toss says nothing that we can read."""

    status: str
    order_id: str
    payment_key: Annotated[str | None, Field(max_length=200), Lenient] = None
    total_amount: Whole = None
    balance_amount: Whole = None
    currency: Annotated[str | None, Lenient] = None
    cancels: Annotated[list[Cancel] | None, Lenient] = None
    failure: Annotated[Failure | None, Lenient] = None

    @property
    def canceled_amount(self) -> int | None:
        """How much of the total was given back so far; None when Toss does not say."""
        if self.total_amount is not None and self.balance_amount is not None:
            return self.total_amount - self.balance_amount
        parts = [one.cancel_amount for one in self.cancels or []]
        known = [part for part in parts if part is not None]
        return sum(known) if parts and len(known) == len(parts) else None


class _Page(_Lenient):
    url: str


class Checkout(_Lenient):
    """A payment that waits for its buyer, and the page on which they pay."""

    payment_key: str = Field(max_length=200)
    checkout: _Page


class _Named(_Lenient):
    order_id: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{6,64}$"), Lenient] = None


class _Hint(_Named):
    # PAYMENT_STATUS_CHANGED has a payment in `data`, DEPOSIT_CALLBACK is flat.
    data: Annotated[_Named | None, Lenient] = None


Answer = TypeVar("Answer", bound=BaseModel)


def open_checkout(*, order_id: str, order_name: str, amount: int, currency: str) -> Checkout:
    """Have a card payment made that its buyer can go to. Raises TossUnavailable, PaymentRefused.

    The call from server to server is known from its users only; the documented way, Toss's script
    in the browser, needs nothing of this and comes back to the same return page.
    """
    body: dict[str, Any] = {
        "method": "CARD",
        "amount": amount,
        "currency": currency,
        "orderId": order_id,
        "orderName": order_name,
        "successUrl": f"{settings().public_url}/purchase/success",
        "failUrl": f"{settings().public_url}/purchase/fail",
        "flowMode": "DEFAULT",
    }
    if i18n.CURRENT.get() != "ko":
        # The English window, for cards from abroad; it still charges KRW.
        body["card"] = {"useInternationalCardOnly": True}
    return _call(
        "POST",
        "/v1/payments",
        Checkout,
        currency=currency,
        body=body,
        idempotency_key=f"create:{order_id}",
        seconds=CREATE_SECONDS,
    )


def confirm(*, payment_key: str, order_id: str, amount: int, currency: str) -> Payment:
    """Have an authenticated payment charged. Raises TossUnavailable, PaymentRefused.

    The same again while the key is remembered (15 days) is the same charge, not another.
    """
    return _call(
        "POST",
        "/v1/payments/confirm",
        Payment,
        currency=currency,
        body={"paymentKey": payment_key, "orderId": order_id, "amount": amount},
        idempotency_key=f"confirm:{order_id}",
        seconds=CONFIRM_SECONDS,
    )


def find_payment(*, order_id: str, currency: str) -> Payment | None:
    """The payment of an order of ours as it is now. Raises TossUnavailable."""
    path = f"/v1/payments/orders/{order_id}"
    try:
        return _call("GET", path, Payment, currency=currency, seconds=ASK_SECONDS)
    except _NotThere:
        return None
    except PaymentRefused as refusal:
        raise TossUnavailable(refusal.code) from refusal


def read_hint(content: bytes) -> str | None:
    """Of which order a webhook speaks; nothing else of it is worth reading, as none is signed."""
    try:
        hint = _Hint.model_validate_json(content)
    except ValidationError:
        return None
    return hint.order_id or (hint.data.order_id if hint.data else None)


def _call(
    method: str,
    path: str,
    model: type[Answer],
    *,
    currency: str,
    body: dict[str, Any] | None = None,
    idempotency_key: str | None = None,
    seconds: int,
) -> Answer:
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    try:
        response = requests.request(
            method,
            f"{settings().toss_api_url}{path}",
            json=body,
            headers=headers,
            auth=(_secret_key(currency), ""),
            timeout=(CONNECT_SECONDS, seconds),
            allow_redirects=False,
        )
        if response.status_code == 200:
            return model.model_validate_json(response.content)
    except (requests.RequestException, ValidationError) as error:
        raise TossUnavailable(type(error).__name__) from error
    raise _refusal(response.status_code, response.content)


def _refusal(status: int, content: bytes) -> Exception:
    try:
        code = Failure.model_validate_json(content).code
    except ValidationError:
        code = "UNREADABLE"
    if status == 404 and code == NOT_THERE:
        return _NotThere(code)
    if 400 <= status < 500 and code in REFUSALS:
        return PaymentRefused(code)
    return TossUnavailable(f"{status} {code}")


def _secret_key(currency: str) -> str:
    """Toss has one merchant id, and so one key, for each currency."""
    key = settings().toss_usd_secret_key if currency == "USD" else settings().toss_secret_key
    if key is None:
        raise TossUnavailable(f"no key for {currency}")
    return key.get_secret_value()
