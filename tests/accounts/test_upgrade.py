"""Becoming an artist (SPEC §3 Accounts): at once, with a verified address and a signature."""

import io
from typing import Any
from uuid import uuid4

import pytest
import requests
from PIL import Image
from sqlalchemy import func, select, update

from chalicelib.kit.db import transaction
from chalicelib.tables import Artist, User
from tests.people import Answer, Cast, Person, picture, signature

PATH = "/api/users/me/upgrade-to-artist"


def place(s3: Any, person: Person, content: bytes, *, name: str = "x.png") -> str:
    """An upload as if it had been posted, whatever its size."""
    kind = name.rsplit(".", 1)[-1]
    key = f"uploads/{person.id}/signature/{uuid4()}.{kind}"
    s3.put_object(Bucket="private", Key=key, Body=content)
    return key


def ask(person: Person, upload_key: str, **changes: Any) -> Answer:
    body = {
        "artist_name": "Bob Ross",
        "email": f"{person.name}@example.com",
        "signature_upload_key": upload_key,
    }
    return person.post(PATH, {**body, **changes})


def assert_still_a_user(person: Person) -> None:
    me = person.get("/api/auth/me").data
    assert (me["role"], me["artist"]) == ("user", None)
    with transaction() as db:
        assert db.execute(select(func.count()).select_from(Artist)).scalar_one() == 0


def saved(image: Image.Image, file_format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def test_who_asks_is_an_artist_at_once(cast: Cast) -> None:
    bob = cast.bob
    (key,) = bob.upload("signature", signature())
    answer = ask(bob, key, artist_name="  <i>Bob</i>  Ross ")
    assert answer.status == 200
    me = bob.get("/api/auth/me").data
    assert answer.data["artist"]["artist_name"] == me["artist"]["artist_name"] == "Bob Ross"
    assert (me["role"], me["artist"]["earned_token_balance"]) == ("artist", 0)
    assert me["artist"]["follower_count"] == 0
    read = requests.get(me["artist"]["signature_url"], timeout=30)
    assert read.headers["Content-Type"] == "image/png"
    kept = Image.open(io.BytesIO(read.content))
    assert (kept.format, kept.mode, kept.size) == ("PNG", "RGBA", (420, 120))
    assert bob.get("/api/styles/me").data["results"] == []


def test_a_jpg_signature_will_do(cast: Cast) -> None:
    bob = cast.bob
    content = picture(300, 200, file_format="JPEG")
    (key,) = bob.upload("signature", content, content_type="image/jpeg")
    answer = ask(bob, key)
    read = requests.get(answer.data["artist"]["signature_url"], timeout=30)
    kept = Image.open(io.BytesIO(read.content))
    assert (kept.format, kept.mode, kept.size) == ("PNG", "RGB", (300, 200))


def test_the_kept_signature_carries_nothing_of_the_file_but_its_picture(
    cast: Cast, s3: Any
) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x0112] = 6
    strokes = Image.new("RGB", (120, 300), "white")
    strokes.paste("black", (50, 20, 60, 280))
    content = saved(strokes, "JPEG", exif=exif, comment=b"secret")
    answer = ask(cast.bob, place(s3, cast.bob, content, name="x.jpg"))
    read = requests.get(answer.data["artist"]["signature_url"], timeout=30).content
    kept = Image.open(io.BytesIO(read))
    assert kept.size == (300, 120)
    assert b"taken at home" not in read
    assert b"secret" not in read


@pytest.mark.parametrize("email", ["other@example.com", "bob@example.com.evil.test", "bob"])
def test_another_address_than_the_verified_one_is_refused(cast: Cast, s3: Any, email: str) -> None:
    key = place(s3, cast.bob, signature())
    answer = ask(cast.bob, key, email=email)
    assert (answer.status, answer.code) == (422, "EMAIL_NOT_VERIFIED")
    assert_still_a_user(cast.bob)


def test_an_unverified_address_is_refused(cast: Cast, s3: Any) -> None:
    bob = cast.bob
    with transaction() as db:
        db.execute(update(User).where(User.id == bob.id).values(email_verified=False))
    answer = ask(bob, place(s3, bob, signature()))
    assert (answer.status, answer.code) == (422, "EMAIL_NOT_VERIFIED")
    assert_still_a_user(bob)


def test_the_address_counts_without_case_and_spaces(cast: Cast, s3: Any) -> None:
    answer = ask(cast.bob, place(s3, cast.bob, signature()), email=" Bob@Example.COM ")
    assert answer.data["role"] == "artist"


def animated() -> bytes:
    frames = [Image.new("RGB", (300, 100), color) for color in ("red", "blue")]
    return saved(frames[0], "PNG", save_all=True, append_images=frames[1:])


BAD_FILES = {
    "too narrow": (signature(199, 120), "IMAGE_TOO_SMALL"),
    "too large": (signature() + b"\x00" * 2_000_000, "IMAGE_SIZE_EXCEEDED"),
    "no image": (b"hello, world" * 100, "INVALID_IMAGE_FORMAT"),
    "no bytes": (b"", "INVALID_IMAGE_FORMAT"),
    "truncated": (picture(400, 300)[:-300], "INVALID_IMAGE_FORMAT"),
    "a GIF": (saved(Image.new("P", (300, 100)), "GIF"), "INVALID_IMAGE_FORMAT"),
    "a WebP": (saved(Image.new("RGB", (300, 100)), "WEBP"), "INVALID_IMAGE_FORMAT"),
    "a JPG": (picture(300, 200, file_format="JPEG"), "INVALID_IMAGE_FORMAT"),
    "an SVG": (b'<svg xmlns="http://www.w3.org/2000/svg" width="300"/>', "INVALID_IMAGE_FORMAT"),
    "opaque": (picture(300, 200), "INVALID_IMAGE_FORMAT"),
    "blank": (saved(Image.new("RGBA", (300, 100)), "PNG"), "INVALID_IMAGE_FORMAT"),
    "animated": (animated(), "INVALID_IMAGE_FORMAT"),
    "a bomb": (saved(Image.new("1", (9000, 9000)), "PNG"), "INVALID_IMAGE_FORMAT"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_signature_named_png_changes_nothing(cast: Cast, s3: Any, name: str) -> None:
    content, code = BAD_FILES[name]
    answer = ask(cast.bob, place(s3, cast.bob, content))
    assert (answer.status, answer.code) == (422, code)
    assert_still_a_user(cast.bob)


def test_200_pixels_are_wide_enough(cast: Cast, s3: Any) -> None:
    assert ask(cast.bob, place(s3, cast.bob, signature(200, 60))).status == 200


@pytest.mark.parametrize(
    "key",
    [
        "uploads/{carol}/signature/{id}.png",
        "uploads/{bob}/../{carol}/signature/{id}.png",
        "uploads/{bob}/artwork/{id}.png",
        "uploads/{bob}/signature/../{id}.png",
        "uploads/{bob}/signature/{id}.gif",
        "uploads/{bob}/signature/{id}.png\x00",
        "uploads/{bob}/signature/",
        "signatures/{carol}/{id}.png",
        "/uploads/{bob}/signature/{id}.png",
    ],
)
def test_a_key_not_made_for_this_is_forbidden(cast: Cast, key: str) -> None:
    given = key.format(bob=cast.bob.id, carol=cast.carol.id, id=uuid4())
    answer = ask(cast.bob, given)
    assert (answer.status, answer.code) == (403, "FORBIDDEN")
    assert_still_a_user(cast.bob)


def test_anothers_upload_is_forbidden(cast: Cast, s3: Any) -> None:
    key = place(s3, cast.carol, signature())
    assert ask(cast.bob, key).code == "FORBIDDEN"
    assert_still_a_user(cast.bob)


def test_a_file_never_sent_is_named(cast: Cast) -> None:
    answer = ask(cast.bob, f"uploads/{cast.bob.id}/signature/{uuid4()}.png")
    assert answer.code == "VALIDATION_FAILED"
    assert answer.details["fields"][0]["code"] == "not_uploaded"


def test_once_an_artist_always_an_artist(cast: Cast, s3: Any) -> None:
    bob = cast.bob
    assert ask(bob, place(s3, bob, signature())).status == 200
    before = bob.get("/api/auth/me").data["artist"]["artist_name"]
    answer = ask(bob, place(s3, bob, signature()), artist_name="Another")
    assert (answer.status, answer.code) == (409, "CONFLICT")
    assert bob.get("/api/auth/me").data["artist"]["artist_name"] == before


@pytest.mark.parametrize("name", ["", "   ", "<b></b>", "x" * 61, "\x00", None, 7])
def test_an_artist_needs_a_name(cast: Cast, name: Any) -> None:
    answer = ask(cast.bob, f"uploads/{cast.bob.id}/signature/{uuid4()}.png", artist_name=name)
    assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")
    assert answer.details["fields"][0]["field"] == "artist_name"


def test_visitors_cannot_become_artists(cast: Cast) -> None:
    assert cast.visitor.post(PATH, {}).code == "UNAUTHORIZED"
