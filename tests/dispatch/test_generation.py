"""A generation's way over the GPU desk (SPEC §3): paid exactly once, whatever is delivered."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from chalicelib.contracts.jobs import JobKind, JobMessage
from chalicelib.dispatch import service
from chalicelib.kit import storage
from chalicelib.kit.db import transaction
from chalicelib.kit.settings import settings
from chalicelib.ledger.proof import prove_ledger
from chalicelib.tables import Generation, Job, User
from tests.dispatch.conftest import Runpod, Worker
from tests.factories.styles import make_style
from tests.people import Cast, Person


def ask(person: Person, style_id: UUID) -> str:
    body = {"style_id": str(style_id), "prompt_tags": ["house"], "aspect_ratio": "1:1"}
    made: str = person.post("/api/generations", body).data["id"]
    return made


def deliver(generation_id: str) -> None:
    """The queue's message for the present attempt arrives."""
    with transaction() as db:
        job = db.execute(
            select(Job.id, Job.attempt).where(Job.generation_id == UUID(generation_id))
        ).one()
    service.receive([JobMessage(job_id=job.id, attempt=job.attempt)])


def state_of(generation_id: str) -> str:
    with transaction() as db:
        return db.execute(
            select(Generation.status).where(Generation.id == UUID(generation_id))
        ).scalar_one()


def proof() -> dict[str, int]:
    with transaction() as db:
        return {name: value for name, value in prove_ledger(db).items() if value}


def test_from_request_to_paid_image(cast: Cast, inference: Worker) -> None:
    bob, style_id = cast.bob, make_style(cast.alice, price=30)
    made = ask(bob, style_id)
    deliver(made)
    job = inference.take()
    assert job["prompt_tags"] == ["house"]
    assert job["rights"]["licence_url"] == f"http://localhost:8000/licenses/{made}"
    result = inference.make_image(job)
    progress = {
        "current_step": 5,
        "total_steps": 20,
        "progress_percent": 25,
        "estimated_seconds": 3,
    }
    answer = inference.call("PATCH", f"/api/generations/{made}", job, progress=progress)
    assert answer.data == {"accepted": True}
    shown = bob.get(f"/api/generations/{made}").data
    assert shown["status"] == "processing"
    assert shown["progress"].pop("last_updated").endswith("Z")
    assert shown["progress"] == progress
    assert inference.complete(job, result).data == {"accepted": True}
    shown = bob.get(f"/api/generations/{made}").data
    assert (shown["status"], shown["progress"], shown["place_in_line"]) == ("completed", None, None)
    assert "generations/" in shown["image_url"]
    assert "attachment" in shown["download_url"]
    assert cast.alice.get("/api/tokens/balance").data["earned_token_balance"] == 30
    assert cast.alice.get("/api/auth/me").data["artist"]["earned_token_balance"] == 30
    told = bob.get("/api/notifications").data["results"]
    assert [(one["type"], one["actor"], one["target"]["id"]) for one in told] == [
        ("generation_complete", None, made)
    ]
    assert cast.visitor.get(f"/api/styles/{style_id}").data["generations_count"] == 1
    assert proof() == {}


def test_a_completion_twice_pays_once(cast: Cast, inference: Worker) -> None:
    made = ask(cast.bob, make_style(cast.alice, price=30))
    deliver(made)
    job = inference.take()
    result = inference.make_image(job)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: inference.complete(job, result), range(6)))
    assert sorted(answer.data["accepted"] for answer in answers) == [False] * 5 + [True]
    assert cast.alice.get("/api/tokens/balance").data["earned_token_balance"] == 30
    assert len(cast.bob.get("/api/notifications").data["results"]) == 1
    assert inference.fail(job, "CUDA_OOM").data == {"accepted": False}
    assert state_of(made) == "completed"
    assert proof() == {}


def test_a_lost_worker_is_retried_three_times_and_then_refunded(
    cast: Cast, inference: Worker
) -> None:
    made = ask(cast.bob, make_style(cast.alice, price=30))
    for attempt in range(1, 5):
        deliver(made)
        job = inference.take()
        assert job["attempt"] == attempt
        assert inference.fail(job, "CUDA_OOM").data == {"accepted": True}
        shown = cast.bob.get(f"/api/generations/{made}").data
        assert shown["retry_count"] == min(attempt, 3)
        assert shown["status"] == ("retrying" if attempt < 4 else "failed")
    assert shown["failure"] == {
        "code": "GENERATION_FAILED",
        "message": "The image could not be made. Your tokens were returned.",
        "details": {"reason": "CUDA_OOM"},
    }
    assert cast.bob.balance == 100
    kinds = [one["type"] for one in cast.bob.get("/api/notifications").data["results"]]
    assert kinds == ["generation_failed"]
    rows = cast.bob.get("/api/tokens/transactions", type="usage").data["results"]
    assert [(row["status"], row["amount"]) for row in rows] == [("refunded", 30)]
    assert proof() == {}


@pytest.mark.parametrize("code", ["PROMPT_REJECTED", "MODEL_NOT_FOUND", "INVALID_INPUT"])
def test_what_trying_again_cannot_help_fails_at_once(
    cast: Cast, inference: Worker, code: str
) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    inference.fail(inference.take(), code)
    assert state_of(made) == "failed"
    assert cast.bob.balance == 100


def test_a_superseded_attempt_changes_nothing(cast: Cast, inference: Worker) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    old = inference.take()
    result = inference.make_image(old)
    inference.fail(old, "GPU_FAULT")
    deliver(made)
    for answer in (
        inference.complete(old, result),
        inference.fail(old, "PROMPT_REJECTED"),
        inference.call("POST", f"/api/webhooks/jobs/{old['job_id']}/urls", old),
        inference.call(
            "PATCH",
            f"/api/generations/{made}",
            old,
            progress={"current_step": 1, "total_steps": 2, "progress_percent": 50},
        ),
    ):
        assert (answer.status, answer.data) == (200, {"accepted": False})
    assert state_of(made) == "retrying"
    assert inference.take()["attempt"] == 2


def test_an_image_that_is_not_there_is_not_paid(cast: Cast, inference: Worker) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    job = inference.take()
    result = inference.make_image(job)
    assert inference.complete(job, {**result, "image_sha256": "9" * 64}).data == {"accepted": False}
    assert state_of(made) == "retrying"
    assert proof() == {}


def test_forged_callbacks_are_refused(cast: Cast, inference: Worker) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    job = inference.take()
    result = inference.make_image(job)
    forged = {**job, "attempt_key": "x" * 32}
    assert inference.complete(forged, result).data == {"accepted": False}
    inference.token = "wrong"
    assert inference.complete(job, result).code == "UNAUTHORIZED"
    inference.token = ""
    assert inference.complete(job, result).code == "UNAUTHORIZED"
    assert state_of(made) == "processing"


def test_the_previous_bearer_still_fits_and_the_other_servers_name_does_not(
    cast: Cast, inference: Worker, training: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    job = inference.take()
    inference.token = settings().internal_api_token_previous.get_secret_value()
    assert "image" in inference.urls(job)["write"]
    path = f"/api/webhooks/jobs/{job['job_id']}/urls"
    assert training.call("POST", path, job).data == {"accepted": False}
    answer = training.call("POST", "/api/webhooks/inference/failed", job, error=error())
    assert (answer.status, answer.code) == (403, "FORBIDDEN")


def error() -> dict[str, Any]:
    return {"code": "CUDA_OOM", "message": ""}


def test_urls_are_for_this_jobs_objects_only(cast: Cast, inference: Worker) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    urls = inference.urls(inference.take())
    assert set(urls["read"]) == {"lora", "signature"}
    assert {name: form["fields"]["key"] for name, form in urls["write"].items()} == {
        "image": f"generations/{made}/1/image.png",
        "preview": f"generations/{made}/1/preview.webp",
        "thumbnail": f"generations/{made}/1/thumbnail.webp",
    }
    assert urls["expires_in_seconds"] == 900


def test_one_buyers_many_requests_do_not_hold_up_anothers_one(
    cast: Cast, inference: Worker
) -> None:
    style_id = make_style(cast.alice, price=5)
    bobs = [ask(cast.bob, style_id) for _ in range(6)]
    carols = ask(cast.carol, style_id)
    for made in [*bobs, carols]:
        deliver(made)
    place = cast.carol.get(f"/api/generations/{carols}").data["place_in_line"]
    # Two slots are Bob's already; Carol comes before his other four.
    assert place["position"] == 3
    first = inference.take()
    inference.complete(first, inference.make_image(first))
    service.send_due(JobKind.GENERATION)
    taken = [inference.take()["generation_id"] for _ in range(2)]
    assert carols in taken


def test_runpod_being_away_costs_an_attempt_not_the_tokens(
    cast: Cast, db_clean: None, inference: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    monkeypatch.setenv("RUNPOD_API_URL", "http://127.0.0.1:9/v2")
    settings.cache_clear()
    deliver(made)
    assert state_of(made) == "retrying"
    assert proof() == {}


def test_cancel_before_a_worker_begins_gives_all_back(cast: Cast, inference: Worker) -> None:
    bob, made = cast.bob, ask(cast.bob, make_style(cast.alice))
    deliver(made)
    assert cast.carol.post(f"/api/generations/{made}/cancel").code == "NOT_FOUND"
    assert bob.post(f"/api/generations/{made}/cancel").data["status"] == "canceled"
    assert bob.balance == 100
    job = inference.take()
    answer = inference.call("POST", f"/api/webhooks/jobs/{job['job_id']}/urls", job)
    assert answer.data == {"accepted": False}
    assert bob.post(f"/api/generations/{made}/cancel").code == "CONFLICT"
    assert proof() == {}


def test_once_a_worker_is_at_it_cancel_is_too_late(cast: Cast, inference: Worker) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    inference.urls(inference.take())
    assert cast.bob.post(f"/api/generations/{made}/cancel").code == "CONFLICT"


def test_cancel_and_start_at_once_never_both_win(cast: Cast, inference: Worker) -> None:
    style_id = make_style(cast.alice, price=1)
    for _ in range(8):
        made = ask(cast.bob, style_id)
        deliver(made)
        job = inference.take()
        path = f"/api/webhooks/jobs/{job['job_id']}/urls"
        with ThreadPoolExecutor(2) as pool:
            cancel = pool.submit(cast.bob.post, f"/api/generations/{made}/cancel")
            start = pool.submit(inference.call, "POST", path, job)
        assert (cancel.result().status == 200) != ("write" in start.result().data)
        inference.fail(job, "INVALID_INPUT")
    assert cast.bob.balance == 100
    assert proof() == {}


def test_publish_and_unpublish_really_open_and_close(cast: Cast, inference: Worker) -> None:
    bob, made = cast.bob, ask(cast.bob, make_style(cast.alice))
    assert bob.patch(f"/api/generations/{made}", {"is_public": True}).code == "CONFLICT"
    deliver(made)
    job = inference.take()
    inference.complete(job, inference.make_image(job))
    assert cast.visitor.get(f"/api/generations/{made}").code == "NOT_FOUND"
    assert cast.carol.patch(f"/api/generations/{made}", {"is_public": True}).code == "NOT_FOUND"
    shown = bob.patch(f"/api/generations/{made}", {"is_public": True, "description": "바다"}).data
    assert shown["image_url"].startswith("http://localhost:8000/media/generations/")
    key = shown["image_url"].replace("http://localhost:8000/media/", "public/")
    assert storage.size_bytes("images", key) > 0
    feed = cast.visitor.get("/api/generations/feed").data["results"]
    assert [(one["id"], one["description"]) for one in feed] == [(made, "바다")]
    seen = cast.visitor.get(f"/api/generations/{made}").data
    assert (seen["is_own"], seen["download_url"], seen["price_tokens"]) == (False, None, None)
    shown = bob.patch(f"/api/generations/{made}", {"is_public": False}).data
    assert "X-Amz-Signature" in shown["image_url"]
    with pytest.raises(storage.ObjectMissing):
        storage.size_bytes("images", key)
    assert cast.visitor.get("/api/generations/feed").data["results"] == []


def test_an_inactive_artists_style_makes_no_images(cast: Cast, runpod: Runpod) -> None:
    style_id = make_style(cast.alice)

    with transaction() as db:
        db.execute(update(User).where(User.id == cast.alice.id).values(is_active=False))
    body = {"style_id": str(style_id), "prompt_tags": ["house"], "aspect_ratio": "1:1"}
    assert cast.bob.post("/api/generations", body).code == "NOT_FOUND"


def test_a_job_that_cannot_be_sent_does_not_keep_the_others(
    cast: Cast, inference: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    style_id = make_style(cast.alice, price=5)
    odd, good = ask(cast.bob, style_id), ask(cast.carol, style_id)
    real = service.build_input

    def build_input(db: object, *, job: Job) -> object:
        if str(job.generation_id) == odd:
            raise KeyError("odd")
        return real(db, job=job)

    monkeypatch.setattr(service, "build_input", build_input)
    deliver(odd)
    deliver(good)
    assert inference.take()["generation_id"] == good
    assert state_of(odd) == "retrying"
    assert proof() == {}


def test_cancelling_while_runpod_refuses_never_deadlocks(
    cast: Cast, runpod: Runpod, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNPOD_API_URL", "http://127.0.0.1:9/v2")
    settings.cache_clear()
    style_id = make_style(cast.alice, price=1)
    made = [ask(cast.bob, style_id) for _ in range(12)]

    def refuse(one: str) -> None:
        deliver(one)

    def cancel(one: str) -> int:
        return cast.bob.post(f"/api/generations/{one}/cancel").status

    with ThreadPoolExecutor(8) as pool:
        refused = [pool.submit(refuse, one) for one in made]
        answers = [pool.submit(cancel, one) for one in made]
        for one in refused:
            one.result()
        assert {answer.result() for answer in answers} <= {200, 409}
    assert proof() == {}
