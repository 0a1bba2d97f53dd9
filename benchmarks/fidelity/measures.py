"""How far two sets of pictures are apart, in four respects; 0 for the same set.

Pictures are (h, w, 3) arrays of 8-bit sRGB. Coarse histograms and Gram matrices are not here:
ten works of an artist lie as far from twenty others of the same as from another artist's.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.cluster.vq import kmeans2
from scipy.ndimage import gaussian_filter, grey_closing, grey_opening
from scipy.optimize import linprog
from scipy.stats import wasserstein_distance

Picture = NDArray[np.uint8]
Numbers = NDArray[np.float64]
COLOURS = 10
PIXELS_A_SET = 20_000
DIRECTIONS = 48
# Thin lines of these widths, in pixels of a picture 256 wide.
WIDTHS = (3, 7)
WINDOW = 64
BANDS, ANGLES = 4, 6


def _colours(pictures: Sequence[Picture]) -> Numbers:
    """Pixels of all pictures in CIE L*a*b*, always the same ones."""
    chance = np.random.default_rng(0)
    each = PIXELS_A_SET // len(pictures)
    chosen = [
        picture.reshape(-1, 3)[chance.integers(0, picture.shape[0] * picture.shape[1], each)]
        for picture in pictures
    ]
    linear = np.concatenate(chosen) / 255
    linear = np.where(linear > 0.04045, ((linear + 0.055) / 1.055) ** 2.4, linear / 12.92)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = linear @ to_xyz.T / np.array([0.9505, 1.0, 1.089])
    cubes = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = cubes.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def palette_distance(ours: Sequence[Picture], theirs: Sequence[Picture]) -> float:
    """Earth mover's distance between the main colours (k-means), in units of L*a*b*."""
    (mine, weights), (other, other_weights) = _palette(ours), _palette(theirs)
    costs = np.linalg.norm(mine[:, None] - other[None], axis=2)
    leaving = np.kron(np.eye(len(mine)), np.ones(len(other)))
    arriving = np.kron(np.ones(len(mine)), np.eye(len(other)))
    moved = linprog(
        costs.ravel(),
        A_eq=np.concatenate([leaving, arriving]),
        b_eq=np.concatenate([weights, other_weights]),
    )
    return float(moved.fun)


def _palette(pictures: Sequence[Picture]) -> tuple[Numbers, Numbers]:
    colours = _colours(pictures)
    centres, nearest = kmeans2(colours, COLOURS, minit="++", rng=0)
    counts = np.bincount(nearest, minlength=COLOURS).astype(float)
    there = counts > 0
    return centres[there], counts[there] / counts.sum()


def colour_distance(ours: Sequence[Picture], theirs: Sequence[Picture]) -> float:
    """Sliced Wasserstein distance between all colours (Bonneel et al. 2015)."""
    mine, other = _colours(ours), _colours(theirs)
    directions = np.random.default_rng(1).normal(size=(DIRECTIONS, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return float(np.mean([wasserstein_distance(mine @ one, other @ one) for one in directions]))


def outline_distance(ours: Sequence[Picture], theirs: Sequence[Picture]) -> float:
    """Between how much lies in thin dark and thin light lines of each width."""
    return float(np.abs(_lines(ours) - _lines(theirs)).sum())


def _lines(pictures: Sequence[Picture]) -> Numbers:
    found = []
    for grey in map(_grey, pictures):
        row: list[float] = []
        for width in WIDTHS:
            dark = grey_closing(grey, (width, width)) - grey
            light = grey - grey_opening(grey, (width, width))
            row += [dark.mean(), light.mean()]
        found.append(row)
    return np.mean(found, axis=0)


def texture_distance(ours: Sequence[Picture], theirs: Sequence[Picture]) -> float:
    """Between the energies of luminance by fineness and direction, in decibels on average."""
    return float(np.abs(_energies(ours) - _energies(theirs)).mean())


def _energies(pictures: Sequence[Picture]) -> Numbers:
    frequencies = np.fft.fftshift(np.fft.fftfreq(WINDOW))
    across, down = np.meshgrid(frequencies, frequencies)
    fineness = np.hypot(across, down)
    band = np.digitize(fineness, [0.04, 0.08, 0.16, 0.32, 0.5]) - 1
    angle = ((np.arctan2(down, across) / np.pi * ANGLES + 0.5) % ANGLES).astype(int)
    taper = np.outer(np.hanning(WINDOW), np.hanning(WINDOW))
    total = np.zeros((BANDS, ANGLES))
    for grey in map(_grey, pictures):
        # Large areas are not texture.
        fine = grey - gaussian_filter(grey, 12)
        for top in range(0, fine.shape[0] - WINDOW + 1, WINDOW // 2):
            for left in range(0, fine.shape[1] - WINDOW + 1, WINDOW // 2):
                patch = fine[top : top + WINDOW, left : left + WINDOW] * taper
                power = np.abs(np.fft.fftshift(np.fft.fft2(patch))) ** 2
                for one in range(BANDS):
                    for turn in range(ANGLES):
                        total[one, turn] += power[(band == one) & (angle == turn)].mean()
    return 10 * np.log10(total / len(pictures) + 1e-3)


def _grey(picture: Picture) -> Numbers:
    height = round(picture.shape[0] * 256 / picture.shape[1])
    image = Image.fromarray(picture).convert("L").resize((256, height), Image.Resampling.BOX)
    return np.asarray(image, dtype=float)


Measure = Callable[[Sequence[Picture], Sequence[Picture]], float]
MEASURES: dict[str, Measure] = {
    "palette": palette_distance,
    "colours": colour_distance,
    "outlines": outline_distance,
    "texture": texture_distance,
}
