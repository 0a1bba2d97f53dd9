"""Hands to draw in: those that words ask for, and eight artists that words do not describe."""

import random
from dataclasses import replace

from local.drawings.canvas import RGB, Colour, Ink, Look, Texture
from local.drawings.spot import COLOURS

# Rec. 709.
LUMINANCE = (0.2126, 0.7152, 0.0722)


def _toned(saturation: float, value: float, lift: float = 0.0) -> Ink:
    def ink(colour: Colour) -> RGB:
        changed = Colour(colour.hue, colour.saturation * saturation, colour.value * value + lift)
        return changed.rgb

    return ink


def ramp(cool: list[str], warm: list[str] | None = None) -> Ink:
    """Colours by lightness alone, from dark to light as hexadecimal; warm hues may have others."""
    shades = {name: [_hexadecimal(code) for code in codes] for name, codes in _both(cool, warm)}

    def ink(colour: Colour) -> RGB:
        is_warm = colour.saturation > 0.35 and (colour.hue % 1 < 0.18 or colour.hue % 1 > 0.84)
        codes = shades["warm" if is_warm else "cool"]
        light = sum(part * share for part, share in zip(colour.rgb, LUMINANCE, strict=True)) / 256
        return codes[int(light * len(codes))]

    return ink


def _both(cool: list[str], warm: list[str] | None) -> list[tuple[str, list[str]]]:
    return [("cool", cool), ("warm", warm or cool)]


def _hexadecimal(code: str) -> RGB:
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def _duotone(dark: Colour, light: Colour) -> Ink:
    low, high = dark.times(0.45).rgb, Colour(light.hue, light.saturation * 0.55, 0.98).rgb

    def ink(colour: Colour) -> RGB:
        part = sum(part * share for part, share in zip(colour.rgb, LUMINANCE, strict=True)) / 255
        red, green, blue = (round(a + (b - a) * part) for a, b in zip(low, high, strict=True))
        return red, green, blue

    return ink


def described_look(chance: random.Random) -> tuple[Look, list[str]]:
    """A look, with the words that ask for it; half of the time the plain one."""
    look = Look()
    words: list[str] = []
    if chance.random() < 0.5:
        return look, words
    kind = chance.choice(["", "", "pastel", "dark", "vivid", "sepia", "duotone", "duotone"])
    if kind == "duotone":
        dark, light = chance.sample(
            [name for name in COLOURS if name not in ("black", "white", "grey")], 2
        )
        look = replace(look, ink=_duotone(COLOURS[dark], COLOURS[light]))
        words.append(f"{dark} and {light} tones")
    elif kind:
        inks = {
            "pastel": _toned(0.45, 0.75, 0.27),
            "dark": _toned(0.8, 0.55),
            "vivid": _toned(1.5, 1.1),
            "sepia": _duotone(Colour(0.07, 0.6, 0.5), Colour(0.1, 0.5, 1)),
        }
        look = replace(look, ink=inks[kind])
        words.append(kind)
    if chance.random() < 0.6:
        inks_of_lines = [(30, 26, 34), (30, 26, 34), (246, 242, 232), _any_colour(chance).rgb]
        look = replace(
            look, outline=chance.choice([2.5, 3.5, 5.0]), outline_ink=chance.choice(inks_of_lines)
        )
        words.append("outlined")
    if chance.random() < 0.5:
        texture, word = _any_texture(chance)
        look = replace(look, texture=texture)
        words.append(word)
    if chance.random() < 0.25:
        look = replace(look, gradients=False)
        words.append("flat")
    if chance.random() < 0.12:
        look = replace(look, blur=chance.uniform(2, 4))
        words.append("soft")
    return look, words


def _any_colour(chance: random.Random) -> Colour:
    return Colour(chance.random(), chance.uniform(0.3, 0.8), chance.uniform(0.15, 0.95))


def _any_texture(chance: random.Random) -> tuple[Texture, str]:
    ink = _any_colour(chance).rgb if chance.random() < 0.4 else None
    gap = chance.uniform(11, 20)
    angle = float(chance.choice([0, 30, 45, 60, 90, 120, 135, 150]))
    kind = chance.choice(["hatched", "hatched", "crosshatched", "dotted"])
    if kind == "dotted":
        return Texture((), gap, gap * 0.33, ink, dots=True), kind
    angles = (angle,) if kind == "hatched" else (angle, angle + 90)
    return Texture(angles, gap, gap * chance.uniform(0.2, 0.4), ink), kind


ARTISTS: dict[str, Look] = {
    "coral and navy": Look(
        ramp(
            ["18204a", "2c3e78", "788caa", "e2d6be", "faf1de"],
            ["5a1828", "d64c42", "f0785a", "f6be96", "faf1de"],
        ),
        outline=5.5,
        outline_ink=(20, 26, 62),
        wobble=0.003,
        gradients=False,
    ),
    "gold on black": Look(
        ramp(
            ["08080c", "0e0e16", "1e2c34", "466e68", "bea960"],
            ["14080c", "5a3210", "a87420", "e2b03c", "fae08c"],
        ),
        outline=4.0,
        outline_ink=(232, 190, 84),
        gradients=False,
    ),
    "green linocut": Look(
        ramp(["0e2a1c", "1d5a36", "2f8a50", "a8cf9c", "f2f4de"]),
        outline=3.0,
        outline_ink=(10, 32, 20),
        texture=Texture((45,), 16, 5, (14, 42, 28)),
        gradients=False,
    ),
    "pop dots": Look(
        ramp(
            ["1c1c8c", "0090d8", "20c0e8", "ffe000", "fff6c0"],
            ["c00060", "f00080", "ff5090", "ffb000", "ffe860"],
        ),
        outline=6.0,
        outline_ink=(12, 10, 20),
        texture=Texture((), 17, 5.5, (255, 255, 255), dots=True),
        gradients=False,
    ),
    "soft rose": Look(_duotone(Colour(0.86, 0.5, 1), Colour(0.95, 0.35, 1)), blur=3.0),
    "ink on paper": Look(
        ramp(["2a2620", "8a8272", "c8bea6", "e6dcc4", "f4ecd8"]),
        outline=2.5,
        outline_ink=(24, 20, 18),
        texture=Texture((30, 120), 15, 2.6, (46, 40, 36)),
        gradients=False,
    ),
    "blue woodcut": Look(
        ramp(["0c1c50", "143c9c", "2c64d0", "8cb4f0", "f0f4fc"]),
        texture=Texture((90,), 14, 4.5, (240, 244, 252)),
        outline=4.5,
        outline_ink=(240, 244, 252),
        gradients=False,
    ),
    "neon night": Look(
        ramp(
            ["0c0418", "1c0838", "380c60", "5c1490", "7c20b4"],
            ["30042c", "600850", "900c70", "c01090", "e428ac"],
        ),
        outline=4.5,
        outline_ink=(40, 250, 230),
        gradients=False,
    ),
}
