"""Finding and changing styles (SPEC §4.5)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update

from chalicelib.kit.db import transaction
from chalicelib.tables import Style, Tag, User, style_tags
from tests.factories.styles import make_style
from tests.factories.submissions import place_artworks, submission
from tests.people import Answer, Browser, Cast, Person

PROGRESS = {
    "current_epoch": 3,
    "total_epochs": 10,
    "progress_percent": 30,
    "estimated_seconds": 700,
    "last_updated": "2026-01-01T00:00:00.000Z",
}


def make_several(cast: Cast, counts: list[int]) -> list[str]:
    """One trained style of each of several artists, oldest first."""
    return [
        str(make_style(cast.person(f"artist{uuid4().hex[:8]}", artist=True), generations_count=n))
        for n in counts
    ]


def listed(browser: Browser, **query: Any) -> list[str]:
    return [style["id"] for style in browser.get("/api/styles", **query).data["results"]]


def pages(browser: Browser, **query: Any) -> list[list[str]]:
    found, page = [], browser.get("/api/styles", **query).data
    found.append([style["id"] for style in page["results"]])
    while page["has_more"]:
        page = browser.get("/api/styles", **query, cursor=page["next_cursor"]).data
        found.append([style["id"] for style in page["results"]])
    assert page["next_cursor"] is None
    return found


def tag_style(style_id: UUID, name: str, **columns: Any) -> None:
    with transaction() as db:
        tag_id = db.execute(insert(Tag).values(name=name, **columns).returning(Tag.id)).scalar()
        db.execute(insert(style_tags).values(style_id=style_id, tag_id=tag_id))


def flag(name: str, **columns: Any) -> None:
    with transaction() as db:
        db.execute(update(Tag).where(Tag.name == name).values(**(columns or {"is_flagged": True})))


def test_visitors_see_trained_active_styles_of_active_artists(cast: Cast) -> None:
    shown = make_style(cast.alice)
    for status in ("pending", "training", "failed"):
        make_style(cast.person(f"a-{status}", artist=True), status=status)
    make_style(cast.person("hidden", artist=True), is_active=False)
    gone = cast.person("gone", artist=True)
    make_style(gone)
    with transaction() as db:
        db.execute(update(User).where(User.id == gone.id).values(is_active=False))
    (card,) = cast.visitor.get("/api/styles").data["results"]
    assert card["id"] == str(shown)
    assert card["artist"] == {"id": str(cast.alice.id), "artist_name": "Alice"}
    assert (card["generation_cost_tokens"], card["generations_count"]) == (30, 0)
    assert card["training_status"] == "completed"
    assert card["created_at"].endswith("Z")


def test_recent_is_the_newest_first(cast: Cast) -> None:
    made = make_several(cast, [5, 1, 3])
    assert listed(cast.visitor) == listed(cast.visitor, sort="recent") == made[::-1]


def test_popular_is_the_most_used_then_the_newest(cast: Cast) -> None:
    a, b, c, d = make_several(cast, [3, 7, 3, 0])
    assert listed(cast.visitor, sort="popular") == [b, c, a, d]
    assert cast.visitor.get("/api/styles", sort="best").code == "VALIDATION_FAILED"


def test_styles_of_one_artist(cast: Cast) -> None:
    mine = make_style(cast.alice)
    make_several(cast, [1])
    assert listed(cast.visitor, artist_id=cast.alice.id) == [str(mine)]
    assert listed(cast.visitor, artist_id=uuid4()) == []
    assert cast.visitor.get("/api/styles", artist_id="x").code == "VALIDATION_FAILED"


def test_a_tag_finds_its_styles_in_any_spelling(cast: Cast) -> None:
    style_id, _ = make_style(cast.alice), make_several(cast, [1])
    tag_style(style_id, "deep sea")
    for spelling in ("deep sea", "  Deep   SEA ", "ｄｅｅｐ sea"):
        assert listed(cast.visitor, tag=spelling) == [str(style_id)]
    assert listed(cast.visitor, tag="deep") == []
    assert listed(cast.visitor, tag="%") == []


@pytest.mark.parametrize("columns", [{"is_flagged": True}, {"is_active": False}])
def test_a_flagged_or_inactive_tag_matches_and_shows_nowhere(
    cast: Cast, columns: dict[str, bool]
) -> None:
    alice = cast.alice
    answer = alice.post("/api/styles", submission(place_artworks(alice)))
    flag("water dreams", **columns)
    with transaction() as db:
        db.execute(update(Style).values(training_status="failed"))
    shown = alice.get(f"/api/styles/{answer.data['id']}").data
    assert shown["tags"] == ["sea"]
    assert [artwork["tags"] for artwork in shown["artworks"]] == [["sea"]] * 10
    flag("sea", **columns)
    shown = alice.get(f"/api/styles/{answer.data['id']}").data
    assert [artwork["tags"] for artwork in shown["artworks"]] == [[]] * 10
    style_id = make_style(alice)
    tag_style(style_id, "night", **columns)
    assert listed(cast.visitor, tag="night") == []
    assert listed(cast.visitor) == [str(style_id)]
    assert cast.visitor.get(f"/api/styles/{style_id}").data["tags"] == []


@pytest.mark.parametrize("sort", ["recent", "popular"])
def test_pages_hold_everything_once_while_styles_are_added(cast: Cast, sort: str) -> None:
    made = make_several(cast, [2, 2, 0, 2, 1])
    whole = listed(cast.visitor, sort=sort)
    assert [one for page in pages(cast.visitor, sort=sort, limit=2) for one in page] == whole
    first = cast.visitor.get("/api/styles", sort=sort, limit=2).data
    make_several(cast, [9])
    second = cast.visitor.get("/api/styles", sort=sort, limit=50, cursor=first["next_cursor"]).data
    got = [style["id"] for style in first["results"] + second["results"]]
    assert got == whole
    assert set(got) == set(made)


def test_a_last_page_that_is_full_has_no_more(cast: Cast) -> None:
    make_several(cast, [0, 0])
    page = cast.visitor.get("/api/styles", limit=2).data
    assert (len(page["results"]), page["has_more"], page["next_cursor"]) == (2, False, None)
    for limit in (0, 101, "x"):
        assert cast.visitor.get("/api/styles", limit=limit).code == "VALIDATION_FAILED"


def test_a_cursor_fits_its_own_list_only(cast: Cast) -> None:
    make_several(cast, [0, 0, 0])
    cursor = cast.visitor.get("/api/styles", limit=1).data["next_cursor"]
    assert cast.visitor.get("/api/styles", limit=1, cursor=cursor).status == 200
    edited = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    for query in (
        {"cursor": cursor, "sort": "popular"},
        {"cursor": cursor, "tag": "sea"},
        {"cursor": cursor, "artist_id": cast.alice.id},
        {"cursor": edited},
        {"cursor": cursor[:-2]},
        {"cursor": "각"},
        {"cursor": "x" * 501},
        {"cursor": ""},
    ):
        answer = cast.visitor.get("/api/styles", **query)
        assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")
        assert answer.details["fields"][0]["field"] == "cursor"


@pytest.mark.parametrize("status", ["pending", "training", "failed", "completed"])
def test_the_owner_sees_a_style_in_any_state(cast: Cast, status: str) -> None:
    style_id = make_style(cast.alice, status=status, is_active=status != "completed")
    assert cast.alice.get(f"/api/styles/{style_id}").data["is_own"] is True
    for other in (cast.visitor, cast.bob, cast.person("anna", artist=True)):
        answer = other.get(f"/api/styles/{style_id}")
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_strangers_see_a_trained_style_without_its_artworks_and_failures(cast: Cast) -> None:
    failure = {"code": "TRAINING_FAILED", "details": {"reason": "TIMEOUT"}}
    style_id = make_style(cast.alice, failure=failure)
    for other in (cast.visitor, cast.bob):
        shown = other.get(f"/api/styles/{style_id}").data
        assert (shown["is_own"], shown["artworks"], shown["failure"]) == (False, None, None)
    assert cast.alice.get(f"/api/styles/{style_id}").data["artworks"] == []
    assert b"lora" not in cast.alice.get(f"/api/styles/{style_id}").content
    assert cast.visitor.get(f"/api/styles/{uuid4()}").code == "NOT_FOUND"


def test_own_styles_are_listed_with_the_failed_ones(cast: Cast) -> None:
    alice = cast.alice
    failed = [make_style(alice, status="failed") for _ in range(2)]
    live = make_style(alice, status="training", progress=PROGRESS)
    make_several(cast, [1])
    mine = alice.get("/api/styles/me").data["results"]
    assert [style["id"] for style in mine] == [str(live), str(failed[1]), str(failed[0])]
    assert mine[0]["progress"]["progress_percent"] == 30
    assert cast.bob.get("/api/styles/me").code == "ARTIST_ONLY"


def test_progress_shows_while_training_only(cast: Cast) -> None:
    style_id = make_style(cast.alice, status="training")
    path = f"/api/styles/{style_id}"
    assert cast.alice.get(path).data["progress"] is None
    for status in ("training", "pending", "failed"):
        with transaction() as db:
            db.execute(update(Style).values(training_status=status, progress=PROGRESS))
        shown = cast.alice.get(path).data["progress"]
        if status == "training":
            assert PROGRESS.items() <= shown.items()
        else:
            assert shown is None


def change(artist: Person, style_id: Any, **body: Any) -> Answer:
    return artist.patch(f"/api/styles/{style_id}", body)


def test_the_owner_changes_description_and_price(cast: Cast) -> None:
    style_id = make_style(cast.alice)
    answer = change(cast.alice, style_id, description="<b>New</b>", generation_cost_tokens=10_000)
    assert (answer.status, answer.data["description"]) == (200, "New")
    assert cast.visitor.get(f"/api/styles/{style_id}").data["generation_cost_tokens"] == 10_000
    assert change(cast.alice, style_id).data["description"] == "New"


def test_nobody_else_changes_it(cast: Cast) -> None:
    style_id = make_style(cast.alice)
    for other in (cast.bob, cast.oscar, cast.person("anna", artist=True)):
        answer = change(other, style_id, generation_cost_tokens=1)
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert cast.visitor.patch(f"/api/styles/{style_id}", {}).code == "UNAUTHORIZED"
    assert cast.alice.get(f"/api/styles/{style_id}").data["generation_cost_tokens"] == 30


@pytest.mark.parametrize(
    "body",
    [
        {"generation_cost_tokens": 0},
        {"generation_cost_tokens": "5"},
        {"generation_cost_tokens": 10_001},
        {"description": ""},
        {"title": "x"},
        {"title": "ﬃ" * 60},
        {"is_active": False},
        {"training_status": "completed"},
    ],
    ids=str,
)
def test_wrong_changes_change_nothing(cast: Cast, body: dict[str, Any]) -> None:
    style_id = make_style(cast.alice, status="pending")
    before = cast.alice.get(f"/api/styles/{style_id}").data
    answer = change(cast.alice, style_id, **body)
    assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")
    assert cast.alice.get(f"/api/styles/{style_id}").data == before


@pytest.mark.parametrize("status", ["training", "completed", "failed"])
def test_the_title_is_fixed_once_training_began(cast: Cast, status: str) -> None:
    style_id = make_style(cast.alice, status=status)
    answer = change(cast.alice, style_id, title="Fire Dreams", generation_cost_tokens=1)
    assert answer.code == "VALIDATION_FAILED"
    assert answer.details["fields"][0]["field"] == "title"
    assert cast.alice.get(f"/api/styles/{style_id}").data["generation_cost_tokens"] == 30
    assert change(cast.alice, style_id, title="Water Dreams").status == 200


def test_a_new_title_before_training_is_a_new_tag(cast: Cast) -> None:
    alice = cast.alice
    style_id = alice.post("/api/styles", submission(place_artworks(alice))).data["id"]
    shown = change(alice, style_id, title="Fire  Dreams").data
    assert (shown["title"], shown["tags"]) == ("Fire Dreams", ["fire dreams", "sea"])
    assert [artwork["tags"] for artwork in shown["artworks"]] == [["fire dreams", "sea"]] * 10
    assert change(alice, style_id, title="불꽃").code == "NON_ENGLISH_TAG"
    assert change(alice, style_id, title="FIRE dreams").data["tags"] == ["fire dreams", "sea"]
    assert change(alice, style_id, title="Sea").data["tags"] == ["sea"]
    with transaction() as db:
        counts = dict(db.execute(select(Tag.name, Tag.usage_count)).all())
    assert counts == {"water dreams": 0, "fire dreams": 0, "sea": 1}
