"""What is sold, and what buying takes and gives."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chalicelib.kit.fields import Body, Moment, Out


class PackageId(StrEnum):
    """The packages by name (SPEC §3 Money)."""

    BASIC_100 = "basic_100"
    STANDARD_500 = "standard_500"
    PREMIUM_1000 = "premium_1000"


class Package(Out):
    """Tokens and their price, in whole units of the currency."""

    id: PackageId
    tokens: int
    amount: int
    currency: str


PACKAGES = {
    PackageId.BASIC_100: Package(id=PackageId.BASIC_100, tokens=100, amount=10_000, currency="KRW"),
    PackageId.STANDARD_500: Package(
        id=PackageId.STANDARD_500, tokens=500, amount=45_000, currency="KRW"
    ),
    PackageId.PREMIUM_1000: Package(
        id=PackageId.PREMIUM_1000, tokens=1_000, amount=80_000, currency="KRW"
    ),
}


class PurchaseRequest(Body):
    """Body of POST /api/tokens/purchase."""

    package_id: Annotated[PackageId, Field(strict=False)]


class Confirmation(Body):
    """Body of POST /api/tokens/purchase/confirm: what Toss adds to the return page's address."""

    payment_key: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,200}$")]
    order_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{6,64}$")]
    amount: Annotated[int, Field(ge=1, lt=2**63)]


class Status(StrEnum):
    """States of a purchase; while `confirming` nobody knows yet whether the money was taken."""

    PENDING = "pending"
    CONFIRMING = "confirming"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"
    EXPIRED = "expired"


class PurchaseOut(Out):
    """A purchase as its buyer sees it; there is a page to pay on while it is pending."""

    id: UUID
    order_id: str
    package_id: PackageId
    tokens: int
    amount: int
    currency: str
    status: Status
    payment_url: str | None
    expires_at: Moment


class Received(Out):
    """All that Toss's webhook learns, whatever it sent."""

    received: bool = True
