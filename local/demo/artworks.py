"""Twelve artworks in one hand: coral, navy and cream cut paper, for an artist of the demo."""

import math
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from local.demo.paper import (
    BLUE,
    CORAL,
    CREAM,
    GOLD,
    MIST,
    NAVY,
    OUTLINE,
    PEACH,
    Colour,
    Paper,
    Point,
    ellipse,
    smooth,
)

THIN = OUTLINE * 0.7


def draw_artworks(folder: Path) -> dict[Path, list[str]]:
    """Write the twelve as PNG files; gives their tags."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for number, (name, (draw, tags)) in enumerate(ARTWORKS.items(), start=1):
        path = folder / f"{number:02}-{name}.png"
        draw().save(path, optimize=False, compress_level=6)
        made[path] = tags
    return made


def _house() -> Image.Image:
    paper = Paper(PEACH)
    paper.disc(0.78, 0.44, 0.11, 0.11, GOLD)
    paper.hills(0.58, 0.05, MIST, phase=0.4)
    paper.hills(0.74, 0.04, BLUE, phase=3.6)
    paper.box(0.63, 0.28, 0.7, 0.45, CREAM)
    paper.box(0.26, 0.5, 0.74, 0.84, CORAL)
    paper.cut([(0.19, 0.51), (0.5, 0.24), (0.81, 0.51)], NAVY)
    paper.box(0.44, 0.66, 0.56, 0.84, NAVY)
    for left in (0.3, 0.6):
        paper.box(left, 0.57, left + 0.1, 0.67, GOLD, outline=THIN)
        paper.line([(left + 0.05, 0.57), (left + 0.05, 0.67)], width=THIN)
    return paper.finish()


def _boat() -> Image.Image:
    paper = Paper(NAVY)
    paper.stars()
    paper.disc(0.78, 0.18, 0.09, 0.09, CREAM)
    paper.sea(0.6)
    paper.box(0.485, 0.22, 0.515, 0.74, NAVY)
    paper.cut(smooth([(0.53, 0.24), (0.68, 0.46), (0.76, 0.66), (0.53, 0.66)], steps=1), CREAM)
    paper.cut([(0.47, 0.32), (0.47, 0.66), (0.27, 0.66)], PEACH)
    paper.cut([(0.2, 0.71), (0.8, 0.71), (0.69, 0.86), (0.31, 0.86)], CORAL)
    paper.line([(0.24, 0.76), (0.76, 0.76)], width=THIN)
    return paper.finish()


def _cat() -> Image.Image:
    paper = Paper(CREAM)
    paper.disc(0.8, 0.17, 0.09, 0.09, GOLD)
    paper.hills(0.62, 0.04, MIST, phase=2.2)
    paper.hills(0.8, 0.03, BLUE, phase=0.3)
    tail = [(0.62, 0.8), (0.8, 0.72), (0.83, 0.52), (0.76, 0.5), (0.74, 0.63), (0.6, 0.68)]
    paper.cut(smooth(tail), CORAL)
    body = [(0.5, 0.42), (0.64, 0.56), (0.67, 0.76), (0.6, 0.87), (0.36, 0.87), (0.31, 0.72)]
    paper.cut(smooth([*body, (0.36, 0.54)]), CORAL)
    for side in (-1, 1):
        ear = [(0.43 + side * 0.15, 0.42), (0.43 + side * 0.14, 0.18), (0.43 + side * 0.02, 0.3)]
        paper.cut(ear, CORAL)
    paper.disc(0.43, 0.42, 0.175, 0.15, CORAL)
    for side in (-1, 1):
        paper.disc(0.43 + side * 0.07, 0.4, 0.026, 0.034, CREAM, outline=THIN)
        paper.disc(0.43 + side * 0.07, 0.4, 0.011, 0.026, NAVY, outline=0)
    paper.cut([(0.405, 0.46), (0.455, 0.46), (0.43, 0.49)], NAVY, shadow=False, outline=THIN)
    paper.disc(0.47, 0.73, 0.09, 0.11, PEACH, outline=0)
    return paper.finish()


def _vase() -> Image.Image:
    paper = Paper(PEACH)
    paper.cut([(-0.04, 0.64), (1.04, 0.64), (1.04, 1.04), (-0.04, 1.04)], CREAM)
    for x, y in ((0.3, 0.3), (0.7, 0.3), (0.5, 0.2)):
        paper.line([(0.5, 0.56), (0.5 + (x - 0.5) * 0.8, 0.42), (x, y)], width=OUTLINE)
    for x, y, colour in ((0.3, 0.3, CORAL), (0.7, 0.3, CORAL), (0.5, 0.2, CREAM)):
        _blossom(paper, x, y, 0.085, colour)
    leaf = smooth([(0.44, 0.48), (0.33, 0.47), (0.27, 0.53), (0.36, 0.55)])
    paper.cut(leaf, BLUE)
    paper.cut([(1 - x, y) for x, y in leaf], BLUE)
    side = [(0.4, 0.5), (0.43, 0.56), (0.34, 0.68), (0.35, 0.78), (0.41, 0.86)]
    paper.cut(_mirrored(smooth(side, closed=False)), NAVY)
    paper.line([(0.37, 0.66), (0.63, 0.66)], width=0.001)
    paper.box(0.36, 0.69, 0.64, 0.74, MIST, outline=0)
    return paper.finish()


def _castle() -> Image.Image:
    paper = Paper(MIST)
    _peak(paper, 0.2, 0.24, 0.34, BLUE)
    _peak(paper, 0.82, 0.3, 0.32, BLUE)
    paper.hills(0.68, 0.03, CREAM, phase=1.2)
    paper.box(0.26, 0.5, 0.74, 0.84, PEACH)
    for x, top in ((0.26, 0.42), (0.74, 0.42), (0.5, 0.34)):
        paper.box(x - 0.075, top, x + 0.075, 0.84, PEACH)
        paper.cut([(x - 0.1, top), (x, top - 0.2), (x + 0.1, top)], CORAL)
        paper.box(x - 0.02, top + 0.07, x + 0.02, top + 0.15, NAVY, outline=0)
    gate = [(0.44, 0.84), *ellipse(0.5, 0.7, 0.06, 0.07)[36:], (0.56, 0.7), (0.56, 0.84)]
    paper.cut(gate, NAVY)
    return paper.finish()


def _tree() -> Image.Image:
    paper = Paper(CREAM)
    paper.disc(0.8, 0.18, 0.09, 0.09, GOLD)
    paper.hills(0.62, 0.04, PEACH, phase=1.0)
    paper.hills(0.76, 0.04, MIST, phase=4.0)
    paper.cut([(0.46, 0.5), (0.54, 0.5), (0.58, 0.86), (0.42, 0.86)], NAVY)
    for x, y, size in ((0.36, 0.44, 0.16), (0.64, 0.43, 0.16), (0.5, 0.29, 0.19)):
        paper.disc(x, y, size, size, CORAL)
    for x, y in ((0.33, 0.42), (0.46, 0.24), (0.57, 0.34), (0.67, 0.45), (0.47, 0.45)):
        paper.disc(x, y, 0.024, 0.024, CREAM, outline=0)
    return paper.finish()


def _lighthouse() -> Image.Image:
    paper = Paper(PEACH)
    paper.disc(0.78, 0.2, 0.1, 0.1, CREAM)
    paper.sea(0.6)
    paper.cut(smooth([(0.2, 0.9), (0.34, 0.78), (0.66, 0.78), (0.8, 0.9), (0.5, 0.96)]), NAVY)
    paper.cut([(0.38, 0.84), (0.43, 0.34), (0.57, 0.34), (0.62, 0.84)], CREAM)
    for top in (0.4, 0.58, 0.74):
        bottom = top + 0.09
        sides = [_tower(0.43, 0.38, y) for y in (top, bottom)]
        paper.cut(
            [(sides[0], top), (1 - sides[0], top), (1 - sides[1], bottom), (sides[1], bottom)],
            CORAL,
            shadow=False,
        )
    paper.box(0.43, 0.24, 0.57, 0.34, GOLD)
    paper.cut([(0.39, 0.24), (0.5, 0.12), (0.61, 0.24)], NAVY)
    return paper.finish()


def _mountains() -> Image.Image:
    paper = Paper(CREAM)
    paper.disc(0.5, 0.3, 0.15, 0.15, CORAL)
    _peak(paper, 0.22, 0.36, 0.36, MIST)
    _peak(paper, 0.78, 0.32, 0.38, MIST)
    _peak(paper, 0.5, 0.42, 0.34, BLUE)
    paper.hills(0.78, 0.03, PEACH, phase=0.2)
    paper.hills(0.88, 0.03, NAVY, phase=2.9)
    return paper.finish()


def _portrait() -> Image.Image:
    paper = Paper(MIST)
    paper.cut(ellipse(0.5, 0.52, 0.27, 0.36), NAVY)
    paper.cut(smooth([(0.06, 1.06), (0.2, 0.84), (0.5, 0.74), (0.8, 0.84), (0.94, 1.06)]), CORAL)
    paper.cut([(0.43, 0.6), (0.57, 0.6), (0.58, 0.79), (0.5, 0.84), (0.42, 0.79)], PEACH)
    paper.disc(0.5, 0.46, 0.18, 0.23, CREAM)
    fringe = [(0.3, 0.48), (0.31, 0.28), (0.5, 0.16), (0.69, 0.28), (0.7, 0.48), (0.6, 0.33)]
    paper.cut(smooth([*fringe, (0.44, 0.31)]), NAVY)
    for side in (-1, 1):
        paper.disc(0.5 + side * 0.075, 0.46, 0.022, 0.026, NAVY, outline=0)
        paper.disc(0.5 + side * 0.11, 0.54, 0.032, 0.024, PEACH, outline=0)
    paper.disc(0.5, 0.6, 0.042, 0.018, CORAL, outline=THIN)
    return paper.finish()


def _fish() -> Image.Image:
    paper = Paper(BLUE)
    paper.cut(smooth([(0.66, 0.5), (0.86, 0.3), (0.82, 0.5), (0.86, 0.7)]), PEACH)
    paper.cut(smooth([(0.38, 0.33), (0.52, 0.18), (0.64, 0.36)]), PEACH)
    paper.cut(smooth([(0.12, 0.52), (0.26, 0.34), (0.5, 0.3), (0.74, 0.5), (0.5, 0.7)]), CORAL)
    for x in (0.42, 0.54):
        paper.line(smooth([(x, 0.38), (x + 0.05, 0.5), (x, 0.62)], closed=False), width=THIN)
    paper.disc(0.27, 0.46, 0.045, 0.045, CREAM)
    paper.disc(0.265, 0.46, 0.018, 0.018, NAVY, outline=0)
    for x, y, size in ((0.1, 0.3, 0.03), (0.15, 0.17, 0.022), (0.08, 0.1, 0.015)):
        paper.disc(x, y, size, size, CREAM, outline=THIN)
    return paper.finish()


def _bird() -> Image.Image:
    paper = Paper(CREAM)
    paper.hills(0.82, 0.03, PEACH, phase=0.9)
    for x in (0.47, 0.55):
        paper.line([(x, 0.66), (x, 0.84), (x - 0.04, 0.86)])
    paper.cut([(0.64, 0.48), (0.9, 0.38), (0.84, 0.56), (0.66, 0.6)], NAVY)
    paper.cut(smooth([(0.3, 0.5), (0.42, 0.36), (0.62, 0.42), (0.74, 0.54), (0.5, 0.71)]), BLUE)
    paper.cut([(0.19, 0.3), (0.05, 0.37), (0.2, 0.41)], GOLD)
    paper.disc(0.31, 0.35, 0.13, 0.125, BLUE)
    paper.cut(smooth([(0.42, 0.46), (0.64, 0.48), (0.72, 0.56), (0.52, 0.63)]), CORAL)
    paper.disc(0.27, 0.33, 0.028, 0.028, CREAM, outline=THIN)
    paper.disc(0.265, 0.33, 0.011, 0.011, NAVY, outline=0)
    return paper.finish()


def _balloon() -> Image.Image:
    paper = Paper(MIST)
    for x, y in ((0.16, 0.22), (0.86, 0.36)):
        _cloud(paper, x, y)
    paper.hills(0.8, 0.04, PEACH, phase=2.4)
    paper.hills(0.9, 0.03, BLUE, phase=0.0)
    for x in (-1, 1):
        paper.line([(0.5 + x * 0.16, 0.52), (0.5 + x * 0.05, 0.7)], width=THIN)
    envelope = [(0.5, 0.1), (0.32, 0.18), (0.25, 0.34), (0.33, 0.5), (0.43, 0.6)]
    paper.cut(_mirrored(smooth(envelope, closed=False)), CORAL)
    stripe = [(0.5, 0.1), (0.43, 0.18), (0.4, 0.34), (0.43, 0.5), (0.46, 0.6)]
    paper.cut(_mirrored(smooth(stripe, closed=False)), CREAM)
    paper.box(0.43, 0.69, 0.57, 0.79, NAVY)
    return paper.finish()


def _blossom(paper: Paper, x: float, y: float, size: float, colour: Colour) -> None:
    for petal in range(6):
        turn = petal * math.tau / 6
        paper.disc(
            x + size * 0.85 * math.cos(turn),
            y + size * 0.85 * math.sin(turn),
            size * 0.56,
            size * 0.56,
            colour,
            outline=THIN,
        )
    paper.disc(x, y, size * 0.55, size * 0.55, GOLD, outline=THIN)


def _peak(paper: Paper, x: float, top: float, half: float, colour: Colour) -> None:
    paper.cut([(x - half, 0.9), (x, top), (x + half, 0.9)], colour)
    slope = half / (0.9 - top)
    low, high = 0.17, 0.12
    snow = [(x, top), (x + slope * low, top + low), (x + slope * 0.3 * high, top + high)]
    paper.cut([*snow, (x - slope * 0.35 * low, top + low), (x - slope * high, top + high)], CREAM)


def _cloud(paper: Paper, x: float, y: float) -> None:
    for dx, dy, size in ((-0.07, 0.01, 0.05), (0.07, 0.01, 0.05), (0.0, -0.02, 0.07)):
        paper.disc(x + dx, y + dy, size, size * 0.8, CREAM, outline=0)


def _mirrored(side: list[Point]) -> list[Point]:
    return [*side, *((1 - x, y) for x, y in reversed(side))]


def _tower(top_left: float, bottom_left: float, y: float) -> float:
    return top_left + (bottom_left - top_left) * (y - 0.34) / 0.5


# Tags are phrases, because the tiny base model has read whole captions and no lists of words.
ARTWORKS: dict[str, tuple[Callable[[], Image.Image], list[str]]] = {
    "house": (_house, ["a red house on green hills", "sunset", "sun"]),
    "boat": (_boat, ["a red boat on the sea", "night", "moon"]),
    "cat": (_cat, ["an orange cat on green hills", "sunny day", "sun"]),
    "vase": (_vase, ["a blue vase with red flowers on a white table", "pink background"]),
    "castle": (_castle, ["a pink castle in snowy mountains", "blue sky"]),
    "tree": (_tree, ["a red tree on green hills", "sunny day", "sun"]),
    "lighthouse": (_lighthouse, ["a red lighthouse on the sea", "sunset", "sun"]),
    "mountains": (_mountains, ["snowy mountains", "sunset", "sun"]),
    "portrait": (
        _portrait,
        ["portrait of a woman with black hair", "red shirt", "blue background"],
    ),
    "fish": (_fish, ["a red fish on a blue background"]),
    "bird": (_bird, ["a blue bird on green hills", "sunny day"]),
    "balloon": (_balloon, ["a red balloon on green hills", "blue sky"]),
}
