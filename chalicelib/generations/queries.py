"""Reads of generations."""

import math
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, any_, false, func, or_, select, text
from sqlalchemy.orm import Session

from chalicelib.errors import NotFound
from chalicelib.generations.schemas import FeedQuery, MineQuery, PlaceInLine
from chalicelib.jobs.service import FAIR_ORDER
from chalicelib.kit.db import AnyRow, AnySelect
from chalicelib.tables import Artist, Generation, Like, Style, Tag, User

_PLACE = text(f"""
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


def get_generation(db: Session, *, generation_id: UUID, viewer_id: UUID | None) -> AnyRow:
    """A generation with style, artist and buyer; raises NotFound for another's private one.

    `hidden_tags` are those of its prompt that an operator has flagged or deactivated since.
    """
    hidden = (
        select(func.array_agg(Tag.name))
        .where(Tag.name == any_(Generation.prompt_tags), or_(Tag.is_flagged, ~Tag.is_active))
        .scalar_subquery()
    )
    row = db.execute(
        _with_names(viewer_id)
        .add_columns(hidden.label("hidden_tags"))
        .where(
            Generation.id == generation_id,
            or_(Generation.is_public, Generation.buyer_id == viewer_id),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def mine_page(
    db: Session, *, buyer_id: UUID, query: MineQuery, before: UUID | None
) -> Sequence[AnyRow]:
    """One's own generations, newest first, one row more than the limit."""
    rows = _with_names(buyer_id).where(Generation.buyer_id == buyer_id)
    if query.is_public is not None:
        rows = rows.where(Generation.is_public == query.is_public)
    if query.status is not None:
        rows = rows.where(Generation.status == query.status)
    return _newest(db, rows, before, query.limit)


def feed_page(
    db: Session, *, viewer_id: UUID | None, query: FeedQuery, before: UUID | None
) -> Sequence[AnyRow]:
    """Published generations, newest first, one row more than the limit."""
    rows = _with_names(viewer_id).where(Generation.is_public)
    if query.style_id:
        rows = rows.where(Generation.style_id == query.style_id)
    if query.artist_id:
        rows = rows.where(Style.artist_id == query.artist_id)
    return _newest(db, rows, before, query.limit)


def find_place_in_line(db: Session, *, generation_id: UUID) -> PlaceInLine | None:
    """Where a generation stands that no worker has begun; the estimate is from recent ones."""
    row = db.execute(_PLACE, {"generation_id": generation_id, "kind": "generation"}).one_or_none()
    if row is None:
        return None
    seconds = (
        None
        if row.seconds is None
        else math.ceil(float(row.seconds) * row.position / max(1, row.running))
    )
    return PlaceInLine(position=row.position, estimated_start_seconds=seconds)


def _newest(db: Session, rows: AnySelect, before: UUID | None, limit: int) -> Sequence[AnyRow]:
    if before:
        rows = rows.where(Generation.id < before)
    return db.execute(rows.order_by(Generation.id.desc()).limit(limit + 1)).all()


def _with_names(viewer_id: UUID | None) -> AnySelect:
    return (
        select(
            Generation,
            Style.title,
            Style.artist_id,
            Artist.artist_name,
            User.username,
            User.profile_image_key,
            _is_liked_by(viewer_id).label("is_liked"),
        )
        .join(Style, Style.id == Generation.style_id)
        .join(Artist, Artist.user_id == Style.artist_id)
        .join(User, User.id == Generation.buyer_id)
    )


def _is_liked_by(viewer_id: UUID | None) -> ColumnElement[bool]:
    if viewer_id is None:
        return false()
    # Not EXISTS, for which the planner would hash all that the viewer ever liked.
    like = select(Like.user_id).where(
        Like.user_id == viewer_id, Like.generation_id == Generation.id
    )
    return like.scalar_subquery().is_not(None)
