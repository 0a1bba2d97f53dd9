"""Reads of generations."""

import math
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chalicelib.errors import NotFound
from chalicelib.generations.schemas import FeedQuery, MineQuery, PlaceInLine
from chalicelib.jobs.service import FAIR_ORDER
from chalicelib.kit.db import AnyRow, rows, sql

_PLACE = sql(f"""
WITH line AS ({FAIR_ORDER.format(due="")}),
job AS (SELECT id, state, dispatched_at FROM system.jobs WHERE generation_id = :generation_id),
sent AS (
    SELECT id, dispatched_at, state FROM system.jobs
    WHERE kind = :kind AND ended_at IS NULL AND state IN ('dispatched', 'running')
), recent AS (
    SELECT extract(epoch FROM ended_at - started_at) AS seconds FROM system.jobs
    WHERE kind = :kind AND state = 'done' AND started_at IS NOT NULL ORDER BY id DESC LIMIT 20
)
SELECT
    CASE job.state
        WHEN 'dispatched' THEN (SELECT count(*) FROM sent
            WHERE state = 'dispatched' AND (dispatched_at, id) <= (job.dispatched_at, job.id))
        ELSE (SELECT count(*) FROM sent WHERE state = 'dispatched')
            + (SELECT place FROM line WHERE line.id = job.id)
    END AS position,
    (SELECT count(*) FROM sent WHERE state = 'running') AS running,
    (SELECT avg(seconds) FROM recent) AS seconds
FROM job WHERE job.state IN ('queued', 'retrying', 'dispatched')
""")  # noqa: S608 - made of constants only

# Written as SQL and built once: these are the platform's busiest reads, and building a statement
# anew costs more than running it.
_GENERATIONS = """
SELECT g.id, g.style_id, g.buyer_id, g.description, g.aspect_ratio, g.status, g.is_public,
    g.like_count, g.comment_count, g.image_key, g.preview_key, g.thumbnail_key, g.public_nonce,
    g.created_at, g.completed_at, s.title, s.artist_id, a.artist_name, u.username,
    u.profile_image_key, {is_liked} AS is_liked{more}
FROM {source}
JOIN style.styles s ON s.id = g.style_id
JOIN auth.artists a ON a.user_id = s.artist_id
JOIN auth.users u ON u.id = g.buyer_id
WHERE {conditions}
"""
# What of a person's own likes they may still see, the latest like first.
_LIKED = sql(
    _GENERATIONS.format(
        is_liked="true",
        more=", liked.created_at AS liked_at",
        conditions="liked.user_id = :viewer_id AND (g.is_public OR g.buyer_id = :viewer_id){after}",
        source="community.likes liked JOIN generation.generations g ON g.id = liked.generation_id",
    )
    + "ORDER BY liked.created_at DESC, liked.generation_id DESC LIMIT :limit"
)
_LIKED_AFTER = sql(" AND (liked.created_at, liked.generation_id) < (:liked_at, :generation_id)")
_NEWEST = "ORDER BY g.id DESC LIMIT :limit"
# Not EXISTS, for which the planner would hash all that the viewer ever liked.
_IS_LIKED = """
(SELECT l.user_id FROM community.likes l
 WHERE l.user_id = :viewer_id AND l.generation_id = g.id) IS NOT NULL
"""
_OF_DETAIL = """,
    g.prompt_tags, g.seed, g.price_tokens, g.retry_count, g.progress, g.failure,
    (SELECT array_agg(t.name) FROM tagging.tags t
     WHERE t.name = ANY (g.prompt_tags) AND (t.is_flagged OR NOT t.is_active)) AS hidden_tags
"""
_CONDITIONS = {
    "buyer_id": "g.buyer_id = :buyer_id",
    "is_public": "g.is_public = :is_public",
    "status": "g.status = :status",
    "published": "g.is_public",
    "style_id": "g.style_id = :style_id",
    # An artist has one style that can make images.
    "artist_id": "g.style_id = (SELECT id FROM style.styles"
    " WHERE artist_id = :artist_id AND training_status = 'completed')",
    "before": "g.id < :before",
}


def get_generation(db: Session, *, generation_id: UUID, viewer_id: UUID | None) -> AnyRow:
    """A generation with style, artist and buyer; raises NotFound for another's private one.

    `hidden_tags` are those of its prompt that an operator has flagged or deactivated since.
    """
    seen = "g.is_public OR g.buyer_id = :viewer_id" if viewer_id else "g.is_public"
    statement = _statement("g.id = :generation_id", f"({seen})", of_viewer=bool(viewer_id))
    given = {"generation_id": generation_id, "viewer_id": viewer_id}
    for row in rows(db, statement, given):
        return row
    raise NotFound


def mine_page(
    db: Session, *, buyer_id: UUID, query: MineQuery, before: UUID | None
) -> Sequence[AnyRow]:
    """One's own generations, newest first, one row more than the limit."""
    filters = {"buyer_id": buyer_id, "is_public": query.is_public, "status": query.status}
    return _newest(db, {**filters, "before": before}, viewer_id=buyer_id, limit=query.limit)


def feed_page(
    db: Session, *, viewer_id: UUID | None, query: FeedQuery, before: UUID | None
) -> Sequence[AnyRow]:
    """Published generations, newest first, one row more than the limit."""
    filters = {"published": True, "style_id": query.style_id, "artist_id": query.artist_id}
    return _newest(db, {**filters, "before": before}, viewer_id=viewer_id, limit=query.limit)


def liked_page(
    db: Session, *, viewer_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[AnyRow]:
    """What the viewer likes and may see, the latest like first, one row more than the limit."""
    given: dict[str, Any] = {"viewer_id": viewer_id, "limit": limit + 1}
    if after:
        given |= {"liked_at": after[0], "generation_id": after[1]}
    return rows(db, _LIKED.replace("{after}", _LIKED_AFTER if after else ""), given)


def find_place_in_line(db: Session, *, generation_id: UUID) -> PlaceInLine | None:
    """Where a generation stands that no worker has begun; the estimate is from recent ones."""
    for row in rows(db, _PLACE, {"generation_id": generation_id, "kind": "generation"}):
        seconds = (
            None
            if row.seconds is None
            else math.ceil(float(row.seconds) * row.position / max(1, row.running))
        )
        return PlaceInLine(position=row.position, estimated_start_seconds=seconds)
    return None


def _newest(
    db: Session, filters: dict[str, Any], *, viewer_id: UUID | None, limit: int
) -> Sequence[AnyRow]:
    conditions = [_CONDITIONS[name] for name, value in filters.items() if value is not None]
    statement = _statement(*conditions, of_viewer=bool(viewer_id), page=True)
    return rows(db, statement, {**filters, "viewer_id": viewer_id, "limit": limit + 1})


@cache
def _statement(*conditions: str, of_viewer: bool, page: bool = False) -> str:
    statement = _GENERATIONS.format(
        source="generation.generations g",
        is_liked=_IS_LIKED if of_viewer else "false",
        more="" if page else _OF_DETAIL,
        conditions=" AND ".join(conditions),
    )
    return sql(statement + (_NEWEST if page else ""))
