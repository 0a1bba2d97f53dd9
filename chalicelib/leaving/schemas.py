"""What leaving means for somebody, before and after."""

from typing import Literal

from chalicelib.kit.fields import Out


class LeavingOutlook(Out):
    """What would happen now, for the screen's warning."""

    outcome: Literal["removed", "deactivated", "job_in_flight", "payment_unclear"]
    token_balance: int
    generations_count: int
    styles_count: int


class Left(Out):
    """What has happened."""

    left: Literal["removed", "deactivated"]
    tokens_written_off: int
