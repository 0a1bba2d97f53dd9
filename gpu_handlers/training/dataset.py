"""Artworks as the trainer sees them: decoded, cropped, turned into latents and embeddings once."""

import io
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageOps

from chalicelib.contracts.failures import FailureCode
from chalicelib.contracts.jobs import SignedUrls, TrainingJob
from gpu_handlers.base_models.family import Family
from gpu_handlers.common import storage
from gpu_handlers.common.failures import JobError

SIZE_BYTES_MAX = 11_000_000
PIXELS_MAX = 64_000_000
CAPTION_VARIANTS = 3


@dataclass(frozen=True)
class Dataset:
    """Cached latents, and for each artwork its captions' embeddings in a few orders of tags."""

    latents: torch.Tensor
    captions: torch.Tensor
    no_caption: torch.Tensor

    def batch(
        self, count: int, dropout: float, choose: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Latents and embeddings of random artworks; some lose their caption."""
        artworks = torch.randint(0, len(self.latents), (count,), generator=choose)
        variants = torch.randint(0, self.captions.shape[1], (count,), generator=choose)
        captions = self.captions[artworks, variants].clone()
        captions[torch.rand(count, generator=choose) < dropout] = self.no_caption
        return self.latents[artworks], captions


def load_dataset(family: Family, job: TrainingJob, urls: SignedUrls) -> Dataset:
    """Download and prepare every artwork. Raises JobError naming one that can't be used."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        contents = list(
            pool.map(
                lambda artwork: storage.download(
                    urls.read[str(artwork.artwork_id)], size_bytes_max=SIZE_BYTES_MAX
                ),
                job.artworks,
            )
        )
    latents = torch.cat(
        [
            family.encode_images(_pixels(content, family.training_side, number)[None])
            for number, content in enumerate(contents)
        ]
    )
    shuffle = random.Random(job.seed)
    captions = torch.stack(
        [
            family.encode_captions(_variants(family, job.trigger, artwork.tags, shuffle))
            for artwork in job.artworks
        ]
    )
    return Dataset(latents, captions, family.encode_captions([""])[0])


def _variants(family: Family, trigger: str, tags: list[str], shuffle: random.Random) -> list[str]:
    orders = [tags] + [shuffle.sample(tags, len(tags)) for _ in range(CAPTION_VARIANTS - 1)]
    return [family.caption(trigger, order) for order in orders]


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    # What lies under transparent pixels is mostly black, and was never part of the picture.
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _pixels(content: bytes, side: int, number: int) -> torch.Tensor:
    try:
        file = Image.open(io.BytesIO(content), formats=["PNG", "JPEG"])
        if file.width * file.height > PIXELS_MAX:
            raise ValueError("too many pixels")
        image = _on_white(ImageOps.exif_transpose(file))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise JobError(
            FailureCode.IMAGE_UNREADABLE, f"artwork {number + 1} cannot be read"
        ) from error
    # The middle is kept: a random crop would cut the artist's composition.
    square = ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)
    values = np.asarray(square, dtype=np.float32).transpose(2, 0, 1) / 127.5 - 1
    return torch.from_numpy(np.ascontiguousarray(values))
