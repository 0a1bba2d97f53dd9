"""Pictures from strangers: judged by their bytes, decoded under a cap."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps

PIXELS_MAX = 64_000_000
# An MPO is a JPG with more pictures behind the first one, as phones make them.
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg"}
# Not 16-bit grey: turned into RGB it would be all white.
MODES = {"1", "L", "LA", "P", "RGB", "RGBA", "CMYK"}


class UnreadableImage(Exception):
    """The bytes are no picture that we accept; `reason` is a short machine word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class ImageHeader:
    """What a file's first bytes claim."""

    content_type: str
    width: int
    height: int


def read_header(start: bytes) -> ImageHeader:
    """Format and size from a file's first bytes; raises UnreadableImage."""
    with _open(start) as image:
        return ImageHeader(FORMATS[image.format or ""], image.width, image.height)


def decode(content: bytes) -> Image.Image:
    """The whole picture, upright and decoded to its last pixel; raises UnreadableImage."""
    with _open(content) as image:
        if image.mode not in MODES:
            raise UnreadableImage("colour_mode")
        if image.format == "PNG" and getattr(image, "n_frames", 1) != 1:
            raise UnreadableImage("animated")
        try:
            image.load()
            return ImageOps.exif_transpose(image)
        except Exception as error:
            # Broken EXIF alone makes Pillow raise anything.
            raise UnreadableImage("truncated") from error


def thumbnail_webp(image: Image.Image, *, side: int) -> bytes:
    """A square WebP thumbnail, cropped from the middle."""
    square = ImageOps.fit(image.convert("RGB"), (side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    square.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def _open(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Pillow warns at half its own cap; our cap below decides.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=["PNG", "JPEG"])
    except Exception as error:
        raise UnreadableImage("not_an_image") from error
    if image.width * image.height > PIXELS_MAX:
        raise UnreadableImage("too_many_pixels")
    return image
