"""Calling the app's functions as Lambda does."""

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = "000000000000"


@dataclass
class Context:
    """What Lambda hands to a function beside the event."""

    function_name: str
    seconds: float = 29.0
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 512
    log_group_name: str = "local"
    log_stream_name: str = "local"

    def __post_init__(self) -> None:
        self._ends = time.monotonic() + self.seconds

    @property
    def invoked_function_arn(self) -> str:
        """Powertools logs it and names idempotency records by it."""
        return f"arn:aws:lambda:ap-northeast-2:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda would end the function."""
        return max(0, int((self._ends - time.monotonic()) * 1000))


def invoke(app_module: Any, name: str, event: Any, *, seconds: float = 60.0) -> Any:
    """Call one function of the app's module; raises what it raises."""
    return getattr(app_module, name)(event, Context(name, seconds))
