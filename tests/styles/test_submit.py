"""Registering a style (SPEC §3, Styles): all of it is right, or nothing is written."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import func, select

from chalicelib.kit.db import transaction
from chalicelib.kit.outbox import Outbox
from chalicelib.tables import Artwork, Job, Style, Tag
from tests.factories.styles import make_style
from tests.factories.submissions import (
    encode,
    place_artwork,
    place_artworks,
    plain,
    submission,
    unplaced,
)
from tests.people import Answer, Cast, Person

LONG = "x" * 2001


def written() -> list[int]:
    with transaction() as db:
        return [
            db.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (Style, Artwork, Tag, Outbox, Job)
        ]


def assert_refused(answer: Answer, code: str, status: int = 422) -> None:
    assert (answer.status, answer.code) == (status, code)
    assert written() == [0, 0, 0, 0, 0]


def submit(artist: Person, keys: list[str], **changes: Any) -> Answer:
    return artist.post("/api/styles", submission(keys, **changes))


def test_a_style_is_registered_with_its_artworks(cast: Cast, s3: Any) -> None:
    alice = cast.alice
    keys = alice.upload("artwork", *[plain()] * 9) + alice.upload(
        "artwork", plain(600, 900, file_format="JPEG"), content_type="image/jpeg"
    )
    wanted = submission(
        keys, title="  Ｗater   <b>Dreams</b> ", description="<p>Wet</p>\r\n in wet"
    )
    wanted["artworks"][0]["tags"] = ["  Deep   SEA ", "ｂｏａｔ", "Boat", "water dreams"]
    wanted["artworks"][1]["tags"] = []
    answer = alice.post("/api/styles", wanted)
    assert answer.status == 201
    made = answer.data
    assert (made["title"], made["description"]) == ("Ｗater Dreams", "Wet\nin wet")
    assert (made["training_status"], made["is_active"], made["is_own"]) == ("pending", True, True)
    assert (made["progress"], made["failure"], made["trained_at"]) == (None, None, None)
    assert made["artist"] == {"id": str(alice.id), "artist_name": "Alice"}
    assert made["tags"] == ["boat", "deep sea", "sea", "water dreams"]
    tags = [artwork["tags"] for artwork in made["artworks"]]
    assert tags == [["boat", "deep sea", "water dreams"], ["water dreams"]] + (
        [["sea", "water dreams"]] * 8
    )
    last = made["artworks"][-1]
    assert (last["width"], last["height"], last["filename"]) == (600, 900, "9.png")
    assert [artwork["is_valid"] for artwork in made["artworks"]] == [None] * 10
    assert b"uploads/" not in answer.content
    assert b"sl0" not in answer.content


def test_artworks_are_copied_to_where_their_uploader_cannot_write(cast: Cast, s3: Any) -> None:
    alice = cast.alice
    style_id = submit(alice, place_artworks(alice)).data["id"]
    with transaction() as db:
        style = db.execute(select(Style)).scalar_one()
        artworks = db.execute(select(Artwork).order_by(Artwork.position)).scalars().all()
        assert db.execute(select(func.count()).where(Outbox.sent_at.is_not(None))).scalar() == 10
        assert db.execute(select(Job)).first() is None
    assert (style.rights_name, style.rights_accepted_at is not None) == ("Alice Kim", True)
    assert style.trigger.startswith("sl")
    for artwork in artworks:
        assert artwork.object_key == f"artworks/{style_id}/{artwork.id}.png"
        kept = s3.get_object(Bucket="private", Key=artwork.object_key)
        assert kept["Body"].read() == plain()
        assert artwork.size_bytes == len(plain())


WRONG: list[dict[str, Any]] = [
    {"title": ""},
    {"title": "<b></b>"},
    {"title": "x" * 81},
    {"title": "ﬃ" * 60},
    {"title": None},
    {"description": ""},
    {"description": "\x00"},
    {"description": LONG},
    {"generation_cost_tokens": 0},
    {"generation_cost_tokens": 10_001},
    {"generation_cost_tokens": -5},
    {"generation_cost_tokens": "5"},
    {"generation_cost_tokens": 1.5},
    {"generation_cost_tokens": True},
    {"generation_cost_tokens": None},
    {"rights_statement": None},
    {"rights_statement": {}},
    {"rights_statement": {"name": "Alice Kim", "accepted": False}},
    {"rights_statement": {"name": "Alice Kim", "accepted": "true"}},
    {"rights_statement": {"name": " ", "accepted": True}},
    {"rights_statement": {"accepted": True}},
    {"artworks": []},
    {"training_status": "completed"},
    {"artist_id": "x"},
    {"trigger": "mine"},
]


def test_wrong_fields_are_named(cast: Cast) -> None:
    for change in WRONG:
        answer = submit(cast.alice, unplaced(cast.alice), **change)
        assert_refused(answer, "VALIDATION_FAILED")
        assert answer.details["fields"][0]["field"].split(".")[0] == next(iter(change))


def test_markup_cannot_be_smuggled_in_escaped(cast: Cast) -> None:
    start = time.monotonic()
    answer = submit(
        cast.alice, unplaced(cast.alice), description="&" + "amp;" * 200_000 + "lt;b&gt;"
    )
    assert_refused(answer, "VALIDATION_FAILED")
    assert time.monotonic() - start < 5
    description = "a &lt;script&gt;x&lt;/script&gt; b &amp;lt;img src=x&amp;gt; 1 < 2 & 3"
    style_id = make_style(cast.alice)
    shown = cast.alice.patch(f"/api/styles/{style_id}", {"description": description}).data
    assert shown["description"] == "a  b  1 < 2 & 3".replace("  ", " ")


def test_every_field_is_required(cast: Cast) -> None:
    whole = submission(unplaced(cast.alice))
    for name in whole:
        answer = cast.alice.post("/api/styles", {k: v for k, v in whole.items() if k != name})
        assert_refused(answer, "VALIDATION_FAILED")
        assert answer.details["fields"][0]["field"] == name


@pytest.mark.parametrize("count", [9, 101])
def test_there_are_10_to_100_artworks(cast: Cast, count: int) -> None:
    answer = submit(cast.alice, unplaced(cast.alice, count))
    assert_refused(answer, "VALIDATION_FAILED")
    assert answer.details["fields"][0]["field"] == "artworks"


def test_a_hundred_artworks_make_one_style(cast: Cast) -> None:
    answer = submit(cast.alice, place_artworks(cast.alice, 100))
    assert answer.status == 201
    assert written()[:4] == [1, 100, 2, 100]


def test_tags_are_english(cast: Cast) -> None:
    wanted = submission(unplaced(cast.alice))
    for tag in ("바다", "été", "sea\x00", "sea\x07bed", "<b>sea</b>", "🌊", "-sea", "sea;", "海"):
        wanted["artworks"][9]["tags"] = ["sea", tag]
        answer = cast.alice.post("/api/styles", wanted)
        assert_refused(answer, "NON_ENGLISH_TAG")
        assert answer.details["tag"] == tag


@pytest.mark.parametrize("title", ["물의 꿈", "Rêves", "Dreams 🌊"])
def test_a_title_is_english(cast: Cast, title: str) -> None:
    assert_refused(submit(cast.alice, unplaced(cast.alice), title=title), "NON_ENGLISH_TAG")


def test_tags_have_a_measure(cast: Cast) -> None:
    wanted = submission(unplaced(cast.alice))
    for tags in ([""], ["  "], ["x" * 61], ["a"] * 31, "sea", [5], None):
        wanted["artworks"][0]["tags"] = tags
        assert_refused(cast.alice.post("/api/styles", wanted), "VALIDATION_FAILED")


def test_the_same_file_twice_is_refused(cast: Cast) -> None:
    keys = place_artworks(cast.alice, 9)
    assert_refused(submit(cast.alice, [*keys, keys[0]]), "VALIDATION_FAILED")


BAD_FILES = {
    "511 wide": (plain(511, 600), "png", "IMAGE_TOO_SMALL"),
    "511 high": (plain(600, 511), "png", "IMAGE_TOO_SMALL"),
    "too large": (plain() + b"\x00" * 10_000_000, "png", "IMAGE_SIZE_EXCEEDED"),
    "words": (b"not an image at all", "png", "INVALID_IMAGE_FORMAT"),
    "nothing": (b"", "png", "INVALID_IMAGE_FORMAT"),
    "JPG named png": (plain(file_format="JPEG"), "png", "INVALID_IMAGE_FORMAT"),
    "PNG named jpg": (plain(), "jpg", "INVALID_IMAGE_FORMAT"),
    "GIF": (plain(file_format="GIF"), "png", "INVALID_IMAGE_FORMAT"),
    "WebP": (plain(file_format="WEBP"), "jpg", "INVALID_IMAGE_FORMAT"),
    "TIFF": (plain(file_format="TIFF"), "png", "INVALID_IMAGE_FORMAT"),
    "bomb": (plain(8001, 8001), "png", "INVALID_IMAGE_FORMAT"),
}


def test_files_are_judged_by_their_bytes(cast: Cast) -> None:
    keys = place_artworks(cast.alice, 9)
    for content, extension, code in BAD_FILES.values():
        bad = place_artwork(cast.alice, content, extension=extension)
        answer = submit(cast.alice, [*keys, bad])
        assert_refused(answer, code)
        assert answer.details["filename"] == "9.png"
    assert submit(cast.alice, [*keys, place_artwork(cast.alice, plain())]).status == 201


def test_a_file_of_the_largest_size_will_do(cast: Cast) -> None:
    content = plain() + b"\x00" * (10_000_000 - len(plain()))
    keys = [*place_artworks(cast.alice, 9), place_artwork(cast.alice, content)]
    assert submit(cast.alice, keys).status == 201


def test_a_file_never_sent_is_named(cast: Cast) -> None:
    (missing,) = unplaced(cast.alice, 1)
    answer = submit(cast.alice, [*place_artworks(cast.alice, 9), missing])
    assert_refused(answer, "VALIDATION_FAILED")
    assert answer.details["fields"][0]["upload_key"] == missing


def test_anothers_file_is_forbidden(cast: Cast) -> None:
    keys = place_artworks(cast.alice, 9)
    theirs = place_artwork(cast.bob, plain())
    for key in (theirs, theirs.replace("artwork", "signature"), f"{keys[0]}/../x.png", "x"):
        assert_refused(submit(cast.alice, [*keys, key]), "FORBIDDEN", 403)


def test_only_artists_register_styles(cast: Cast) -> None:
    assert_refused(submit(cast.bob, unplaced(cast.bob)), "ARTIST_ONLY", 403)
    assert_refused(cast.visitor.post("/api/styles", {}), "UNAUTHORIZED", 401)


@pytest.mark.parametrize("status", ["pending", "training", "completed"])
def test_a_second_style_is_one_too_many(cast: Cast, status: str) -> None:
    make_style(cast.alice, status=status)
    answer = submit(cast.alice, place_artworks(cast.alice))
    assert (answer.status, answer.code) == (403, "STYLE_LIMIT_REACHED")
    assert written() == [1, 0, 0, 0, 0]


def test_after_a_failed_style_another_may_follow(cast: Cast) -> None:
    failed = make_style(cast.alice, status="failed")
    answer = submit(cast.alice, place_artworks(cast.alice))
    assert answer.status == 201
    assert UUID(answer.data["id"]) != failed


def test_of_racing_submissions_exactly_one_is_taken(cast: Cast) -> None:
    alice, keys = cast.alice, place_artworks(cast.alice)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: submit(alice, keys), range(8)))
    assert sorted(answer.status for answer in answers) == [201] + [403] * 7
    assert {answer.code for answer in answers if answer.status == 403} == {"STYLE_LIMIT_REACHED"}
    assert written() == [1, 10, 2, 10, 0]


def test_phones_write_several_pictures_into_a_jpg(cast: Cast) -> None:
    frames = [Image.new("RGB", (600, 600), color) for color in ("red", "grey")]
    with_gain_map = encode(frames[0], "MPO", save_all=True, append_images=frames[1:])
    keys = place_artworks(cast.alice, 9)
    answer = submit(cast.alice, [*keys, place_artwork(cast.alice, with_gain_map, extension="jpg")])
    assert answer.status == 201
