"""Training the decoder on crops of drawn pictures."""

import math
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from gpu_handlers.base_models.tiny_autoencoder import Residual, TinyAutoencoder
from local.tiny_base.data import Pixels
from local.tiny_base.encoder import load_encoder, write_encoder
from local.tiny_base.muon import Muon

CROP, BATCH = 192, 8
RATE, VECTOR_RATE = 0.015, 2e-3
# Latents come from a denoiser, which is never exact.
NOISE = 0.06
HELD_OUT = 32


def train_decoder(folder: Path, minutes: float) -> None:
    """Write `autoencoder/` beside the pictures; every few minutes, so that it can be looked at."""
    torch.manual_seed(0)
    autoencoder = TinyAutoencoder()
    encoder = load_encoder(folder / "encoder.npz")
    write_encoder(encoder, autoencoder)
    autoencoder.encoder.requires_grad_(False)
    autoencoder.decoder.to(memory_format=torch.channels_last)
    with torch.no_grad():
        for part in autoencoder.modules():
            if isinstance(part, Residual):
                part.second.weight.mul_(0.1)
    parameters = list(autoencoder.decoder.parameters())
    optimiser = Muon(
        [one for one in parameters if one.ndim > 1],
        [one for one in parameters if one.ndim == 1],
        rate=RATE,
        vector_rate=VECTOR_RATE,
    )
    pictures: Pixels = np.load(folder / "pictures.npy", mmap_mode="r")
    chance = np.random.default_rng(1)
    began, step, shown = time.monotonic(), 0, []
    while (done := (time.monotonic() - began) / (60 * minutes)) < 1:
        pixels = _crops(pictures[HELD_OUT:], chance)
        with torch.no_grad():
            latents = autoencoder.encode(pixels).latents
            latents += NOISE * torch.randn_like(latents)
        made = autoencoder.decode(latents.contiguous(memory_format=torch.channels_last))[0]
        loss = functional.l1_loss(made, pixels) + 0.5 * _edges(made, pixels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step(min(1, (step + 1) / 20) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-3)
        step += 1
        shown.append(loss.item())
        if step % 100 == 0:
            print(f"decoder {step} {done:.3f} loss {np.mean(shown[-100:]):.4f}", flush=True)
        if step % 500 == 0:
            autoencoder.save_pretrained(folder / "autoencoder")
    autoencoder.save_pretrained(folder / "autoencoder")
    print(f"decoder {step} steps, {_quality(autoencoder, pictures[:HELD_OUT]):.2f} dB held out")


def _crops(pictures: Pixels, chance: np.random.Generator) -> torch.Tensor:
    crops = np.empty((BATCH, CROP, CROP, 3), np.uint8)
    for crop in crops:
        picture = pictures[chance.integers(len(pictures))]
        top, left = chance.integers(0, 512 - CROP + 1, 2)
        crop[:] = picture[top : top + CROP, left : left + CROP]
    return torch.from_numpy(crops).permute(0, 3, 1, 2).float() / 127.5 - 1


def _edges(made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    across = functional.l1_loss(made.diff(dim=-1), wanted.diff(dim=-1))
    return across + functional.l1_loss(made.diff(dim=-2), wanted.diff(dim=-2))


@torch.no_grad()
def _quality(autoencoder: TinyAutoencoder, pictures: Pixels) -> float:
    ratios = []
    for picture in pictures:
        pixels = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
        made = autoencoder.decode(autoencoder.encode(pixels).latents)[0].clamp(-1, 1)
        ratios.append(-10 * math.log10(float(((made - pixels) / 2).square().mean())))
    return float(np.mean(ratios))
