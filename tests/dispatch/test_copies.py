"""A picture too like an artwork is not delivered, and its artist sees how close others came."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from chalicelib.kit.db import transaction
from chalicelib.tables import Artwork
from tests.dispatch.conftest import Worker
from tests.dispatch.test_generation import ask, deliver, proof, state_of
from tests.factories.styles import make_style
from tests.people import Cast


def hang(style_id: UUID, count: int = 2) -> list[str]:
    """Artworks of a style."""
    with transaction() as db:
        return [
            str(
                db.execute(
                    insert(Artwork)
                    .values(
                        style_id=style_id,
                        position=number,
                        filename=f"{number}.png",
                        object_key=f"artworks/{uuid4()}.png",
                        thumbnail_key=f"thumbnails/{uuid4()}.webp",
                        content_type="image/png",
                        size_bytes=10,
                        width=512,
                        height=512,
                        is_valid=True,
                    )
                    .returning(Artwork.id)
                ).scalar_one()
            )
            for number in range(count)
        ]


def like(artwork: str, similarity: float, bits: int = 90) -> dict[str, Any]:
    return {"artwork_id": artwork, "similarity": similarity, "hash_distance": bits}


def refuse(worker: Worker, job: dict[str, Any], closest: dict[str, Any]) -> None:
    error = {"code": "COPY_OF_ARTWORK", "message": "like artwork"}
    path = "/api/webhooks/inference/failed"
    for _ in range(2):  # delivered twice
        worker.call("POST", path, job, error=error, closest=closest)


def test_a_copy_is_made_again_with_another_seed_and_given_back_in_the_end(
    cast: Cast, inference: Worker, capsys: pytest.CaptureFixture[str]
) -> None:
    style_id = make_style(cast.alice, price=30)
    artwork = hang(style_id)[0]
    before = cast.bob.get("/api/tokens/balance").data["token_balance"]
    made = ask(cast.bob, style_id)
    seeds = set()
    for attempt in range(1, 5):
        deliver(made)
        job = inference.take()
        assert job["attempt"] == attempt
        seeds.add(job["seed"])
        inference.urls(job)
        refuse(inference, job, like(artwork, 0.95 + attempt / 100))
    assert len(seeds) == 4
    assert capsys.readouterr().out.count('"CopiesRefused":[1') == 4
    assert state_of(made) == "failed"
    assert cast.bob.get("/api/tokens/balance").data["token_balance"] == before
    assert cast.alice.get("/api/tokens/balance").data["earned_token_balance"] == 0
    assert proof() == {}
    calls = cast.alice.get(f"/api/styles/{style_id}/closest-calls").data["results"]
    assert [(one["similarity"], one["is_delivered"]) for one in calls] == [
        (similarity, False) for similarity in (0.99, 0.98, 0.97, 0.96)
    ]


def test_any_other_failure_keeps_the_seed(cast: Cast, inference: Worker) -> None:
    made = ask(cast.bob, make_style(cast.alice, price=30))
    seeds = set()
    for _ in range(2):
        deliver(made)
        job = inference.take()
        seeds.add(job["seed"])
        inference.urls(job)
        inference.fail(job, "CUDA_OOM")
    assert len(seeds) == 1


@pytest.fixture
def style_with_calls(cast: Cast, inference: Worker) -> UUID:
    """Three delivered images, the second one closest."""
    style_id = make_style(cast.alice, price=30)
    artworks = hang(style_id)
    for number, similarity in enumerate((0.2, 0.8, 0.5)):
        made = ask(cast.bob, style_id)
        deliver(made)
        job = inference.take()
        result = inference.make_image(job)
        closest = like(artworks[number % 2], similarity)
        assert inference.complete(job, {**result, "closest": closest}).data["accepted"]
    return style_id


def test_the_artist_sees_the_closest_first_and_neither_picture_nor_buyer(
    cast: Cast, style_with_calls: UUID
) -> None:
    path = f"/api/styles/{style_with_calls}/closest-calls"
    first = cast.alice.get(f"{path}?limit=2").data
    rest = cast.alice.get(f"{path}?limit=2&cursor={first['next_cursor']}").data
    calls = [*first["results"], *rest["results"]]
    assert [one["similarity"] for one in calls] == [0.8, 0.5, 0.2]
    assert (first["has_more"], rest["has_more"]) == (True, False)
    assert set(calls[0]) == {
        *("id", "artwork", "similarity", "hash_distance", "is_delivered", "created_at")
    }
    assert calls[0]["artwork"]["filename"] == "1.png"
    assert "thumbnails/" in calls[0]["artwork"]["thumbnail_url"]
    assert str(cast.bob.id) not in str(calls)


def test_nobody_else_sees_them(cast: Cast, style_with_calls: UUID) -> None:
    path = f"/api/styles/{style_with_calls}/closest-calls"
    assert cast.visitor.get(path).status == 401
    assert cast.bob.get(path).code == "NOT_FOUND"
    assert cast.person("dana", artist=True).get(path).code == "NOT_FOUND"
    assert cast.alice.get(f"/api/styles/{uuid4()}/closest-calls").code == "NOT_FOUND"


def test_a_call_on_another_styles_artwork_is_not_kept(cast: Cast, inference: Worker) -> None:
    style_id = make_style(cast.alice, price=30)
    made = ask(cast.bob, style_id)
    deliver(made)
    job = inference.take()
    result = inference.make_image(job)
    closest = like(str(uuid4()), 0.5)
    assert inference.complete(job, {**result, "closest": closest}).data["accepted"]
    assert cast.alice.get(f"/api/styles/{style_id}/closest-calls").data["results"] == []
