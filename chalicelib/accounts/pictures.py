"""The profile picture: a small square of what was uploaded, without its metadata."""

import io
import secrets
from uuid import UUID

from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from chalicelib.contracts import object_keys
from chalicelib.errors import InvalidImageFormat
from chalicelib.kit import images, outbox, storage
from chalicelib.kit.settings import settings
from chalicelib.uploads import service as uploads
from chalicelib.uploads.schemas import Purpose

SIDE = 256
PUBLIC_CACHE = "public, max-age=300"


def prepare_picture(*, user_id: UUID, upload_key: str) -> str:
    """Check and shrink an uploaded picture; answers where it waits, beside the upload.

    It expires as uploads do, so a change that fails leaves nothing in public. No transaction may
    be open. Raises InvalidImageFormat and what `uploads.read_upload` raises.
    """
    content = uploads.read_upload(user_id=user_id, purpose=Purpose.PROFILE_IMAGE, key=upload_key)
    try:
        picture = _shrink(images.decode(content))
    except images.UnreadableImage as error:
        raise InvalidImageFormat(filename="profile_image", reason=error.reason) from None
    key = f"{upload_key}.webp"
    storage.write(settings().private_bucket, key, picture, content_type="image/webp")
    return key


def publish_picture(db: Session, *, user_id: UUID, prepared_key: str) -> str:
    """Copy a prepared picture to where the CDN serves it, after the commit; answers that key."""
    key = object_keys.public(
        subject="users", subject_id=user_id, nonce=secrets.token_hex(8), name="picture.webp"
    )
    outbox.add_copy(
        db,
        source_bucket=settings().private_bucket,
        source=prepared_key,
        bucket=settings().image_bucket,
        key=key,
        cache_control=PUBLIC_CACHE,
    )
    return key


def withdraw_picture(db: Session, *, key: str) -> None:
    """Remove a published picture after the commit."""
    outbox.add_delete(db, bucket=settings().image_bucket, key=key)


def _shrink(image: Image.Image) -> bytes:
    # One name for all steps: a large picture must not lie in memory twice.
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image = ImageOps.fit(image, (SIDE, SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=85)
    return out.getvalue()
