"""Training a LoRA: the knobs first, then one loop from top to bottom."""

import json
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from safetensors.torch import save as save_safetensors

from gpu_handlers.base_models.family import Family
from gpu_handlers.common.failures import Cancelled
from gpu_handlers.training.dataset import Dataset


@dataclass(frozen=True)
class Recipe:
    """The knobs."""

    rank: int = 16
    weight_decay: float = 1e-3
    warmup: float = 0.05
    batch_size: int = 4
    caption_dropout: float = 0.1
    gradient_norm_max: float = 1.0
    # Grows with the artworks, within what is worth waiting for.
    steps_per_artwork: int = 20
    steps_min: int = 240
    steps_max: int = 1200
    # The plan is measured against the deadline each so many steps, the first slow ones left out;
    # training may use this part of the deadline, samples and uploads the rest.
    timed_steps: int = 10
    untimed_steps: int = 2
    deadline_share: float = 0.8

    def steps(self, artworks: int, cap: int = 0) -> int:
        """How many steps this many artworks get."""
        planned = min(self.steps_max, max(self.steps_min, artworks * self.steps_per_artwork))
        return min(planned, cap) if cap else planned


@dataclass(frozen=True)
class Step:
    """Where the loop is."""

    step: int
    steps: int
    epoch: int
    epochs: int


def train(
    family: Family,
    dataset: Dataset,
    recipe: Recipe,
    *,
    steps: int,
    seed: int,
    deadline_seconds: float,
    stop: threading.Event,
    step_done: Callable[[Step], None],
) -> float:
    """Train the family's fresh LoRA; answers the mean loss of the last tenth.

    The plan shrinks when the machine is too slow for the deadline. Raises Cancelled.
    """
    began = warm = time.monotonic()
    chance = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    parameters = family.add_lora(recipe.rank)
    optimiser = torch.optim.AdamW(
        parameters, lr=family.learning_rate, weight_decay=recipe.weight_decay
    )
    losses: list[float] = []
    step = 0
    while step < steps:
        if stop.is_set():
            raise Cancelled
        for group in optimiser.param_groups:
            group["lr"] = family.learning_rate * _schedule(step, steps, recipe.warmup)
        latents, captions = dataset.batch(recipe.batch_size, recipe.caption_dropout, chance)
        loss = family.loss(latents, captions, chance)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, recipe.gradient_norm_max)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        losses.append(loss.item())
        step += 1
        if step == recipe.untimed_steps:
            warm = time.monotonic()
        if step % recipe.timed_steps == 0:
            pace = (time.monotonic() - warm) / (step - recipe.untimed_steps)
            left = began + deadline_seconds * recipe.deadline_share - time.monotonic()
            steps = min(steps, step + max(0, int(left / pace)))
        step_done(_where(step, steps, len(dataset.latents), recipe.batch_size))
    tail = losses[-max(1, len(losses) // 10) :]
    return sum(tail) / len(tail)


def save_lora(family: Family, *, job_id: str, style_id: str) -> bytes:
    """The trained LoRA as safetensors, with what is needed to load it on the same base only."""
    weights, configuration = family.lora_state()
    described = {
        **configuration,
        "base_model": family.name,
        "base_revision": family.revision,
        "job_id": job_id,
        "style_id": style_id,
    }
    content: bytes = save_safetensors(weights, {"style_license": json.dumps(described)})
    return content


def _schedule(step: int, steps: int, warmup: float) -> float:
    """Linear warm-up, then cosine to zero."""
    begin = max(1, int(steps * warmup))
    if step < begin:
        return (step + 1) / begin
    return 0.5 * (1 + math.cos(math.pi * (step - begin) / max(1, steps - begin)))


def _where(step: int, steps: int, artworks: int, batch_size: int) -> Step:
    per_epoch = max(1, math.ceil(artworks / batch_size))
    return Step(
        step=step,
        steps=steps,
        epoch=math.ceil(step / per_epoch),
        epochs=max(1, math.ceil(steps / per_epoch)),
    )
