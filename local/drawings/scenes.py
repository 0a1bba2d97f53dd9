"""Whole pictures with what they show in words: places, emblems, still lifes and portraits."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from local.drawings.canvas import Canvas, Colour, Look
from local.drawings.places import HORIZON, PLACES, SKIES, draw_sky
from local.drawings.spot import BLACK, COLOURS, PAINTS, RED, WHITE, Spot, varied
from local.drawings.things import AIR, EMBLEMS, LAND, TABLE, WATER

# Colours that these things have unless another is asked for.
NATURAL = {
    "tree": "green",
    "pine tree": "green",
    "cactus": "green",
    "fox": "orange",
    "moon": "yellow",
}
NATURAL_SHARE = 0.7


@dataclass(frozen=True)
class Words:
    """What a picture shows: as tags, and as a sentence."""

    tags: list[str]
    sentence: str


def draw_scene(
    size: tuple[int, int], look: Look, chance: random.Random
) -> tuple[Image.Image, Words]:
    """Any kind of picture; the same chance and look make the same one."""
    canvas = Canvas(size, look, chance)
    kind = chance.choices([_place, _emblem, _still_life, _portrait], [52, 22, 12, 14])[0]
    words = kind(canvas, chance)
    return canvas.finish(), words


def _paint(thing: str, chance: random.Random) -> str:
    if thing in NATURAL and chance.random() < NATURAL_SHARE:
        return NATURAL[thing]
    return chance.choice(PAINTS)


def with_article(noun: str) -> str:
    """The noun with a or an."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _put(
    canvas: Canvas,
    things: dict[str, Callable[[Spot, Colour], None]],
    thing: str,
    paint: str,
    base: float,
    size: float = 0.54,
) -> None:
    chance = canvas.chance
    tall = canvas.height > canvas.width
    spot = Spot(
        canvas,
        canvas.width / 2 + chance.uniform(-0.06, 0.06),
        canvas.height * base + chance.uniform(-0.03, 0.03),
        size * (1.2 if tall else 1) * chance.uniform(0.88, 1.1),
    )
    things[thing](spot, varied(paint, chance))


def _place(canvas: Canvas, chance: random.Random) -> Words:
    place, sky = chance.choice(list(PLACES)), chance.choice(list(SKIES))
    extras = draw_sky(canvas, sky, chance)
    PLACES[place](canvas, canvas.height * HORIZON, chance)
    if place == "sea":
        things = {**WATER, **AIR}
        thing = chance.choice(["boat", "boat", "boat", "lighthouse", "hot air balloon"])
    else:
        things = {**LAND, **AIR}
        thing = chance.choice(list(things))
    paint = _paint(thing, chance)
    _put(canvas, things, thing, paint, 0.66 if thing in AIR else 0.87)
    relation = {"green hills": "on", "sea": "on the"}.get(place, "in")
    where = place if place in ("green hills", "sea", "snowy mountains") else with_article(place)
    noun = f"{paint} {thing}"
    when = chance.choice([f"at {sky}" if sky in ("sunset", "night") else sky, sky])
    sentence = f"{with_article(noun)} {relation} {where}, {when}"
    return Words([noun, place, sky, *extras], ", ".join([sentence, *extras]))


def _emblem(canvas: Canvas, chance: random.Random) -> Words:
    backdrop, thing = chance.choice([*PAINTS, "black", "grey"]), chance.choice(list(EMBLEMS))
    paint = _paint(thing, chance)
    if paint == backdrop:
        paint = "white" if backdrop != "white" else "red"
    colour = varied(backdrop, chance)
    canvas.fade(0, canvas.height, colour, colour.times(0.88))
    _put(canvas, EMBLEMS, thing, paint, 0.79 if canvas.height == canvas.width else 0.66, 0.6)
    noun, ground = f"{paint} {thing}", f"{backdrop} background"
    return Words([noun, ground], f"{with_article(noun)} on {with_article(ground)}")


def _still_life(canvas: Canvas, chance: random.Random) -> Words:
    wall, table = chance.choice(PAINTS), chance.choice(["brown", "white", "red", "blue", "green"])
    thing = chance.choice(list(TABLE))
    paints = ["red", "green", "yellow"] if thing in ("apple", "pear") else list(PAINTS)
    paint = chance.choice([name for name in paints if name not in (wall, table)])
    edge = canvas.height * 0.66
    colour = varied(wall, chance)
    canvas.fade(0, edge + 0.02, colour, colour.times(0.88))
    board = [(-0.02, edge), (canvas.width + 0.02, edge)]
    low = canvas.height + 0.02
    canvas.polygon([*board, (canvas.width + 0.02, low), (-0.02, low)], varied(table, chance))
    _put(canvas, TABLE, thing, paint, 0.84 if canvas.height == canvas.width else 0.76)
    noun = f"{paint} {thing}"
    flowers = ["flowers"] if thing == "vase" else []
    full = f"{noun} with flowers" if flowers else noun
    sentence = f"{with_article(full)} on {with_article(table)} table, {wall} background"
    return Words([noun, *flowers, f"{table} table", f"{wall} background"], sentence)


def _portrait(canvas: Canvas, chance: random.Random) -> Words:
    backdrop, shirt = chance.sample(PAINTS, 2)
    hair_name = chance.choice(["black", "brown", "blonde", "red", "grey"])
    who = chance.choice(["woman", "man"])
    hair = COLOURS["yellow" if hair_name == "blonde" else hair_name].times(0.9)
    skin = Colour(0.07, chance.uniform(0.28, 0.55), chance.uniform(0.55, 0.96))
    colour = varied(backdrop, chance)
    canvas.fade(0, canvas.height, colour, colour.times(0.86))
    x = canvas.width / 2 + chance.uniform(-0.04, 0.04)
    y = canvas.height * (0.44 if canvas.height == canvas.width else 0.5) + chance.uniform(
        -0.03, 0.03
    )
    if who == "woman":
        canvas.ellipse(x, y + 0.1, 0.27, 0.36, hair)
    low = canvas.height + 0.02
    body = [
        (-0.4, low - y),
        (-0.33, 0.36),
        (-0.11, 0.28),
        (0.11, 0.28),
        (0.33, 0.36),
        (0.4, low - y),
    ]
    canvas.polygon([(x + a, y + b) for a, b in body], varied(shirt, chance))
    neck = [(-0.07, 0.1), (0.07, 0.1), (0.08, 0.32), (-0.08, 0.32)]
    canvas.polygon([(x + a, y + b) for a, b in neck], skin.times(0.88), detail=True)
    canvas.ellipse(x, y, 0.18, 0.23, skin)
    fringe = [
        (-0.2, 0.0),
        (-0.18, -0.2),
        (0, -0.29),
        (0.18, -0.2),
        (0.2, 0.0),
        (0.1, -0.13),
        (-0.1, -0.13),
    ]
    canvas.polygon([(x + a, y + b) for a, b in fringe], hair)
    for side in (-1, 1):
        canvas.ellipse(x + side * 0.075, y - 0.01, 0.03, 0.022, WHITE, detail=True)
        canvas.ellipse(x + side * 0.075, y - 0.01, 0.015, 0.017, BLACK, detail=True)
    nose = [(x - 0.015, y + 0.08), (x + 0.025, y + 0.08), (x + 0.005, y + 0.01)]
    canvas.polygon(nose, skin.times(0.8), detail=True)
    if who == "man" and chance.random() < 0.5:
        canvas.ellipse(x, y + 0.17, 0.09, 0.06, hair.times(0.9), detail=True)
    canvas.ellipse(x, y + 0.13, 0.05, 0.016, RED, detail=True)
    noun = f"{who} with {hair_name} hair"
    sentence = f"portrait of a {noun}, {shirt} shirt, {backdrop} background"
    tags = [f"portrait of a {who}", f"{hair_name} hair", f"{shirt} shirt", f"{backdrop} background"]
    return Words(tags, sentence)
