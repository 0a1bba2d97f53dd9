"""Tags: one spelling each, linked to what they describe."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import (
    CollectionAggregate,
    Table,
    Uuid,
    any_,
    delete,
    func,
    literal,
    select,
    union,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from chalicelib.errors import NonEnglishTag, NotFound, TagNotAllowed
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
    ids = _lock_tags(db, {name for names in artworks.values() for name in names})
    _count_use(db, ids.values(), by=1)
    _link(db, style_tags, "style_id", [(style_id, tag_id) for tag_id in ids.values()])
    _link(
        db,
        artwork_tags,
        "artwork_id",
        [(artwork_id, ids[name]) for artwork_id, names in artworks.items() for name in names],
    )


def tag_generation(db: Session, *, generation_id: UUID, names: Iterable[str]) -> None:
    """Link a generation to its prompt's tags and count their use."""
    ids = _lock_tags(db, set(names))
    _count_use(db, ids.values(), by=1)
    _link(db, generation_tags, "generation_id", [(generation_id, one) for one in ids.values()])


def retitle_style(
    db: Session, *, style_id: UUID, artwork_ids: Iterable[UUID], old: str, new: str
) -> None:
    """Exchange the title's tag on a style and its artworks."""
    if old == new:
        return
    ids = _lock_tags(db, {old, new})
    artworks = list(artwork_ids)
    had_old = db.execute(
        delete(style_tags)
        .where(style_tags.c.style_id == style_id, style_tags.c.tag_id == ids[old])
        .returning(style_tags.c.tag_id)
    ).first()
    db.execute(
        delete(artwork_tags).where(
            artwork_tags.c.artwork_id.in_(artworks), artwork_tags.c.tag_id == ids[old]
        )
    )
    # It had the new one before when an artwork did: a tag counts once a style.
    is_added = db.execute(
        insert(style_tags)
        .values(style_id=style_id, tag_id=ids[new])
        .on_conflict_do_nothing()
        .returning(style_tags.c.tag_id)
    ).first()
    _link(db, artwork_tags, "artwork_id", [(artwork, ids[new]) for artwork in artworks])
    if had_old:
        _count_use(db, [ids[old]], by=-1)
    if is_added:
        _count_use(db, [ids[new]], by=1)


def release_tags(db: Session, *, style_ids: Iterable[UUID], generation_ids: Iterable[UUID]) -> None:
    """Undo the links of what goes with its account, and their count."""
    links = [
        (style_tags, style_tags.c.style_id == _any_of(style_ids)),
        (generation_tags, generation_tags.c.generation_id == _any_of(generation_ids)),
    ]
    linked = union(*(select(table.c.tag_id).where(of_these) for table, of_these in links))
    db.execute(select(Tag.id).where(Tag.id.in_(linked)).order_by(Tag.name).with_for_update())
    gone = union_all(
        *(
            select(delete(table).where(of_these).returning(table.c.tag_id).cte().c.tag_id)
            for table, of_these in links
        )
    ).subquery()
    uses = select(gone.c.tag_id, func.count().label("count")).group_by(gone.c.tag_id).subquery()
    db.execute(
        update(Tag)
        .where(Tag.id == uses.c.tag_id)
        .values(usage_count=Tag.usage_count - uses.c.count)
        .execution_options(synchronize_session=False)
    )


def moderate_tag(
    db: Session, *, tag_id: UUID, is_active: bool | None, is_flagged: bool | None
) -> Tag:
    """Set what is given; raises NotFound."""
    given = {"is_active": is_active, "is_flagged": is_flagged}
    changes = {name: value for name, value in given.items() if value is not None}
    if changes:
        db.execute(update(Tag).where(Tag.id == tag_id).values(**changes))
    tag = db.get(Tag, tag_id)
    if tag is None:
        raise NotFound
    return tag


def _lock_tags(db: Session, names: set[str]) -> dict[str, UUID]:
    """The tags' ids by name, made when new; locked until the transaction ends."""
    # Sorted, so that two requests with the same tags lock them in the same order.
    ordered = sorted(names)
    db.execute(
        insert(Tag).on_conflict_do_nothing(index_elements=["name"]),
        [{"name": name} for name in ordered],
    )
    rows = db.execute(
        select(Tag.id, Tag.name).where(Tag.name.in_(ordered)).order_by(Tag.name).with_for_update()
    ).all()
    return {row.name: row.id for row in rows}


def _count_use(db: Session, tag_ids: Iterable[UUID], *, by: int) -> None:
    db.execute(
        update(Tag).where(Tag.id.in_(list(tag_ids))).values(usage_count=Tag.usage_count + by)
    )


def _link(db: Session, table: Table, subject: str, pairs: list[tuple[UUID, UUID]]) -> None:
    db.execute(
        insert(table).on_conflict_do_nothing(),
        [{subject: subject_id, "tag_id": tag_id} for subject_id, tag_id in sorted(set(pairs))],
    )


def _any_of(ids: Iterable[UUID]) -> CollectionAggregate[bool]:
    # As one array: a statement takes 65,535 parameters, an account may have made more.
    return any_(literal(list(ids), ARRAY(Uuid)))
