"""A base's answers to the same prompts at all three sizes as one picture, alone or beside another
base's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline
from PIL import Image

from gpu_handlers.base_models.family import Family, Size

PROMPTS = (
    "red house, green hills, sunset",
    "a white boat on the sea, at night, moon, stars",
    "orange fox, forest, sunny day",
    "portrait of a woman with red hair, teal shirt, yellow background",
    "yellow star, purple background",
    "blue vase, flowers, red table, white background",
    "green cactus, desert, sunset, outlined",
    "purple castle, snowy mountains, cloudy sky",
)
# Sizes with how many prompts they show, and how wide.
ROWS = (((512, 512), 8, 196), ((512, 1024), 8, 196), ((1024, 1024), 4, 396))
GAP, APART = 4, 24
# A prompt, a size and a seed.
Draw = Callable[[str, Size, int], Image.Image]


def of_family(family: Family) -> Draw:
    """As a worker draws."""

    def draw(prompt: str, size: Size, seed: int) -> Image.Image:
        [image] = family.generate([prompt], size=size, seeds=[seed], step_done=lambda *_: None)
        return image

    return draw


def of_folder(folder: Path) -> Draw:
    """As diffusers draws with a folder of weights."""
    # diffusers is untyped.
    pipeline: Any = StableDiffusionPipeline
    pipe = pipeline.from_pretrained(folder, safety_checker=None, dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)

    def draw(prompt: str, size: Size, seed: int) -> Image.Image:
        image: Image.Image = pipe(
            prompt,
            width=size[0],
            height=size[1],
            num_inference_steps=20,
            guidance_scale=4.0,
            guidance_rescale=0.5,
            generator=torch.Generator().manual_seed(seed),
        ).images[0]
        return image

    return draw


def draw_grid(bases: list[Draw], path: Path) -> None:
    """A row a size for each base, one base below the other within a size."""
    rows = []
    for size, count, side in ROWS:
        for draw in bases:
            row = Image.new(
                "RGB", (ROWS[0][1] * (ROWS[0][2] + GAP), side * size[1] // size[0]), "white"
            )
            for column, prompt in enumerate(PROMPTS[:count]):
                small = draw(prompt, size, 5 + column).resize((side, row.height))
                row.paste(small, (column * (side + GAP), 0))
            rows.append(row)
    grid = Image.new(
        "RGB",
        (rows[0].width, sum(row.height + GAP for row in rows) + APART * (len(ROWS) - 1)),
        "white",
    )
    top = 0
    for number, row in enumerate(rows, 1):
        grid.paste(row, (0, top))
        top += row.height + GAP + (APART if number % len(bases) == 0 else 0)
    grid.save(path)
