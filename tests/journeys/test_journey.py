"""The main job on the whole platform, and what `kill -9` does to it: nothing that lasts.

The tests run in this order: the first one trains the style that the others use.
"""

import os
import signal
import time

import pytest
import requests

from local.demo.person import Person
from tests.journeys.conftest import World, await_true, become_artist, submit_style

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(400),
]


def test_an_artist_trains_and_a_buyer_publishes(world: World) -> None:
    become_artist(world.artist)
    world.buyer.sign_in()
    world.style_id = submit_style(world.artist)
    await_true(
        "the training",
        lambda: world.artist.get(f"/api/styles/{world.style_id}")["training_status"] == "completed",
        seconds=240,
    )
    made = world.ask()
    assert world.await_end(made)["status"] == "completed"
    shown = world.buyer.patch(f"/api/generations/{made}", {"is_public": True})
    feed = requests.get(f"{world.state['url']}/api/generations/feed", timeout=30).json()
    assert feed["data"]["results"][0]["id"] == made
    assert requests.get(shown["image_url"], timeout=30).headers["Content-Type"] == "image/png"
    world.require_sound_books()


def test_an_inference_worker_killed_at_work_costs_the_buyer_nothing(world: World) -> None:
    before = world.buyer.get("/api/tokens/balance")["token_balance"]
    made = world.ask()
    await_true("the work", lambda: world.status(made) == "processing")
    for pid in world.pids("gpu_handlers.inference.handler"):
        os.kill(pid, signal.SIGSTOP)
    world.kill("gpu_handlers.inference.handler")
    ended = world.await_end(made)
    assert ended["status"] == "completed"
    assert world.buyer.get("/api/tokens/balance")["token_balance"] == before - 3
    world.require_sound_books()


def test_without_the_broker_a_request_succeeds_and_runs_when_it_is_back(world: World) -> None:
    world.kill("beam.smp")
    began = time.monotonic()
    made = world.ask()
    assert time.monotonic() - began < 20
    assert world.await_end(made)["status"] == "completed"
    world.require_sound_books()


def test_the_api_killed_after_its_answer_still_has_the_job_done(world: World) -> None:
    made = world.ask()
    world.kill("gunicorn")
    assert world.await_end(made)["status"] == "completed"
    world.require_sound_books()


def test_the_database_killed_comes_back_with_everything(world: World) -> None:
    made = world.ask()
    world.kill("postgres", "-D")
    assert world.await_end(made)["status"] in {"completed", "failed"}
    world.require_sound_books()


@pytest.mark.parametrize("fault", ["lose_result", "duplicate_result", "lose_webhook"])
def test_whatever_runpod_loses_or_repeats_the_image_is_paid_once(world: World, fault: str) -> None:
    sandbox = f"http://127.0.0.1:{world.state['ports']['runpod']}/sandbox/faults"
    requests.post(sandbox, json={fault: 1}, timeout=30).raise_for_status()
    before = world.buyer.get("/api/tokens/balance")["token_balance"]
    assert world.await_end(world.ask())["status"] == "completed"
    assert world.buyer.get("/api/tokens/balance")["token_balance"] == before - 3
    world.require_sound_books()


def test_a_training_worker_killed_at_work_begins_again(world: World) -> None:

    other = Person(world.state["url"], "cleo")
    become_artist(other)
    style_id = submit_style(other)

    def status() -> str:
        shown: str = other.get(f"/api/styles/{style_id}")["training_status"]
        return shown

    await_true("the training's begin", lambda: status() == "training")
    world.kill("gpu_handlers.training.handler")
    await_true("the training's end", lambda: status() in {"completed", "failed"}, seconds=300)
    assert status() == "completed"
    kinds = [one["type"] for one in other.get("/api/notifications")["results"]]
    assert kinds == ["style_training_complete"]
    world.require_sound_books()
