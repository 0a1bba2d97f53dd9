"""Tags: one spelling each, linked to what they describe."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import Table, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chalicelib.errors import NonEnglishTag, TagNotAllowed
from chalicelib.kit.text import is_english
from chalicelib.tables import Tag, artwork_tags, generation_tags, style_tags


def require_english(names: Iterable[str]) -> None:
    """Raises NonEnglishTag for the first normalised tag that is not."""
    for name in names:
        if not is_english(name):
            raise NonEnglishTag(tag=name)


def require_allowed(db: Session, *, names: Iterable[str]) -> None:
    """Raises TagNotAllowed when an operator has flagged one of them."""
    flagged = (
        db.execute(
            select(Tag.name).where(Tag.name.in_(list(names)), Tag.is_flagged).order_by(Tag.name)
        )
        .scalars()
        .first()
    )
    if flagged:
        raise TagNotAllowed(tag=flagged)


def tag_style(db: Session, *, style_id: UUID, artworks: Mapping[UUID, Iterable[str]]) -> None:
    """Give a new style's artworks their tags, and the style the aggregate of them."""
    ids = _tag_ids(db, {name for names in artworks.values() for name in names})
    _link(db, style_tags, "style_id", [(style_id, tag_id) for tag_id in ids.values()])
    _link(
        db,
        artwork_tags,
        "artwork_id",
        [(artwork_id, ids[name]) for artwork_id, names in artworks.items() for name in names],
    )


def tag_generation(db: Session, *, generation_id: UUID, names: Iterable[str]) -> None:
    """Link a generation to its prompt's tags and count their use."""
    ids = _tag_ids(db, set(names))
    _link(db, generation_tags, "generation_id", [(generation_id, one) for one in ids.values()])


def _tag_ids(db: Session, names: set[str]) -> dict[str, UUID]:
    # Sorted, so that two requests with the same tags lock them in the same order.
    ordered = sorted(names)
    db.execute(
        insert(Tag).on_conflict_do_nothing(index_elements=["name"]),
        [{"name": name} for name in ordered],
    )
    rows = db.execute(
        select(Tag.id, Tag.name).where(Tag.name.in_(ordered)).order_by(Tag.name).with_for_update()
    ).all()
    db.execute(
        update(Tag)
        .where(Tag.id.in_([row.id for row in rows]))
        .values(usage_count=Tag.usage_count + 1)
    )
    return {row.name: row.id for row in rows}


def _link(db: Session, table: Table, subject: str, pairs: list[tuple[UUID, UUID]]) -> None:
    db.execute(
        insert(table).on_conflict_do_nothing(),
        [{subject: subject_id, "tag_id": tag_id} for subject_id, tag_id in sorted(set(pairs))],
    )


def retitle_style(
    db: Session, *, style_id: UUID, artwork_ids: Iterable[UUID], old: str, new: str
) -> None:
    """Exchange the title's tag on a style and its artworks."""
    if old == new:
        return
    ids = _tag_ids(db, {new})
    had_new = db.execute(
        select(style_tags.c.tag_id).where(
            style_tags.c.style_id == style_id, style_tags.c.tag_id == ids[new]
        )
    ).first()
    old_id = select(Tag.id).where(Tag.name == old).scalar_subquery()
    artworks = list(artwork_ids)
    db.execute(
        delete(style_tags).where(style_tags.c.style_id == style_id, style_tags.c.tag_id == old_id)
    )
    db.execute(
        delete(artwork_tags).where(
            artwork_tags.c.artwork_id.in_(artworks), artwork_tags.c.tag_id == old_id
        )
    )
    # A tag counts once a style, whether an artwork's or the title's.
    released = [old, new] if had_new else [old]
    db.execute(update(Tag).where(Tag.name.in_(released)).values(usage_count=Tag.usage_count - 1))
    _link(db, style_tags, "style_id", [(style_id, ids[new])])
    _link(db, artwork_tags, "artwork_id", [(artwork, ids[new]) for artwork in artworks])
