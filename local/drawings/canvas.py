"""Shapes on a canvas, in the hand of a `Look`.

Lengths are in the picture's shorter side, y downwards.
"""

import colorsys
import functools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

# Drawn so much larger, then reduced: Pillow's polygons have hard edges.
OVERSAMPLING = 2
Point = tuple[float, float]
RGB = tuple[int, int, int]


class Colour(NamedTuple):
    """Hue, saturation and value, each 0 to 1."""

    hue: float
    saturation: float
    value: float

    def times(self, value: float, saturation: float = 1.0) -> "Colour":
        """Darker or lighter, paler or stronger."""
        return Colour(self.hue, self.saturation * saturation, self.value * value)

    @property
    def rgb(self) -> RGB:
        """As 8-bit sRGB; what lies outside the range is brought to its edge."""
        inside = (self.hue % 1, *(min(1.0, max(0.0, part)) for part in self[1:]))
        red, green, blue = colorsys.hsv_to_rgb(*inside)
        return round(255 * red), round(255 * green), round(255 * blue)


Ink = Callable[[Colour], RGB]


@dataclass(frozen=True)
class Texture:
    """Lines or dots over every area; gap and weight in 512ths, angles in degrees."""

    angles: tuple[float, ...]
    gap: float
    weight: float
    # None darkens what lies below.
    ink: RGB | None = None
    dots: bool = False


@dataclass(frozen=True)
class Look:
    """One hand: which colours become which, outlines and textures; widths in 512ths."""

    ink: Ink = lambda colour: colour.rgb
    outline: float = 0.0
    outline_ink: RGB = (32, 28, 36)
    texture: Texture | None = None
    wobble: float = 0.0
    blur: float = 0.0
    gradients: bool = True


class Canvas:
    """A picture in the making."""

    def __init__(self, size: tuple[int, int], look: Look, chance: random.Random) -> None:
        self.look, self.chance = look, chance
        self._side = min(size) * OVERSAMPLING
        self.width, self.height = size[0] / min(size), size[1] / min(size)
        self._image = Image.new("RGB", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING))
        self._draw = ImageDraw.Draw(self._image)

    def polygon(self, points: Sequence[Point], colour: Colour, *, detail: bool = False) -> None:
        """A filled shape; a detail has no texture and a thinner outline."""
        if self.look.wobble and not detail:
            points = [
                (
                    x + self.chance.gauss(0, self.look.wobble),
                    y + self.chance.gauss(0, self.look.wobble),
                )
                for x, y in points
            ]
        corners = [(x * self._side, y * self._side) for x, y in points]
        fill = self.look.ink(colour)
        self._draw.polygon(corners, fill=fill)
        if self.look.texture and not detail:
            self._shade(corners, fill, self.look.texture)
        if self.look.outline:
            width = self.look.outline * self._side / 512 * (0.5 if detail else 1)
            self._draw.line(
                [*corners, *corners[:2]],
                fill=self.look.outline_ink,
                width=max(1, round(width)),
                joint="curve",
            )

    def ellipse(
        self,
        x: float,
        y: float,
        across: float,
        down: float,
        colour: Colour,
        *,
        detail: bool = False,
    ) -> None:
        """By its centre and its two radii."""
        corners = 40 if across > 0.05 else 16
        turns = [2 * math.pi * corner / corners for corner in range(corners)]
        points = [(x + across * math.cos(turn), y + down * math.sin(turn)) for turn in turns]
        self.polygon(points, colour, detail=detail)

    def fade(self, top: float, bottom: float, upper: Colour, lower: Colour) -> None:
        """A band of the whole width whose colour changes downwards."""
        first, last = round(top * self._side), round(bottom * self._side)
        box = (0, first, self._image.width, last)
        begin, end = np.array(self.look.ink(upper), float), np.array(self.look.ink(lower), float)
        if self.look.gradients:
            parts = np.linspace(0, 1, 64)[:, None, None]
            rows = Image.fromarray((begin * (1 - parts) + end * parts).astype(np.uint8))
            rows = rows.resize((box[2], last - first), Image.Resampling.BILINEAR)
            self._image.paste(rows, (0, first))
        else:
            self._draw.rectangle(box, fill=self.look.ink(lower))
        if self.look.texture:
            corners = [(0.0, first), (box[2], first), (box[2], last), (0.0, last)]
            self._shade(corners, self.look.ink(lower), self.look.texture)

    def finish(self) -> Image.Image:
        """The picture at its size."""
        image = self._image.reduce(OVERSAMPLING)
        if self.look.blur:
            radius = self.look.blur * self._side / OVERSAMPLING / 512
            image = image.filter(ImageFilter.GaussianBlur(radius))
        return image

    def _shade(self, corners: Sequence[Point], below: RGB, texture: Texture) -> None:
        left = max(0, math.floor(min(x for x, _ in corners)))
        top = max(0, math.floor(min(y for _, y in corners)))
        right = min(self._image.width, math.ceil(max(x for x, _ in corners)) + 1)
        bottom = min(self._image.height, math.ceil(max(y for _, y in corners)) + 1)
        if right - left < 4 or bottom - top < 4:
            return
        area = Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(area).polygon([(x - left, y - top) for x, y in corners], fill=255)
        lines = _pattern(self._image.size, self._side / 512, texture).crop(
            (left, top, right, bottom)
        )
        ink = texture.ink or (round(below[0] * 0.7), round(below[1] * 0.7), round(below[2] * 0.7))
        mask = Image.composite(lines, Image.new("L", area.size), area)
        self._image.paste(ink, (left, top, right, bottom), mask)


@functools.lru_cache(maxsize=64)
def _pattern(size: tuple[int, int], scale: float, texture: Texture) -> Image.Image:
    """Where the texture's ink lies on a whole canvas."""
    across, down = np.meshgrid(
        np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)
    )
    gap, half = texture.gap * scale, texture.weight * scale / 2
    if texture.dots:
        row = np.floor(down / (gap * 0.866))
        x = (across + (row % 2) * gap / 2) % gap - gap / 2
        y = down - (row + 0.5) * gap * 0.866
        near = half * 1.6 - np.hypot(x, y)
    else:
        near = np.full(across.shape, -1e9, np.float32)
        for angle in texture.angles:
            turn = math.radians(angle)
            off = across * -math.sin(turn) + down * math.cos(turn)
            near = np.maximum(near, half - np.abs(off % gap - gap / 2))
    return Image.fromarray((np.clip(near + 0.5, 0, 1) * 255).astype(np.uint8))
