"""A family whose denoiser is compiled: adapters take turns in one place, so that it stays as it
is."""

from typing import Any

import torch
from peft import get_peft_model_state_dict, set_peft_model_state_dict
from torch.nn import functional

from gpu_handlers.base_models.latent_diffusion import LatentDiffusion

PLACE = "in_turn"


class Compiled(LatentDiffusion):
    """Blocks are compiled with the first image of each size, as one for all of a kind."""

    # torch.compile's.
    backend = "inductor"

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._waiting: dict[str, dict[str, torch.Tensor]] = {}
        self._in_place = ""

    def attach(
        self, name: str, weights: dict[str, torch.Tensor], configuration: dict[str, Any]
    ) -> None:
        """See `Family`; of a rank up to the family's own."""
        full = {key: _widened(key, one, self.rank) for key, one in weights.items()}
        if self._in_place:
            there = get_peft_model_state_dict(self.denoiser, adapter_name=PLACE)
            if {key: one.shape for key, one in full.items()} != {
                key: one.shape for key, one in there.items()
            }:
                raise ValueError("weights do not fit")
        else:
            super().attach(PLACE, full, {**configuration, "rank": self.rank})
            super().use(PLACE)
            self.denoiser.compile_repeated_blocks(backend=self.backend, dynamic=True)
            self._in_place = name
        self._waiting[name] = full

    def use(self, name: str) -> None:
        """See `Family`."""
        if name != self._in_place:
            set_peft_model_state_dict(self.denoiser, self._waiting[name], adapter_name=PLACE)
            self._in_place = name

    def detach(self, name: str) -> None:
        """See `Family`."""
        del self._waiting[name]


def _widened(key: str, weight: torch.Tensor, rank: int) -> torch.Tensor:
    """Rows of A, columns of B, without any weight: alpha is the rank, so that the scale stays 1.

    Raises ValueError for more than there is room for.
    """
    axis = 0 if "lora_A" in key else 1
    missing = rank - weight.shape[axis]
    if missing < 0:
        raise ValueError("the rank is too high")
    # From the last axis to the first, a pair each.
    room = [0, 0] * weight.ndim
    room[2 * (weight.ndim - 1 - axis) + 1] = missing
    return functional.pad(weight, room)
