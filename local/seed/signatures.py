"""Five artists' signatures: two written with a pen, two set in type, one cut as a seal."""

from math import cos, sin

from PIL import Image, ImageDraw, ImageFont

from local.demo.paper import Point
from local.demo.signature import draw_signature, ink_to_png

Stroke = tuple[Point, ...]

# Each stroke is one movement of the pen, in a picture of 720 × 260.
ALICE: tuple[Stroke, ...] = (
    (
        *((40, 196), (78, 170), (128, 96), (168, 34), (182, 40), (178, 104), (184, 176)),
        *((206, 190), (240, 150), (274, 70), (276, 36), (258, 38), (250, 90), (250, 160)),
        *((266, 188), (294, 168), (314, 122), (316, 120), (312, 160), (322, 188), (350, 170)),
        *((388, 126), (412, 118), (404, 132), (380, 124), (360, 148), (368, 186), (404, 182)),
        *((440, 154), (470, 140), (488, 122), (476, 108), (450, 124), (444, 164), (468, 190)),
        *((520, 176), (580, 140), (640, 118), (690, 112)),
    ),
    ((96, 134), (140, 126), (212, 124)),
    ((322, 82), (328, 76)),
)
# 하늘, as it is written: down and across.
HANEUL: tuple[Stroke, ...] = (
    ((166, 40), (186, 36), (206, 40)),
    ((120, 74), (186, 66), (246, 70)),
    ((184, 96), (150, 116), (148, 160), (184, 176), (218, 156), (214, 114), (184, 96)),
    ((290, 26), (294, 110), (290, 214)),
    ((294, 112), (322, 106), (344, 108)),
    ((428, 30), (424, 62), (450, 80), (520, 70), (548, 62)),
    ((384, 114), (480, 104), (590, 108)),
    (
        *((420, 140), (480, 132), (536, 136), (530, 158), (470, 168), (424, 176), (418, 206)),
        *((440, 224), (520, 216), (580, 196), (660, 150)),
    ),
)
# 도윤, in squares of 100 × 100: the lines that stay white in the seal.
DOYUN: tuple[Stroke, ...] = (
    ((28, 18), (72, 18)),
    ((28, 18), (28, 46)),
    ((28, 46), (72, 46)),
    ((50, 46), (50, 74)),
    ((16, 76), (84, 76)),
    tuple((150 + 17 * cos(turn / 4), 25 + 12 * sin(turn / 4)) for turn in range(26)),
    ((116, 52), (184, 52)),
    ((138, 52), (138, 68)),
    ((162, 52), (162, 68)),
    ((128, 66), (128, 88)),
    ((128, 88), (178, 88)),
)
FINER = 3
SLANT = 0.28


def sign_alice() -> bytes:
    """A name in one movement."""
    return draw_signature(ALICE)


def sign_haneul() -> bytes:
    """Two syllables with a brush pen."""
    return draw_signature(HANEUL)


def sign_noor() -> bytes:
    """Spaced capitals between two hairlines."""
    return sign_capitals("NOOR HALABI")


def sign_capitals(name: str) -> bytes:
    """Any short name, spaced between two hairlines."""
    ink = Image.new("L", (900, 220))
    draw = ImageDraw.Draw(ink)
    _spaced(draw, name, middle=450, top=66, size=78, gap=16)
    for y in (30, 190):
        draw.line((60, y, 840, y), fill=255, width=5)
    return ink_to_png(ink)


def sign_mateo() -> bytes:
    """Slanted type on a stroke that swells."""
    ink = Image.new("L", (760, 300))
    draw = ImageDraw.Draw(ink)
    draw.text((110, 20), "Mateo!", fill=255, font=ImageFont.load_default(190), stroke_width=4)
    draw.polygon([(90, 262), (640, 236), (690, 240), (640, 262), (90, 274)], fill=255)
    slanted = ink.transform(
        ink.size,
        Image.Transform.AFFINE,
        (1, SLANT, -SLANT * 150, 0, 1, 0),
        Image.Resampling.BICUBIC,
    )
    return ink_to_png(slanted)


def sign_doyun() -> bytes:
    """A seal: the name is what was cut away."""
    width, height = 460, 240
    seal = Image.new("L", (width * FINER, height * FINER))
    draw = ImageDraw.Draw(seal)
    draw.rounded_rectangle(
        (8 * FINER, 8 * FINER, (width - 8) * FINER, (height - 8) * FINER), 26 * FINER, fill=255
    )
    for stroke in DOYUN:
        path = [((x * 2.1 + 20) * FINER, (y * 2.0 + 18) * FINER) for x, y in stroke]
        draw.line(path, fill=0, width=16 * FINER, joint="curve")
        for x, y in path:
            draw.ellipse((x - 8 * FINER, y - 8 * FINER, x + 8 * FINER, y + 8 * FINER), fill=0)
    return ink_to_png(seal.resize((width, height), Image.Resampling.LANCZOS))


def _spaced(
    draw: ImageDraw.ImageDraw, text: str, *, middle: float, top: float, size: int, gap: float
) -> None:
    font = ImageFont.load_default(size)
    widths = [draw.textlength(letter, font=font) + gap for letter in text]
    x = middle - (sum(widths) - gap) / 2
    for letter, width in zip(text, widths, strict=True):
        draw.text((x, top), letter, fill=255, font=font, stroke_width=1)
        x += width
