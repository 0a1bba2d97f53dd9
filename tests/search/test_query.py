"""What may be asked of search (SPEC §4.8)."""

from typing import Any

import pytest

from tests.people import Cast
from tests.search.listings import artist, offer


def test_a_kind_alone_leaves_the_other_empty(cast: Cast) -> None:
    offer(cast, "Luna Light")
    artist(cast, "luna", "Luna")
    found = cast.visitor.get("/api/search", q="luna").data
    assert (len(found["styles"]), len(found["artists"])) == (1, 1)
    assert cast.visitor.get("/api/search", q="luna", type="all").data == found
    styles = cast.visitor.get("/api/search", q="luna", type="styles").data
    assert styles == {"styles": found["styles"], "artists": []}
    artists = cast.visitor.get("/api/search", q="luna", type="artists").data
    assert artists == {"styles": [], "artists": found["artists"]}


def test_the_limit_holds_for_each_kind(cast: Cast) -> None:
    for number in range(3):
        offer(cast, f"Luna {number}")
        artist(cast, f"luna{number}", f"Luna {number}")
    found = cast.visitor.get("/api/search", q="luna", limit=2, utm_source="x").data
    assert (len(found["styles"]), len(found["artists"])) == (2, 2)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": ""},
        {"q": "   "},
        {"q": "x" * 61},
        {"q": "ﬃ" * 30},
        {"q": "x" * 1_000_000},
        {"q": "a\x00b"},
        {"q": "\x00"},
        {"q": "luna", "type": "tags"},
        {"q": "luna", "limit": 0},
        {"q": "luna", "limit": 51},
        {"q": "luna", "limit": "x"},
    ],
    ids=lambda query: str(query)[:30],
)
def test_wrong_questions_are_422(cast: Cast, query: dict[str, Any]) -> None:
    answer = cast.visitor.get("/api/search", **query)
    assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")


@pytest.mark.parametrize(
    "q",
    [
        "'; DROP TABLE tagging.tags; --",
        '" OR 1=1',
        "<script>alert(1)</script>",
        "(a+)+$",
        "[[:alpha:]]{9}",
        ".*",
        "\\",
        "%(x)s :limit {name}",
        "🌊🌙",
        "\u200b\u202e",
        "\ud7ff\ue000",
        "가" * 60,
        "ㄱ",
        "a b " * 15,
        "%" * 60,
        "\x01\x7f",
    ],
)
def test_whatever_is_typed_is_only_searched_for(cast: Cast, q: str) -> None:
    offer(cast, "Luna Light")
    answer = cast.visitor.get("/api/search", q=q)
    assert (answer.status, answer.data) == (200, {"styles": [], "artists": []})
    assert len(cast.visitor.get("/api/search", q="luna").data["styles"]) == 1
