"""Operators moderate tags (SPEC §4.11)."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert

from chalicelib.kit.db import transaction
from chalicelib.tables import Tag
from tests.people import Browser, Cast


def add(*names: str, **columns: Any) -> list[str]:
    """Tags in this order; answers their ids."""
    with transaction() as db:
        return [
            str(db.execute(insert(Tag).values(name=name, **columns).returning(Tag.id)).scalar_one())
            for name in names
        ]


def listed(browser: Browser, **query: Any) -> list[str]:
    return [tag["name"] for tag in browser.get("/api/admin/tags", **query).data["results"]]


def test_tags_are_listed_the_most_used_first_then_the_newest(cast: Cast) -> None:
    add("sea", "moon", usage_count=3)
    add("hidden", usage_count=7, is_active=False)
    (fox_id,) = add("red fox", is_flagged=True)
    assert listed(cast.oscar) == ["hidden", "moon", "sea", "red fox"]
    fox = cast.oscar.get("/api/admin/tags").data["results"][-1]
    assert fox.pop("created_at").endswith("Z")
    assert fox == {
        "id": fox_id,
        "name": "red fox",
        "usage_count": 0,
        "is_active": True,
        "is_flagged": True,
    }


def test_flagged_tags_and_others(cast: Cast) -> None:
    add("sea", "moon")
    add("fox", "wolf", is_flagged=True)
    assert listed(cast.oscar, flagged="true") == ["wolf", "fox"]
    assert listed(cast.oscar, flagged="false") == ["moon", "sea"]
    assert listed(cast.oscar, flagged="true", q="fox") == ["fox"]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("red fox", ["red fox"]),
        (" RED  ｆｏｘ", ["red fox"]),
        ("ed f", ["red fox"]),
        ("fox", ["foxglove", "red fox"]),
        ("f", ["foxglove", "red fox"]),
        ("fo", ["foxglove", "red fox"]),
        ("ox", []),
        ("50%", ["50% off"]),
        ("%", []),
        ("_", []),
        ("0% o", ["50% off"]),
        ("a_b", ["a_b"]),
        ("\\", []),
        ("'; DROP TABLE tagging.tags; --", []),
        ("여우", []),
    ],
)
def test_tags_are_found_by_a_part_of_their_name(cast: Cast, q: str, found: list[str]) -> None:
    add("red fox", "foxglove", "50% off", "a_b", "axb")
    assert listed(cast.oscar, q=q) == found


@pytest.mark.parametrize(
    "query",
    [
        {"q": ""},
        {"q": "x" * 61},
        {"q": "x" * 1_000_000},
        {"q": "a\x00"},
        {"flagged": "yes"},
        {"limit": 101},
        {"cursor": "x"},
    ],
    ids=lambda query: str(query)[:30],
)
def test_wrong_questions_are_422(cast: Cast, query: dict[str, Any]) -> None:
    answer = cast.oscar.get("/api/admin/tags", **query)
    assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")


def test_pages_hold_everything_once_while_tags_are_added(cast: Cast) -> None:
    for name, count in (("a", 2), ("b", 2), ("c", 0), ("d", 2), ("e", 1)):
        add(name, usage_count=count)
    page = cast.oscar.get("/api/admin/tags", limit=2).data
    found = page["results"]
    while page["has_more"]:
        add(f"more {uuid4().hex}", usage_count=9)
        page = cast.oscar.get("/api/admin/tags", limit=2, cursor=page["next_cursor"]).data
        found += page["results"]
    assert [tag["name"] for tag in found] == ["d", "b", "a", "e", "c"]
    cursor = cast.oscar.get("/api/admin/tags", limit=1).data["next_cursor"]
    for other in ({"flagged": "true"}, {"flagged": "false"}, {"q": "a"}):
        assert cast.oscar.get("/api/admin/tags", cursor=cursor, **other).status == 422
    assert cast.oscar.get("/api/admin/jobs", cursor=cursor).status == 422


def test_an_operator_hides_a_tag_and_shows_it_again(cast: Cast) -> None:
    (tag_id,) = add("sea", usage_count=3)
    path = f"/api/admin/tags/{tag_id}"
    for change in ({"is_flagged": True}, {"is_active": False}, {}, {"is_flagged": False}):
        changed = cast.oscar.patch(path, change)
        assert changed.status == 200
        assert change.items() <= changed.data.items()
        assert (changed.data["name"], changed.data["usage_count"]) == ("sea", 3)
        assert cast.oscar.get("/api/admin/tags").data["results"] == [changed.data]
    assert (changed.data["is_flagged"], changed.data["is_active"]) == (False, False)


@pytest.mark.parametrize(
    "body",
    [{"is_flagged": "true"}, {"is_flagged": 1}, {"name": "ocean"}, {"usage_count": 0}],
    ids=str,
)
def test_nothing_else_can_be_changed(cast: Cast, body: dict[str, Any]) -> None:
    (tag_id,) = add("sea", usage_count=3)
    answer = cast.oscar.patch(f"/api/admin/tags/{tag_id}", body)
    assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")
    assert cast.oscar.get("/api/admin/tags").data["results"][0]["usage_count"] == 3


def test_a_tag_that_is_not_there_is_not_found(cast: Cast) -> None:
    for tag_id in (uuid4(), "x"):
        answer = cast.oscar.patch(f"/api/admin/tags/{tag_id}", {"is_flagged": True})
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
