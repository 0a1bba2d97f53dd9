"""The tiny base's denoiser: a UNet that answers with the picture itself."""

import functools
from typing import Any

import torch
from diffusers import UNet2DConditionModel

# Below so much noise an error of the picture is not made larger still.
NOISE_MIN = 0.05
# diffusers is untyped.
_Denoiser: Any = UNet2DConditionModel


class TinyDenoiser(_Denoiser):  # type: ignore[misc]
    """Guesses the picture and says v, as the pipelines want it: x = a·z + s·ε, v = (a·x − z) / s.

    A picture's latents are few things said in many channels, noise is as many things as there are
    channels: a narrow network that had to answer with noise, or with v, would be spent on carrying
    it through (Li & He 2025, "Back to Basics"). Each channel comes in with a variance of 1 and goes
    out with its own spread.
    """

    # diffusers takes a configuration's names from this signature.
    @functools.wraps(_Denoiser.__init__)  # type: ignore[misc]
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # Both are told by the weights.
        self.register_buffer("spreads", torch.ones(self.config.in_channels))
        self.register_buffer("alphas", torch.ones(1000))

    def forward(
        self,
        sample: torch.Tensor,
        timestep: torch.Tensor | float,
        encoder_hidden_states: torch.Tensor,
        *given: Any,
        return_dict: bool = True,
        **named: Any,
    ) -> Any:
        """See `UNet2DConditionModel`."""
        times = torch.as_tensor(timestep, device=sample.device).long().expand(len(sample))
        alphas = self.alphas[times].view(-1, 1, 1, 1)
        spreads = self.spreads.view(1, -1, 1, 1)
        variances = alphas * spreads.square() + 1 - alphas
        found = super().forward(
            sample * variances.rsqrt(),
            timestep,
            encoder_hidden_states,
            *given,
            return_dict=False,
            **named,
        )[0]
        noise = (1 - alphas).sqrt().clamp(min=NOISE_MIN)
        v: torch.Tensor = (alphas.sqrt() * sample - spreads * found) / noise
        return (v,)
