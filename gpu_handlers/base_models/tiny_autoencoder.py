"""The tiny base's autoencoder: a linear encoder, and a decoder of residual blocks."""

from dataclasses import dataclass

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import nn

PATCH = 32


@dataclass(frozen=True)
class Encoded:
    """What `encode` answers, as diffusers' deterministic autoencoders do."""

    latents: torch.Tensor


class Residual(nn.Module):
    """Two convolutions around what goes through."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Same shape out."""
        changed: torch.Tensor = self.second(
            nn.functional.silu(self.first(nn.functional.silu(values)))
        )
        return values + changed


class TinyAutoencoder(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Patches of 32×32 pixels to `latent_channels` principal components, and pictures from these.

    The decoder doubles its side by pixel shuffles (Shi et al. 2016) up to a quarter of the
    picture's; the last shuffle is by four, so that nothing is computed at full size.
    """

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self,
        latent_channels: int = 48,
        decoder_channels: tuple[int, ...] = (128, 96, 80, 48),
        decoder_blocks: tuple[int, ...] = (3, 3, 2, 3),
        scaling_factor: float = 1.0,
        # diffusers' pipelines read the reduction, 2⁵, from the length.
        block_out_channels: tuple[int, ...] = (0, 0, 0, 0, 0, 0),
        force_upcast: bool = False,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.encoder = nn.Conv2d(3, latent_channels, PATCH, stride=PATCH)
        layers: list[nn.Module] = [nn.Conv2d(latent_channels, decoder_channels[0], 3, padding=1)]
        for number, channels in enumerate(decoder_channels):
            layers += [Residual(channels) for _ in range(decoder_blocks[number])]
            last = number == len(decoder_channels) - 1
            side = 4 if last else 2
            narrower = 3 if last else decoder_channels[number + 1]
            layers += [nn.Conv2d(channels, narrower * side**2, 3, padding=1), nn.PixelShuffle(side)]
        self.decoder = nn.Sequential(*layers)

    def encode(self, pixels: torch.Tensor) -> Encoded:
        """Latents (n, channels, h/32, w/32) of pixels in [-1, 1]."""
        return Encoded(self.encoder(pixels))

    def decode(
        self, latents: torch.Tensor, return_dict: bool = False, generator: object = None
    ) -> tuple[torch.Tensor]:
        """Pixels in about [-1, 1]; the arguments besides the latents are the pipelines' habit."""
        return (self.decoder(latents),)
