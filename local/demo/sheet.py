"""The contact sheet: what the artist gave beside what the platform made of it."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from local.demo.paper import CREAM, NAVY, Colour

PAPER: Colour = (250, 248, 244)
SOFT: Colour = (120, 122, 140)
MARGIN, GAP = 48, 12
TILE = 168
COLUMNS = 4
ROWS_MAX = 6
HEADING, CAPTION = 34, 17
LABEL_HEIGHT = 46

Labelled = tuple[Path, str]


def draw_sheet(
    path: Path,
    *,
    title: str,
    subtitle: str,
    artworks: Sequence[Path],
    samples: Sequence[Path],
    images: Sequence[Labelled],
) -> None:
    """Artworks at the left, samples below them, results at the right."""
    shown = artworks[: COLUMNS * ROWS_MAX]
    left_width = COLUMNS * (TILE + GAP) - GAP
    right = MARGIN + left_width + MARGIN
    big = 2 * (TILE + GAP) - GAP
    width = right + 2 * (big + GAP) - GAP + MARGIN
    sheet = Image.new("RGB", (width, 4000), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((MARGIN, MARGIN - 8), title, fill=NAVY, font=_font(HEADING))
    draw.text((MARGIN, MARGIN + 38), subtitle, fill=SOFT, font=_font(CAPTION))
    top = MARGIN + 84
    y = _label(draw, MARGIN, top, f"{len(artworks)} artworks")
    y = _grid(sheet, shown, x=MARGIN, y=y)
    if samples:
        y = _label(draw, MARGIN, y + GAP, "Samples rendered while it was trained")
        y = _grid(sheet, samples[:COLUMNS], x=MARGIN, y=y)
    low = _label(draw, right, top, "Images made for the buyer, each signed")
    low = _results(sheet, draw, images, x=right, y=low, side=big)
    sheet.crop((0, 0, width, max(y, low) + MARGIN - GAP)).save(path)


def _results(
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    images: Sequence[Labelled],
    *,
    x: int,
    y: int,
    side: int,
) -> int:
    """Square ones in the first column, tall ones in the second; gives the lower end."""
    ends = [y, y]
    for file, label in images:
        with Image.open(file) as picture:
            column = int(picture.height > picture.width)
            size = (side, round(side * picture.height / picture.width))
            left = x + column * (side + GAP)
            _mount(sheet, picture, (left, ends[column]), size)
        for number, line in enumerate(label.split("\n")):
            place = (left, ends[column] + size[1] + 8 + 20 * number)
            draw.text(place, line, fill=SOFT if number else NAVY, font=_font(CAPTION - 2))
        ends[column] += size[1] + LABEL_HEIGHT + 2 * GAP
    return max(ends) - GAP


def _grid(sheet: Image.Image, files: Sequence[Path], *, x: int, y: int) -> int:
    for number, file in enumerate(files):
        place = (x + number % COLUMNS * (TILE + GAP), y + number // COLUMNS * (TILE + GAP))
        with Image.open(file) as picture:
            _mount(sheet, picture, place, (TILE, TILE))
    return y + -(-len(files) // COLUMNS) * (TILE + GAP)


def _mount(
    sheet: Image.Image, picture: Image.Image, place: tuple[int, int], size: tuple[int, int]
) -> None:
    fitted = Image.new("RGB", size, CREAM)
    small = picture.convert("RGB")
    small.thumbnail(size, Image.Resampling.LANCZOS)
    fitted.paste(small, ((size[0] - small.width) // 2, (size[1] - small.height) // 2))
    sheet.paste(fitted, place)


def _label(draw: ImageDraw.ImageDraw, x: int, y: int, text: str) -> int:
    draw.text((x, y), text, fill=NAVY, font=_font(CAPTION))
    return y + 30


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    # Pillow's own: no font of the machine is needed.
    return ImageFont.load_default(size)
