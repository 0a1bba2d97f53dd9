"""What notifications take and give."""

from uuid import UUID

from chalicelib.kit.fields import Flag, Moment, Out
from chalicelib.web.cursors import PageQuery


class NotificationsQuery(PageQuery):
    """Query of GET /api/notifications."""

    unread: Flag = False


class Actor(Out):
    """Who did it."""

    id: UUID
    username: str
    profile_image_url: str | None


class Target(Out):
    """What it is about."""

    type: str
    id: UUID
    thumbnail_url: str | None


class NotificationOut(Out):
    """One notification."""

    id: UUID
    type: str
    actor: Actor | None
    target: Target
    is_read: bool
    created_at: Moment


class Marked(Out):
    """How many were marked as read."""

    marked: int
