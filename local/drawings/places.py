"""Skies and grounds that a thing can stand before."""

import math
import random
from collections.abc import Callable

from local.drawings.canvas import Canvas, Colour
from local.drawings.spot import COLOURS, WHITE, YELLOW

SKIES = {
    "sunny day": (Colour(0.56, 0.45, 0.93), Colour(0.53, 0.14, 0.99)),
    "sunset": (Colour(0.88, 0.45, 0.75), Colour(0.07, 0.7, 0.99)),
    "night": (Colour(0.65, 0.7, 0.17), Colour(0.61, 0.6, 0.38)),
    "cloudy sky": (Colour(0.58, 0.12, 0.62), Colour(0.58, 0.06, 0.84)),
}
HORIZON = 0.6


def draw_sky(canvas: Canvas, sky: str, chance: random.Random) -> list[str]:
    """From the top to the horizon; answers what is to be seen there."""
    upper, lower = SKIES[sky]
    horizon = canvas.height * HORIZON
    canvas.fade(0, horizon + 0.1, upper, lower)
    side = chance.choice([0.2, 0.8]) * canvas.width + chance.uniform(-0.05, 0.05)
    extras: list[str] = []
    if sky == "night":
        for _ in range(round(16 * canvas.height)):
            x, y = chance.uniform(0, canvas.width), chance.uniform(0, horizon * 0.85)
            canvas.ellipse(x, y, 0.007, 0.007, WHITE.times(1.03), detail=True)
        canvas.ellipse(side, canvas.height * 0.16, 0.075, 0.075, Colour(0.14, 0.14, 0.98))
        extras = ["moon", "stars"]
    elif sky == "sunny day":
        canvas.ellipse(side, canvas.height * 0.16, 0.085, 0.085, Colour(0.13, 0.66, 1))
        extras = ["sun"]
    elif sky == "sunset":
        canvas.ellipse(side, horizon - 0.07, 0.1, 0.1, Colour(0.04, 0.72, 1))
        extras = ["sun"]
    if sky == "cloudy sky" or (sky == "sunny day" and chance.random() < 0.5):
        _clouds(canvas, WHITE if sky == "sunny day" else Colour(0.6, 0.05, 0.93), chance)
        extras.append("clouds")
    return extras


def _clouds(canvas: Canvas, colour: Colour, chance: random.Random) -> None:
    for part in (0.12, 0.3):
        x = chance.uniform(0.1, 0.9) * canvas.width
        y = canvas.height * part + chance.uniform(-0.03, 0.03)
        for aside, up, radius in ((-0.09, 0, 0.05), (0, 0.025, 0.075), (0.1, 0, 0.055)):
            canvas.ellipse(x + aside, y - up, radius * 1.3, radius * 0.8, colour)


def _sea(canvas: Canvas, top: float, _chance: random.Random) -> None:
    low = canvas.height
    canvas.fade(top, low + 0.01, COLOURS["blue"], COLOURS["blue"].times(0.65))
    for row in range(3):
        y = top + (low - top) * (0.25 + 0.27 * row)
        for x in (0.12, 0.82):
            at = (x + 0.06 * row) * canvas.width
            canvas.ellipse(at, y, 0.09, 0.008, Colour(0.55, 0.25, 0.97), detail=True)


def _desert(canvas: Canvas, top: float, chance: random.Random) -> None:
    _ridge(canvas, top, 0.03, Colour(0.11, 0.42, 0.93), chance)
    _ridge(canvas, top + 0.15, 0.04, Colour(0.1, 0.5, 0.84), chance)


def _snowy_mountains(canvas: Canvas, top: float, chance: random.Random) -> None:
    for x, high in ((0.2, 0.3), (0.78, 0.36), (0.5, 0.24)):
        foot = [(x - 0.34, top + 0.04), (x, top - high), (x + 0.34, top + 0.04)]
        canvas.polygon([(a * canvas.width, b) for a, b in foot], Colour(0.6, 0.16, 0.58))
        peak = [(x - 0.11, top - high * 0.66), (x, top - high), (x + 0.11, top - high * 0.66)]
        canvas.polygon([(a * canvas.width, b) for a, b in peak], WHITE, detail=True)
    _ridge(canvas, top + 0.03, 0.02, Colour(0.58, 0.05, 0.97), chance)


def _city(canvas: Canvas, top: float, chance: random.Random) -> None:
    left, foot = -0.02, top + 0.05
    while left < canvas.width:
        right = left + chance.uniform(0.11, 0.17)
        roof = top - chance.uniform(0.14, 0.38)
        wall = Colour(chance.choice([0.6, 0.7, 0.05]), 0.2, chance.uniform(0.35, 0.6))
        canvas.polygon([(left, roof), (right, roof), (right, foot), (left, foot)], wall)
        for row in range(int((top - roof) / 0.07)):
            y, x = roof + 0.045 + 0.07 * row, (left + right) / 2
            canvas.ellipse(x, y, 0.018, 0.018, YELLOW, detail=True)
        left = right
    _ridge(canvas, top + 0.03, 0.0, COLOURS["grey"], chance)


def _forest(canvas: Canvas, top: float, chance: random.Random) -> None:
    for row, shade in ((0.0, 0.6), (0.06, 0.75)):
        x = -0.05 + row
        while x < canvas.width + 0.1:
            high = chance.uniform(0.2, 0.32)
            foot = top + 0.05 + row
            tree = [(x - 0.1, foot), (x, foot - high), (x + 0.1, foot)]
            canvas.polygon(tree, COLOURS["green"].times(shade))
            x += 0.15
    _ridge(canvas, top + 0.1, 0.02, Colour(0.26, 0.55, 0.5), chance)


def _green_hills(canvas: Canvas, top: float, chance: random.Random) -> None:
    _ridge(canvas, top - 0.01, 0.045, Colour(0.31, 0.5, 0.72), chance)
    _ridge(canvas, top + 0.14, 0.045, Colour(0.33, 0.58, 0.6), chance)


def _ridge(canvas: Canvas, y: float, swing: float, colour: Colour, chance: random.Random) -> None:
    phase, waves = chance.uniform(0, 6.3), chance.uniform(3.5, 6)
    right, low = canvas.width + 0.02, canvas.height + 0.02
    line = []
    for step in range(33):
        x = -0.02 + (canvas.width + 0.04) * step / 32
        line.append((x, y + swing * math.sin(phase + waves * x)))
    canvas.polygon([(-0.02, low), *line, (right, low)], colour)


PLACES: dict[str, Callable[[Canvas, float, random.Random], None]] = {
    "green hills": _green_hills,
    "sea": _sea,
    "desert": _desert,
    "snowy mountains": _snowy_mountains,
    "city": _city,
    "forest": _forest,
}
