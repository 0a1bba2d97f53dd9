"""What the trainer and the pipeline ask of a family of base models: the only place that knows one.

Latents are in the denoiser's own scale. Sizes are (width, height) in pixels.
"""

from collections.abc import Callable
from typing import Any, Protocol

import torch
from PIL import Image

StepDone = Callable[[int, int], None]


class Family(Protocol):
    """One base model, loaded."""

    name: str
    training_side: int
    learning_rate: float

    @property
    def revision(self) -> str:
        """Which weights exactly."""

    def caption(self, trigger: str, tags: list[str]) -> str:
        """The text that stands for these tags in training and in generation."""

    def encode_images(self, pixels: torch.Tensor) -> torch.Tensor:
        """Latents of pixels in [-1, 1], shape (n, 3, side, side)."""

    def encode_captions(self, captions: list[str]) -> torch.Tensor:
        """Text embeddings, one row a caption."""

    def add_lora(self, rank: int) -> list[torch.nn.Parameter]:
        """Give the denoiser a fresh LoRA; answers what is to be trained."""

    def loss(
        self, latents: torch.Tensor, captions: torch.Tensor, noise: torch.Generator
    ) -> torch.Tensor:
        """The training loss of one batch."""

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
        self, prompt: str, *, size: tuple[int, int], seed: int, steps: int, step_done: StepDone
    ) -> Image.Image:
        """One image; `step_done(step, steps)` follows each step and may raise to stop."""

    def steps(self, size: tuple[int, int]) -> int:
        """How many steps an image of this size takes in all."""
