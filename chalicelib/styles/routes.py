"""/api/styles."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chalicelib.errors import (
    Forbidden,
    ImageSizeExceeded,
    ImageTooSmall,
    InvalidImageFormat,
    NonEnglishTag,
    StyleLimitReached,
    Unauthorized,
)
from chalicelib.kit.db import AnyRow
from chalicelib.styles import closest_calls, present, queries, service
from chalicelib.styles.schemas import (
    ClosestCallOut,
    StyleCard,
    StyleChange,
    StyleDetail,
    StylesQuery,
    StyleSubmission,
)
from chalicelib.uploads.service import InspectedUpload
from chalicelib.web.cursors import Page, PageQuery, make_page, read_cursor
from chalicelib.web.endpoint import Routes, Session, Viewer, Who

routes = Routes()


@routes.endpoint("GET", "/styles", who=Who.ANYONE, query=StylesQuery, errors=(Unauthorized,))
def styles(db: Session, *, viewer: Viewer | None, query: StylesQuery) -> Page[StyleCard]:
    """Styles that make images; `following` keeps those of artists whom the viewer follows."""
    if query.following and viewer is None:
        raise Unauthorized
    of = f"styles:{query.sort}:{query.tag}:{query.artist_id}:{query.following}"
    viewer_id = viewer.user_id if viewer else None
    after = read_cursor(query, of=of)
    rows = queries.styles_page(db, query=query, viewer_id=viewer_id, after=after)

    def key(row: AnyRow) -> list[Any]:
        return [row.generations_count, row.id] if query.sort == "popular" else [row.id]

    return make_page(rows, page=query, of=of, key=key, present=present.card)


@routes.endpoint("GET", "/styles/me", who=Who.ARTIST, query=PageQuery)
def mine(db: Session, *, viewer: Viewer, query: PageQuery) -> Page[StyleDetail]:
    """The artist's own styles in any state."""
    cursor = read_cursor(query, of="styles/me")
    rows = queries.styles_of(
        db,
        artist_id=viewer.user_id,
        before=UUID(cursor[0]) if cursor else None,
        limit=query.limit,
    )
    details = iter(_details(db, rows[: query.limit], viewer))
    return make_page(
        rows,
        page=query,
        of="styles/me",
        key=lambda row: [row.id],
        present=lambda _: next(details),
    )


@routes.endpoint("GET", "/styles/{style_id}", who=Who.ANYONE)
def style(db: Session, *, viewer: Viewer | None, style_id: UUID) -> StyleDetail:
    """One style."""
    row = queries.get_style(db, style_id=style_id, viewer_id=viewer.user_id if viewer else None)
    [detail] = _details(db, [row], viewer)
    return detail


def _inspect(*, viewer: Viewer, body: StyleSubmission) -> list[InspectedUpload]:
    return service.inspect_submission(artist_id=viewer.user_id, wanted=body)


@routes.endpoint(
    "POST",
    "/styles",
    who=Who.ARTIST,
    body=StyleSubmission,
    prepare=_inspect,
    status=201,
    idempotent=True,
    errors=(
        Forbidden,
        ImageSizeExceeded,
        ImageTooSmall,
        InvalidImageFormat,
        NonEnglishTag,
        StyleLimitReached,
    ),
)
def submit(
    db: Session, *, viewer: Viewer, body: StyleSubmission, prepared: list[InspectedUpload]
) -> StyleDetail:
    """Register a style; its training starts when every artwork has been decoded."""
    style_id = service.submit_style(db, artist_id=viewer.user_id, wanted=body, inspected=prepared)
    return style(db, viewer=viewer, style_id=style_id)


@routes.endpoint(
    "PATCH", "/styles/{style_id}", who=Who.USER, body=StyleChange, errors=(NonEnglishTag,)
)
def change(db: Session, *, viewer: Viewer, body: StyleChange, style_id: UUID) -> StyleDetail:
    """Change description, price, or the title before training."""
    service.change_style(db, artist_id=viewer.user_id, style_id=style_id, wanted=body)
    return style(db, viewer=viewer, style_id=style_id)


@routes.endpoint("GET", "/styles/{style_id}/closest-calls", who=Who.USER, query=PageQuery)
def closest(
    db: Session, *, viewer: Viewer, query: PageQuery, style_id: UUID
) -> Page[ClosestCallOut]:
    """How close pictures came to the artist's artworks, closest first, refused ones too."""
    of = f"closest-calls:{style_id}"
    rows = closest_calls.page(
        db,
        artist_id=viewer.user_id,
        style_id=style_id,
        after=read_cursor(query, of=of),
        limit=query.limit,
    )
    return make_page(
        rows,
        page=query,
        of=of,
        key=lambda row: [row.ClosestCall.similarity, str(row.ClosestCall.id)],
        present=present.closest_call,
    )


def _details(db: Session, rows: Sequence[AnyRow], viewer: Viewer | None) -> list[StyleDetail]:
    viewer_id = viewer.user_id if viewer else None
    own = [row.id for row in rows if row.artist_id == viewer_id]
    artworks = queries.artworks_of(db, style_ids=own) if own else {}
    return [
        present.detail(
            row,
            viewer_id=viewer_id,
            artworks=artworks.get(row.id),
        )
        for row in rows
    ]
