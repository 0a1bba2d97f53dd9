"""Is what was asked for still there? The base model itself is the judge.

A caption that tells what a picture shows lets the denoiser guess its noise better than captions
that tell something else (diffusion classifier, Li et al. 2023). Chance is 1 in `CHOICES`.
"""

import random

import torch

from benchmarks.fidelity.measures import Picture
from gpu_handlers.base_models.family import Family
from local.drawings.things import AIR, EMBLEMS, LAND, TABLE, WATER

CHOICES, DRAWS = 6, 8
SUBJECTS = sorted({**LAND, **WATER, **AIR, **TABLE, **EMBLEMS})


def share_recognised(base: Family, pictures: list[Picture], prompts: list[list[str]]) -> float:
    """The share of pictures whose own subject explains them best, among portraits none."""
    chance = random.Random(1)
    right = asked = 0
    for picture, tags in zip(pictures, prompts, strict=True):
        subject = next((one for one in SUBJECTS if tags[0].endswith(f" {one}")), None)
        if subject is None:
            continue
        others = chance.sample([one for one in SUBJECTS if one != subject], CHOICES - 1)
        losses = _losses(base, picture, [subject, *others])
        right += losses.index(min(losses)) == 0
        asked += 1
    return right / max(1, asked)


@torch.no_grad()
def _losses(base: Family, picture: Picture, subjects: list[str]) -> list[float]:
    pixels = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
    latents = base.encode_images(pixels).repeat(DRAWS, 1, 1, 1)
    found = []
    for subject in subjects:
        captions = base.encode_captions([base.caption("", [subject])]).take([0] * DRAWS)
        found.append(float(base.loss(latents, captions, torch.Generator().manual_seed(5))))
    return found
