"""What the trainer and the pipeline ask of a family of base models: the only place that knows one.

Latents are in the denoiser's own scale. Sizes are (width, height) in pixels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from PIL import Image

Size = tuple[int, int]
StepDone = Callable[[int, int], None]


@dataclass(frozen=True)
class Conditioning:
    """Captions as the denoiser reads them, a row each.

    `embeddings` is (n, tokens, width); `pooled` is (n, width) where a family has a second encoder.
    """

    embeddings: torch.Tensor
    pooled: torch.Tensor | None = None

    def __len__(self) -> int:
        return len(self.embeddings)

    def take(self, rows: Sequence[int]) -> "Conditioning":
        """These rows, in this order, as often as they are named."""
        chosen = list(rows)
        pooled = None if self.pooled is None else self.pooled[chosen]
        return Conditioning(self.embeddings[chosen], pooled)

    @staticmethod
    def join(parts: Sequence["Conditioning"]) -> "Conditioning":
        """One after the other."""
        pooled = [part.pooled for part in parts if part.pooled is not None]
        return Conditioning(
            torch.cat([part.embeddings for part in parts]), torch.cat(pooled) if pooled else None
        )


class Family(Protocol):
    """One base model, loaded."""

    name: str
    source: str
    licence: str
    # Training pictures have about this many pixels squared, and sides that this divides.
    training_size: int
    pixel_multiple: int
    rank: int
    learning_rate: float

    @property
    def revision(self) -> str:
        """Which weights exactly."""

    def caption(self, trigger: str, tags: list[str]) -> str:
        """The text that stands for these tags in training and in generation."""

    def encode_images(self, pixels: torch.Tensor) -> torch.Tensor:
        """Latents of pixels in [-1, 1], shape (n, 3, height, width)."""

    def encode_captions(self, captions: list[str]) -> Conditioning:
        """A row a caption; the empty one stands for any picture."""

    def add_lora(self, rank: int) -> list[torch.nn.Parameter]:
        """Give the denoiser a fresh LoRA; answers what is to be trained."""

    def save_memory(self, on: bool) -> None:
        """Compute activations again when gradients need them, instead of keeping them."""

    def loss(
        self, latents: torch.Tensor, captions: Conditioning, noise: torch.Generator
    ) -> torch.Tensor:
        """The training loss of one batch; times and noise come from a generator on the CPU."""

    def lora_state(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        """The LoRA's weights and its configuration (rank, alpha, targets)."""

    def attach(
        self, name: str, weights: dict[str, torch.Tensor], configuration: dict[str, Any]
    ) -> None:
        """Load an adapter, not in use yet; raises ValueError if it doesn't fit."""

    def use(self, name: str) -> None:
        """Make images with this adapter from now on."""

    def detach(self, name: str) -> None:
        """Forget an adapter."""

    def generate(
        self,
        prompts: list[str],
        *,
        size: Size,
        seeds: list[int],
        step_done: StepDone,
    ) -> list[Image.Image]:
        """An image a prompt, each as its seed alone makes it.

        `step_done(step, steps)` follows each step, `steps(size)` in all, and may raise to stop.
        """

    def steps(self, size: Size) -> int:
        """How many steps an image of this size takes in all."""
