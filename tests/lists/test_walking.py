"""Walking a list page by page while rows come and go gives each surviving row exactly once."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, text

from chalicelib.kit import clock
from chalicelib.kit.db import transaction
from chalicelib.tables import Base, Generation, Job, Notification, Style, Tag, Transaction, User
from tests.factories.styles import make_style
from tests.people import Cast

WALKS = 3


@dataclass
class Kind:
    """How a row of a list comes, and the table it goes from."""

    path: str
    table: type[Base]
    add: Callable[[], UUID]
    operator: bool = False


def _walk(cast: Cast, kind: Kind, dice: random.Random) -> None:
    person = cast.oscar if kind.operator else cast.bob
    steady = {str(kind.add()) for _ in range(23)}
    fleeting: list[str] = []
    seen: list[str] = []
    cursor = ""
    while True:
        separator = "&" if "?" in kind.path else "?"
        limit = dice.randint(1, 7)
        answer = person.get(f"{kind.path}{separator}limit={limit}{cursor}").data
        seen += [row["id"] for row in answer["results"]]
        assert answer["has_more"] == (answer["next_cursor"] is not None)
        if not answer["has_more"]:
            break
        cursor = f"&cursor={answer['next_cursor']}"
        fleeting += [str(kind.add()) for _ in range(dice.randint(0, 3))]
        for _ in range(dice.randint(0, 3)):
            # One that was shown, or one that is still to come.
            pool = sorted(steady) + fleeting
            gone = dice.choice(pool)
            _remove(kind, gone)
            steady.discard(gone)
            if gone in fleeting:
                fleeting.remove(gone)
    assert len(seen) == len(set(seen)), "a row came twice"
    assert steady <= set(seen), "a row was missed"


def _remove(kind: Kind, row_id: str) -> None:
    with transaction() as db:
        if kind.table is Transaction:
            db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(delete(kind.table).where(kind.table.id == UUID(row_id)))  # type: ignore[attr-defined]


def _add(table: type[Base], **values: Any) -> UUID:
    with transaction() as db:
        made: UUID = db.execute(
            insert(table).values(**values).returning(table.id)  # type: ignore[attr-defined]
        ).scalar_one()
    return made


@pytest.fixture
def kinds(cast: Cast) -> dict[str, Kind]:
    style_id = make_style(cast.alice)
    bob, numbers = cast.bob, iter(range(10_000))

    def image() -> UUID:
        return _add(
            Generation,
            style_id=style_id,
            buyer_id=bob.id,
            prompt_tags=["sky"],
            aspect_ratio="1:1",
            seed=1,
            price_tokens=30,
            status="completed",
            image_key="generations/x/1/image.png",
            thumbnail_key="generations/x/1/thumbnail.webp",
            image_sha256="0" * 64,
            is_public=True,
            public_nonce="abcdef",
        )

    def style() -> UUID:
        number = next(numbers)
        artist = cast.person(f"artist-{number}", artist=True)
        return make_style(artist, title=f"Style {number}", generations_count=number % 5)

    def news() -> UUID:
        return _add(
            Notification,
            user_id=bob.id,
            type="generation_complete",
            target_type="generation",
            target_id=style_id,
            dedupe_key=str(next(numbers)),
        )

    def movement() -> UUID:
        return _add(
            Transaction,
            kind="adjustment",
            receiver_id=bob.id,
            amount=1,
            status="completed",
            memo="Gift",
            settled_at=clock.now(),
        )

    def tag() -> UUID:
        number = next(numbers)
        return _add(Tag, name=f"tag {number}", usage_count=number % 4)

    def job() -> UUID:
        with transaction() as db:
            owner = db.execute(select(User.id).limit(1)).scalar_one()
        return _add(
            Job,
            kind="generation",
            generation_id=image(),
            owner_id=owner,
            state="done",
            announced_at=clock.now(),
            ended_at=clock.now(),
        )

    return {
        "feed": Kind("/api/generations/feed", Generation, image),
        "style's feed": Kind(f"/api/generations/feed?style_id={style_id}", Generation, image),
        "artist's feed": Kind(
            f"/api/generations/feed?artist_id={cast.alice.id}", Generation, image
        ),
        "own": Kind("/api/generations/me", Generation, image),
        "own public": Kind("/api/generations/me?is_public=true", Generation, image),
        "own completed": Kind("/api/generations/me?status=completed", Generation, image),
        "styles": Kind("/api/styles", Style, style),
        "popular styles": Kind("/api/styles?sort=popular", Style, style),
        "notifications": Kind("/api/notifications", Notification, news),
        "transactions": Kind("/api/tokens/transactions", Transaction, movement),
        "tags": Kind("/api/admin/tags", Tag, tag, operator=True),
        "jobs": Kind("/api/admin/jobs", Job, job, operator=True),
        "done jobs": Kind("/api/admin/jobs?state=done", Job, job, operator=True),
    }


@pytest.mark.parametrize(
    "name",
    [
        *("feed", "style's feed", "artist's feed", "own", "own public", "own completed"),
        *("styles", "popular styles", "notifications", "transactions", "tags", "jobs"),
        "done jobs",
    ],
)
def test_each_surviving_row_comes_exactly_once(
    cast: Cast, kinds: dict[str, Kind], name: str
) -> None:
    for seed in range(WALKS):
        _walk(cast, kinds[name], random.Random(seed))


def test_a_cursor_fits_its_own_list_and_filters_only(cast: Cast, kinds: dict[str, Kind]) -> None:
    for _ in range(3):
        kinds["feed"].add()
    cursor = cast.bob.get("/api/generations/feed?limit=1").data["next_cursor"]
    for path in (
        "/api/generations/me",
        "/api/styles",
        f"/api/generations/feed?artist_id={cast.alice.id}",
        "/api/notifications",
    ):
        separator = "&" if "?" in path else "?"
        answer = cast.bob.get(f"{path}{separator}cursor={cursor}")
        assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")


def test_an_edited_cursor_is_refused(cast: Cast, kinds: dict[str, Kind]) -> None:
    for _ in range(3):
        kinds["feed"].add()
    cursor = cast.bob.get("/api/generations/feed?limit=1").data["next_cursor"]
    for position in range(0, len(cursor), 7):
        letter = "A" if cursor[position] != "A" else "B"
        edited = cursor[:position] + letter + cursor[position + 1 :]
        assert cast.bob.get(f"/api/generations/feed?cursor={edited}").status == 422
