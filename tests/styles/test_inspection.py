"""Every artwork is decoded in the background; the last one decides (SPEC §3, Styles)."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID

import pytest
import requests
from PIL import Image
from sqlalchemy import select

import app as application
from chalicelib.kit import clock, storage
from chalicelib.kit.db import transaction
from chalicelib.kit.outbox import Outbox
from chalicelib.styles.inspection import inspect_artwork, inspect_overdue
from chalicelib.tables import Artwork, Job, Notification, Style
from tests.factories.artworks import make_artworks
from tests.factories.styles import make_style
from tests.factories.submissions import encode, place_artworks, plain, submission
from tests.people import Cast, Person

RED_BLUE = [Image.new("RGB", (512, 512), color) for color in ("red", "blue")]
ANIMATED = encode(RED_BLUE[0], "PNG", save_all=True, append_images=RED_BLUE[1:])
GREY_16 = encode(Image.new("I;16", (512, 512), 0x8000))
BOMB = encode(Image.new("1", (8001, 8001)))


def all_of(table: Any) -> list[Any]:
    with transaction() as db:
        return list(db.execute(select(table)).scalars().all())


def inspect(keys: list[str]) -> None:
    for key in keys:
        inspect_artwork(object_key=key)


def status_of(style_id: UUID) -> tuple[str, dict[str, Any] | None]:
    with transaction() as db:
        style = db.execute(select(Style).where(Style.id == style_id)).scalar_one()
        return style.training_status, style.failure


def messages() -> list[dict[str, Any]]:
    return [row.payload for row in all_of(Outbox) if row.topic == "publish"]


def assert_queued_once(style_id: UUID, artist: Person) -> None:
    (job,) = all_of(Job)
    assert (job.kind, job.style_id, job.owner_id) == ("training", style_id, artist.id)
    assert (job.state, job.attempt) == ("queued", 1)
    (message,) = messages()
    assert message["queue"] == "model_training"
    assert message["payload"] == {"job_id": str(job.id), "attempt": 1}
    assert status_of(style_id) == ("pending", None)
    assert all_of(Notification) == []


def assert_failed(style_id: UUID, artist: Person, *files: tuple[str, str]) -> None:
    named = [{"filename": name, "reason": reason} for name, reason in files]
    failure = {"code": "ARTWORKS_INVALID", "details": {"files": named}}
    assert status_of(style_id) == ("failed", failure)
    assert (all_of(Job), messages()) == ([], [])
    (told,) = all_of(Notification)
    assert (told.user_id, told.type) == (artist.id, "style_training_failed")
    assert (told.target_type, told.target_id) == ("style", style_id)
    shown = artist.get(f"/api/styles/{style_id}").data
    assert (shown["training_status"], shown["failure"]["code"]) == ("failed", failure["code"])
    assert shown["failure"]["details"] == failure["details"]
    assert all(name in shown["failure"]["message"] for name, _ in files)


def event_of(keys: list[str]) -> dict[str, Any]:
    """As SQS hands S3's notifications to the function."""
    bodies = [
        {"Records": [{"s3": {"bucket": {"name": "private"}, "object": {"key": quote_plus(key)}}}]}
        for key in keys
    ]
    return {
        "Records": [
            {"body": json.dumps(body), "receiptHandle": "x", "eventSource": "aws:sqs"}
            for body in [{"Service": "Amazon S3", "Event": "s3:TestEvent"}, *bodies]
        ]
    }


def test_a_submitted_style_goes_to_training_when_all_its_artworks_are_decoded(cast: Cast) -> None:
    alice = cast.alice
    style_id = UUID(
        alice.post("/api/styles", submission(place_artworks(alice))).data["id"],
    )
    keys = [artwork.object_key for artwork in all_of(Artwork)]
    inspect(keys[:-1])
    assert all_of(Job) == []
    application.inspect_artworks(event_of(keys), None)
    assert_queued_once(style_id, alice)
    for artwork in alice.get(f"/api/styles/{style_id}").data["artworks"]:
        assert (artwork["is_valid"], artwork["invalid_reason"]) == (True, None)
        read = requests.get(artwork["thumbnail_url"], timeout=30)
        assert read.headers["Content-Type"] == "image/webp"
        thumbnail = Image.open(io.BytesIO(read.content))
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (256, 256))


def test_events_may_repeat(cast: Cast) -> None:
    style_id = make_style(cast.alice, status="pending")
    keys = make_artworks(style_id, plain(), plain(), plain())
    for _ in range(3):
        application.inspect_artworks(event_of(keys), None)
    assert_queued_once(style_id, cast.alice)


def test_the_last_ones_may_be_inspected_at_once(cast: Cast) -> None:
    style_id = make_style(cast.alice, status="pending")
    keys = make_artworks(style_id, *[plain()] * 4)
    inspect(keys[:2])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: inspect_artwork(object_key=key), keys[2:] * 4))
    assert_queued_once(style_id, cast.alice)


def test_the_last_ones_may_be_bad_at_once(cast: Cast) -> None:
    style_id = make_style(cast.alice, status="pending")
    keys = make_artworks(style_id, plain(), b"x", b"y")
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda key: inspect_artwork(object_key=key), keys * 2))
    assert_failed(style_id, cast.alice, ("1.png", "not_an_image"), ("2.png", "not_an_image"))


def test_events_in_any_order_and_of_strangers_do_no_harm(cast: Cast) -> None:
    style_id = make_style(cast.alice, status="pending")
    keys = make_artworks(style_id, plain(), plain())
    strange = ["artworks/x.png", f"artworks/{style_id}/각 +%.png", "thumbnails/x.webp"]
    application.inspect_artworks(event_of([*strange, *reversed(keys), *strange]), None)
    assert_queued_once(style_id, cast.alice)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (plain()[:-40], "truncated"),
        (b"no picture", "not_an_image"),
        (BOMB, "too_many_pixels"),
        (GREY_16, "colour_mode"),
        (ANIMATED, "animated"),
        (plain(511, 512), "too_small"),
        (plain(file_format="JPEG"), "other_format"),
        (plain() + b"\x00" * 10_000_000, "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_bad_artwork_fails_the_style(cast: Cast, content: bytes, reason: str) -> None:
    style_id = make_style(cast.alice, status="pending")
    keys = make_artworks(style_id, plain(), content, plain())
    inspect(keys)
    inspect(keys)
    assert_failed(style_id, cast.alice, ("1.png", reason))
    artworks = {artwork.filename: artwork for artwork in all_of(Artwork)}
    assert artworks["1.png"].thumbnail_key is None
    assert [artworks[name].is_valid for name in sorted(artworks)] == [True, False, True]


def test_after_bad_artworks_the_artist_may_submit_again(cast: Cast) -> None:
    alice = cast.alice
    style_id = make_style(alice, status="pending")
    inspect(make_artworks(style_id, b"x"))
    assert alice.post("/api/styles", submission(place_artworks(alice))).status == 201
    assert alice.get("/api/auth/me").data["unread_notifications"] == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_usual_colour_modes_are_taken(cast: Cast, mode: str) -> None:
    style_id = make_style(cast.alice, status="pending")
    inspect(make_artworks(style_id, encode(Image.new(mode, (512, 512)))))
    assert_queued_once(style_id, cast.alice)


def test_jpgs_of_phones_and_print_shops_are_taken(cast: Cast) -> None:
    noise = Image.effect_noise((900, 900), 90).convert("RGB")
    of_a_phone = encode(noise, "MPO", save_all=True, append_images=[noise], quality=95)
    assert len(of_a_phone) > 300_000
    of_a_print_shop = encode(noise.convert("CMYK"), "JPEG")
    style_id = make_style(cast.alice, status="pending")
    inspect(make_artworks(style_id, of_a_phone, of_a_print_shop, content_type="image/jpeg"))
    assert_queued_once(style_id, cast.alice)


def test_a_turned_photo_is_thumbnailed_upright(cast: Cast) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.new("RGB", (600, 600), "blue")
    picture.paste("red", (0, 0, 600, 300))
    style_id = make_style(cast.alice, status="pending")
    turned = encode(picture, "JPEG", exif=exif)
    inspect(make_artworks(style_id, turned, content_type="image/jpeg"))
    key = all_of(Artwork)[0].thumbnail_key
    thumbnail = Image.open(io.BytesIO(storage.read("private", key))).convert("RGB")
    right, left = thumbnail.getpixel((230, 128)), thumbnail.getpixel((20, 128))
    assert right[0] > 200 > right[2]
    assert left[2] > 200 > left[0]


def test_replacing_an_upload_after_the_submission_changes_nothing(cast: Cast, s3: Any) -> None:
    alice = cast.alice
    uploads = place_artworks(alice)
    style_id = UUID(alice.post("/api/styles", submission(uploads)).data["id"])
    for key in uploads:
        s3.put_object(Bucket="private", Key=key, Body=b"something else")
    inspect([artwork.object_key for artwork in all_of(Artwork)])
    assert_queued_once(style_id, alice)


def make_older(delay: timedelta) -> None:
    with transaction() as db:
        for artwork in db.execute(select(Artwork)).scalars():
            artwork.created_at = clock.now() - delay


def test_what_no_event_came_for_is_inspected_later(cast: Cast) -> None:
    style_id = make_style(cast.alice, status="pending")
    make_artworks(style_id, plain(), plain())
    assert inspect_overdue() == 0
    make_older(timedelta(minutes=3))
    assert inspect_overdue() == 2
    assert_queued_once(style_id, cast.alice)
    assert inspect_overdue() == 0


def test_an_artwork_not_copied_yet_is_waited_for(cast: Cast, s3: Any) -> None:
    style_id = make_style(cast.alice, status="pending")
    (key,) = make_artworks(style_id, None)
    inspect([key])
    make_older(timedelta(minutes=3))
    inspect_overdue()
    assert status_of(style_id) == ("pending", None)
    s3.put_object(Bucket="private", Key=key, Body=plain())
    inspect_overdue()
    assert_queued_once(style_id, cast.alice)


def test_an_artwork_that_never_comes_fails_the_style_after_an_hour(cast: Cast) -> None:
    style_id = make_style(cast.alice, status="pending")
    make_artworks(style_id, plain(), None)
    make_older(timedelta(minutes=61))
    inspect_overdue()
    assert_failed(style_id, cast.alice, ("1.png", "missing"))


def test_one_that_cannot_be_inspected_leaves_the_others_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = (make_style(who, status="pending") for who in (cast.alice, artist_of(cast)))
    (bad,) = make_artworks(broken, plain())
    make_artworks(whole, plain())
    make_older(timedelta(minutes=3))
    read = storage.read

    def refuse(bucket: str, key: str) -> bytes:
        if key == bad:
            raise RuntimeError
        return read(bucket, key)

    monkeypatch.setattr(storage, "read", refuse)
    inspect_overdue()
    assert [job.style_id for job in all_of(Job)] == [whole]


def artist_of(cast: Cast) -> Person:
    return cast.person("anna", artist=True)
