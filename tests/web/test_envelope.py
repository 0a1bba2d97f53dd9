"""Every answer is an envelope (SPEC §4)."""

import json

import pytest

from tests.people import Cast


def test_health_needs_nobody(cast: Cast) -> None:
    answer = cast.visitor.get("/api/health")
    assert answer.status == 200
    assert answer.data["status"] == "ok"
    assert answer.header("X-Request-Id")
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert answer.header("Strict-Transport-Security")
    assert answer.header("Cache-Control") == "no-store"


def test_an_unknown_route_is_not_found(cast: Cast) -> None:
    answer = cast.visitor.get("/api/nothing-here")
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert answer.header("X-Request-Id")
    assert answer.header("X-Frame-Options") == "DENY"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_wrong_method_names_the_right_ones(cast: Cast, method: str) -> None:
    answer = cast.visitor.call(method, "/api/health")
    assert (answer.status, answer.code) == (405, "METHOD_NOT_ALLOWED")
    assert answer.header("Allow") == "GET"


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe{", b'{"a": "\\ud800"}'])
def test_unreadable_json_is_malformed(cast: Cast, body: bytes) -> None:
    answer = cast.bob.post("/api/uploads", body)
    assert (answer.status, answer.code) == (400, "MALFORMED_REQUEST")


def test_another_media_type_is_refused(cast: Cast) -> None:
    answer = cast.bob.post("/api/uploads", b"a=b", headers={"Content-Type": "text/plain"})
    assert (answer.status, answer.code) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_an_oversized_body_is_refused(cast: Cast) -> None:
    answer = cast.bob.post("/api/uploads", b'"' + b"x" * 1_100_000 + b'"')
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")
    answer = cast.bob.post("/api/uploads", b"x" * 10_600_000)
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")


def test_an_unexpected_exception_tells_only_its_request_id(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = cast.bob
    monkeypatch.setattr("chalicelib.ledger.queries.balance_of", lambda *_, **__: 1 / 0)
    answer = bob.get("/api/tokens/balance")
    assert (answer.status, answer.code) == (500, "INTERNAL_ERROR")
    assert answer.details == {"request_id": answer.header("X-Request-Id")}
    assert "division" not in answer.content.decode()


def test_wrong_fields_are_named_one_by_one_in_korean(cast: Cast) -> None:
    bob = cast.bob
    bob.language = "ko-KR,ko;q=0.9,en;q=0.8"
    answer = bob.post("/api/uploads", {"purpose": "artwork", "files": [], "role": "artist"})
    assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")
    fields = {entry["field"]: entry for entry in answer.details["fields"]}
    assert fields["files"]["message"] == "1개 이상 필요합니다."
    assert fields["role"]["message"] == "알 수 없는 항목입니다."
    assert answer.body["error"]["message"] == "입력값을 확인해 주세요."


def test_a_change_without_the_token_or_from_another_origin_is_refused(cast: Cast) -> None:
    bob = cast.bob
    body = {"purpose": "artwork", "files": []}
    for headers in (
        {"X-CSRFToken": ""},
        {"X-CSRFToken": "0" * 64},
        {"Origin": "https://evil.test"},
    ):
        answer = bob.post("/api/uploads", body, headers=headers)
        assert (answer.status, answer.code) == (403, "CSRF_FAILED")
    answer = bob.post("/api/uploads", body, headers={"Origin": "http://localhost:8000"})
    assert answer.status == 422


def test_another_sessions_token_does_not_fit(cast: Cast) -> None:
    bob, carol = cast.bob, cast.carol
    answer = bob.post("/api/auth/logout", headers={"X-CSRFToken": carol.cookies["csrftoken"]})
    assert answer.code == "CSRF_FAILED"


def test_visitors_are_asked_to_sign_in(cast: Cast) -> None:
    for path in ("/api/auth/me", "/api/tokens/balance", "/api/generations/me", "/api/styles/me"):
        answer = cast.visitor.get(path)
        assert (answer.status, answer.code) == (401, "UNAUTHORIZED")


def test_a_path_that_is_no_id_is_not_found(cast: Cast) -> None:
    assert cast.visitor.get("/api/styles/not-an-id").code == "NOT_FOUND"


def test_error_messages_never_lack_a_translation(cast: Cast) -> None:
    answer = cast.visitor.get("/api/auth/me")
    assert json.loads(answer.content)["error"]["message"] == "Please sign in."
