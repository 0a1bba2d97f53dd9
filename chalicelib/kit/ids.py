"""Ids that sort by the time they were made (uuidv7)."""

from datetime import datetime
from uuid import UUID


def first_id_at(moment: datetime) -> UUID:
    """The lowest id of a millisecond: whatever was made before it has a lower one."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
