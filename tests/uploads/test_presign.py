"""Presigned posts (SPEC §4.3): one a file, for one key, type and size."""

import base64
import json
from typing import Any
from uuid import uuid4

import pytest

from tests.people import Cast, picture


def file(**changes: Any) -> dict[str, Any]:
    return {"filename": "a.png", "content_type": "image/png", "size": 1000, **changes}


def body(*files: dict[str, Any], purpose: str = "artwork") -> dict[str, Any]:
    return {"purpose": purpose, "files": list(files)}


def conditions(post: dict[str, Any]) -> list[Any]:
    policy = json.loads(base64.b64decode(post["fields"]["policy"]))
    found: list[Any] = policy["conditions"]
    return found


def test_each_file_has_its_own_post_under_the_askers_name(cast: Cast) -> None:
    wanted = body(file(), file(content_type="image/jpeg"), file())
    answer = cast.bob.post("/api/uploads", wanted)
    assert answer.status == 200
    assert answer.data["expires_in_seconds"] == 900
    posts = answer.data["uploads"]
    keys = [post["upload_key"] for post in posts]
    assert len(set(keys)) == 3
    assert all(key.startswith(f"uploads/{cast.bob.id}/artwork/") for key in keys)
    assert [key.rsplit(".")[-1] for key in keys] == ["png", "jpg", "png"]
    assert [post["fields"]["key"] for post in posts] == keys


@pytest.mark.parametrize(
    ("purpose", "size"),
    [("artwork", 10_000_000), ("signature", 2_000_000), ("profile_image", 2_000_000)],
)
def test_a_post_is_limited_to_key_type_and_size(cast: Cast, purpose: str, size: int) -> None:
    wanted = body(file(size=size), purpose=purpose)
    (post,) = cast.bob.post("/api/uploads", wanted).data["uploads"]
    rules = conditions(post)
    assert ["content-length-range", 1, size] in rules
    assert {"Content-Type": "image/png"} in rules
    assert {"key": post["upload_key"]} in rules
    answer = cast.bob.post("/api/uploads", body(file(size=size + 1), purpose=purpose))
    assert (answer.status, answer.code) == (422, "IMAGE_SIZE_EXCEEDED")
    assert answer.details == {"filename": "a.png", "size_bytes_max": size}


def test_a_file_sent_by_its_post_lies_at_its_key(cast: Cast, s3: Any) -> None:
    content = picture()
    (key,) = cast.bob.upload("artwork", content)
    kept = s3.get_object(Bucket="private", Key=key)
    assert kept["Body"].read() == content
    assert kept["ContentType"] == "image/png"


@pytest.mark.parametrize(
    "content_type",
    ["image/gif", "image/webp", "image/svg+xml", "text/html", "IMAGE/PNG", "image/png;x", ""],
)
def test_other_types_are_refused(cast: Cast, content_type: str) -> None:
    answer = cast.bob.post("/api/uploads", body(file(), file(content_type=content_type)))
    assert (answer.status, answer.code) == (422, "INVALID_IMAGE_FORMAT")
    assert answer.details["allowed"] == ["image/jpeg", "image/png"]


WRONG: list[Any] = [
    body(),
    body(*[file()] * 101),
    body(file(size=0)),
    body(file(size=-1)),
    body(file(size="1000")),
    body(file(size=1.5)),
    body(file(filename="")),
    body(file(filename="x" * 256)),
    body(file(filename="\x00")),
    body(file(key="uploads/x")),
    body(file(), purpose="model"),
    {"files": [file()]},
    {"purpose": "artwork"},
    {**body(file()), "user_id": str(uuid4())},
    [],
]


def test_bad_requests_name_their_fields(cast: Cast) -> None:
    for wanted in WRONG:
        answer = cast.bob.post("/api/uploads", wanted)
        assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")
        assert answer.details["fields"]


def test_a_hundred_files_may_be_asked_for_at_once(cast: Cast) -> None:
    answer = cast.bob.post("/api/uploads", body(*[file()] * 100))
    assert len({post["upload_key"] for post in answer.data["uploads"]}) == 100


def test_visitors_cannot_upload(cast: Cast) -> None:
    assert cast.visitor.post("/api/uploads", body(file())).code == "UNAUTHORIZED"


def test_two_people_never_share_a_key(cast: Cast) -> None:
    keys = {
        person.post("/api/uploads", body(file())).data["uploads"][0]["upload_key"]
        for person in (cast.bob, cast.carol, cast.bob)
    }
    assert len(keys) == 3
