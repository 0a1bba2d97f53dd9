"""Styles with tags and artists with names, as search finds them."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chalicelib.kit.db import transaction
from chalicelib.kit.text import normalise_tag
from chalicelib.tables import Artist, Tag, User, style_tags
from tests.factories.styles import make_style
from tests.people import Browser, Cast, Person


def offer(cast: Cast, title: str, *tags: str, **columns: Any) -> str:
    """A style of an artist of its own, tagged with its title and more; answers its id."""
    artist = cast.person(f"artist{len(cast._people)}", artist=True)
    style_id = make_style(artist, title=title, **columns)
    tag(style_id, normalise_tag(title), *tags)
    return str(style_id)


def tag(style_id: UUID, *names: str) -> None:
    with transaction() as db:
        for name in names:
            tag_id = db.execute(
                upsert(Tag)
                .values(name=name)
                .on_conflict_do_update(index_elements=["name"], set_={"name": name})
                .returning(Tag.id)
            ).scalar_one()
            db.execute(insert(style_tags).values(style_id=style_id, tag_id=tag_id))


def moderate(name: str, **columns: Any) -> None:
    with transaction() as db:
        db.execute(update(Tag).where(Tag.name == name).values(**columns))


def artist(cast: Cast, username: str, artist_name: str, *, followers: int = 0) -> Person:
    person = cast.person(username, artist=True)
    with transaction() as db:
        db.execute(update(User).where(User.id == person.id).values(username=username))
        db.execute(
            update(Artist)
            .where(Artist.user_id == person.id)
            .values(artist_name=artist_name, follower_count=followers)
        )
    return person


def styles(browser: Browser, q: str, **query: Any) -> list[str]:
    """Ids of the styles found."""
    return [hit["id"] for hit in browser.get("/api/search", q=q, **query).data["styles"]]


def artists(browser: Browser, q: str, **query: Any) -> list[str]:
    """Usernames of the artists found."""
    return [hit["username"] for hit in browser.get("/api/search", q=q, **query).data["artists"]]
