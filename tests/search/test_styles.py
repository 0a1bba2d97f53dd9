"""Finding styles by their tags (SPEC §3 Tags and search, §4.8)."""

import pytest
from sqlalchemy import update

from chalicelib.kit.db import transaction
from chalicelib.tables import Style, User
from tests.factories.styles import make_style
from tests.people import Cast
from tests.search.listings import moderate, offer, styles, tag


def test_a_style_is_found_by_its_tags_and_by_its_title(cast: Cast) -> None:
    keys = ["public/styles/x/1.png", "public/styles/x/2.png"]
    style_id = make_style(cast.alice, title="Watercolor Dreams", public_sample_keys=keys)
    tag(style_id, "watercolor dreams", "sea")
    (found,) = cast.visitor.get("/api/search", q="sea").data["styles"]
    assert found == {
        "id": str(style_id),
        "name": "Watercolor Dreams",
        "thumbnail_url": "http://localhost:8000/media/styles/x/2.png",
        "artist": {"id": str(cast.alice.id), "artist_name": "Alice"},
        "matched_by": "tag",
    }
    (found,) = cast.bob.get("/api/search", q="watercolor dreams").data["styles"]
    assert found["matched_by"] == "name"


@pytest.mark.parametrize(
    "q",
    [
        "watercolor dreams",
        "  Watercolor   DREAMS ",
        "ＷＡＴＥＲＣＯＬＯＲ　ｄｒｅａｍｓ",
        "w",
        "wa",
        "water",
        "d",
        "DREAM",
        "watercolor dr",
        "watercolr",
        "watercolour",
        "waterkolor dreams",
        "dreems",
        "wtercolor",
    ],
)
def test_case_width_beginnings_and_typos_find_it(cast: Cast, q: str) -> None:
    style_id = offer(cast, "Watercolor Dreams")
    assert styles(cast.visitor, q) == [style_id]


@pytest.mark.parametrize("q", ["xyzzy", "qwrtpsdf", "z", "blox", "color", "수채화"])
def test_nonsense_finds_nothing(cast: Cast, q: str) -> None:
    offer(cast, "Watercolor Dreams", "blossom", "dragon")
    answer = cast.visitor.get("/api/search", q=q)
    assert (answer.status, answer.data) == (200, {"styles": [], "artists": []})


def test_the_whole_name_comes_before_a_beginning_before_a_typo(cast: Cast) -> None:
    typo = offer(cast, "Dragin", generations_count=900)
    word = offer(cast, "Red Dragon", generations_count=50)
    start = offer(cast, "Dragonfly", generations_count=60)
    whole = offer(cast, "Calm", "dragon", generations_count=1)
    assert styles(cast.visitor, "dragon") == [whole, start, word, typo]
    assert styles(cast.visitor, "dragon", limit=2) == [whole, start]


def test_of_equal_matches_the_most_used_comes_first_then_the_newest(cast: Cast) -> None:
    a, b, c, d = (offer(cast, f"Sea {n}", generations_count=n) for n in (3, 7, 3, 0))
    assert styles(cast.visitor, "sea") == [b, c, a, d]


def test_a_style_is_found_once_with_its_best_match(cast: Cast) -> None:
    other = offer(cast, "Seashore", generations_count=5)
    style_id = offer(cast, "Seaside", "sea", "seagull", "deep sea", "see")
    found = cast.visitor.get("/api/search", q="sea").data["styles"]
    assert [(hit["id"], hit["matched_by"]) for hit in found] == [(style_id, "tag"), (other, "name")]
    found = cast.visitor.get("/api/search", q="seas").data["styles"]
    assert [(hit["id"], hit["matched_by"]) for hit in found] == [
        (other, "name"),
        (style_id, "name"),
    ]


def test_only_trained_active_styles_of_active_artists_are_found(cast: Cast) -> None:
    shown = offer(cast, "Sea One")
    for status in ("pending", "training", "failed"):
        offer(cast, f"Sea {status}", status=status)
    offer(cast, "Sea hidden", is_active=False)
    gone = offer(cast, "Sea gone")
    with transaction() as db:
        artist_id = db.query(Style.artist_id).filter(Style.id == gone).scalar()
        db.execute(update(User).where(User.id == artist_id).values(is_active=False))
    for q in ("sea", "sea gone", "sea hiden", "s"):
        assert styles(cast.visitor, q) == [shown]


@pytest.mark.parametrize("columns", [{"is_flagged": True}, {"is_active": False}])
def test_a_flagged_or_inactive_tag_matches_nothing(cast: Cast, columns: dict[str, bool]) -> None:
    style_id = offer(cast, "Calm", "night sky")
    moderate("night sky", **columns)
    for q in ("night sky", "night", "sky", "n", "nigt sky"):
        assert styles(cast.visitor, q) == []
    assert styles(cast.visitor, "calm") == [style_id]
    moderate("calm", **columns)
    assert styles(cast.visitor, "calm") == []


def test_percent_and_underscore_mean_themselves(cast: Cast) -> None:
    plain = offer(cast, "Fifty x off", "long hair")
    wild = offer(cast, "Fifty", "50% off", "long_hair", "a\\b")
    assert styles(cast.visitor, "50%") == [wild]
    assert styles(cast.visitor, "long_") == [wild, plain]
    assert styles(cast.visitor, "a\\") == [wild]
    assert styles(cast.visitor, "long h") == [plain, wild]
    for q in ("%", "_", "\\", "%%%", "f%y", "f___y"):
        assert styles(cast.visitor, q) == []
