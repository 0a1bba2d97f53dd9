"""What people and Toss do, each in one transaction.

An act is done to the platform (`do`) and then to the model (`fits`, false where the model would
have answered otherwise). Acts done at once fit when some order of them does: see `find_orders`.
"""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select

from chalicelib.accounts import service as accounts
from chalicelib.generations import service as generations
from chalicelib.generations.schemas import GenerationRequest
from chalicelib.kit.db import transaction
from chalicelib.leaving import service as leaving
from chalicelib.purchases import payments, toss
from chalicelib.tables import Purchase
from tests.faults.model import WAITING, WELCOME_TOKENS, Account, Image, Model
from tests.faults.platform import identity


class Refused(Exception):
    """Undoes a transaction."""


class Act(Protocol):
    def do(self) -> Any: ...

    def fits(self, model: Model, answer: Any) -> bool: ...


@dataclass(frozen=True)
class SignIn:
    name: str

    def do(self) -> UUID | None:
        with transaction() as db:
            return accounts.sign_in(db, identity=identity(self.name))

    def fits(self, model: Model, answer: UUID | None) -> bool:
        known = model.account_of(self.name)
        if known:
            return answer == (known.id if known.is_active else None)
        welcome = 0 if self.name in model.leavers else WELCOME_TOKENS
        if answer is None or answer in model.accounts:
            return False
        model.accounts[answer] = Account(answer, self.name, welcome, welcome)
        return True


@dataclass(frozen=True)
class Ask:
    """For an image; `dies` before its commit."""

    buyer_id: UUID
    style_id: UUID
    dies: bool = False

    def do(self) -> Any:
        wanted = GenerationRequest(
            style_id=self.style_id, prompt_tags=["house"], aspect_ratio="1:1"
        )
        try:
            with transaction() as db:
                made = generations.request_generation(db, buyer_id=self.buyer_id, wanted=wanted)
                if self.dies:
                    raise Refused
        except Refused:
            return "DIED"
        return made

    def fits(self, model: Model, answer: Any) -> bool:
        buyer, style = model.find_active(self.buyer_id), model.styles.get(self.style_id)
        if buyer is None or style is None or not style.is_active:
            return answer == "NOT_FOUND"
        if buyer.tokens < style.price:
            return answer == "INSUFFICIENT_TOKENS"
        if self.dies:
            return answer == "DIED"
        if not isinstance(answer, UUID) or answer in model.images:
            return False
        promotional = min(buyer.promotional, style.price)
        buyer.tokens -= style.price
        buyer.promotional -= promotional
        model.images[answer] = Image(answer, buyer.id, style.id, style.price, promotional)
        return True


@dataclass(frozen=True)
class Cancel:
    owner_id: UUID
    image_id: UUID

    def do(self) -> None:
        with transaction() as db:
            generations.cancel_generation(db, owner_id=self.owner_id, generation_id=self.image_id)

    def fits(self, model: Model, answer: Any) -> bool:
        image = model.images.get(self.image_id)
        if image is None or image.buyer_id != self.owner_id:
            return answer == "NOT_FOUND"
        if image.state not in {*WAITING, "dispatched"}:
            return answer == "CONFLICT"
        model.cancel(image)
        return answer is None


@dataclass(frozen=True)
class Leave:
    user_id: UUID

    def do(self) -> Any:
        with transaction() as db:
            left = leaving.leave(db, user_id=self.user_id)
        return left.left, left.tokens_written_off

    def fits(self, model: Model, answer: Any) -> bool:
        account = model.find_active(self.user_id)
        if account is None:
            return answer == "UNAUTHORIZED"
        if any(one.is_open for one in model.images.values() if one.buyer_id == account.id):
            return answer == "JOB_IN_FLIGHT"
        if model.is_used(account):
            account.is_active = False
            for style in model.styles.values():
                style.is_active = style.is_active and style.artist_id != account.id
            return answer == ("deactivated", 0)
        model.remove(account)
        return answer == ("removed", account.tokens)


@dataclass(frozen=True)
class Pay:
    """News of a payment from Toss, whoever read it there."""

    purchase_id: UUID
    says: str
    canceled_amount: int = 0
    is_right: bool = True

    def do(self) -> None:
        with transaction() as db:
            purchase = db.execute(
                select(Purchase).where(Purchase.id == self.purchase_id)
            ).scalar_one()
            payment = toss.Payment(
                status=self.says,
                orderId=purchase.order_id,
                paymentKey=f"key-{purchase.id}",
                totalAmount=purchase.amount if self.is_right else 1,
                balanceAmount=purchase.amount - self.canceled_amount,
                currency="KRW",
            )
            payments.note_payment(db, purchase_id=purchase.id, payment=payment)

    def fits(self, model: Model, answer: Any) -> bool:
        if self.says in {"DONE", "PARTIAL_CANCELED"} and self.is_right:
            self._credit(model)
        if self.says == "CANCELED":
            self._take_back(model, model.purchases[self.purchase_id].amount)
        elif self.says == "PARTIAL_CANCELED" and self.is_right:
            self._take_back(model, self.canceled_amount)
        return answer is None

    def _credit(self, model: Model) -> None:
        purchase = model.purchases[self.purchase_id]
        buyer = model.find_active(purchase.buyer_id)
        if buyer and not purchase.is_paid and not purchase.is_canceled:
            purchase.is_paid = True
            buyer.tokens += purchase.tokens

    def _take_back(self, model: Model, canceled: int) -> None:
        purchase = model.purchases[self.purchase_id]
        if not purchase.is_paid:
            purchase.is_canceled = purchase.is_canceled or canceled == purchase.amount
            return
        if canceled <= purchase.canceled_amount:
            return
        due = purchase.share(canceled) - purchase.share(purchase.canceled_amount)
        purchase.canceled_amount = canceled
        buyer = model.accounts.get(purchase.buyer_id)
        taken = min(due, buyer.tokens - buyer.promotional) if buyer else 0
        if buyer and taken > 0:
            buyer.tokens -= taken
            purchase.reversed_tokens += taken
