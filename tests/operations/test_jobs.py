"""Operators watch the GPU work (SPEC §4.11)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from chalicelib.kit import clock
from chalicelib.kit.db import transaction
from chalicelib.tables import Job
from tests.factories.styles import make_style
from tests.people import Browser, Cast, Person

SECRET = "the-secret-of-the-attempt"


def train(artist: Person, **columns: Any) -> str:
    """A training job; answers its id."""
    style_id = make_style(artist, status="failed")
    values = {
        "kind": "training",
        "style_id": style_id,
        "owner_id": artist.id,
        "announced_at": clock.now(),
        "state": "failed",
        "ended_at": clock.now(),
        **columns,
    }
    with transaction() as db:
        return str(db.execute(insert(Job).values(**values).returning(Job.id)).scalar_one())


def generate(buyer: Person, style_id: UUID) -> str:
    """A queued generation; answers its id."""
    body = {"style_id": str(style_id), "prompt_tags": ["sea"], "aspect_ratio": "1:1"}
    generation_id: str = buyer.post("/api/generations", body).data["id"]
    return generation_id


def listed(browser: Browser, **query: Any) -> list[str]:
    return [job["id"] for job in browser.get("/api/admin/jobs", **query).data["results"]]


def test_a_job_tells_how_far_it_got_and_keeps_its_secret(cast: Cast) -> None:
    asked = generate(cast.bob, make_style(cast.alice))
    now = clock.now()
    with transaction() as db:
        db.execute(
            update(Job).values(
                state="retrying",
                attempt=2,
                attempt_key=SECRET,
                runpod_job_id="r-1",
                dispatched_at=now,
                started_at=now,
                heard_at=now,
                failure_code="TIMEOUT",
                failure_message="No news for 60 s.",
            )
        )
    answer = cast.oscar.get("/api/admin/jobs")
    (job,) = answer.data["results"]
    times = {"created_at", "dispatched_at", "started_at", "heard_at"}
    assert all(job.pop(name).endswith("Z") for name in times)
    del job["id"]
    assert job == {
        "kind": "generation",
        "state": "retrying",
        "attempt": 2,
        "owner_id": str(cast.bob.id),
        "style_id": None,
        "generation_id": asked,
        "runpod_job_id": "r-1",
        "failure_code": "TIMEOUT",
        "failure_message": "No news for 60 s.",
        "ended_at": None,
    }
    assert SECRET.encode() not in answer.content


def test_jobs_are_listed_newest_first_by_state_and_kind(cast: Cast) -> None:
    style_id = make_style(cast.alice, price=1)
    anna = cast.person("anna", artist=True)
    first, second = train(anna), train(anna)
    for _ in range(2):
        generate(cast.bob, style_id)
    every = listed(cast.oscar)
    assert every == sorted(every, reverse=True)
    assert every[2:] == [second, first]
    assert listed(cast.oscar, state="failed") == listed(cast.oscar, kind="training") == every[2:]
    assert listed(cast.oscar, state="queued") == listed(cast.oscar, kind="generation") == every[:2]
    assert listed(cast.oscar, state="queued", kind="training") == []
    assert listed(cast.oscar, state="failed", kind="training", limit=1) == [second]
    for query in ({"state": "lost"}, {"kind": "x"}, {"state": "a\x00"}, {"limit": 0}):
        assert cast.oscar.get("/api/admin/jobs", **query).code == "VALIDATION_FAILED"


@pytest.mark.parametrize("query", [{}, {"state": "failed"}, {"kind": "training"}], ids=str)
def test_pages_hold_everything_once_while_jobs_are_added(cast: Cast, query: dict[str, Any]) -> None:
    made = [train(cast.alice) for _ in range(5)][::-1]
    page = cast.oscar.get("/api/admin/jobs", limit=2, **query).data
    found = page["results"]
    while page["has_more"]:
        train(cast.alice)
        page = cast.oscar.get("/api/admin/jobs", limit=2, cursor=page["next_cursor"], **query).data
        found += page["results"]
    assert [job["id"] for job in found] == made


def test_a_cursor_fits_its_own_list_only(cast: Cast) -> None:
    for _ in range(2):
        train(cast.alice)
    cursor = cast.oscar.get("/api/admin/jobs", limit=1).data["next_cursor"]
    for query in ({"state": "failed"}, {"kind": "training"}):
        assert cast.oscar.get("/api/admin/jobs", cursor=cursor, **query).status == 422
