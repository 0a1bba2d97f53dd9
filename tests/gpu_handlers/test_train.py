"""The training loop and what it eats, on a family of one number."""

import io
import threading
import time
from typing import Any, cast

import pytest
import torch
from PIL import Image

from gpu_handlers.base_models.family import Conditioning, Family
from gpu_handlers.common.failures import Cancelled, JobError
from gpu_handlers.training import dataset
from gpu_handlers.training.dataset import CAPTION_VARIANTS, Dataset
from gpu_handlers.training.lora import Plan, Step, train
from gpu_handlers.training.recipe import Recipe

DATA = Dataset(
    latents=[torch.ones(1, 1, 1)] * 4,
    captions=Conditioning(torch.ones(4 * CAPTION_VARIANTS + 1, 1, 1)),
    trained=[0, 1, 2, 3],
    held_out=[],
)


class Slow:
    """A base model whose step takes so long, and whose first step takes longer."""

    name, training_size, pixel_multiple, rank, learning_rate = "slow", 8, 8, 4, 0.1

    def __init__(self, step_seconds: float = 0.0, first_seconds: float = 0.0) -> None:
        self._seconds, self._first = step_seconds, first_seconds
        self.weight = torch.nn.Parameter(torch.ones(1))

    def add_lora(self, rank: int) -> list[torch.nn.Parameter]:
        return [self.weight]

    def loss(self, latents: Any, captions: Any, noise: torch.Generator) -> torch.Tensor:
        time.sleep(self._seconds + self._first)
        self._first = 0
        return (1000 * self.weight).sum()


def fit(family: Slow, *, steps: int, deadline_seconds: float = 1500) -> list[Step]:
    seen: list[Step] = []
    train(
        cast("Family", family),
        DATA,
        Recipe(),
        Plan(
            steps=steps,
            seed=1,
            deadline_seconds=deadline_seconds,
            stop=threading.Event(),
            step_done=seen.append,
        ),
    )
    return seen


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_a_plan_too_long_for_the_deadline_is_cut_to_it() -> None:
    fit(Slow(), steps=1)  # torch loads half of itself at the first step of its life
    began = time.monotonic()
    seen = fit(Slow(step_seconds=0.02), steps=1000, deadline_seconds=2)
    assert time.monotonic() - began < 2
    assert seen[-1].step == seen[-1].steps
    assert 10 <= seen[-1].steps < 90


def test_a_slow_first_step_cuts_no_plan() -> None:
    seen = fit(Slow(first_seconds=0.3), steps=40, deadline_seconds=3)
    assert seen[-1].steps == 40


def test_gradients_are_really_clipped(monkeypatch: pytest.MonkeyPatch) -> None:
    norms: list[float] = []
    real = torch.optim.AdamW.step

    def step(self: torch.optim.AdamW, *given: Any) -> Any:
        norms.append(self.param_groups[0]["params"][0].grad.norm().item())
        return real(self, *given)

    monkeypatch.setattr(torch.optim.AdamW, "step", step)
    fit(Slow(), steps=3)
    assert norms == pytest.approx([1.0] * 3, rel=1e-3)


def test_every_artwork_is_seen_once_an_epoch() -> None:
    last = fit(Slow(), steps=9)[-1]
    assert (last.epoch, last.epochs) == (9, 9)


def test_training_stops_within_a_step() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        train(
            cast("Family", Slow()),
            DATA,
            Recipe(),
            Plan(steps=5, seed=1, deadline_seconds=60, stop=stop, step_done=lambda _: None),
        )


def test_transparent_parts_of_an_artwork_are_white() -> None:
    family = cast("Family", Slow())
    image = dataset.read_artwork(png(Image.new("RGBA", (64, 64), (0, 0, 0, 0))), 0)
    pixels = dataset.pixels_of(family, image)
    assert pixels.min() == 1


def test_a_decompression_bomb_is_unreadable_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(JobError, match="artwork 5"):
        dataset.read_artwork(png(Image.new("RGB", (64, 64))), 4)
