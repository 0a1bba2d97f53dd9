"""Captioned pictures, drawn and encoded; each number is one picture, for ever the same."""

import functools
import json
import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from gpu_handlers.base_models.tiny_autoencoder import PATCH
from local.drawings.looks import described_look
from local.drawings.scenes import draw_scene

Pixels = NDArray[np.uint8]
SIZES = {"square": (512, 512), "tall": (512, 1024), "large": (1024, 1024)}
# Each shape's numbers begin apart; what lies below was never drawn for training.
FIRST = {"square": 10_000_000, "tall": 20_000_000, "large": 30_000_000}


def draw(number: int, shape: str) -> tuple[Image.Image, str]:
    """Picture and caption: half of the captions are sentences, half are tags in any order."""
    chance = random.Random(FIRST[shape] + number)
    look, look_words = described_look(chance)
    image, words = draw_scene(SIZES[shape], look, chance)
    if chance.random() < 0.5:
        parts = [words.sentence, *look_words]
        caption = ", ".join(parts if chance.random() < 0.7 else [*look_words, words.sentence])
    else:
        tags = [*words.tags, *look_words]
        # The subject is never left out.
        kept = [tags[0], *(tag for tag in tags[1:] if chance.random() < 0.85)]
        caption = ", ".join(chance.sample(kept, len(kept)))
    # What people and triggers add without meaning anything by it.
    if chance.random() < 0.15:
        caption = chance.choice(["{} art", "{}, style", "a painting of {}", "artwork, {}"]).format(
            caption
        )
    return image, caption


@dataclass(frozen=True)
class Encoder:
    """A linear map from patches in [0, 255] to latents of unit variance over all."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]

    def __call__(self, pixels: Pixels) -> NDArray[np.float16]:
        """(channels, h/32, w/32) of (h, w, 3)."""
        height, width = pixels.shape[0] // PATCH, pixels.shape[1] // PATCH
        patches = patches_of(pixels).astype(np.float32)
        latents = patches @ self.weight.T + self.bias
        return latents.T.reshape(-1, height, width).astype(np.float16)


def patches_of(pixels: Pixels) -> Pixels:
    """(n, 3·32·32) in the order of a convolution's weights, rows first."""
    height, width = pixels.shape[0] // PATCH, pixels.shape[1] // PATCH
    split = pixels.reshape(height, PATCH, width, PATCH, 3).transpose(0, 2, 4, 1, 3)
    return split.reshape(height * width, -1)


def _drawn(shape: str, number: int) -> Pixels:
    return np.asarray(draw(number, shape)[0])


def draw_pictures(path: Path, count: int) -> Pixels:
    """The first squares, as a file of pixels."""
    pictures = np.lib.format.open_memmap(path, "w+", np.uint8, (count, 512, 512, 3))
    with ProcessPoolExecutor(max_workers=2) as pool:
        numbers = range(count)
        for number, drawn in enumerate(
            pool.map(functools.partial(_drawn, "square"), numbers, chunksize=16)
        ):
            pictures[number] = drawn
    return pictures


def _encoded(
    encoder: Encoder, shape: str, number: int
) -> tuple[NDArray[np.float16], NDArray[np.float16], str]:
    image, caption = draw(number, shape)
    pixels = np.asarray(image)
    return encoder(pixels), encoder(np.ascontiguousarray(pixels[:, ::-1])), caption


def encode_pictures(folder: Path, encoder: Encoder, shape: str, count: int) -> None:
    """Latents of so many pictures and of their mirror images, and the captions."""
    width, height = (side // PATCH for side in SIZES[shape])
    channels = len(encoder.bias)
    latents = np.lib.format.open_memmap(
        folder / f"{shape}.npy", "w+", np.float16, (count, 2, channels, height, width)
    )
    captions = []
    with ProcessPoolExecutor(max_workers=2) as pool:
        work = functools.partial(_encoded, encoder, shape)
        for number, (plain, mirrored, caption) in enumerate(
            pool.map(work, range(count), chunksize=16)
        ):
            latents[number, 0], latents[number, 1] = plain, mirrored
            captions.append(caption)
    latents.flush()
    (folder / f"{shape}.json").write_text(json.dumps(captions))


def load_latents(folder: Path, shape: str) -> tuple[torch.Tensor, list[str]]:
    """What `encode_pictures` wrote."""
    latents = torch.from_numpy(np.load(folder / f"{shape}.npy"))
    captions: list[str] = json.loads((folder / f"{shape}.json").read_text())
    return latents, captions
