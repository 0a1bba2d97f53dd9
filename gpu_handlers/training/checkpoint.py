"""A training in the middle, as a file: a later attempt goes on from it as if nothing had been."""

import hashlib
import json
from dataclasses import asdict, dataclass

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_safetensors
from safetensors.torch import save as save_safetensors

from chalicelib.contracts.jobs import TrainingJob
from gpu_handlers.base_models.family import Family
from gpu_handlers.training.recipe import Recipe

MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class Checkpoint:
    """After `step` of `steps`; tensors by `weight.0`, `exp_avg.0`, …"""

    training: str
    step: int
    steps: int
    tensors: dict[str, torch.Tensor]


def identity(family: Family, job: TrainingJob, recipe: Recipe) -> str:
    """What two attempts have in common if one can go on where the other ended."""
    told = {
        "base": [family.name, family.revision],
        "seed": job.seed,
        "trigger": job.trigger,
        "artworks": [[str(artwork.artwork_id), artwork.tags] for artwork in job.artworks],
        "recipe": asdict(recipe),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def capture(
    training: str,
    step: int,
    steps: int,
    parameters: list[torch.nn.Parameter],
    optimiser: torch.optim.Optimizer,
) -> Checkpoint:
    """A copy of what the next step depends on."""
    tensors: dict[str, torch.Tensor] = {}
    for number, parameter in enumerate(parameters):
        tensors[f"weight.{number}"] = parameter.detach().to("cpu", copy=True)
        for name in MOMENTS:
            tensors[f"{name}.{number}"] = optimiser.state[parameter][name].to("cpu", copy=True)
    return Checkpoint(training, step, steps, tensors)


def restore(
    checkpoint: Checkpoint,
    parameters: list[torch.nn.Parameter],
    optimiser: torch.optim.Optimizer,
) -> None:
    """Put it into a fresh LoRA and its optimiser; its identity says that it fits."""
    with torch.no_grad():
        for number, parameter in enumerate(parameters):
            parameter.copy_(checkpoint.tensors[f"weight.{number}"])
            optimiser.state[parameter] = {
                "step": torch.tensor(float(checkpoint.step)),
                **{
                    name: checkpoint.tensors[f"{name}.{number}"].to(parameter.device)
                    for name in MOMENTS
                },
            }


def pack(checkpoint: Checkpoint) -> bytes:
    """As safetensors."""
    told = {"training": checkpoint.training, "step": checkpoint.step, "steps": checkpoint.steps}
    content: bytes = save_safetensors(checkpoint.tensors, {"checkpoint": json.dumps(told)})
    return content


def unpack(content: bytes, training: str) -> Checkpoint | None:
    """None for a file that is damaged or of another training."""
    try:
        tensors = load_safetensors(content)
        length = int.from_bytes(content[:8], "little")
        told = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["checkpoint"])
        checkpoint = Checkpoint(tensors=tensors, **told)
    except (SafetensorError, ValueError, KeyError, TypeError):
        return None
    return checkpoint if checkpoint.training == training else None
