"""Which artwork each picture of a style was most like: kept at its end, shown to the artist."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chalicelib.contracts.callbacks import ClosestArtwork
from chalicelib.errors import NotFound
from chalicelib.kit.db import AnyRow
from chalicelib.tables import Artwork, ClosestCall, Generation, Job, Style


def note(db: Session, *, job: Job, closest: ClosestArtwork | None, is_delivered: bool) -> None:
    """Keep which artwork an attempt's picture was most like; nothing for another style's."""
    if closest is None:
        return
    found = (
        select(
            Artwork.style_id,
            Artwork.id,
            Generation.id,
            literal(job.attempt),
            literal(closest.similarity),
            literal(closest.hash_distance),
            literal(is_delivered),
        )
        .join(Generation, Generation.style_id == Artwork.style_id)
        .where(Artwork.id == closest.artwork_id, Generation.id == job.generation_id)
    )
    columns = (
        *("style_id", "artwork_id", "generation_id"),
        *("attempt", "similarity", "hash_distance", "is_delivered"),
    )
    db.execute(insert(ClosestCall).from_select(columns, found).on_conflict_do_nothing())


def page(
    db: Session, *, artist_id: UUID, style_id: UUID, after: list[Any] | None, limit: int
) -> Sequence[AnyRow]:
    """A style's calls with their artworks, closest first, one more than the limit.

    Raises NotFound for anybody but its artist.
    """
    own = select(Style.id).where(Style.id == style_id, Style.artist_id == artist_id)
    if db.execute(own).first() is None:
        raise NotFound
    order = tuple_(ClosestCall.similarity, ClosestCall.id)
    calls = (
        select(ClosestCall, Artwork.filename, Artwork.thumbnail_key)
        .join(Artwork, Artwork.id == ClosestCall.artwork_id)
        .where(ClosestCall.style_id == style_id)
        .order_by(ClosestCall.similarity.desc(), ClosestCall.id.desc())
        .limit(limit + 1)
    )
    if after:
        calls = calls.where(order < tuple_(literal(after[0]), literal(UUID(after[1]))))
    return db.execute(calls).all()
