"""Cut paper: flat shapes with a thick outline, each casting a little shadow on what lies below."""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]

CORAL: Colour = (233, 92, 78)
PEACH: Colour = (246, 176, 144)
CREAM: Colour = (252, 241, 220)
NAVY: Colour = (27, 35, 82)
BLUE: Colour = (82, 112, 168)
MIST: Colour = (168, 190, 214)
GOLD: Colour = (244, 190, 92)

SIDE = 768
# Drawn larger and brought down, because ImageDraw has no antialiasing.
FINER = 2
OUTLINE = 0.013
SHADOW_SHIFT, SHADOW_BLUR, SHADOW_STRENGTH = 0.011, 0.007, 0.34
GRAIN = 2.2


class Paper:
    """One square picture; coordinates run from 0 to 1, right and down."""

    def __init__(self, ground: Colour) -> None:
        self._side = SIDE * FINER
        self._image = Image.new("RGB", (self._side, self._side), ground)

    def cut(
        self,
        points: Sequence[Point],
        colour: Colour,
        *,
        outline: float = OUTLINE,
        shadow: bool = True,
    ) -> None:
        """Lay a polygon on top."""
        corners = [(x * self._side, y * self._side) for x, y in points]
        if shadow:
            self._shade(corners)
        draw = ImageDraw.Draw(self._image)
        draw.polygon(corners, fill=colour)
        if outline:
            self._stroke([*corners, corners[0], corners[1]], outline)

    def disc(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, *, outline: float = OUTLINE
    ) -> None:
        """Lay an ellipse on top."""
        self.cut(ellipse(x, y, rx, ry), colour, outline=outline, shadow=outline > 0)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: Colour,
        *,
        outline: float = OUTLINE,
    ) -> None:
        """Lay a rectangle on top."""
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        self.cut(corners, colour, outline=outline, shadow=outline > 0)

    def line(self, points: Sequence[Point], *, width: float = OUTLINE) -> None:
        """Draw an open stroke in the outline's colour."""
        self._stroke([(x * self._side, y * self._side) for x, y in points], width)

    def hills(
        self, y: float, height: float, colour: Colour, *, phase: float, waves: float = 1.4
    ) -> None:
        """Lay a rolling ground from edge to edge."""
        crest = [
            (x, y - height * math.sin(phase + waves * math.tau * x))
            for x in (-0.04 + 1.08 * step / 48 for step in range(49))
        ]
        self.cut([(-0.04, 1.04), *crest, (1.04, 1.04)], colour)

    def sea(self, y: float) -> None:
        """Lay water from edge to edge, with a few crests."""
        self.cut([(-0.04, 1.04), (-0.04, y), (1.04, y), (1.04, 1.04)], BLUE)
        for x, below in ((0.12, 0.09), (0.8, 0.13), (0.2, 0.26), (0.7, 0.31), (0.9, 0.05)):
            wave = [(x + dx, y + below + dy) for dx, dy in _WAVE]
            self._stroke([(a * self._side, b * self._side) for a, b in wave], 0.008, MIST)

    def stars(self) -> None:
        """Scatter a few over the sky."""
        for x, y in _STARS:
            self.disc(x, y, 0.007, 0.007, CREAM, outline=0)

    def finish(self) -> Image.Image:
        """The picture at its size, with a paper's grain."""
        small = self._image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        grain = np.random.default_rng(7).normal(0, GRAIN, (SIDE, SIDE, 1))
        pixels = np.clip(np.asarray(small, dtype=np.float64) + grain, 0, 255)
        return Image.fromarray(pixels.astype(np.uint8))

    def _shade(self, corners: Sequence[Point]) -> None:
        # A quarter of the size blurs sixteen times faster and nobody sees it.
        quarter = self._side // 4
        mask = Image.new("L", (quarter, quarter))
        shift = SHADOW_SHIFT * self._side
        moved = [((x + shift * 0.5) / 4, (y + shift) / 4) for x, y in corners]
        ImageDraw.Draw(mask).polygon(moved, fill=int(255 * SHADOW_STRENGTH))
        soft = mask.filter(ImageFilter.GaussianBlur(SHADOW_BLUR * quarter))
        self._image.paste(NAVY, (0, 0), soft.resize(self._image.size, Image.Resampling.BILINEAR))

    def _stroke(self, corners: Sequence[Point], width: float, colour: Colour = NAVY) -> None:
        draw = ImageDraw.Draw(self._image)
        pixels = max(1, round(width * self._side))
        draw.line(list(corners), fill=colour, width=pixels, joint="curve")
        for x, y in (corners[0], corners[-1]):
            half = pixels / 2 - 0.5
            draw.ellipse((x - half, y - half, x + half, y + half), fill=colour)


def ellipse(x: float, y: float, rx: float, ry: float, *, corners: int = 72) -> list[Point]:
    """An ellipse as a polygon."""
    turns = (math.tau * step / corners for step in range(corners))
    return [(x + rx * math.cos(turn), y + ry * math.sin(turn)) for turn in turns]


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 12) -> list[Point]:
    """A curve through all points (Catmull and Rom 1974)."""
    count = len(points)
    spans = count if closed else count - 1
    curve = []
    for start in range(spans):
        near = [
            points[at % count] if closed else points[min(max(at, 0), count - 1)]
            for at in range(start - 1, start + 3)
        ]
        curve += [_between(near, step / steps) for step in range(steps)]
    return curve if closed else [*curve, points[-1]]


def _between(near: Sequence[Point], t: float) -> Point:
    weights = (
        -0.5 * t + t**2 - 0.5 * t**3,
        1 - 2.5 * t**2 + 1.5 * t**3,
        0.5 * t + 2 * t**2 - 1.5 * t**3,
        -0.5 * t**2 + 0.5 * t**3,
    )
    x = sum(weight * point[0] for weight, point in zip(weights, near, strict=True))
    y = sum(weight * point[1] for weight, point in zip(weights, near, strict=True))
    return x, y


_WAVE = [(-0.06 + 0.01 * step, 0.008 * math.sin(step * math.tau / 6)) for step in range(13)]
_STARS = (
    *((0.08, 0.12), (0.17, 0.3), (0.24, 0.08), (0.33, 0.2), (0.43, 0.07), (0.56, 0.14)),
    *((0.63, 0.3), (0.9, 0.36), (0.94, 0.08), (0.12, 0.44), (0.66, 0.06), (0.86, 0.47)),
)
