"""The image hash by which a picture is known again when its metadata is gone."""

import hashlib

from PIL import Image


def pixel_sha256(image: Image.Image) -> str:
    """SHA-256 over size and RGB pixels; the same for a lossless re-save without metadata."""
    rgb = image.convert("RGB")
    digest = hashlib.sha256(b"SLPX1")
    digest.update(rgb.width.to_bytes(4, "big") + rgb.height.to_bytes(4, "big"))
    digest.update(rgb.tobytes())
    return digest.hexdigest()
