"""Reads of styles."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from chalicelib.errors import NotFound
from chalicelib.kit.db import AnyRow, rows, sql
from chalicelib.styles.schemas import StyleSort, StylesQuery
from chalicelib.tables import Artwork, Tag, artwork_tags

# Written as SQL and built once, as generations' are.
_STYLES = """
SELECT s.id, s.artist_id, a.artist_name, s.title, s.description, s.generation_cost_tokens,
    s.generations_count, s.training_status, s.is_active, s.progress, s.failure, s.sample_keys,
    s.public_sample_keys, s.created_at, s.trained_at{more}
FROM style.styles s
JOIN auth.artists a ON a.user_id = s.artist_id
JOIN auth.users u ON u.id = s.artist_id
WHERE {conditions}
"""
_WITH_TAGS = """,
    ARRAY(SELECT t.name FROM tagging.style_tags l JOIN tagging.tags t ON t.id = l.tag_id
          WHERE l.style_id = s.id AND t.is_active AND NOT t.is_flagged ORDER BY t.name) AS tags
"""
_PUBLIC = "s.training_status = 'completed' AND s.is_active AND u.is_active"
_CONDITIONS = {
    "artist_id": "s.artist_id = :artist_id",
    "follower_id": "s.artist_id IN"
    " (SELECT artist_id FROM community.follows WHERE follower_id = :follower_id)",
    # One tag's id, so that the newest come out of the links' index in order.
    "tag": "s.id IN (SELECT l.style_id FROM tagging.style_tags l WHERE l.tag_id ="
    " (SELECT id FROM tagging.tags WHERE name = :tag AND is_active AND NOT is_flagged))",
    "before": "s.id < :before",
    "count": "(s.generations_count, s.id) < (:count, :before)",
}
_NEWEST = "ORDER BY s.id DESC LIMIT :limit"
_MOST_USED = "ORDER BY s.generations_count DESC, s.id DESC LIMIT :limit"


def styles_page(
    db: Session, *, query: StylesQuery, viewer_id: UUID | None, after: list[Any] | None
) -> Sequence[AnyRow]:
    """Trained, active styles of active artists with their artists, one more than the limit."""
    filters: dict[str, Any] = {
        "artist_id": query.artist_id,
        "follower_id": viewer_id if query.following else None,
        "tag": query.tag,
    }
    by_use = query.sort is StyleSort.POPULAR
    conditions = [_CONDITIONS[name] for name, value in filters.items() if value is not None]
    if after:
        conditions.append(_CONDITIONS["count" if by_use else "before"])
        filters |= {"count": after[0], "before": UUID(after[-1])}
    statement = _statement(_PUBLIC, *conditions, end=_MOST_USED if by_use else _NEWEST)
    return rows(db, statement, {**filters, "limit": query.limit + 1})


def get_style(db: Session, *, style_id: UUID, viewer_id: UUID | None) -> AnyRow:
    """A style, its artist and tags; raises NotFound for one that the viewer may not know of."""
    seen = f"({_PUBLIC} OR s.artist_id = :viewer_id)" if viewer_id else _PUBLIC
    statement = _statement("s.id = :style_id", seen, more=_WITH_TAGS)
    given = {"style_id": style_id, "viewer_id": viewer_id}
    for row in rows(db, statement, given):
        return row
    raise NotFound


def styles_of(db: Session, *, artist_id: UUID, before: UUID | None, limit: int) -> Sequence[AnyRow]:
    """An artist's styles in any state with tags, newest first, one more than the limit."""
    conditions = [_CONDITIONS["artist_id"], *([_CONDITIONS["before"]] if before else [])]
    statement = _statement(*conditions, more=_WITH_TAGS, end=_NEWEST)
    given = {"artist_id": artist_id, "before": before, "limit": limit + 1}
    return rows(db, statement, given)


@cache
def _statement(*conditions: str, more: str = "", end: str = "") -> str:
    return sql(_STYLES.format(more=more, conditions=" AND ".join(conditions)) + end)


def artworks_of(db: Session, *, style_ids: Sequence[UUID]) -> dict[UUID, list[AnyRow]]:
    """The artworks of each style with their visible tags, in the artist's order."""
    names = func.array_agg(aggregate_order_by(Tag.name, Tag.name)).filter(
        Tag.is_active, ~Tag.is_flagged
    )
    found: dict[UUID, list[AnyRow]] = {style_id: [] for style_id in style_ids}
    artworks = db.execute(
        # Every artwork has at least the title's tag, though it may be hidden.
        select(Artwork, func.coalesce(names, text("'{}'")).label("tags"))
        .join(artwork_tags, artwork_tags.c.artwork_id == Artwork.id)
        .join(Tag, Tag.id == artwork_tags.c.tag_id)
        .where(Artwork.style_id.in_(style_ids))
        .group_by(Artwork.id)
        .order_by(Artwork.position)
    )
    for row in artworks:
        found[row.Artwork.style_id].append(row)
    return found
