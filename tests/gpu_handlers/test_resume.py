"""A training whose worker was lost goes on where it was, and makes what it would have made."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any, cast

import pytest
import torch
from safetensors.torch import load

from gpu_handlers.base_models.family import Conditioning, Family
from gpu_handlers.common.failures import JobError
from gpu_handlers.common.settings import settings
from gpu_handlers.training import handler as training
from gpu_handlers.training.checkpoint import Checkpoint, pack, unpack
from gpu_handlers.training.dataset import CAPTION_VARIANTS, Dataset
from gpu_handlers.training.lora import Plan, train
from gpu_handlers.training.recipe import Recipe
from tests.gpu_handlers.conftest import Platform
from tests.gpu_handlers.test_jobs import run

STEPS = "12"


@pytest.fixture
def often(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A checkpoint after each step."""
    monkeypatch.setenv("TRAINING_STEPS", STEPS)
    monkeypatch.setenv("CHECKPOINT_SECONDS", "0")
    settings.cache_clear()
    return platform


def lose_a_worker(platform: Platform, job_input: dict[str, Any]) -> None:
    """Train in a process of its own and kill it in the middle."""
    worker = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gpu_handlers.training.handler",
            "--test_input",
            json.dumps({"input": job_input}),
        ],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(2400):
            kept = platform.written.get("checkpoint")
            if kept and _step_of(kept) >= 3:
                break
            assert worker.poll() is None
            time.sleep(0.05)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait(60)
    assert "lora" not in platform.written


def _step_of(checkpoint: bytes) -> int:
    length = int.from_bytes(checkpoint[:8], "little")
    told = json.loads(checkpoint[8 : 8 + length])["__metadata__"]["checkpoint"]
    step: int = json.loads(told)["step"]
    return step


def test_a_killed_training_goes_on_as_if_nothing_had_been(
    often: Platform, training_input: dict[str, Any]
) -> None:
    lose_a_worker(often, training_input)
    often.objects["checkpoint"] = often.written.pop("checkpoint")
    began = _step_of(often.objects["checkpoint"])
    seen: list[Any] = []
    real = training._Report.step_done

    def step_done(report: Any, where: Any) -> None:
        seen.append(where.step)
        real(report, where)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training._Report, "step_done", step_done)
        resumed = run(training.handler, {**training_input, "attempt": 2})["result"]
    assert seen[0] == began + 1
    went_on = load(often.written["lora"])
    del often.objects["checkpoint"]
    whole = run(training.handler, training_input)["result"]
    assert resumed["steps"] == whole["steps"] == int(STEPS)
    for name, weights in load(often.written["lora"]).items():
        assert torch.allclose(weights.float(), went_on[name].float(), atol=1e-5), name


def test_a_checkpoint_of_another_training_or_a_damaged_one_is_left_alone(
    often: Platform, training_input: dict[str, Any]
) -> None:
    other = pack(Checkpoint("of another", 5, 12, {"weight.0": torch.zeros(1)}))
    assert unpack(other, "this one") is None
    assert unpack(other[:40], "of another") is None
    often.objects["checkpoint"] = other
    assert run(training.handler, training_input)["result"]["steps"] == int(STEPS)


class Narrow:
    """A base model whose memory holds so many pictures at a time."""

    name, rank, learning_rate = "narrow", 4, 0.01

    def __init__(self, fits: int, fits_when_saving: int) -> None:
        self._fits, self._fits_when_saving = fits, fits_when_saving
        self.saving = False
        self.weight = torch.nn.Parameter(torch.ones(1))
        self.sizes: list[int] = []

    def add_lora(self, _rank: int) -> list[torch.nn.Parameter]:
        return [self.weight]

    def save_memory(self, on: bool) -> None:
        self.saving = on

    def loss(self, latents: torch.Tensor, captions: Any, noise: torch.Generator) -> torch.Tensor:
        if len(latents) > (self._fits_when_saving if self.saving else self._fits):
            raise torch.cuda.OutOfMemoryError
        self.sizes.append(len(latents))
        return (self.weight * latents.mean()).square().sum()


def fit(family: Narrow, data: Dataset | None = None) -> None:
    data = data or Dataset(
        [torch.full((1, 1, 1), float(number)) for number in range(4)],
        Conditioning(torch.ones(4 * CAPTION_VARIANTS + 1, 1, 1)),
        [0, 1, 2, 3],
        [],
    )
    plan = Plan(
        steps=3, seed=1, deadline_seconds=60, stop=threading.Event(), step_done=lambda _: None
    )
    train(cast("Family", family), data, Recipe(), plan)


@pytest.mark.parametrize(
    ("fits", "fits_when_saving", "saving", "size"),
    [(4, 4, False, 4), (2, 4, True, 4), (0, 2, True, 2), (0, 1, True, 1)],
)
def test_a_step_takes_as_little_memory_as_it_must(
    fits: int, fits_when_saving: int, saving: bool, size: int
) -> None:
    family = Narrow(fits, fits_when_saving)
    fit(family)
    assert family.saving is saving
    assert set(family.sizes) == {size}


def test_memory_for_not_even_one_picture_is_an_error() -> None:
    with pytest.raises(torch.cuda.OutOfMemoryError):
        fit(Narrow(0, 0))


def test_a_loss_that_is_no_number_ends_the_attempt() -> None:
    nothing = Dataset(
        [torch.full((1, 1, 1), float("nan"))],
        Conditioning(torch.ones(CAPTION_VARIANTS + 1, 1, 1)),
        [0],
        [],
    )
    with pytest.raises(JobError, match="not a number"):
        fit(Narrow(4, 4), nothing)
