"""Artworks as the trainer sees them: decoded, cropped, turned into latents and embeddings once."""

import io
import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageOps

from chalicelib.contracts.failures import FailureCode
from chalicelib.contracts.jobs import SignedUrls, TrainingJob
from gpu_handlers.base_models.family import Conditioning, Family
from gpu_handlers.common import storage
from gpu_handlers.common.failures import JobError
from gpu_handlers.common.likeness import References, describe
from gpu_handlers.training.recipe import Recipe

SIZE_BYTES_MAX = 11_000_000
PIXELS_MAX = 64_000_000
CAPTION_VARIANTS = 6
# One artwork of so many is kept aside, to see what the LoRA makes of what it never saw.
HELD_OUT_OF = 10
HELD_OUT_DRAWS = 8
# The longest side of a training shape over its shortest; what is longer still loses its ends.
LONGEST = 2.0


@dataclass(frozen=True)
class Dataset:
    """Cached latents (c, h, w), and each artwork's captions in a few orders of tags.

    `captions` has `CAPTION_VARIANTS` rows an artwork, and the empty caption last.
    """

    latents: list[torch.Tensor]
    captions: Conditioning
    trained: list[int]
    held_out: list[int]
    references: References | None = None

    def batch(
        self, count: int, caption_dropout: float, chance: torch.Generator
    ) -> tuple[torch.Tensor, Conditioning]:
        """Random artworks of one shape, each as likely as any; some lose their caption."""
        first = self.trained[_below(len(self.trained), chance)]
        alike = [
            one for one in self.trained if self.latents[one].shape == self.latents[first].shape
        ]
        artworks = [first, *(alike[_below(len(alike), chance)] for _ in range(count - 1))]
        rows = [one * CAPTION_VARIANTS + _below(CAPTION_VARIANTS, chance) for one in artworks]
        dropped = torch.rand(count, generator=chance) < caption_dropout
        rows = [-1 if gone else row for row, gone in zip(rows, dropped.tolist(), strict=True)]
        return self._take(artworks, rows)

    def held_out_batches(self) -> Iterable[tuple[torch.Tensor, Conditioning, torch.Generator]]:
        """What the held-out loss is measured on: the same artworks, noise and times each time."""
        for artwork in self.held_out:
            latents, captions = self._take(
                [artwork] * HELD_OUT_DRAWS, [artwork * CAPTION_VARIANTS] * HELD_OUT_DRAWS
            )
            yield latents, captions, torch.Generator().manual_seed(artwork)

    def _take(self, artworks: list[int], rows: list[int]) -> tuple[torch.Tensor, Conditioning]:
        latents = torch.stack([self.latents[one] for one in artworks])
        return latents, self.captions.take([row % len(self.captions) for row in rows])


def load_dataset(family: Family, job: TrainingJob, urls: SignedUrls, recipe: Recipe) -> Dataset:
    """Download and prepare every artwork. Raises JobError naming one that can't be used."""
    addresses = [urls.read[str(artwork.artwork_id)] for artwork in job.artworks]
    with ThreadPoolExecutor(max_workers=8) as pool:
        contents = pool.map(
            lambda address: storage.download(address, size_bytes_max=SIZE_BYTES_MAX), addresses
        )
        return prepare(family, job, contents, recipe)


def prepare(family: Family, job: TrainingJob, contents: Iterable[bytes], recipe: Recipe) -> Dataset:
    """The artworks' files, in the job's order, as the loop takes them. Raises JobError."""
    latents, references = [], []
    for number, content in enumerate(contents):
        image = read_artwork(content, number)
        latents.append(family.encode_images(pixels_of(family, image)[None])[0].cpu())
        references.append(describe(job.artworks[number].artwork_id, image))
    chance = random.Random(job.seed)
    captions = [
        family.encode_captions(_variants(family, job.trigger, artwork.tags, recipe, chance))
        for artwork in job.artworks
    ]
    order = chance.sample(range(len(latents)), len(latents))
    kept_aside = len(latents) // HELD_OUT_OF
    return Dataset(
        latents,
        Conditioning.join([*captions, family.encode_captions([""])]),
        trained=sorted(order[kept_aside:]),
        held_out=sorted(order[:kept_aside]),
        references=References.join(references),
    )


def _below(count: int, chance: torch.Generator) -> int:
    return int(torch.randint(0, count, (1,), generator=chance))


def _variants(
    family: Family, trigger: str, tags: list[str], recipe: Recipe, chance: random.Random
) -> list[str]:
    """The tags as they are, then shuffled with some left out; never without any."""
    variants = [tags]
    while len(variants) < CAPTION_VARIANTS:
        kept = [tag for tag in tags if chance.random() >= recipe.tag_dropout] or tags[:1]
        variants.append(chance.sample(kept, len(kept)))
    return [family.caption(trigger, variant) for variant in variants]


def shape_for(family: Family, width: int, height: int) -> tuple[int, int]:
    """The training shape that cuts least off an artwork: about the family's own area, sides whole
    multiples of what its latents allow."""
    area, step = family.training_size**2, family.pixel_multiple
    wanted = width / height
    shapes = [
        (step * across, step * down)
        for across in range(1, int(2 * family.training_size / step) + 1)
        for down in range(1, int(2 * family.training_size / step) + 1)
        if 0.8 * area <= step * across * step * down <= 1.02 * area
        and max(across / down, down / across) <= LONGEST
    ]

    def cut(shape: tuple[int, int]) -> tuple[float, int]:
        ratio = shape[0] / shape[1] / wanted
        # Two that cut alike: the larger.
        return round(max(ratio, 1 / ratio), 2), -shape[0] * shape[1]

    return min(shapes, key=cut)


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    # What lies under transparent pixels is mostly black, and was never part of the picture.
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def read_artwork(content: bytes, number: int) -> Image.Image:
    """An artwork as its artist sees it, without transparency. Raises JobError."""
    try:
        file = Image.open(io.BytesIO(content), formats=["PNG", "JPEG"])
        if file.width * file.height > PIXELS_MAX:
            raise ValueError("too many pixels")
        return _on_white(ImageOps.exif_transpose(file))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise JobError(
            FailureCode.IMAGE_UNREADABLE, f"artwork {number + 1} cannot be read"
        ) from error


def pixels_of(family: Family, image: Image.Image) -> torch.Tensor:
    """An artwork in its training shape, (3, h, w) in [-1, 1]."""
    # The middle is kept: a random crop would cut the artist's composition.
    shape = shape_for(family, image.width, image.height)
    fitted = ImageOps.fit(image, shape, Image.Resampling.LANCZOS)
    values = np.asarray(fitted, dtype=np.float32).transpose(2, 0, 1) / 127.5 - 1
    return torch.from_numpy(np.ascontiguousarray(values))
