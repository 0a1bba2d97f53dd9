"""/api/notifications."""

from uuid import UUID

from chalicelib.kit.db import AnyRow
from chalicelib.notifications import queries, service
from chalicelib.notifications.schemas import (
    Actor,
    Marked,
    NotificationOut,
    NotificationsQuery,
    Target,
)
from chalicelib.web.cursors import Page, make_page, read_cursor
from chalicelib.web.endpoint import Routes, Session, Viewer, Who

routes = Routes()


@routes.endpoint("GET", "/notifications", who=Who.USER, query=NotificationsQuery)
def notifications(
    db: Session, *, viewer: Viewer, query: NotificationsQuery
) -> Page[NotificationOut]:
    """The viewer's notifications, newest first."""
    of = f"notifications:{query.unread}"
    cursor = read_cursor(query, of=of)
    rows = queries.notifications_page(
        db,
        user_id=viewer.user_id,
        unread=query.unread,
        before=UUID(cursor[0]) if cursor else None,
        limit=query.limit,
    )
    return make_page(
        rows, page=query, of=of, key=lambda row: [row.Notification.id], present=_present
    )


@routes.endpoint("PATCH", "/notifications/{notification_id}/read", who=Who.USER)
def read(db: Session, *, viewer: Viewer, notification_id: UUID) -> Marked:
    """Mark one as read."""
    service.mark_read(db, user_id=viewer.user_id, notification_id=notification_id)
    return Marked(marked=1)


@routes.endpoint("POST", "/notifications/read-all", who=Who.USER)
def read_all(db: Session, *, viewer: Viewer) -> Marked:
    """Mark all as read."""
    return Marked(marked=service.mark_all_read(db, user_id=viewer.user_id))


def _present(row: AnyRow) -> NotificationOut:
    told = row.Notification
    return NotificationOut(
        id=told.id,
        type=told.type,
        actor=Actor(id=told.actor_id, username=row.username) if told.actor_id else None,
        target=Target(type=told.target_type, id=told.target_id),
        is_read=told.is_read,
        created_at=told.created_at,
    )
