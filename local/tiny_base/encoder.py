"""The encoder: principal components of patches, written into a convolution; nothing to train."""

from pathlib import Path

import numpy as np
import torch
from scipy.linalg import eigh

from gpu_handlers.base_models.tiny_autoencoder import TinyAutoencoder
from local.tiny_base.data import Encoder, Pixels, patches_of

CHANNELS = 48
# Between 0, components as large as they are, and 1, all of one size. In between the denoiser sees
# mostly what the eye does, and outlines and hatching are not lost in its noise.
WHITENING = 0.65
PATCHES = 80_000


def fit_encoder(pictures: Pixels) -> Encoder:
    """Principal components of random patches, partly whitened, scaled to unit variance over all."""
    chance = np.random.default_rng(0)
    patches = np.concatenate(
        [patches_of(picture)[chance.choice(256, 64, False)] for picture in pictures]
    )
    patches = patches[chance.permutation(len(patches))[:PATCHES]].astype(np.float32) / 127.5 - 1
    mean = patches.mean(0)
    centred = patches - mean
    covariance = centred.T @ centred / len(centred)
    width = len(covariance)
    variances, axes = eigh(covariance, subset_by_index=(width - CHANNELS, width - 1))
    variances, axes = variances[::-1], axes[:, ::-1]
    # An axis and its opposite are as good; which one is found differs between machines.
    axes = axes * np.sign(chance.standard_normal(width) @ axes)
    print(f"variance kept: {variances.sum() / (centred**2).sum(1).mean():.4f}")
    weight = (axes / variances ** (WHITENING / 2)).T
    latents = centred @ weight.T
    weight /= latents.std()
    # On [0, 255].
    return Encoder((weight / 127.5).astype(np.float32), (-weight @ (1 + mean)).astype(np.float32))


def write_encoder(encoder: Encoder, autoencoder: TinyAutoencoder) -> None:
    """Put it into an autoencoder, which takes [-1, 1]."""
    weight = torch.from_numpy(encoder.weight * 127.5)
    with torch.no_grad():
        autoencoder.encoder.weight.copy_(weight.view(CHANNELS, 3, 32, 32))
        bias = torch.from_numpy(encoder.bias) + weight.sum(1)
        autoencoder.encoder.bias = torch.nn.Parameter(bias)


def save_encoder(encoder: Encoder, path: Path) -> None:
    """As a NumPy archive."""
    np.savez(path, weight=encoder.weight, bias=encoder.bias)


def load_encoder(path: Path) -> Encoder:
    """What `save_encoder` wrote."""
    with np.load(path) as arrays:
        return Encoder(arrays["weight"], arrays["bias"])
