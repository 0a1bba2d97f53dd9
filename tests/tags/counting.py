"""Tags and what uses them."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update

from chalicelib.kit.db import transaction
from chalicelib.tables import Tag
from tests.people import Answer, Person

_MISCOUNTED = text("""
SELECT name FROM tagging.tags t
WHERE usage_count <> (SELECT count(*) FROM tagging.style_tags WHERE tag_id = t.id)
    + (SELECT count(*) FROM tagging.generation_tags WHERE tag_id = t.id)
""")


def ask(buyer: Person, style_id: UUID | str, *names: str) -> Answer:
    body = {"style_id": str(style_id), "prompt_tags": names, "aspect_ratio": "1:1"}
    return buyer.post("/api/generations", body)


def counts() -> dict[str, int]:
    """usage_count by name; each is what really uses the tag."""
    with transaction() as db:
        assert db.execute(_MISCOUNTED).scalars().all() == []
        return dict(db.execute(select(Tag.name, Tag.usage_count)).all())


def add(name: str, **columns: Any) -> None:
    with transaction() as db:
        db.execute(insert(Tag).values(name=name, **columns))


def moderate(name: str, **columns: Any) -> None:
    with transaction() as db:
        db.execute(update(Tag).where(Tag.name == name).values(**columns))
