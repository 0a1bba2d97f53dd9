"""What the platform must be like after each act: a few dictionaries and no database."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chalicelib.contracts.failures import RETRYABLE, FailureCode

WELCOME_TOKENS = 100
RETRIES_MAX = 3
SLOTS = 2
# The platform's silence_seconds is 120; a run that works is given up after twice that.
SILENT_MINUTES, DEAD_MINUTES = 2, 4
WAITING = {"queued", "retrying"}
AT_WORK = {"dispatched", "running"}
UNPAID = {"queued", "processing", "retrying"}


@dataclass
class Account:
    id: UUID
    name: str
    tokens: int = 0
    promotional: int = 0
    earned: int | None = None
    is_active: bool = True


@dataclass
class Style:
    id: UUID
    artist_id: UUID
    price: int
    made: int = 0
    is_active: bool = True


@dataclass
class Image:
    """A generation with its hold and its job."""

    id: UUID
    buyer_id: UUID
    style_id: UUID
    price: int
    promotional: int
    status: str = "queued"
    retries: int = 0
    state: str = "queued"
    attempt: int = 1
    key: str | None = None
    run_id: str | None = None
    is_due: bool = False
    silent_minutes: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in WAITING | AT_WORK

    @property
    def hold(self) -> str:
        if self.status in UNPAID:
            return "pending"
        return "completed" if self.status == "completed" else "refunded"


@dataclass
class Purchase:
    id: UUID
    buyer_id: UUID
    tokens: int
    amount: int
    is_paid: bool = False
    is_canceled: bool = False
    canceled_amount: int = 0
    reversed_tokens: int = 0

    def share(self, money: int) -> int:
        return round(self.tokens * money / self.amount)


@dataclass
class Model:
    accounts: dict[UUID, Account] = field(default_factory=dict)
    styles: dict[UUID, Style] = field(default_factory=dict)
    images: dict[UUID, Image] = field(default_factory=dict)
    purchases: dict[UUID, Purchase] = field(default_factory=dict)
    leavers: set[str] = field(default_factory=set)
    told: list[tuple[UUID, str, UUID]] = field(default_factory=list)

    def account_of(self, name: str) -> Account | None:
        return next((one for one in self.accounts.values() if one.name == name), None)

    def find_active(self, user_id: UUID) -> Account | None:
        account = self.accounts.get(user_id)
        return account if account and account.is_active else None

    def hear(self, image_id: UUID, attempt: int, key: str) -> Image | None:
        """News from a worker counts for the attempt at work only."""
        image = self.images.get(image_id)
        if image is None or image.state not in AT_WORK:
            return None
        if (image.attempt, image.key) != (attempt, key):
            return None
        image.state, image.silent_minutes = "running", 0
        return image

    def claim(self, image: Image, key: str) -> None:
        image.state, image.key, image.silent_minutes = "dispatched", key, 0

    def complete(self, image: Image) -> None:
        image.state, image.status = "done", "completed"
        style = self.styles[image.style_id]
        style.made += 1
        artist = self.accounts[style.artist_id]
        artist.earned = (artist.earned or 0) + image.price
        self._tell(image, "generation_complete")

    def fail(self, image: Image, code: FailureCode) -> None:
        """The attempt at work has failed: another one, or the end."""
        if code in RETRYABLE and image.attempt <= RETRIES_MAX:
            image.attempt += 1
            image.retries += 1
            image.state = image.status = "retrying"
            image.key, image.run_id, image.is_due = None, None, False
            return
        image.state = image.status = "failed"
        self._refund(image)
        self._tell(image, "generation_failed")

    def cancel(self, image: Image) -> None:
        image.state = image.status = "canceled"
        self._refund(image)

    def remove(self, account: Account) -> None:
        """Everything of somebody who leaves, but what the ledger keeps."""
        del self.accounts[account.id]
        self.leavers.add(account.name)
        self.styles = {k: v for k, v in self.styles.items() if v.artist_id != account.id}
        self.images = {k: v for k, v in self.images.items() if v.buyer_id != account.id}
        self.told = [one for one in self.told if one[0] != account.id]

    def is_used(self, account: Account) -> bool:
        """Whether anybody has, or had, an image in a style of theirs."""
        own = {style.id for style in self.styles.values() if style.artist_id == account.id}
        asked = any(image.style_id in own for image in self.images.values())
        return asked or bool(account.earned) or any(self.styles[one].made for one in own)

    def picture(self) -> dict[str, Any]:
        """As `platform.picture` reads it from the database."""
        return {
            "people": {
                str(one.id): [one.tokens, one.promotional, one.earned, one.is_active]
                for one in self.accounts.values()
            },
            "images": {
                str(one.id): [
                    *(one.status, one.retries, one.hold, one.promotional),
                    *(one.state, one.attempt, one.key),
                ]
                for one in self.images.values()
            },
            "purchases": {
                str(one.id): [one.is_paid, one.reversed_tokens] for one in self.purchases.values()
            },
            "told": sorted([str(user), kind, str(image)] for user, kind, image in self.told),
        }

    def _refund(self, image: Image) -> None:
        buyer = self.accounts[image.buyer_id]
        buyer.tokens += image.price
        buyer.promotional += image.promotional

    def _tell(self, image: Image, kind: str) -> None:
        if self.find_active(image.buyer_id):
            self.told.append((image.buyer_id, kind, image.id))
