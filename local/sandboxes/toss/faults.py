"""Misbehaviour on demand, each for so many times: POST /sandbox/faults or TOSS_FAULTS."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from local.sandboxes.toss.errors import ERRORS

Call = Literal["create", "confirm", "read", "cancel"]
LIES = ("wrong_amount", "wrong_currency", "wrong_order", "wrong_mid", "wrong_status")


class Faults(BaseModel):
    """How often each fault still happens; `only` keeps those of API calls to some calls."""

    model_config = ConfigDict(extra="forbid")

    only: frozenset[Call] = frozenset()

    # Before anything is done. After `slow_seconds` it is, whether the shop still waits or not.
    slow: int = Field(default=0, ge=0)
    slow_seconds: float = Field(default=30, ge=0)
    hang_up: int = Field(default=0, ge=0)
    server_error: int = Field(default=0, ge=0)
    server_error_status: int = Field(default=500, ge=500, le=599)
    processing: int = Field(default=0, ge=0)
    # The card company says no: the payment is ABORTED.
    refuse_confirm: int = Field(default=0, ge=0)
    refuse_code: str = "REJECT_CARD_PAYMENT"

    # After it was done: the shop cannot know.
    time_out: int = Field(default=0, ge=0)
    time_out_seconds: float = Field(default=60, ge=0)
    drop_answer: int = Field(default=0, ge=0)
    error_after: int = Field(default=0, ge=0)

    # Lies in answers of GET and confirm.
    wrong_amount: int = Field(default=0, ge=0)
    wrong_currency: int = Field(default=0, ge=0)
    wrong_order: int = Field(default=0, ge=0)
    wrong_mid: int = Field(default=0, ge=0)
    wrong_status: int = Field(default=0, ge=0)

    lose_webhook: int = Field(default=0, ge=0)
    late_webhook: int = Field(default=0, ge=0)
    late_seconds: float = Field(default=30, ge=0)
    duplicate_webhook: int = Field(default=0, ge=0)
    # The webhook has been answered before the answer to the confirmation begins.
    webhook_first: int = Field(default=0, ge=0)

    @field_validator("refuse_code")
    @classmethod
    def _known(cls, code: str) -> str:
        if code not in ERRORS:
            raise ValueError("no such error code")
        return code

    def happens(self, name: str, call: Call | None = None) -> bool:
        """Whether it is this one's turn; counts down."""
        if call and self.only and call not in self.only:
            return False
        left: int = getattr(self, name)
        if left:
            setattr(self, name, left - 1)
        return bool(left)

    def lie(self, shown: dict[str, Any], call: Call) -> dict[str, Any]:
        """The payment as this answer shows it."""
        lies: dict[str, dict[str, Any]] = {
            "wrong_amount": {"totalAmount": 100, "balanceAmount": 100},
            "wrong_currency": {"currency": "JPY"},
            "wrong_order": {"orderId": f"not-{shown['orderId']}"[:64]},
            "wrong_mid": {"mId": "anothershop"},
            "wrong_status": {"status": "IN_PROGRESS"},
        }
        told = dict(shown)
        for name in LIES:
            if self.happens(name, call):
                told |= lies[name]
        return told
