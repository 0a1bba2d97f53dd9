"""Profile pictures (SPEC §4.2, §5): decided by bytes, small, square, without metadata."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import boto3
from PIL import Image, ImageDraw
from sqlalchemy import select

from chalicelib.kit import outbox
from chalicelib.kit.db import transaction
from chalicelib.tables import User
from tests.accounts.test_profile import make_image
from tests.accounts.uploading import place, published, read_picture
from tests.factories.styles import make_style
from tests.people import Answer, Cast, Person, picture

PATH = "/api/users/me"


def show(person: Person, content: bytes, extension: str = "png") -> Answer:
    key = place(person, content, purpose="profile_image", extension=extension)
    return person.patch(PATH, {"profile_image_upload_key": key})


def saved(image: Image.Image, file_format: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def halves(mode: str = "RGB", size: tuple[int, int] = (300, 300)) -> Image.Image:
    """Red above, blue below."""
    image = Image.new("RGB", size, "red")
    ImageDraw.Draw(image).rectangle((0, size[1] // 2, *size), fill="blue")
    return image.convert(mode)


def looks(image: Image.Image, x: int, y: int) -> str:
    red, _, blue = image.convert("RGB").getpixel((x, y))
    return "red" if red > 150 > blue else "blue" if blue > 150 > red else "neither"


def key_of(person: Person) -> str | None:
    with transaction() as db:
        return db.execute(select(User.profile_image_key).where(User.id == person.id)).scalar_one()


def test_a_picture_is_shown_wherever_its_owner_is(cast: Cast) -> None:
    bob = cast.bob
    (key,) = bob.upload("profile_image", picture(640, 400))
    url = bob.patch(PATH, {"profile_image_upload_key": key}).data["profile_image_url"]
    head, shown = read_picture(url)
    assert (shown.format, shown.size) == ("WEBP", (256, 256))
    assert head["ContentType"] == "image/webp"
    assert head["CacheControl"].startswith("public, max-age=")
    make_image(bob, make_style(cast.alice))
    (card,) = cast.visitor.get("/api/generations/feed").data["results"]
    assert card["buyer"] == {"id": str(bob.id), "username": "bob", "profile_image_url": url}
    assert bob.get("/api/auth/me").data["profile_image_url"] == url
    assert cast.visitor.get(f"/api/users/{bob.id}").data["profile_image_url"] == url


def test_a_new_picture_removes_the_one_before(cast: Cast) -> None:
    bob = cast.bob
    first = show(bob, picture(seed=1)).data["profile_image_url"]
    second = show(bob, picture(seed=2)).data["profile_image_url"]
    assert first != second
    assert published(bob) == [key_of(bob)]
    read_picture(second)


def test_null_removes_the_picture(cast: Cast) -> None:
    bob = cast.bob
    show(bob, picture())
    assert bob.patch(PATH, {"bio": "still here"}).data["profile_image_url"] is not None
    for _ in range(2):
        answer = bob.patch(PATH, {"profile_image_upload_key": None})
        assert answer.data["profile_image_url"] is None
        assert published(bob) == []
    assert cast.visitor.get(f"/api/users/{bob.id}").data["profile_image_url"] is None


def test_a_change_that_fails_leaves_nothing_in_public(cast: Cast) -> None:
    bob = cast.bob
    assert cast.alice
    show(bob, picture(seed=1))
    before = published(bob)
    key = place(bob, picture(seed=2), purpose="profile_image")
    answer = bob.patch(PATH, {"profile_image_upload_key": key, "username": "alice"})
    assert answer.code == "USERNAME_TAKEN"
    assert published(bob) == before == [key_of(bob)]


def test_of_pictures_changed_at_once_one_is_left(cast: Cast) -> None:
    bob = cast.bob
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda seed: show(bob, picture(seed=seed)), range(6)))
    assert {answer.status for answer in answers} == {200}
    # A removal waits for the copy under way, and is then the next sweep's.
    outbox.relay()
    assert published(bob) == [key_of(bob)]


def test_a_photograph_stands_upright(cast: Cast) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: what is left in the file belongs on top
    lying = halves().rotate(90)
    _, shown = read_picture(
        show(cast.bob, saved(lying, "JPEG", exif=exif), "jpg").data["profile_image_url"]
    )
    assert (looks(shown, 128, 20), looks(shown, 128, 235)) == ("red", "blue")


def test_the_middle_is_shown(cast: Cast) -> None:
    wide = Image.new("RGB", (900, 300), "red")
    wide.paste("blue", (300, 0, 600, 300))
    _, shown = read_picture(show(cast.bob, saved(wide)).data["profile_image_url"])
    assert {looks(shown, x, y) for x in (10, 128, 245) for y in (10, 128, 245)} == {"blue"}


def test_metadata_is_dropped(cast: Cast) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    content = saved(
        halves(), "JPEG", exif=exif, comment=b"secret", icc_profile=b"monitor of bob" * 20
    )
    head, shown = read_picture(show(cast.bob, content, "jpg").data["profile_image_url"])
    for word in (b"taken at home", b"secret", b"monitor of bob", b"EXIF", b"XMP "):
        assert word not in head["content"]
    assert not shown.getexif()


def test_every_kind_of_jpg_and_png_will_do(cast: Cast) -> None:
    for kind, content, extension in (
        ("CMYK", saved(halves("CMYK"), "JPEG"), "jpg"),
        ("palette", saved(halves("P")), "png"),
        ("alpha", saved(halves("RGBA")), "png"),
        ("progressive", saved(halves(), "JPEG", progressive=True), "jpg"),
        ("narrow", saved(halves(size=(40, 400))), "png"),
    ):
        answer = show(cast.bob, content, extension)
        assert answer.status == 200, kind
        _, shown = read_picture(answer.data["profile_image_url"])
        assert shown.size == (256, 256), kind
        assert (looks(shown, 128, 20), looks(shown, 128, 235)) == ("red", "blue"), kind


def test_what_is_transparent_stays_so(cast: Cast) -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 32, 64, 64))
    for content in (saved(image), saved(image.quantize(4))):
        _, shown = read_picture(show(cast.bob, content).data["profile_image_url"])
        alpha = shown.convert("RGBA").getchannel("A")
        assert (alpha.getpixel((128, 10)), alpha.getpixel((128, 250))) == (0, 255)


def test_one_pixel_is_a_picture(cast: Cast) -> None:
    answer = show(cast.bob, saved(Image.new("RGB", (1, 1), "red")))
    _, shown = read_picture(answer.data["profile_image_url"])
    assert (shown.size, looks(shown, 128, 128)) == ((256, 256), "red")


BAD_FILES = {
    "a truncated PNG": (picture()[:-300], "png", "INVALID_IMAGE_FORMAT"),
    "a truncated JPG": (picture(file_format="JPEG")[:-900], "jpg", "INVALID_IMAGE_FORMAT"),
    "a JPG named png": (picture(file_format="JPEG"), "png", "INVALID_IMAGE_FORMAT"),
    "text": (b"hello, world" * 100, "png", "INVALID_IMAGE_FORMAT"),
    "nothing": (b"", "png", "INVALID_IMAGE_FORMAT"),
    "an SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "png", "INVALID_IMAGE_FORMAT"),
    "a bomb": (saved(Image.new("1", (9000, 9000))), "png", "INVALID_IMAGE_FORMAT"),
    "2 MB and more": (picture() + bytes(2_000_000), "png", "IMAGE_SIZE_EXCEEDED"),
}


def test_a_bad_file_changes_nothing(cast: Cast) -> None:
    for name, (content, extension, code) in BAD_FILES.items():
        key = place(cast.bob, content, purpose="profile_image", extension=extension)
        answer = cast.bob.patch(PATH, {"profile_image_upload_key": key, "bio": "changed"})
        assert (answer.status, answer.code) == (422, code), name
    me = cast.bob.get("/api/auth/me").data
    assert (me["profile_image_url"], me["bio"], published(cast.bob)) == (None, "", [])


def test_a_key_not_made_for_this_is_forbidden(cast: Cast) -> None:
    bob, number = cast.bob, uuid4()
    for key in (
        f"uploads/{cast.carol.id}/profile_image/{number}.png",
        f"uploads/{bob.id}/signature/{number}.png",
        f"uploads/{bob.id}/artwork/{number}.png",
        f"uploads/{bob.id}/profile_image/{number}.png.webp",
        f"uploads/{bob.id}/profile_image/../{number}.png",
        f"signatures/{bob.id}/{number}.png",
    ):
        boto3.client("s3").put_object(Bucket="private", Key=key, Body=picture())
        answer = bob.patch(PATH, {"profile_image_upload_key": key})
        assert (answer.status, answer.code) == (403, "FORBIDDEN"), key
    assert published(bob) == []


def test_a_file_never_sent_is_named(cast: Cast) -> None:
    key = f"uploads/{cast.bob.id}/profile_image/{uuid4()}.png"
    answer = cast.bob.patch(PATH, {"profile_image_upload_key": key})
    assert (answer.status, answer.details["fields"][0]["code"]) == (422, "not_uploaded")


def test_the_public_address_tells_nothing_of_the_upload(cast: Cast) -> None:
    key = place(cast.bob, picture(), purpose="profile_image")
    url = cast.bob.patch(PATH, {"profile_image_upload_key": key}).data["profile_image_url"]
    upload_id = key.rsplit("/", 1)[-1].split(".")[0]
    assert str(UUID(upload_id)) not in url
    assert url.startswith(f"http://localhost:8000/media/users/{cast.bob.id}/")
