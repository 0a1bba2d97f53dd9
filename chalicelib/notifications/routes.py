"""/api/notifications."""

from uuid import UUID

from chalicelib.contracts import object_keys
from chalicelib.kit import storage
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
        actor=_present_actor(row) if told.actor_id else None,
        target=Target(type=told.target_type, id=told.target_id, thumbnail_url=_find_thumbnail(row)),
        is_read=told.is_read,
        created_at=told.created_at,
    )


def _present_actor(row: AnyRow) -> Actor:
    return Actor(
        id=row.Notification.actor_id,
        username=row.username,
        profile_image_url=storage.find_public_url(row.profile_image_key),
    )


def _find_thumbnail(row: AnyRow) -> str | None:
    key, image_id = row.thumbnail_key, row.Notification.target_id
    if key is None:
        return None
    copy = object_keys.find_public_generation(image_id, nonce=row.public_nonce, private_key=key)
    return storage.image_url(key, copy=copy)
