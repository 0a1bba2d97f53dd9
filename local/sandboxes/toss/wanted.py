"""What a shop may ask for; whatever else it sends is ignored, as Toss does."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AnyHttpUrl,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from local.sandboxes.toss.errors import TossError

KRW_MIN = 100


@dataclass(frozen=True)
class Merchant:
    """One MID: Toss gives a shop one, with a key of its own, for each currency."""

    mid: str
    currency: str
    key: str

    @property
    def is_test(self) -> bool:
        """Whether errors may be reproduced."""
        return not self.key.startswith("live_")


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("not a number")
    return value


def _address(value: object) -> object:
    AnyHttpUrl(str(value))
    return value


Amount = Annotated[Decimal, BeforeValidator(_number), Field(gt=0, lt=10**12)]
Address = Annotated[str, BeforeValidator(_address), Field(max_length=2000)]
PaymentKey = Annotated[str, StringConstraints(min_length=1, max_length=200)]
OrderId = Annotated[
    str, StringConstraints(pattern=r"^[a-zA-Z0-9\-_.]+$", min_length=6, max_length=64)
]


class _Wanted(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel)


class _Money(_Wanted):
    currency: str
    value: Amount


class _CardOptions(_Wanted):
    use_international_card_only: bool = False


class Creation(_Wanted):
    """Body of POST /v1/payments."""

    method: Literal["CARD", "카드"]
    amount: Amount | _Money
    currency: str | None = None
    order_id: OrderId
    order_name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    success_url: Address
    fail_url: Address
    card: _CardOptions | None = None
    use_international_card_only: bool = False

    @property
    def overseas_only(self) -> bool:
        """Whether the page takes cards from abroad only."""
        return self.use_international_card_only or bool(
            self.card and self.card.use_international_card_only
        )

    def price(self, merchant: Merchant) -> Decimal:
        """In the merchant's currency; raises TossError."""
        if isinstance(self.amount, _Money):
            amount, currency = self.amount.value, self.amount.currency
        else:
            amount, currency = self.amount, self.currency or merchant.currency
        if currency != merchant.currency:
            raise TossError("INVALID_REQUEST", f"{merchant.mid} takes {merchant.currency} only")
        if not _fits(amount, currency):
            raise TossError("INVALID_REQUEST", "amount: too many decimals")
        if currency == "KRW" and amount < KRW_MIN:
            raise TossError("BELOW_MINIMUM_AMOUNT")
        return amount


class Confirmation(_Wanted):
    """Body of POST /v1/payments/confirm."""

    payment_key: PaymentKey
    order_id: OrderId
    amount: Amount


class Cancellation(_Wanted):
    """Body of POST /v1/payments/{paymentKey}/cancel; without an amount, all that is left."""

    cancel_reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    cancel_amount: Amount | None = None
    currency: str | None = None
    refundable_amount: Amount | None = None

    def check_amount(self, currency: str) -> None:
        """Raises TossError when it is no amount of this currency."""
        if self.cancel_amount is None:
            return
        if not _fits(self.cancel_amount, currency):
            raise TossError("INVALID_REQUEST", "cancelAmount: too many decimals")
        if currency != "KRW" and self.currency != currency:
            raise TossError("INVALID_REQUEST", "currency: needed to cancel a part of this payment")


Model = TypeVar("Model", bound=_Wanted)


def read(model: type[Model], content: bytes) -> Model:
    """The body as the model; raises TossError, which says what is wrong with it."""
    try:
        body: Any = json.loads(content, parse_float=Decimal)
        return model.model_validate(body)
    except ValidationError as error:
        wrong = error.errors()[0]
        where = ".".join(str(part) for part in wrong["loc"][:1])
        raise TossError("INVALID_REQUEST", f"{where}: {wrong['msg']}") from error
    except ValueError as error:
        raise TossError("INVALID_REQUEST", "the body is not JSON") from error


def _fits(amount: Decimal, currency: str) -> bool:
    smallest = Decimal(1) if currency == "KRW" else Decimal("0.01")
    return amount % smallest == 0
