"""How like an artwork a picture is: by its perceptual hash, and by where its outlines lie.

Colour and finish are the artist's style, which a picture should share; where things stand and how
they are shaped is the artwork itself, which it should not.
"""

from dataclasses import dataclass
from uuid import UUID

import imagehash
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from scipy.ndimage import gaussian_filter

from chalicelib.contracts.callbacks import ClosestArtwork

Numbers = NDArray[np.float32]
HASH_SIDE = 16
# Outlines are what lies between two blurs of a small grey picture.
SIDE, FINE, COARSE = 96, 1.5, 8.0
# A picture may be a part of an artwork, so large.
PARTS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)
# benchmarks/copies measured these.
SURE_SIMILARITY = 0.93
SIMILARITY_MAX, HASH_DISTANCE_MAX = 0.6, 36
ARTWORKS, PICTURES, HASHES = "artworks", "reference.pictures", "reference.hashes"


@dataclass(frozen=True)
class References:
    """A style's artworks: `pictures` (n, 96, 96) grey levels; `hashes` (n, 2, 32) bytes, of each
    artwork and of its mirror image."""

    artworks: list[UUID]
    pictures: torch.Tensor
    hashes: torch.Tensor

    def tensors(self) -> dict[str, torch.Tensor]:
        """As they lie in a LoRA's file."""
        return {PICTURES: self.pictures, HASHES: self.hashes}

    @staticmethod
    def join(parts: list["References"]) -> "References":
        """All of a style's."""
        return References(
            [one for part in parts for one in part.artworks],
            torch.cat([part.pictures for part in parts]),
            torch.cat([part.hashes for part in parts]),
        )

    @staticmethod
    def of_file(artworks: object, tensors: dict[str, torch.Tensor]) -> "References":
        """What `tensors` told. Raises ValueError, KeyError for anything else."""
        ids = [UUID(str(one)) for one in artworks] if isinstance(artworks, list) else []
        pictures, hashes = tensors[PICTURES], tensors[HASHES]
        shapes = (len(ids), SIDE, SIDE), (len(ids), 2, HASH_SIDE**2 // 8)
        if not ids or (pictures.shape, hashes.shape) != shapes:
            raise ValueError("references do not fit")
        return References(ids, pictures, hashes)


def describe(artwork_id: UUID, image: Image.Image) -> References:
    """What one artwork looks like, for comparison with all that is made in its style."""
    hashes = np.stack([_hash(image), _hash(ImageOps.mirror(image))])
    picture = np.asarray(_grey(image, SIDE))
    return References(
        [artwork_id], torch.from_numpy(picture.copy())[None], torch.from_numpy(hashes)[None]
    )


def closest(image: Image.Image, references: References) -> ClosestArtwork:
    """The artwork that a picture is most like, mirrored or not."""
    similarities = _similarities(image, references)
    differing = np.bitwise_xor(references.hashes.numpy(), _hash(image))
    distances = np.bitwise_count(differing).sum(-1).min(1)
    number = int(np.argmax(similarities - distances / HASH_SIDE**2))
    return ClosestArtwork(
        artwork_id=references.artworks[number],
        similarity=round(min(1.0, max(0.0, float(similarities[number]))), 4),
        hash_distance=int(distances[number]),
    )


def is_copy(found: ClosestArtwork) -> bool:
    """Whether it must not be delivered."""
    if found.similarity >= SURE_SIMILARITY:
        return True
    return found.similarity >= SIMILARITY_MAX and found.hash_distance <= HASH_DISTANCE_MAX


def _similarities(image: Image.Image, references: References) -> Numbers:
    """For each artwork the highest correlation of outlines, wherever in it the picture may lie.

    Normalised cross-correlation by Fourier transforms (Lewis 1995), over sizes and mirror images.
    """
    plain = np.stack([_outlines(one) for one in references.pictures.numpy()])
    theirs = np.concatenate([plain, plain[:, :, ::-1]])
    spectra, energies = np.fft.rfft2(theirs), np.fft.rfft2(theirs**2)
    best = np.zeros(len(theirs), np.float32)
    for part in PARTS:
        side = round(SIDE * part)
        mine = np.zeros((SIDE, SIDE), np.float32)
        mine[:side, :side] = _outlines(np.asarray(_grey(image, side)))
        there = np.zeros_like(mine)
        there[:side, :side] = 1
        shape, places = (SIDE, SIDE), SIDE - side + 1
        products = np.fft.irfft2(spectra * np.conj(np.fft.rfft2(mine)), s=shape)
        covered = np.fft.irfft2(energies * np.conj(np.fft.rfft2(there)), s=shape)
        scale = np.sqrt(np.maximum(covered, 1e-3) * np.sum(mine**2) + 1e-6)
        found = (products / scale)[:, :places, :places]
        best = np.maximum(best, found.max((1, 2)))
    either: Numbers = best.reshape(2, -1).max(0)
    return either


def _grey(image: Image.Image, side: int) -> Image.Image:
    return image.convert("L").resize((side, side), Image.Resampling.BOX)


def _outlines(grey: NDArray[np.uint8]) -> Numbers:
    levels = grey.astype(np.float32)
    outlines: Numbers = gaussian_filter(levels, FINE) - gaussian_filter(levels, COARSE)
    return outlines


def _hash(image: Image.Image) -> NDArray[np.uint8]:
    return np.packbits(imagehash.phash(image, hash_size=HASH_SIDE).hash)
