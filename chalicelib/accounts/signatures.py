"""The artist's signature image: checked and normalised before it is kept."""

import hashlib
import io
from typing import cast
from uuid import UUID

from PIL import Image

from chalicelib.contracts import object_keys
from chalicelib.errors import ImageTooSmall, InvalidImageFormat
from chalicelib.kit import images, storage
from chalicelib.kit.settings import settings
from chalicelib.uploads import service as uploads
from chalicelib.uploads.schemas import Purpose

WIDTH_MIN = 200
# Larger ones would only make every job fetch more.
SIZE_MAX = (1600, 800)
CONTRAST_MIN = 48


def keep_signature(*, user_id: UUID, upload_key: str) -> str:
    """Check an uploaded signature and store it for good; answers its key.

    Raises ImageTooSmall, InvalidImageFormat, and what `uploads.read_upload` raises.
    """
    content = uploads.read_upload(user_id=user_id, purpose=Purpose.SIGNATURE, key=upload_key)
    try:
        image = images.decode(content)
    except images.UnreadableImage as error:
        raise InvalidImageFormat(filename="signature", reason=error.reason) from None
    if image.width < WIDTH_MIN:
        raise ImageTooSmall(filename="signature", width_min=WIDTH_MIN)
    has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    if not has_alpha and upload_key.endswith(".png"):
        raise InvalidImageFormat(filename="signature", reason="no_alpha")
    image = image.convert("RGBA" if has_alpha else "RGB")
    if not _has_strokes(image):
        raise InvalidImageFormat(filename="signature", reason="no_strokes")
    image.thumbnail(SIZE_MAX, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "PNG")
    key = object_keys.signature(user_id=user_id, sha256=hashlib.sha256(out.getvalue()).hexdigest())
    storage.write(settings().private_bucket, key, out.getvalue(), content_type="image/png")
    return key


def _has_strokes(image: Image.Image) -> bool:
    """Whether something can be told from the ground: by alpha, or by tone when all is opaque."""
    alpha = _range(image.convert("RGBA").getchannel("A"))
    low, high = alpha if alpha[0] < 255 else _range(image.convert("L"))
    return high - low >= CONTRAST_MIN


def _range(band: Image.Image) -> tuple[int, int]:
    low, high = cast("tuple[int, int]", band.getextrema())
    return low, high
