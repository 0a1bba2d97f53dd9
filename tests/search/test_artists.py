"""Finding artists by artist name or username (SPEC §3 Tags and search, §4.8)."""

import pytest
from sqlalchemy import update

from chalicelib.kit.db import transaction
from chalicelib.tables import User
from tests.people import Cast
from tests.search.listings import artist, artists


def test_an_artist_is_found_by_either_name(cast: Cast) -> None:
    luna = artist(cast, "moonpainter", "Luna Kim", followers=3)
    with transaction() as db:
        key = "public/people/x.webp"
        db.execute(update(User).where(User.id == luna.id).values(profile_image_key=key))
    (found,) = cast.visitor.get("/api/search", q="luna").data["artists"]
    assert found == {
        "id": str(luna.id),
        "username": "moonpainter",
        "artist_name": "Luna Kim",
        "follower_count": 3,
        "profile_image_url": "http://localhost:8000/media/people/x.webp",
        "matched_by": "artist_name",
    }
    (found,) = cast.visitor.get("/api/search", q="MoonPainter").data["artists"]
    assert (found["id"], found["matched_by"]) == (str(luna.id), "username")


@pytest.mark.parametrize(
    "q",
    [
        "luna kim",
        "LUNA",
        "ｌｕｎａ",
        "l",
        "lu",
        "kim",
        "KI",
        "luna ki",
        "lunna",
        "luna kin",
        "moonpainter",
        "moonpaint",
        "monpainter",
        "moonpanter",
        "m",
    ],
)
def test_case_width_beginnings_and_typos_find_them(cast: Cast, q: str) -> None:
    artist(cast, "moonpainter", "Luna Kim")
    assert artists(cast.visitor, q) == ["moonpainter"]


@pytest.mark.parametrize("q", ["김", "김초", "김초희", "작가", "작", "김초희 작가", "김초의 작가"])
def test_korean_names_are_found(cast: Cast, q: str) -> None:
    artist(cast, "chohee", "김초희 작가")
    artist(cast, "seoyeon", "박서연")
    assert artists(cast.visitor, q) == ["chohee"]


def test_names_are_compared_in_any_unicode_spelling(cast: Cast) -> None:
    artist(cast, "wide", "ＬＵＮＡ")
    artist(cast, "composed", "Zoë Ärger")
    assert artists(cast.visitor, "luna") == ["wide"]
    for q in ("zoë", "ZOE\u0308", "ärger", "A\u0308R"):
        assert artists(cast.visitor, q) == ["composed"]
    assert artists(cast.visitor, "초") == []
    artist(cast, "hangul", "초희")
    assert artists(cast.visitor, "\u110e\u1169") == ["hangul"]


@pytest.mark.parametrize("q", ["xyzzy", "moonlight sonata", "una", "박", "z"])
def test_other_names_are_not(cast: Cast, q: str) -> None:
    artist(cast, "moonpainter", "Luna Kim")
    assert artists(cast.visitor, q) == []


def test_the_whole_name_comes_before_a_beginning_before_a_typo(cast: Cast) -> None:
    artist(cast, "typo", "Lunna", followers=900)
    artist(cast, "word", "Miss Luna", followers=50)
    artist(cast, "start", "Lunatic", followers=60)
    artist(cast, "luna", "Somebody", followers=1)
    artist(cast, "whole", "LUNA", followers=2)
    assert artists(cast.visitor, "luna") == ["whole", "luna", "start", "word", "typo"]
    assert artists(cast.visitor, "luna", limit=1) == ["whole"]


def test_of_equal_matches_the_most_followed_comes_first_then_the_newest(cast: Cast) -> None:
    for name, followers in (("a", 3), ("b", 7), ("c", 3), ("d", 0)):
        artist(cast, f"{name}one", "Luna", followers=followers)
    assert artists(cast.visitor, "luna") == ["bone", "cone", "aone", "done"]


def test_an_artist_is_found_once_by_the_better_name(cast: Cast) -> None:
    artist(cast, "luna", "Lunatic")
    artist(cast, "lunatic2", "Luna")
    artist(cast, "lunaris", "Lunaria")
    found = cast.visitor.get("/api/search", q="luna").data["artists"]
    assert [(hit["username"], hit["matched_by"]) for hit in found] == [
        ("lunatic2", "artist_name"),
        ("luna", "username"),
        ("lunaris", "artist_name"),
    ]


def test_only_active_artists_are_found(cast: Cast) -> None:
    cast.person("lunabuyer")
    gone = artist(cast, "lunagone", "Luna Gone")
    artist(cast, "lunahere", "Luna Here")
    with transaction() as db:
        db.execute(update(User).where(User.id == gone.id).values(is_active=False))
    for q in ("luna", "luna gone", "lunagone", "lunabuyer", "lun", "lunna"):
        assert artists(cast.visitor, q) == ["lunahere"]


def test_signs_mean_themselves(cast: Cast) -> None:
    artist(cast, "stars", "★ Luna ★")
    artist(cast, "percent", "100% Luna")
    artist(cast, "luna_kim", "Somebody")
    assert artists(cast.visitor, "★") == ["stars"]
    assert artists(cast.visitor, "100%") == ["percent"]
    assert artists(cast.visitor, "luna_") == ["luna_kim", "percent", "stars"]
    assert artists(cast.visitor, "kim") == ["luna_kim"]
    for q in ("%", "_", "%%", "\\"):
        assert artists(cast.visitor, q) == []
