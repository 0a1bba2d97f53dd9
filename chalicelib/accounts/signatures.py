"""The artist's signature image: checked and normalised before it is kept."""

import hashlib
import io
from uuid import UUID

from chalicelib.contracts import object_keys
from chalicelib.errors import ImageTooSmall, InvalidImageFormat
from chalicelib.kit import images, storage
from chalicelib.kit.settings import settings
from chalicelib.uploads import service as uploads
from chalicelib.uploads.schemas import Purpose

WIDTH_MIN = 200


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
    has_alpha = image.mode in {"RGBA", "LA"} or "transparency" in image.info
    out = io.BytesIO()
    image.convert("RGBA" if has_alpha else "RGB").save(out, "PNG")
    key = object_keys.signature(user_id=user_id, sha256=hashlib.sha256(out.getvalue()).hexdigest())
    storage.write(settings().private_bucket, key, out.getvalue(), content_type="image/png")
    return key
