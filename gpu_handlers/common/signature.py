"""The rule `sl-sig/1`: where, how large and how strong a signature stands on every image.

Only the tone adapts to the picture; position, size, opacity and halo are constants.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageFilter

RULE = "sl-sig/1"
WIDTH, HEIGHT, MARGIN = 0.22, 0.10, 0.03
INK_OPACITY, HALO_OPACITY = 0.80, 0.70
HALO_SPREAD, HALO_BLUR = 0.004, 0.003
STROKE_GAMMA = 0.75
LIGHT_GROUND = 0.25
DARK, LIGHT = (18, 18, 18), (255, 255, 255)


@dataclass(frozen=True)
class Stamped:
    """The signed picture and where the signature stands: left, top, right, bottom."""

    image: Image.Image
    box: tuple[int, int, int, int]


def stamp(image: Image.Image, signature: Image.Image) -> Stamped:
    """The picture with the signature at the bottom right; raises ValueError for an empty one."""
    picture = image.convert("RGB")
    short = min(picture.size)
    strokes = _fit(strokes_of(signature), short)
    left = picture.width - round(MARGIN * short) - strokes.width
    top = picture.height - round(MARGIN * short) - strokes.height
    ink = Image.new("L", picture.size)
    ink.paste(strokes, (left, top))
    halo = ink.filter(ImageFilter.MaxFilter(2 * max(1, round(HALO_SPREAD * short)) + 1)).filter(
        ImageFilter.GaussianBlur(max(0.6, HALO_BLUR * short))
    )
    on_light = _mean_luminance(picture, halo) > LIGHT_GROUND
    picture.paste(LIGHT if on_light else DARK, (0, 0), halo.point(_times(HALO_OPACITY)))
    picture.paste(DARK if on_light else LIGHT, (0, 0), ink.point(_times(INK_OPACITY)))
    return Stamped(picture, (left, top, left + strokes.width, top + strokes.height))


def strokes_of(signature: Image.Image) -> Image.Image:
    """The strokes as a mask: the alpha channel, or what is dark on a light ground.

    Raises ValueError when there are none.
    """
    with_alpha = signature.convert("RGBA").getchannel("A")
    if with_alpha.getextrema()[0] == 255:
        with_alpha = _dark_parts(signature.convert("L"))
    box = with_alpha.point(lambda value: 255 if value > 16 else 0).getbbox()
    if box is None:
        raise ValueError("the signature has no strokes")
    return with_alpha.crop(box)


def _dark_parts(grey: Image.Image) -> Image.Image:
    """Inverted luminance above Otsu's threshold (Otsu 1979)."""
    counts = np.asarray(grey.histogram()[:256], dtype=np.float64)
    levels = np.arange(256)
    below, above = counts.cumsum(), counts.sum() - counts.cumsum()
    mean_below = (counts * levels).cumsum() / np.maximum(below, 1)
    mean_above = ((counts * levels).sum() - (counts * levels).cumsum()) / np.maximum(above, 1)
    threshold = int((below * above * (mean_below - mean_above) ** 2).argmax())
    inverted = ImageChops.invert(grey)
    return inverted.point([0 if 255 - value > threshold else value for value in range(256)])


def _fit(strokes: Image.Image, short: int) -> Image.Image:
    scale = min(WIDTH * short / strokes.width, HEIGHT * short / strokes.height)
    size = (max(1, round(strokes.width * scale)), max(1, round(strokes.height * scale)))
    scaled = strokes.resize(size, Image.Resampling.LANCZOS)
    return scaled.point([round(255 * (value / 255) ** STROKE_GAMMA) for value in range(256)])


def _mean_luminance(picture: Image.Image, mask: Image.Image) -> float:
    """Mean linear luminance under the mask (sRGB to linear, Rec. 709 weights)."""
    box = mask.getbbox()
    colours = np.asarray(picture.crop(box), dtype=np.float64) / 255
    weights = np.asarray(mask.crop(box), dtype=np.float64) / 255
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return float((luminance * weights).sum() / max(weights.sum(), 1e-9))


def _times(factor: float) -> list[int]:
    return [int(value * factor) for value in range(256)]
