"""What nobody may do, tried on every endpoint that the description names."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from chalicelib.kit.db import transaction
from chalicelib.tables import Comment, Generation, Notification
from local.openapi import TARGET
from tests.factories.styles import make_style
from tests.people import Cast, Person

DESCRIBED: dict[str, Any] = json.loads(TARGET.read_text(encoding="utf-8"))
SCHEMAS = DESCRIBED["components"]["schemas"]
CALLS = [
    (method.upper(), path, operation)
    for path, operations in DESCRIBED["paths"].items()
    for method, operation in operations.items()
]
NAMED = {f"{method} {path}": (method, path, operation) for method, path, operation in CALLS}
WITH_BODY = [name for name, (_, _, operation) in NAMED.items() if "requestBody" in operation]
OF_PEOPLE = [name for name in WITH_BODY if "/webhooks/" not in name]
HTML = "<script>alert(1)</script><b>Bold</b> &lt;img src=x onerror=alert(1)&gt;"
SQL = "'; DROP TABLE auth.users; --"
VALID: dict[str, dict[str, Any]] = {
    "PATCH /api/generations/{generation_id}": {"is_public": True},
    "POST /api/generations/{generation_id}/comments": {"body": "Mine!"},
    "PATCH /api/styles/{style_id}": {"generation_cost_tokens": 1},
    "PATCH /api/comments/{comment_id}": {"body": "Mine!"},
}


def at(path: str, **ids: object) -> str:
    for name in ("generation_id", "style_id", "comment_id", "user_id", "notification_id"):
        path = path.replace(f"{{{name}}}", str(ids.get(name, uuid4())))
    for name in ("tag_id", "job_id", "purchase_id"):
        path = path.replace(f"{{{name}}}", str(uuid4()))
    return path


@pytest.mark.parametrize("name", [name for name, one in NAMED.items() if one[2]["security"]])
def test_nothing_private_answers_a_visitor(cast: Cast, name: str) -> None:
    method, path, operation = NAMED[name]
    answer = cast.visitor.call(method, at(path), {} if "requestBody" in operation else None)
    if {} in operation["security"]:
        assert answer.status in {200, 302, 404, 422}
    else:
        assert (answer.status, answer.code) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    "name", [name for name, one in NAMED.items() if one[2]["security"] == [{"machine": []}]]
)
def test_no_session_opens_what_is_the_machines(cast: Cast, name: str) -> None:
    method, path, _ = NAMED[name]
    assert cast.oscar.call(method, at(path), {}).code == "UNAUTHORIZED"


@pytest.mark.parametrize("name", [name for name in NAMED if "/admin/" in name])
def test_operators_calls_are_forbidden_to_others(cast: Cast, name: str) -> None:
    method, path, _ = NAMED[name]
    assert cast.alice.call(method, at(path), {}).code == "FORBIDDEN"


@pytest.mark.parametrize("name", OF_PEOPLE)
@pytest.mark.parametrize(
    ("content", "statuses"),
    [
        (b"{", {400}),
        (b"", {400}),
        (b"\xff\xfe\x00", {400}),
        (b'{"a": "\\ud800"}', {400}),
        (b"[" * 100_000, {400}),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, {400}),
        (b"null", {422}),
        (b"[]", {422}),
        (b'"text"', {422}),
        (b"NaN", {400, 422}),
        (b'{"seed": 1e999, "size": NaN}', {400, 422}),
        (b'{"seed": ' + b"9" * 5000 + b"}", {400, 422}),
        (b'{"__proto__": {"is_operator": true}, "constructor": 1}', {422}),
        (b'{"body": "' + b"x" * 1_100_000 + b'"}', {413}),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else None,
)
def test_no_body_breaks_anything(cast: Cast, name: str, content: bytes, statuses: set[int]) -> None:
    person = cast.person("oscar", artist=True)
    method, path, _ = NAMED[name]
    answer = person.call(method, at(path), content)
    assert answer.status in statuses, answer.content[:300]


def test_marks_piled_up_take_no_time_to_refuse(cast: Cast) -> None:
    piled = "a" + "\u0323\u0307" * 40_000
    answers = [
        cast.bob.patch("/api/users/me", {"bio": piled}),
        cast.bob.post("/api/generations", {"prompt_tags": [piled]}),
        cast.bob.get("/api/search", q=piled),
    ]
    for answer in answers:
        assert answer.status == 422
        assert "string_too_long" in {one["code"] for one in answer.details["fields"]}


@pytest.mark.parametrize("name", OF_PEOPLE)
def test_only_json_is_taken(cast: Cast, name: str) -> None:
    person = cast.person("oscar", artist=True)
    method, path, _ = NAMED[name]
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = person.call(method, at(path), b"{}", headers={"Content-Type": media_type})
        assert answer.code == "UNSUPPORTED_MEDIA_TYPE"


@pytest.mark.parametrize(
    "name", [name for name, one in NAMED.items() if one[0] != "GET" and "webhooks" not in name]
)
def test_no_change_without_the_token_or_from_elsewhere(cast: Cast, name: str) -> None:
    person = cast.person("oscar", artist=True)
    method, path, operation = NAMED[name]
    body = {} if "requestBody" in operation else None
    for headers in ({"X-CSRFToken": "0" * 64}, {"Origin": "https://evil.test"}):
        assert person.call(method, at(path), body, headers=headers).code == "CSRF_FAILED"


def bodies(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    # Of a call that people and workers share, people's is the first.
    yield SCHEMAS[schema.get("anyOf", [schema])[0]["$ref"].rsplit("/", 1)[-1]]


@pytest.mark.parametrize("name", OF_PEOPLE)
def test_no_body_takes_a_field_that_is_ours(name: str) -> None:
    for schema in bodies(NAMED[name][2]):
        assert schema["additionalProperties"] is False
        ours = {"role", "token_balance", "is_operator", "is_active", "id", "user_id", "status"}
        assert not ours & schema["properties"].keys() - (
            {"is_active"} if "admin" in name else set()
        )


@pytest.fixture
def private(cast: Cast) -> dict[str, UUID]:
    """Bob's private image with his comment, his notification, and Alice's unfinished style."""
    style_id = make_style(cast.alice)
    pending = make_style(cast.person("ann", artist=True), status="pending")
    with transaction() as db:
        generation_id = db.execute(
            insert(Generation)
            .values(
                style_id=style_id,
                buyer_id=cast.bob.id,
                prompt_tags=["sky"],
                aspect_ratio="1:1",
                seed=1,
                price_tokens=30,
                status="completed",
                image_key="generations/x/1/image.png",
                image_sha256="0" * 64,
                comment_count=1,
            )
            .returning(Generation.id)
        ).scalar_one()
        comment_id = db.execute(
            insert(Comment)
            .values(generation_id=generation_id, author_id=cast.bob.id, body="Mine")
            .returning(Comment.id)
        ).scalar_one()
        notification_id = db.execute(
            insert(Notification)
            .values(
                user_id=cast.bob.id,
                type="generation_complete",
                target_type="generation",
                target_id=generation_id,
                dedupe_key="x",
            )
            .returning(Notification.id)
        ).scalar_one()
    return {
        "generation_id": generation_id,
        "comment_id": comment_id,
        "notification_id": notification_id,
        "style_id": pending,
    }


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in NAMED
        if any(f"{{{kind}_id}}" in name for kind in ("generation", "comment", "notification"))
        or "/styles/{style_id}" in name
    ],
)
def test_anothers_private_things_are_not_there(
    cast: Cast, private: dict[str, UUID], name: str
) -> None:
    method, path, operation = NAMED[name]
    body = VALID.get(name, {}) if "requestBody" in operation else None

    def ask(person: Person, **ids: UUID) -> tuple[int, Any]:
        answer = person.call(method, at(path, **ids), body)
        return answer.status, answer.body["error"]

    told = ask(cast.carol, **private)
    assert told[0] == 404
    assert told == ask(cast.carol), "a private thing is told from one that never was"


def test_a_request_in_anothers_unfinished_style_tells_nothing(
    cast: Cast, private: dict[str, UUID]
) -> None:
    def ask(style_id: UUID) -> Any:
        body = {"style_id": str(style_id), "prompt_tags": ["sky"], "aspect_ratio": "1:1"}
        answer = cast.carol.post("/api/generations", body)
        return answer.status, answer.body["error"]

    assert ask(private["style_id"]) == ask(uuid4())


@pytest.mark.parametrize("text", [HTML, SQL, "a\x00b", "‮evil‬", "𝓕𝓪𝓷𝓬𝔂", "é" * 400, "👩‍👩‍👧‍👦"])
def test_whatever_is_written_is_stored_as_text(
    cast: Cast, private: dict[str, UUID], text: str
) -> None:
    bob, generation_id = cast.bob, private["generation_id"]
    path = f"/api/generations/{generation_id}"
    said = bob.patch(path, {"description": text}).data["description"]
    comment = bob.post(f"{path}/comments", {"body": text}).data["body"]
    bio = bob.patch("/api/users/me", {"bio": text})
    assert bio.status == 200
    for stored in (said, comment, bob.get("/api/auth/me").data["bio"]):
        assert "<" not in stored
        assert "\x00" not in stored
        assert stored == said
    assert cast.carol.get("/api/generations/feed").status == 200
    for query in (text, "%", "_", "\\", "' OR 1=1 --"):
        assert bob.get("/api/search", q=query[:60]).status in {200, 422}
        assert bob.get("/api/styles", tag=query[:60]).status in {200, 422}
