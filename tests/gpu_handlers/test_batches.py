"""Prompts of one style that wait are made together, and none is the worse for it."""

import asyncio
import io
import json
import threading
from typing import Any

import pytest
from PIL import Image, ImageChops

from gpu_handlers.base_models.latent_diffusion import LatentDiffusion
from gpu_handlers.common.settings import settings
from gpu_handlers.inference import handler as inference
from gpu_handlers.inference.batches import Batches
from tests.gpu_handlers.conftest import Platform, generation_input, rounding
from tests.gpu_handlers.test_jobs import lora, run

__all__ = ["lora"]


@pytest.fixture
def pairs(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Platform:
    monkeypatch.setenv("GENERATION_BATCH", "2")
    settings.cache_clear()
    return platform


async def together(jobs: list[dict[str, Any]], cancelled: int | None = None) -> list[Any]:
    """All of them wait for the GPU before it is free."""
    line = inference._BATCHES
    with line._gpu:
        tasks = [asyncio.create_task(inference.handler({"input": job})) for job in jobs]
        while len(line._line) < len(jobs):
            assert not any(task.done() for task in tasks)
            await asyncio.sleep(0.02)
        if cancelled is not None:
            tasks[cancelled].cancel()
            await asyncio.sleep(0.05)
    return await asyncio.gather(*tasks, return_exceptions=True)


def test_two_of_a_style_are_made_at_once_and_as_alone(pairs: Platform, lora: bytes) -> None:
    jobs = [generation_input(lora, seed=seed) for seed in (3, 4)]
    alone = {}
    for job in jobs:
        run(inference.handler, job)
        alone[job["seed"]] = Image.open(io.BytesIO(pairs.written["image"])).convert("RGB")
    batches: list[int] = []
    real = inference._BATCHES._make

    def make(batch: Any) -> Any:
        batches.append(len(batch))
        made = real(batch)
        for picture, one in zip(made, batch, strict=True):
            corner = (0, 0, 512, 380)  # above the signature
            before = alone[one.job.seed].crop(corner)
            changed = ImageChops.difference(picture.image.crop(corner), before)
            assert max(high for _, high in changed.getextrema()) <= rounding()
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inference._BATCHES, "_make", make)
        answers = asyncio.run(together(jobs))
    assert batches == [2]
    assert [answer["result"]["seed"] for answer in answers] == [3, 4]


def test_one_that_is_cancelled_does_not_stop_the_other(pairs: Platform, lora: bytes) -> None:
    jobs = [generation_input(lora, seed=seed) for seed in (3, 4)]
    drawn: list[int] = []
    real = LatentDiffusion.generate

    def generate(family: LatentDiffusion, prompts: list[str], **told: Any) -> Any:
        drawn.extend(told["seeds"])
        return real(family, prompts, **told)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LatentDiffusion, "generate", generate)
        first, second = asyncio.run(together(jobs, cancelled=0))
    assert drawn == [4], "what nobody waits for any more is not drawn"
    assert isinstance(first, asyncio.CancelledError)
    assert second["result"]["seed"] == 4
    done = pairs.said("/api/webhooks/inference/complete")
    assert [body["result"]["seed"] for body in done] == [4]


def test_what_fails_for_one_batch_is_told_to_each(pairs: Platform, lora: bytes) -> None:
    jobs = [generation_input(lora, base_model="sd15") for _ in range(2)]
    answers = asyncio.run(together(jobs))
    assert [json.loads(one["error"])["code"] for one in answers] == ["MODEL_NOT_FOUND"] * 2


def test_only_one_kind_goes_together_and_nobody_waits_for_ever(
    pairs: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[list[str]] = []
    begun = threading.Event()

    def make(batch: list[str]) -> list[str | BaseException]:
        begun.wait(10)
        batches.append(batch)
        return [one.upper() for one in batch]

    line: Batches[str, str] = Batches(make)
    made: dict[str, str] = {}

    def take(one: str) -> None:
        made[one] = line.take(one[0], one)

    threads = [threading.Thread(target=take, args=(f"{'ab'[n % 2]}{n}",)) for n in range(9)]
    for thread in threads:
        thread.start()
    begun.set()
    for thread in threads:
        thread.join(30)
    assert made == {name: name.upper() for name in made}
    assert len(made) == 9
    assert all(len({name[0] for name in batch}) == 1 for batch in batches)
    assert max(map(len, batches)) == 2
