"""`python -m benchmarks.copies`: how many planted copies are caught, how many others are refused.

Copies are an artist's works, changed as copies are; the others are new scenes in the same hand,
and what a LoRA trained on the works makes of prompts. The likeness of each kind is printed too, so
that the limits can be seen to lie between.
"""

import argparse
import io
import random
from collections.abc import Callable
from uuid import UUID

import numpy as np
import torch
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from benchmarks.fidelity.__main__ import ASKED, WORKS, draw, fit, generate
from chalicelib.contracts.callbacks import ClosestArtwork
from gpu_handlers.base_models import load_fresh
from gpu_handlers.common.likeness import References, closest, describe, is_copy
from gpu_handlers.training.recipe import Recipe
from local.drawings.canvas import Look
from local.drawings.looks import ARTISTS

ARTWORKS, OTHERS = 12, 40
NEW = 900_000
Change = Callable[[Image.Image], Image.Image]


def _jpeg(image: Image.Image) -> Image.Image:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=40)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def _cropped(share: float) -> Change:
    def crop(image: Image.Image) -> Image.Image:
        chance = random.Random(image.width + int(share * 100))
        side = round(image.width * (1 - share))
        left, top = (chance.randint(0, image.width - side) for _ in range(2))
        return image.crop((left, top, left + side, top + side)).resize(image.size)

    return crop


def _recoloured(image: Image.Image) -> Image.Image:
    hue, saturation, value = image.convert("HSV").split()
    turned = hue.point(lambda level: (level + 60) % 256)
    return Image.merge("HSV", (turned, saturation, value)).convert("RGB")


def _warped(image: Image.Image) -> Image.Image:
    width, height = image.size
    corners = (8, 4, 0, height - 6, width - 5, height, width, 7)
    return image.transform(image.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)


def _noisy(image: Image.Image) -> Image.Image:
    grain = np.random.default_rng(1).normal(0, 20, (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


CHANGES: dict[str, Change] = {
    "itself": lambda image: image,
    "JPEG 40": _jpeg,
    "half size": lambda image: image.resize((256, 256)).resize(image.size),
    "mirrored": ImageOps.mirror,
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(5)),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.6),
    "recoloured": _recoloured,
    "warped": _warped,
    "noisy": _noisy,
    "cut by 10 %": _cropped(0.10),
    "cut by 20 %": _cropped(0.20),
}


def main() -> None:
    """Print a line a kind of picture."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.copies", description=__doc__)
    parser.add_argument("--family", default="tiny")
    parser.add_argument("--artists", nargs="*", default=list(ARTISTS))
    parser.add_argument("--trained", type=int, default=2, help="artists whose LoRA is tried too")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    found: dict[str, list[ClosestArtwork]] = {}
    for number, name in enumerate(asked.artists):
        look = ARTISTS[name]
        works = [image for image, _ in draw(look, WORKS, ARTWORKS)]
        references = References.join(
            [describe(UUID(int=place + 1), image) for place, image in enumerate(works)]
        )
        for kind, change in CHANGES.items():
            changed = [change(image) for image in works]
            found.setdefault(kind, []).extend(_compare(changed, references))
        others = [image for image, _ in draw(look, NEW, OTHERS)]
        found.setdefault("new scenes", []).extend(_compare(others, references))
        if number < asked.trained:
            made = _made(asked.family, look)
            found.setdefault("generated", []).extend(_compare(made, references))
    print(f"{'':14}{'refused':>9}   similarity: least median most   bits: least median most")
    for kind, results in found.items():
        refused = np.mean([is_copy(one) for one in results])
        alike = np.quantile([one.similarity for one in results], [0, 0.5, 1])
        bits = np.quantile([one.hash_distance for one in results], [0, 0.5, 1])
        print(
            f"{kind:14}{refused:9.1%}   " + "".join(f"{one:12.3f}" for one in alike) + "   "
            "" + "".join(f"{one:8.0f}" for one in bits)
        )


def _compare(pictures: list[Image.Image], references: References) -> list[ClosestArtwork]:
    return [closest(picture, references) for picture in pictures]


def _made(name: str, look: Look) -> list[Image.Image]:
    family = load_fresh(name)
    fit(family, draw(look, WORKS, ARTWORKS), Recipe())
    # The works' own prompts: where a LoRA would repeat what it has seen.
    prompts = [words.tags for _, words in [*draw(look, WORKS, ARTWORKS), *draw(look, ASKED, 8)]]
    return [Image.fromarray(picture) for picture in generate(family, prompts)]


if __name__ == "__main__":
    main()
