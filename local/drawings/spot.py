"""Named colours, and a place on the canvas to draw a thing at."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from local.drawings.canvas import Canvas, Colour, Point

COLOURS = {
    "red": Colour(0.0, 0.8, 0.86),
    "orange": Colour(0.075, 0.86, 0.96),
    "yellow": Colour(0.14, 0.78, 0.98),
    "green": Colour(0.35, 0.62, 0.62),
    "teal": Colour(0.49, 0.62, 0.6),
    "blue": Colour(0.6, 0.72, 0.8),
    "purple": Colour(0.77, 0.5, 0.62),
    "pink": Colour(0.93, 0.42, 0.95),
    "brown": Colour(0.07, 0.6, 0.46),
    "white": Colour(0.1, 0.03, 0.97),
    "grey": Colour(0.6, 0.06, 0.6),
    "black": Colour(0.65, 0.2, 0.14),
}
PAINTS = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "white")
WHITE, BLACK, BROWN = COLOURS["white"], COLOURS["black"], COLOURS["brown"]
YELLOW, GREEN, ORANGE = COLOURS["yellow"], COLOURS["green"], COLOURS["orange"]
RED, PINK = COLOURS["red"], COLOURS["pink"]


@dataclass(frozen=True)
class Spot:
    """Where a thing stands on a canvas, and how large."""

    canvas: Canvas
    x: float
    base: float
    size: float

    def shape(self, points: Sequence[Point], colour: Colour, *, detail: bool = False) -> None:
        """A polygon."""
        placed = [(self.x + self.size * x, self.base - self.size * y) for x, y in points]
        self.canvas.polygon(placed, colour, detail=detail)

    def box(
        self,
        left: float,
        low: float,
        right: float,
        high: float,
        colour: Colour,
        *,
        detail: bool = False,
    ) -> None:
        """A rectangle."""
        self.shape([(left, low), (right, low), (right, high), (left, high)], colour, detail=detail)

    def disc(
        self,
        x: float,
        y: float,
        across: float,
        down: float,
        colour: Colour,
        *,
        detail: bool = False,
    ) -> None:
        """An ellipse by its centre and radii."""
        self.canvas.ellipse(
            self.x + self.size * x,
            self.base - self.size * y,
            self.size * across,
            self.size * down,
            colour,
            detail=detail,
        )


def varied(name: str, chance: random.Random) -> Colour:
    """The colour of this name, never twice quite the same."""
    colour = COLOURS[name]
    return Colour(
        colour.hue + chance.uniform(-0.015, 0.015),
        colour.saturation * chance.uniform(0.9, 1.08),
        colour.value * chance.uniform(0.92, 1.05),
    )
