"""Training a LoRA: one loop from top to bottom.

All chance comes from the seed and the step's number, so that a training that goes on from a
checkpoint makes what it would have made.
"""

import json
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from safetensors.torch import save as save_safetensors

from chalicelib.contracts.failures import FailureCode
from gpu_handlers.base_models.family import Conditioning, Family
from gpu_handlers.common.failures import Cancelled, JobError
from gpu_handlers.common.likeness import ARTWORKS, References
from gpu_handlers.training.checkpoint import Checkpoint, capture, restore
from gpu_handlers.training.dataset import Dataset
from gpu_handlers.training.recipe import Recipe


@dataclass(frozen=True)
class Step:
    """Where the loop is."""

    step: int
    steps: int
    epoch: int
    epochs: int


@dataclass(frozen=True)
class Trained:
    """Mean losses: of the last tenth of the steps, and of what was held out, before and after."""

    loss: float
    held_out_before: float | None
    held_out: float | None


@dataclass(frozen=True)
class Plan:
    """One training: how long, from where, and whom to tell."""

    steps: int
    seed: int
    deadline_seconds: float
    stop: threading.Event
    step_done: Callable[[Step], None]
    identity: str = ""
    resumed: Checkpoint | None = None
    keep: Callable[[Checkpoint], None] | None = None
    checkpoint_seconds: float = 120


def train(family: Family, dataset: Dataset, recipe: Recipe, plan: Plan) -> Trained:
    """Train the family's fresh LoRA. Raises Cancelled, and JobError when the loss is not a number.

    The plan shrinks when the machine is too slow for the deadline.
    """
    torch.manual_seed(plan.seed)
    parameters = family.add_lora(family.rank)
    optimiser = torch.optim.AdamW(
        parameters, lr=family.learning_rate, weight_decay=recipe.weight_decay
    )
    before = held_out_loss(family, dataset)
    step, steps = 0, plan.steps
    if plan.resumed:
        restore(plan.resumed, parameters, optimiser)
        step, steps = plan.resumed.step, plan.resumed.steps
    pace = _Pace(plan.deadline_seconds * recipe.deadline_share, step + recipe.untimed_steps)
    fitting = _Fitting(family, parameters)
    losses: list[float] = []
    kept = time.monotonic()
    while step < steps:
        if plan.stop.is_set():
            raise Cancelled
        for group in optimiser.param_groups:
            group["lr"] = family.learning_rate * _schedule(step, steps, recipe.warmup)
        chance = torch.Generator().manual_seed((plan.seed << 20) + step)
        latents, captions = dataset.batch(recipe.batch_size, recipe.caption_dropout, chance)
        losses.append(fitting.gradients(latents, captions, chance))
        torch.nn.utils.clip_grad_norm_(parameters, recipe.gradient_norm_max)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        steps = pace.steps(step, steps, recipe.timed_steps)
        if plan.keep and time.monotonic() - kept > plan.checkpoint_seconds and step < steps:
            kept = time.monotonic()
            plan.keep(capture(plan.identity, step, steps, parameters, optimiser))
        plan.step_done(_where(step, steps, len(dataset.trained), recipe.batch_size))
    tail = losses[-max(1, len(losses) // 10) :] or [math.nan]
    return Trained(sum(tail) / len(tail), before, held_out_loss(family, dataset))


@torch.no_grad()
def held_out_loss(family: Family, dataset: Dataset) -> float | None:
    """Mean loss on the artworks that were kept aside, with the same noise each time."""
    losses = [
        float(family.loss(latents, captions, noise))
        for latents, captions, noise in dataset.held_out_batches()
    ]
    return sum(losses) / len(losses) if losses else None


class _Fitting:
    """A step in as much memory as there is: then with checkpointed gradients, then in parts."""

    def __init__(self, family: Family, parameters: list[torch.nn.Parameter]) -> None:
        self._family, self._parameters = family, parameters
        self._saving, self._parts = False, 1

    def gradients(
        self, latents: torch.Tensor, captions: Conditioning, chance: torch.Generator
    ) -> float:
        """Add the batch's gradients; answers its loss. Raises OutOfMemoryError when one is too
        large alone."""
        before = chance.get_state()
        while True:
            try:
                return self._gradients(latents, captions, chance)
            except torch.cuda.OutOfMemoryError:
                if self._saving and self._parts >= len(latents):
                    raise
                self._parts = self._parts * 2 if self._saving else 1
                self._saving = True
                self._family.save_memory(True)
                for parameter in self._parameters:
                    parameter.grad = None
                torch.cuda.empty_cache()
                chance.set_state(before)

    def _gradients(
        self, latents: torch.Tensor, captions: Conditioning, chance: torch.Generator
    ) -> float:
        total = 0.0
        for rows in torch.arange(len(latents)).chunk(self._parts):
            loss = self._family.loss(latents[rows], captions.take(rows.tolist()), chance)
            share = len(rows) / len(latents)
            (loss * share).backward()  # type: ignore[no-untyped-call]
            total += float(loss.detach()) * share
        if not math.isfinite(total):
            raise JobError(FailureCode.GPU_FAULT, "the loss is not a number")
        return total


class _Pace:
    """Shortens the plan to what the deadline allows."""

    def __init__(self, seconds: float, warm_step: int) -> None:
        self._began = self._warm = time.monotonic()
        self._seconds, self._warm_step = seconds, warm_step

    def steps(self, step: int, steps: int, every: int) -> int:
        """The steps of the whole plan, as seen after this one."""
        if step <= self._warm_step:
            self._warm = time.monotonic()
        elif step % every == 0:
            pace = (time.monotonic() - self._warm) / (step - self._warm_step)
            left = self._began + self._seconds - time.monotonic()
            return min(steps, step + max(0, int(left / pace)))
        return steps


def save_lora(
    family: Family, references: References | None, *, job_id: str, style_id: str
) -> bytes:
    """The trained LoRA as safetensors, with what is needed to load it on the same base only, and
    to tell copies of the artworks."""
    weights, configuration = family.lora_state()
    if references:
        weights |= references.tensors()
        configuration[ARTWORKS] = [str(one) for one in references.artworks]
    described = {
        **configuration,
        "base_model": family.name,
        "base_revision": family.revision,
        "base_source": family.source,
        "base_licence": family.licence,
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
