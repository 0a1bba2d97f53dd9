"""Misbehaviour on demand, each for so many times: POST /sandbox/faults or RUNPOD_FAULTS."""

from pydantic import BaseModel, ConfigDict, Field


class Faults(BaseModel):
    """How often each fault still happens."""

    model_config = ConfigDict(extra="forbid")

    lose_result: int = Field(default=0, ge=0)
    lose_webhook: int = Field(default=0, ge=0)
    duplicate_result: int = Field(default=0, ge=0)
    refuse_run: int = Field(default=0, ge=0)
    refuse_run_status: int = Field(default=429, ge=400, le=599)
    run_delay_seconds: float = Field(default=0, ge=0)

    def happens(self, name: str) -> bool:
        """Whether it is this one's turn; counts down."""
        left: int = getattr(self, name)
        if left:
            setattr(self, name, left - 1)
        return bool(left)
