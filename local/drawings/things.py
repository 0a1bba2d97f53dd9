"""What can stand in a picture. Each is drawn within its own square: x from -0.5 to 0.5, y up from
its base at 0 to 1."""

import math
from collections.abc import Callable

from local.drawings.canvas import Colour
from local.drawings.spot import BLACK, BROWN, COLOURS, GREEN, ORANGE, PINK, RED, WHITE, YELLOW, Spot

Thing = Callable[[Spot, Colour], None]


def _house(spot: Spot, colour: Colour) -> None:
    spot.box(0.17, 0.7, 0.29, 1.0, colour.times(0.7))
    spot.box(-0.4, 0, 0.4, 0.58, colour)
    roof = BROWN if colour.hue > 0.12 or colour.saturation < 0.3 else BLACK.times(2.2)
    spot.shape([(-0.5, 0.56), (0, 0.98), (0.5, 0.56)], roof)
    spot.box(-0.09, 0, 0.09, 0.3, BROWN.times(0.7), detail=True)
    for side in (-0.26, 0.26):
        spot.box(side - 0.08, 0.28, side + 0.08, 0.44, YELLOW, detail=True)


def _tree(spot: Spot, colour: Colour) -> None:
    spot.box(-0.06, 0, 0.06, 0.5, BROWN)
    for x, y, radius in ((-0.22, 0.56, 0.23), (0.22, 0.58, 0.23), (0, 0.76, 0.27)):
        spot.disc(x, y, radius, radius, colour)


def _pine(spot: Spot, colour: Colour) -> None:
    spot.box(-0.05, 0, 0.05, 0.2, BROWN)
    for low, high, half in ((0.12, 0.55, 0.34), (0.36, 0.78, 0.27), (0.6, 1.02, 0.19)):
        spot.shape([(-half, low), (0, high), (half, low)], colour.times(0.75 + low / 3))


def _castle(spot: Spot, colour: Colour) -> None:
    spot.box(-0.38, 0, 0.38, 0.46, colour)
    for x, high in ((-0.38, 0.66), (0.38, 0.66), (0, 0.78)):
        spot.box(x - 0.12, 0, x + 0.12, high, colour.times(0.88))
        spot.shape([(x - 0.16, high), (x, high + 0.26), (x + 0.16, high)], COLOURS["purple"])
    spot.disc(0, 0.1, 0.08, 0.14, BLACK, detail=True)


def _lighthouse(spot: Spot, colour: Colour) -> None:
    def edge(y: float) -> float:
        return 0.19 - 0.09 * y

    spot.shape([(-edge(0), 0), (-edge(0.75), 0.75), (edge(0.75), 0.75), (edge(0), 0)], WHITE)
    for low in (0.1, 0.4):
        high = low + 0.16
        band = [(-edge(low), low), (-edge(high), high), (edge(high), high), (edge(low), low)]
        spot.shape(band, colour)
    spot.box(-0.11, 0.75, 0.11, 0.88, YELLOW)
    spot.shape([(-0.17, 0.88), (0, 1.03), (0.17, 0.88)], colour)


def _windmill(spot: Spot, colour: Colour) -> None:
    spot.shape([(-0.23, 0), (-0.13, 0.64), (0.13, 0.64), (0.23, 0)], colour)
    spot.shape([(-0.16, 0.62), (0, 0.78), (0.16, 0.62)], BROWN)
    for quarter in range(4):
        turn = math.pi / 5 + quarter * math.pi / 2
        x, y = math.cos(turn), math.sin(turn)
        blade = [(0, 0), (0.46 * x, 0.46 * y), (0.46 * x - 0.13 * y, 0.46 * y + 0.13 * x)]
        spot.shape([(a, 0.62 + b) for a, b in [*blade, (-0.09 * y, 0.09 * x)]], WHITE)


def _boat(spot: Spot, colour: Colour) -> None:
    spot.box(-0.02, 0.2, 0.02, 1.0, BROWN, detail=True)
    spot.shape([(0.05, 0.95), (0.42, 0.28), (0.05, 0.28)], WHITE)
    spot.shape([(-0.05, 0.82), (-0.34, 0.28), (-0.05, 0.28)], WHITE)
    spot.shape([(-0.5, 0.22), (0.5, 0.22), (0.34, 0), (-0.34, 0)], colour)


def _balloon(spot: Spot, colour: Colour) -> None:
    spot.shape([(-0.17, 0.4), (0.17, 0.4), (0.08, 0.17), (-0.08, 0.17)], colour.times(0.7))
    spot.disc(0, 0.66, 0.34, 0.35, colour)
    spot.disc(0, 0.66, 0.13, 0.35, WHITE)
    spot.box(-0.09, 0.0, 0.09, 0.16, BROWN)


def _bird(spot: Spot, colour: Colour) -> None:
    for x in (-0.04, 0.08):
        spot.box(x - 0.012, 0, x + 0.012, 0.2, ORANGE, detail=True)
    spot.shape([(0.25, 0.42), (0.52, 0.6), (0.5, 0.36)], colour.times(0.8))
    spot.disc(0, 0.42, 0.34, 0.25, colour)
    spot.disc(-0.26, 0.68, 0.18, 0.17, colour)
    spot.shape([(-0.41, 0.72), (-0.58, 0.65), (-0.41, 0.6)], ORANGE, detail=True)
    spot.disc(-0.3, 0.71, 0.035, 0.035, BLACK, detail=True)
    spot.shape([(-0.08, 0.5), (0.28, 0.48), (0.1, 0.24)], colour.times(0.7))


def _cat(spot: Spot, colour: Colour) -> None:
    tail = [(0.2, 0.04), (0.46, 0.16), (0.5, 0.46), (0.42, 0.5), (0.38, 0.24), (0.18, 0.16)]
    spot.shape(tail, colour.times(0.9))
    spot.disc(0, 0.28, 0.29, 0.28, colour)
    for side in (-1, 1):
        ear = [(-0.04 + side * 0.24, 0.68), (-0.04 + side * 0.21, 1.0), (-0.04 + side * 0.04, 0.84)]
        spot.shape(ear, colour.times(0.9))
    spot.disc(-0.04, 0.67, 0.26, 0.22, colour)
    for side in (-1, 1):
        spot.disc(-0.04 + side * 0.1, 0.7, 0.05, 0.06, YELLOW, detail=True)
        spot.disc(-0.04 + side * 0.1, 0.7, 0.018, 0.05, BLACK, detail=True)
    spot.shape([(-0.08, 0.61), (0, 0.61), (-0.04, 0.56)], PINK, detail=True)


def _fox(spot: Spot, colour: Colour) -> None:
    tail = [(0.16, 0.05), (0.44, 0.1), (0.52, 0.4), (0.4, 0.56), (0.34, 0.3), (0.14, 0.2)]
    spot.shape(tail, colour)
    spot.shape([(0.43, 0.3), (0.52, 0.4), (0.4, 0.56), (0.37, 0.42)], WHITE, detail=True)
    spot.shape([(-0.2, 0), (-0.14, 0.5), (0.14, 0.5), (0.24, 0)], colour)
    spot.shape([(-0.1, 0.06), (0, 0.44), (0.1, 0.06)], WHITE, detail=True)
    for side in (-1, 1):
        spot.shape(
            [(side * 0.06, 0.8), (side * 0.27, 1.02), (side * 0.28, 0.68)], colour.times(0.8)
        )
    spot.shape([(-0.3, 0.74), (0, 0.86), (0.3, 0.74), (0, 0.4)], colour)
    spot.shape([(-0.14, 0.6), (0, 0.66), (0.14, 0.6), (0, 0.4)], WHITE, detail=True)
    for side in (-1, 1):
        spot.disc(side * 0.11, 0.71, 0.03, 0.035, BLACK, detail=True)
    spot.disc(0, 0.44, 0.04, 0.03, BLACK, detail=True)


def _fish(spot: Spot, colour: Colour) -> None:
    spot.shape([(0.24, 0.45), (0.52, 0.7), (0.46, 0.45), (0.52, 0.2)], colour.times(0.8))
    spot.shape([(-0.08, 0.66), (0.06, 0.86), (0.18, 0.62)], colour.times(0.75))
    spot.disc(-0.06, 0.45, 0.38, 0.25, colour)
    spot.disc(-0.26, 0.51, 0.06, 0.06, WHITE, detail=True)
    spot.disc(-0.27, 0.51, 0.028, 0.028, BLACK, detail=True)


def _butterfly(spot: Spot, colour: Colour) -> None:
    for side in (-1, 1):
        spot.disc(side * 0.25, 0.64, 0.24, 0.24, colour)
        spot.disc(side * 0.19, 0.28, 0.17, 0.18, colour.times(0.8))
        spot.disc(side * 0.26, 0.65, 0.1, 0.1, WHITE, detail=True)
    spot.disc(0, 0.48, 0.045, 0.34, BLACK, detail=True)


def _person(spot: Spot, colour: Colour) -> None:
    for x in (-0.09, 0.09):
        spot.box(x - 0.05, 0, x + 0.05, 0.22, BLACK.times(2))
    for side in (-1, 1):
        arm = [(side * 0.12, 0.64), (side * 0.3, 0.34), (side * 0.22, 0.3), (side * 0.1, 0.5)]
        spot.shape(arm, colour.times(0.85))
    spot.shape([(-0.13, 0.66), (0.13, 0.66), (0.25, 0.16), (-0.25, 0.16)], colour)
    skin = Colour(
        0.07, spot.canvas.chance.uniform(0.3, 0.55), spot.canvas.chance.uniform(0.5, 0.95)
    )
    spot.disc(0, 0.8, 0.13, 0.14, skin)
    spot.shape([(-0.15, 0.8), (-0.12, 0.97), (0.12, 0.97), (0.15, 0.8), (0, 0.9)], BROWN.times(0.6))


def _flower(spot: Spot, colour: Colour) -> None:
    spot.box(-0.025, 0, 0.025, 0.6, GREEN, detail=True)
    for side in (-1, 1):
        leaf = [(0, 0.12), (side * 0.14, 0.3), (side * 0.26, 0.28), (side * 0.16, 0.15)]
        spot.shape(leaf, GREEN)
    for petal in range(6):
        turn = petal * math.pi / 3
        spot.disc(0.19 * math.cos(turn), 0.7 + 0.19 * math.sin(turn), 0.14, 0.14, colour)
    spot.disc(0, 0.7, 0.12, 0.12, ORANGE if colour.hue == YELLOW.hue else YELLOW)


def _cactus(spot: Spot, colour: Colour) -> None:
    for side, low in ((-1, 0.36), (1, 0.5)):
        spot.box(min(0, side * 0.33), low, max(0, side * 0.33), low + 0.12, colour.times(0.9))
        spot.disc(side * 0.3, low + 0.2, 0.07, 0.2, colour.times(0.9))
    spot.disc(0, 0.45, 0.13, 0.5, colour)
    spot.disc(0, 0.96, 0.06, 0.05, PINK, detail=True)


def _mushroom(spot: Spot, colour: Colour) -> None:
    spot.shape([(-0.13, 0), (-0.09, 0.5), (0.09, 0.5), (0.13, 0)], WHITE.times(0.93))
    dome = [
        (0.45 * math.cos(turn * math.pi / 16), 0.44 + 0.44 * math.sin(turn * math.pi / 16))
        for turn in range(17)
    ]
    spot.shape(dome, colour)
    for x, y in ((-0.2, 0.62), (0.08, 0.74), (0.24, 0.54)):
        spot.disc(x, y, 0.065, 0.055, WHITE, detail=True)


def _apple(spot: Spot, colour: Colour) -> None:
    spot.box(-0.025, 0.6, 0.025, 0.84, BROWN, detail=True)
    spot.disc(0.15, 0.78, 0.13, 0.06, GREEN, detail=True)
    spot.disc(-0.12, 0.34, 0.26, 0.33, colour)
    spot.disc(0.12, 0.34, 0.26, 0.33, colour)
    spot.disc(0, 0.33, 0.28, 0.27, colour, detail=True)


def _pear(spot: Spot, colour: Colour) -> None:
    spot.box(-0.025, 0.8, 0.025, 0.98, BROWN, detail=True)
    half = ((0, 0), (0.24, 0.05), (0.33, 0.24), (0.2, 0.5), (0.14, 0.74), (0, 0.84))
    spot.shape([*half, *((-x, y) for x, y in reversed(half))], colour)


def _cup(spot: Spot, colour: Colour) -> None:
    spot.disc(0.34, 0.34, 0.17, 0.18, colour.times(0.8))
    spot.shape([(-0.36, 0.66), (0.36, 0.66), (0.27, 0), (-0.27, 0)], colour)
    spot.disc(0, 0.66, 0.36, 0.08, BROWN.times(0.7))


def _vase(spot: Spot, colour: Colour) -> None:
    for x, y, blossom in ((-0.27, 0.72, RED), (0.27, 0.72, PINK), (0, 0.86, YELLOW)):
        spot.shape(
            [(x * 0.2, 0.4), (x, y), (x + 0.03, y), (x * 0.2 + 0.04, 0.4)], GREEN, detail=True
        )
        spot.disc(x, y, 0.13, 0.13, blossom)
        spot.disc(x, y, 0.05, 0.05, WHITE, detail=True)
    half = ((0.17, 0), (0.28, 0.24), (0.12, 0.46), (0.17, 0.56))
    spot.shape([*half, *((-x, y) for x, y in reversed(half))], colour)


def _moon(spot: Spot, colour: Colour) -> None:
    turns = [math.pi * (0.5 + step / 20) for step in range(21)]
    outer = [(0.15 + 0.46 * math.cos(turn), 0.5 + 0.46 * math.sin(turn)) for turn in turns]
    inner = [(0.15 + 0.2 * math.cos(turn), 0.5 + 0.46 * math.sin(turn)) for turn in reversed(turns)]
    spot.shape([*outer, *inner], colour)


def _star(spot: Spot, colour: Colour) -> None:
    turns = [(step * math.pi / 5, 0.5 if step % 2 == 0 else 0.21) for step in range(10)]
    spot.shape([(far * math.sin(turn), 0.48 + far * math.cos(turn)) for turn, far in turns], colour)


def _heart(spot: Spot, colour: Colour) -> None:
    curve = []
    for step in range(40):
        turn = 2 * math.pi * step / 40
        y = (
            13 * math.cos(turn)
            - 5 * math.cos(2 * turn)
            - 2 * math.cos(3 * turn)
            - math.cos(4 * turn)
        )
        curve.append((0.03 * 16 * math.sin(turn) ** 3, 0.52 + 0.03 * y))
    spot.shape(curve, colour)


def _circle(spot: Spot, colour: Colour) -> None:
    spot.disc(0, 0.47, 0.46, 0.46, colour)


def _square(spot: Spot, colour: Colour) -> None:
    spot.box(-0.42, 0.05, 0.42, 0.89, colour)


def _triangle(spot: Spot, colour: Colour) -> None:
    spot.shape([(-0.5, 0.04), (0, 0.9), (0.5, 0.04)], colour)


# On land, on water, in the air, on a table, on a plain ground. A thing can stand in several.
LAND: dict[str, Thing] = {
    "house": _house,
    "tree": _tree,
    "pine tree": _pine,
    "castle": _castle,
    "lighthouse": _lighthouse,
    "windmill": _windmill,
    "cat": _cat,
    "fox": _fox,
    "bird": _bird,
    "person": _person,
    "flower": _flower,
    "cactus": _cactus,
    "mushroom": _mushroom,
}
WATER: dict[str, Thing] = {"boat": _boat, "lighthouse": _lighthouse}
AIR: dict[str, Thing] = {"hot air balloon": _balloon}
TABLE: dict[str, Thing] = {"apple": _apple, "pear": _pear, "cup": _cup, "vase": _vase}
EMBLEMS: dict[str, Thing] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "star": _star,
    "heart": _heart,
    "moon": _moon,
    "butterfly": _butterfly,
    "fish": _fish,
    "cat": _cat,
    "fox": _fox,
    "bird": _bird,
    "flower": _flower,
    "mushroom": _mushroom,
    "apple": _apple,
    "hot air balloon": _balloon,
}
