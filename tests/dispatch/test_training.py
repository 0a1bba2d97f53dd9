"""A training's way over the GPU desk (SPEC §3, Styles and training)."""

import hashlib
from typing import Any
from uuid import UUID

import pytest
import requests
from sqlalchemy import insert, select

from chalicelib.contracts.jobs import JobMessage
from chalicelib.dispatch import service
from chalicelib.kit import outbox, storage
from chalicelib.kit.db import transaction
from chalicelib.styles.service import queue_training
from chalicelib.tables import Artwork, Job
from chalicelib.tags.service import tag_style
from tests.dispatch.conftest import Worker
from tests.factories.styles import make_style
from tests.people import Cast, picture


def begin(cast: Cast) -> str:
    """A style whose artworks are all valid, its job delivered."""
    style_id = make_style(cast.alice, status="pending", title="Water Dreams")
    with outbox.committing() as db:
        ids = [
            db.execute(
                insert(Artwork)
                .values(
                    style_id=style_id,
                    position=number,
                    filename=f"{number}.png",
                    object_key=f"artworks/{style_id}/{number}.png",
                    content_type="image/png",
                    size_bytes=10,
                    width=512,
                    height=512,
                    is_valid=True,
                )
                .returning(Artwork.id)
            ).scalar_one()
            for number in range(10)
        ]
        names = ["water dreams"]
        tag_style(
            db,
            style_id=style_id,
            artworks={one: [*names, f"thing {n % 3}"] for n, one in enumerate(ids[:-1])}
            | {ids[-1]: names},
        )
        queue_training(db, style_id=style_id, artist_id=cast.alice.id)
    deliver(str(style_id))
    return str(style_id)


def deliver(style_id: str) -> None:
    with transaction() as db:
        job = db.execute(
            select(Job.id, Job.attempt).where(
                Job.style_id == UUID(style_id), Job.ended_at.is_(None)
            )
        ).one()
    service.receive([JobMessage(job_id=job.id, attempt=job.attempt)])


def result(lora: bytes, **changes: Any) -> dict[str, Any]:
    return {
        "lora_sha256": hashlib.sha256(lora).hexdigest(),
        "lora_size_bytes": len(lora),
        "base_model": "tiny",
        "base_revision": "r1",
        "steps": 240,
        "samples": 2,
        "final_loss": 0.3,
        "duration_seconds": 61.5,
        **changes,
    }


def test_from_artworks_to_a_style_that_makes_images(cast: Cast, training: Worker) -> None:
    style_id = begin(cast)
    job = training.take()
    assert len(job["artworks"]) == 10
    assert job["artworks"][0]["tags"] == ["thing 0"]
    assert job["artworks"][-1]["tags"] == ["water dreams"]
    assert job["deadline_seconds"] == 1500
    assert cast.alice.get(f"/api/styles/{style_id}").data["training_status"] == "pending"
    urls = training.urls(job)
    assert set(urls["read"]) == {one["artwork_id"] for one in job["artworks"]} | {"signature"}
    training.put(urls["write"]["sample-0"], picture())
    training.put(urls["write"]["sample-1"], picture(seed=3))
    progress = {
        "current_epoch": 3,
        "total_epochs": 80,
        "progress_percent": 4,
        "estimated_seconds": 100,
        "samples": 1,
    }
    answer = training.call("PATCH", f"/api/styles/{style_id}", job, progress=progress)
    assert answer.data == {"accepted": True}
    shown = cast.alice.get(f"/api/styles/{style_id}").data
    assert shown["training_status"] == "training"
    assert shown["progress"].pop("last_updated").endswith("Z")
    assert shown["progress"] == progress
    assert len(shown["sample_urls"]) == 1
    assert cast.bob.get(f"/api/styles/{style_id}").code == "NOT_FOUND"

    lora = b"weights"
    training.put(urls["write"]["lora"], lora)
    assert training.complete(job, result(lora)).data == {"accepted": True}
    assert training.complete(job, result(lora)).data == {"accepted": False}
    shown = cast.visitor.get(f"/api/styles/{style_id}").data
    assert (shown["training_status"], shown["progress"]) == ("completed", None)
    assert shown["artworks"] is None
    assert shown["thumbnail_url"].startswith("http://localhost:8000/media/styles/")
    key = shown["thumbnail_url"].replace("http://localhost:8000/media/", "public/")
    assert storage.size_bytes("images", key) > 0
    told = cast.alice.get("/api/notifications").data["results"]
    assert [(one["type"], one["target"]["id"]) for one in told] == [
        ("style_training_complete", style_id)
    ]
    body = {"style_id": style_id, "prompt_tags": ["house"], "aspect_ratio": "1:1"}
    assert cast.bob.post("/api/generations", body).status == 201


def test_final_failure_is_told_and_the_artist_may_submit_again(
    cast: Cast, training: Worker
) -> None:
    style_id = begin(cast)
    for attempt in range(1, 5):
        job = training.take()
        assert job["attempt"] == attempt
        training.urls(job)
        training.fail(job, "CUDA_OOM")
        if attempt < 4:
            assert cast.alice.get(f"/api/styles/{style_id}").data["training_status"] == "training"
            deliver(style_id)
    shown = cast.alice.get(f"/api/styles/{style_id}").data
    assert shown["training_status"] == "failed"
    assert shown["failure"].pop("message").startswith("Training did not finish")
    assert shown["failure"] == {"code": "TRAINING_FAILED", "details": {"reason": "CUDA_OOM"}}
    kinds = [one["type"] for one in cast.alice.get("/api/notifications").data["results"]]
    assert kinds == ["style_training_failed"]
    make_style(cast.alice, status="pending")


@pytest.mark.parametrize("missing", [True, False])
def test_a_lora_that_is_not_what_was_said_is_not_taken(
    cast: Cast, training: Worker, missing: bool
) -> None:
    style_id = begin(cast)
    job = training.take()
    urls = training.urls(job)
    if not missing:
        training.put(urls["write"]["lora"], b"other weights")
    assert training.complete(job, result(b"weights")).data == {"accepted": False}
    assert cast.alice.get(f"/api/styles/{style_id}").data["training_status"] == "training"
    with transaction() as db:
        assert db.execute(select(Job.state, Job.attempt)).one() == ("retrying", 2)


def test_progress_for_another_style_is_not_taken(cast: Cast, training: Worker) -> None:
    begin(cast)
    other = make_style(cast.person("dana", artist=True), status="pending")
    progress = {"current_epoch": 1, "total_epochs": 2, "progress_percent": 50}
    answer = training.call("PATCH", f"/api/styles/{other}", training.take(), progress=progress)
    assert answer.data == {"accepted": False}


def test_people_and_machines_share_a_path_not_their_rights(cast: Cast, training: Worker) -> None:
    style_id = begin(cast)
    job = training.take()
    body = {
        "job_id": job["job_id"],
        "attempt": 1,
        "attempt_key": job["attempt_key"],
        "progress": {"current_epoch": 1, "total_epochs": 2, "progress_percent": 50},
    }
    answer = cast.alice.patch(f"/api/styles/{style_id}", body)
    assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")
    answer = cast.alice.patch(
        f"/api/styles/{style_id}", body, headers={"Authorization": "Bearer guess"}
    )
    assert (answer.status, answer.code) == (401, "UNAUTHORIZED")


def test_a_later_attempt_finds_the_checkpoint_and_the_end_removes_it(
    cast: Cast, training: Worker
) -> None:
    style_id = begin(cast)
    job = training.take()
    urls = training.urls(job)
    assert "checkpoint" not in urls["read"]
    training.put(urls["write"]["checkpoint"], b"half way")
    training.fail(job, "WORKER_LOST")
    deliver(style_id)
    job = training.take()
    urls = training.urls(job)
    assert requests.get(urls["read"]["checkpoint"], timeout=30).content == b"half way"
    training.put(urls["write"]["lora"], b"weights")
    assert training.complete(job, result(b"weights", samples=0)).data == {"accepted": True}
    outbox.relay()
    assert requests.get(urls["read"]["checkpoint"], timeout=30).status_code in (403, 404)
