"""A signature as a pen would write it, in ink on nothing."""

import io
import math
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageDraw

from local.demo.paper import NAVY, Point, smooth

SIZE = (720, 260)
FINER = 3
PEN_THIN, PEN_THICK = 3.2, 9.5
# "Mina" and a flourish below, in the picture's pixels; each stroke is one movement of the pen.
STROKES: tuple[tuple[Point, ...], ...] = (
    (
        *((52, 168), (70, 120), (104, 44), (112, 60), (100, 150), (104, 168), (130, 120)),
        *((164, 52), (176, 66), (166, 140), (176, 166), (196, 158), (222, 116), (226, 108)),
        *((218, 140), (222, 164), (238, 160), (262, 124), (270, 110), (266, 140), (262, 166)),
        *((276, 128), (300, 108), (312, 118), (308, 150), (316, 166), (336, 154), (362, 120)),
        *((388, 106), (376, 106), (352, 130), (354, 160), (376, 160), (400, 118), (402, 110)),
        *((396, 146), (408, 166), (440, 152), (500, 118), (590, 96), (668, 74)),
    ),
    ((238, 72), (244, 66)),
    ((120, 214), (260, 196), (430, 190), (560, 196), (470, 210), (420, 216)),
)


def draw_signature(strokes: Sequence[Sequence[Point]] = STROKES) -> bytes:
    """A PNG with alpha, 720 pixels wide; each stroke is one movement of the pen."""
    ink = Image.new("L", (SIZE[0] * FINER, SIZE[1] * FINER))
    draw = ImageDraw.Draw(ink)
    for stroke in strokes:
        _write(draw, smooth(stroke, closed=False, steps=120))
    return ink_to_png(ink.resize(SIZE, Image.Resampling.LANCZOS))


def ink_to_png(ink: Image.Image) -> bytes:
    """A signature whose strokes are light in a grey picture, as a PNG with alpha."""
    picture = Image.new("RGBA", ink.size, (*NAVY, 0))
    picture.putalpha(ink)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _write(draw: ImageDraw.ImageDraw, path: list[Point]) -> None:
    """Thick where the pen goes down the page, thin where it goes up, tapering at both ends."""
    width = PEN_THIN
    for number, ((x0, y0), (x1, y1)) in enumerate(pairwise(path)):
        falling = math.sin(math.atan2(y1 - y0, abs(x1 - x0) + 0.01))
        wanted = PEN_THIN + (PEN_THICK - PEN_THIN) * max(0.0, 0.35 + 0.65 * falling)
        width += (wanted - width) * 0.03
        edge = min(1.0, 0.35 + min(number, len(path) - number) / 90)
        half = width * edge * FINER / 2
        x, y = x0 * FINER, y0 * FINER
        draw.ellipse((x - half, y - half, x + half, y + half), fill=255)
