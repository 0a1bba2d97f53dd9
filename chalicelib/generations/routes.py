"""/api/generations."""

from typing import Any
from uuid import UUID

from chalicelib.errors import (
    InsufficientTokens,
    NonEnglishTag,
    NotFound,
    StyleNotReady,
    TagNotAllowed,
)
from chalicelib.generations import present, queries, service
from chalicelib.generations.schemas import (
    FeedQuery,
    GenerationCard,
    GenerationChange,
    GenerationDetail,
    GenerationRequest,
    MineQuery,
)
from chalicelib.kit.db import AnyRow
from chalicelib.web.cursors import Page, make_page, read_cursor
from chalicelib.web.endpoint import Routes, Session, Viewer, Who
from chalicelib.web.limits import GENERATE

routes = Routes()


@routes.endpoint(
    "POST",
    "/generations",
    who=Who.USER,
    body=GenerationRequest,
    status=201,
    idempotent=True,
    limit=GENERATE,
    errors=(InsufficientTokens, NonEnglishTag, NotFound, StyleNotReady, TagNotAllowed),
)
def request(db: Session, *, viewer: Viewer, body: GenerationRequest) -> GenerationDetail:
    """Ask for an image; its price is held at once."""
    generation_id = service.request_generation(db, buyer_id=viewer.user_id, wanted=body)
    return generation(db, viewer=viewer, generation_id=generation_id)


@routes.endpoint("GET", "/generations/me", who=Who.USER, query=MineQuery)
def mine(db: Session, *, viewer: Viewer, query: MineQuery) -> Page[GenerationCard]:
    """The viewer's own generations."""
    of = f"generations/me:{query.is_public}:{query.status}"
    cursor = read_cursor(query, of=of)
    rows = queries.mine_page(
        db, buyer_id=viewer.user_id, query=query, before=UUID(cursor[0]) if cursor else None
    )
    return make_page(rows, page=query, of=of, key=_key, present=present.card)


@routes.endpoint("GET", "/generations/feed", who=Who.ANYONE, query=FeedQuery)
def feed(db: Session, *, viewer: Viewer | None, query: FeedQuery) -> Page[GenerationCard]:
    """Published generations."""
    of = f"feed:{query.style_id}:{query.artist_id}"
    cursor = read_cursor(query, of=of)
    rows = queries.feed_page(
        db,
        viewer_id=viewer.user_id if viewer else None,
        query=query,
        before=UUID(cursor[0]) if cursor else None,
    )
    return make_page(rows, page=query, of=of, key=_key, present=present.card)


@routes.endpoint("GET", "/generations/{generation_id}", who=Who.ANYONE)
def generation(db: Session, *, viewer: Viewer | None, generation_id: UUID) -> GenerationDetail:
    """One generation."""
    viewer_id = viewer.user_id if viewer else None
    row = queries.get_generation(db, generation_id=generation_id, viewer_id=viewer_id)
    waiting = row.status in {"queued", "retrying"}
    place = queries.find_place_in_line(db, generation_id=generation_id) if waiting else None
    return present.detail(row, viewer_id=viewer_id, place=place)


@routes.endpoint("PATCH", "/generations/{generation_id}", who=Who.USER, body=GenerationChange)
def change(
    db: Session, *, viewer: Viewer, body: GenerationChange, generation_id: UUID
) -> GenerationDetail:
    """Publish, unpublish, describe."""
    service.change_generation(db, owner_id=viewer.user_id, generation_id=generation_id, wanted=body)
    return generation(db, viewer=viewer, generation_id=generation_id)


@routes.endpoint("POST", "/generations/{generation_id}/cancel", who=Who.USER)
def cancel(db: Session, *, viewer: Viewer, generation_id: UUID) -> GenerationDetail:
    """Cancel what has not begun; the tokens come back at once."""
    service.cancel_generation(db, owner_id=viewer.user_id, generation_id=generation_id)
    return generation(db, viewer=viewer, generation_id=generation_id)


def _key(row: AnyRow) -> list[Any]:
    return [row.id]
