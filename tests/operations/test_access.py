"""/api/admin is the operators' (SPEC §4.11)."""

import pytest

from tests.people import Cast

CALLS = [
    ("GET", "/api/admin/tags"),
    ("PATCH", "/api/admin/tags/01a20649-0000-7000-8000-000000000000"),
    ("GET", "/api/admin/jobs"),
    ("GET", "/api/admin/ledger"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_nobody_else_gets_in(cast: Cast, method: str, path: str) -> None:
    body = {"is_flagged": True} if method == "PATCH" else None
    assert cast.visitor.call(method, path, body).code == "UNAUTHORIZED"
    for other in (cast.bob, cast.alice):
        answer = other.call(method, path, body)
        assert (answer.status, answer.code) == (403, "FORBIDDEN")


def test_a_change_needs_the_csrf_token(cast: Cast) -> None:
    answer = cast.oscar.call(*CALLS[1], {"is_flagged": True}, headers={"X-CSRFToken": "x"})
    assert (answer.status, answer.code) == (403, "CSRF_FAILED")


def test_the_ledger_is_proved_now(cast: Cast) -> None:
    assert cast.bob.balance == 100
    proof = cast.oscar.get("/api/admin/ledger").data
    assert proof["holds"] is True
    assert proof["proved_at"].endswith("Z")
    assert set(proof["invariants"].values()) == {0}
