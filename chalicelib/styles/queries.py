"""Reads of styles."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from chalicelib.errors import NotFound
from chalicelib.kit.db import AnyRow, AnySelect
from chalicelib.styles.schemas import StyleSort, StylesQuery
from chalicelib.tables import Artist, Artwork, Follow, Style, Tag, User, artwork_tags, style_tags


def styles_page(
    db: Session, *, query: StylesQuery, viewer_id: UUID | None, after: list[Any] | None
) -> Sequence[AnyRow]:
    """Trained, active styles of active artists with their artists, one more than the limit."""
    rows = _with_artist().where(
        Style.training_status == "completed", Style.is_active, User.is_active
    )
    if query.artist_id:
        rows = rows.where(Style.artist_id == query.artist_id)
    if query.following:
        followed = select(Follow.artist_id).where(Follow.follower_id == viewer_id)
        rows = rows.where(Style.artist_id.in_(followed))
    if query.tag:
        tagged = (
            select(style_tags.c.style_id)
            .join(Tag, Tag.id == style_tags.c.tag_id)
            .where(Tag.name == query.tag, Tag.is_active, ~Tag.is_flagged)
        )
        rows = rows.where(Style.id.in_(tagged))
    if query.sort is StyleSort.POPULAR:
        if after:
            key = tuple_(Style.generations_count, Style.id)
            rows = rows.where(key < (int(after[0]), UUID(after[1])))
        rows = rows.order_by(Style.generations_count.desc(), Style.id.desc())
    else:
        rows = rows.where(Style.id < UUID(after[0])) if after else rows
        rows = rows.order_by(Style.id.desc())
    return db.execute(rows.limit(query.limit + 1)).all()


def get_style(db: Session, *, style_id: UUID, viewer_id: UUID | None) -> AnyRow:
    """A style and its artist; raises NotFound for one that the viewer may not know of."""
    public = and_(Style.training_status == "completed", Style.is_active, User.is_active)
    row = db.execute(
        _with_artist().where(Style.id == style_id, or_(public, Style.artist_id == viewer_id))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def styles_of(db: Session, *, artist_id: UUID, before: UUID | None, limit: int) -> Sequence[AnyRow]:
    """An artist's styles in any state, newest first, one more than the limit."""
    rows = _with_artist().where(Style.artist_id == artist_id)
    if before:
        rows = rows.where(Style.id < before)
    return db.execute(rows.order_by(Style.id.desc()).limit(limit + 1)).all()


def tags_of(db: Session, *, style_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The visible tags of each style, alphabetically."""
    found: dict[UUID, list[str]] = {style_id: [] for style_id in style_ids}
    rows = db.execute(
        select(style_tags.c.style_id, Tag.name)
        .join(Tag, Tag.id == style_tags.c.tag_id)
        .where(style_tags.c.style_id.in_(style_ids), Tag.is_active, ~Tag.is_flagged)
        .order_by(Tag.name)
    )
    for row in rows:
        found[row.style_id].append(row.name)
    return found


def artworks_of(db: Session, *, style_ids: Sequence[UUID]) -> dict[UUID, list[AnyRow]]:
    """The artworks of each style with their visible tags, in the artist's order."""
    names = func.array_agg(aggregate_order_by(Tag.name, Tag.name)).filter(
        Tag.is_active, ~Tag.is_flagged
    )
    found: dict[UUID, list[AnyRow]] = {style_id: [] for style_id in style_ids}
    rows = db.execute(
        # Every artwork has at least the title's tag, though it may be hidden.
        select(Artwork, func.coalesce(names, text("'{}'")).label("tags"))
        .join(artwork_tags, artwork_tags.c.artwork_id == Artwork.id)
        .join(Tag, Tag.id == artwork_tags.c.tag_id)
        .where(Artwork.style_id.in_(style_ids))
        .group_by(Artwork.id)
        .order_by(Artwork.position)
    )
    for row in rows:
        found[row.Artwork.style_id].append(row)
    return found


def _with_artist() -> AnySelect:
    return (
        select(Style, Artist.artist_name)
        .join(Artist, Artist.user_id == Style.artist_id)
        .join(User, User.id == Style.artist_id)
    )
