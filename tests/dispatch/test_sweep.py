"""Nothing depends on a callback arriving (DESIGN §3, Jobs)."""

import base64
import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from chalicelib.dispatch import sweep as sweeping
from chalicelib.dispatch.sweep import sweep
from chalicelib.dispatch.triggers import receive_job_messages
from chalicelib.kit import clock, queue
from chalicelib.kit.db import transaction
from chalicelib.kit.settings import settings
from chalicelib.ledger.proof import prove_ledger
from chalicelib.tables import Generation, IdempotentAnswer, Job, Outbox
from local.rabbitmq import Rabbit
from tests.dispatch.conftest import Runpod, Worker
from tests.dispatch.test_generation import ask, deliver, proof, state_of
from tests.factories.styles import make_style
from tests.people import Cast


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SILENCE_SECONDS", "60")


def grow_silent(seconds: int = 90) -> None:
    """Time passes without news."""
    then = clock.now() - timedelta(seconds=seconds)
    with transaction() as db:
        db.execute(update(Job).where(Job.dispatched_at.is_not(None)).values(dispatched_at=then))
        db.execute(update(Job).where(Job.heard_at.is_not(None)).values(heard_at=then))


def job_of(made: str) -> Job:
    with transaction() as db:
        return db.execute(select(Job).where(Job.generation_id == UUID(made))).scalar_one()


def test_a_lost_completion_is_read_from_runpod(cast: Cast, inference: Worker) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    job = inference.take()
    output = {
        **{name: job[name] for name in ("job_id", "attempt", "attempt_key")},
        "result": inference.make_image(job),
    }
    inference.finish_run(job, output=output)
    assert sweep()["silent_jobs"] == 0
    grow_silent()
    assert sweep()["silent_jobs"] == 1
    assert state_of(made) == "completed"
    assert proof() == {}


def test_a_lost_failure_is_read_from_runpod(cast: Cast, inference: Worker) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    job = inference.take()
    inference.urls(job)
    error = json.dumps({"code": "PROMPT_REJECTED", "message": "no"})
    inference.finish_run(job, error=error)
    grow_silent()
    sweep()
    assert state_of(made) == "failed"
    assert cast.bob.balance == 100


def test_an_odd_error_of_runpods_own_is_tried_again(cast: Cast, inference: Worker) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    job = inference.take()
    inference.finish_run(job, error="container exited with 137")
    grow_silent()
    sweep()
    assert state_of(made) == "retrying"
    assert job_of(made).failure_code == "WORKER_LOST"


def test_a_worker_that_fell_silent_is_replaced_and_its_late_answer_ignored(
    cast: Cast, inference: Worker
) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    job = inference.take()
    result = inference.make_image(job)
    grow_silent(90)
    sweep()
    assert state_of(made) == "processing"
    grow_silent(150)
    sweep()
    assert state_of(made) == "retrying"
    assert inference.complete(job, result).data == {"accepted": False}
    assert proof() == {}


def test_waiting_in_runpods_queue_is_no_silence(cast: Cast, runpod: Runpod) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    grow_silent(3600)
    sweep()
    assert job_of(made).state == "dispatched"


def test_a_job_that_runpod_forgot_is_sent_again(cast: Cast, inference: Worker) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    with transaction() as db:
        db.execute(update(Job).values(runpod_job_id="gone-u1"))
    grow_silent()
    sweep()
    assert state_of(made) == "retrying"


def test_killed_between_runpod_and_the_note_of_its_id_the_job_is_sent_again(
    cast: Cast, inference: Worker
) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    with transaction() as db:
        db.execute(update(Job).values(runpod_job_id=None))
    grow_silent()
    sweep()
    assert state_of(made) == "retrying"
    orphan = inference.take()
    path = f"/api/webhooks/jobs/{orphan['job_id']}/urls"
    assert inference.call("POST", path, orphan).data == {"accepted": False}


def test_while_runpod_is_away_silent_jobs_are_left_alone(
    cast: Cast, inference: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    deliver(made)
    grow_silent()
    monkeypatch.setenv("RUNPOD_API_URL", "http://127.0.0.1:9/v2")
    settings.cache_clear()
    sweep()
    assert job_of(made).state == "dispatched"


def test_a_lost_message_is_sent_again(cast: Cast, broker: Rabbit, runpod: Runpod) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    with queue._connection() as connection, connection.channel() as channel:
        channel.queue_purge("image_generation")
    assert sweep()["forgotten_jobs"] == 0
    with transaction() as db:
        db.execute(update(Job).values(announced_at=clock.now() - timedelta(hours=1)))
    assert sweep()["forgotten_jobs"] == 1
    assert sweep()["forgotten_jobs"] == 0
    with queue._connection() as connection, connection.channel() as channel:
        message = channel.basic_get("image_generation", no_ack=True)
    assert json.loads(message.body) == {"job_id": str(job_of(made).id), "attempt": 1}


def test_one_job_that_cannot_be_looked_after_leaves_the_others_alone(
    cast: Cast, inference: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    style_id = make_style(cast.alice, price=5)
    first, second = ask(cast.bob, style_id), ask(cast.carol, style_id)
    deliver(first)
    deliver(second)
    real, odd = sweeping.look_after, job_of(first).id

    def look_after(job: Job) -> None:
        if job.id == odd:
            raise RuntimeError("odd")
        real(job)

    monkeypatch.setattr(sweeping, "look_after", look_after)
    with transaction() as db:
        db.execute(update(Job).values(runpod_job_id=None))
    grow_silent()
    sweep()
    assert state_of(second) == "retrying"


def test_the_queues_message_starts_the_job_and_an_unreadable_one_is_parked(
    cast: Cast, broker: Rabbit, inference: Worker
) -> None:
    made = ask(cast.bob, make_style(cast.alice))
    good = json.dumps({"job_id": str(job_of(made).id), "attempt": 1}).encode()
    stale = json.dumps({"job_id": str(UUID(int=5)), "attempt": 1}).encode()
    event = {
        "eventSource": "aws:rmq",
        "eventSourceArn": "arn:aws:mq:x",
        "rmqMessagesByQueue": {
            "image_generation::/": [
                {
                    "basicProperties": {},
                    "redelivered": False,
                    "data": base64.b64encode(body).decode(),
                }
                for body in (b"{nonsense", good, good, stale)
            ]
        },
    }
    assert receive_job_messages(event) == {"received": 3, "parked": 1}
    assert inference.take()["generation_id"] == made
    with queue._connection() as connection, connection.channel() as channel:
        parked = channel.basic_get(queue.PARKING, no_ack=True)
        assert base64.b64decode(parked.body) == b"{nonsense"


def test_after_any_loss_the_ledger_still_holds(cast: Cast, inference: Worker) -> None:
    style_id = make_style(cast.alice, price=10)
    for code in ("WORKER_LOST", "TIMEOUT"):
        made = ask(cast.bob, style_id)
        deliver(made)
        job = inference.take()
        inference.fail(job, code)
    with transaction() as db:
        assert not any(prove_ledger(db).values())
        statuses = db.execute(select(Generation.status)).scalars().all()
    assert set(statuses) == {"retrying"}


def test_what_nobody_asks_for_any_more_is_forgotten(cast: Cast) -> None:
    long_ago = clock.now() - timedelta(days=8)
    with transaction() as db:
        db.add(Outbox(topic="publish", payload={}, sent_at=long_ago))
        db.add(Outbox(topic="publish", payload={}, sent_at=clock.now()))
        for key, created_at in (("old", long_ago), ("new", clock.now())):
            db.add(
                IdempotentAnswer(
                    user_id=cast.bob.id, key=key, request_sha256="0" * 64, created_at=created_at
                )
            )
    sweep()
    with transaction() as db:
        assert len(db.execute(select(Outbox.id)).all()) == 1
        assert db.execute(select(IdempotentAnswer.key)).scalars().all() == ["new"]
