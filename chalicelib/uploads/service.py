"""Files on their way in: straight from the browser to S3, believed only by their bytes."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from uuid import UUID, uuid4

from chalicelib.contracts import object_keys
from chalicelib.errors import (
    Forbidden,
    ImageSizeExceeded,
    InvalidImageFormat,
    ValidationFailed,
)
from chalicelib.kit import images, storage
from chalicelib.kit.settings import settings
from chalicelib.uploads.schemas import PresignedUpload, PresignedUploads, Purpose, UploadRequest

HEADER_BYTES = 262_144
_NAME = re.compile(rf"[0-9a-f-]{{36}}\.({'|'.join(object_keys.EXTENSIONS.values())})")


@dataclass(frozen=True)
class InspectedUpload:
    """What an uploaded file's first bytes and its object's size say."""

    key: str
    content_type: str
    width: int
    height: int
    size_bytes: int


def presign_uploads(*, user_id: UUID, wanted: UploadRequest) -> PresignedUploads:
    """A presigned POST per file; raises InvalidImageFormat or ImageSizeExceeded with its name."""
    uploads = []
    limit = wanted.purpose.size_bytes_max
    for file in wanted.files:
        if file.content_type not in object_keys.EXTENSIONS:
            raise InvalidImageFormat(filename=file.filename, allowed=sorted(object_keys.EXTENSIONS))
        if file.size > limit:
            raise ImageSizeExceeded(filename=file.filename, size_bytes_max=limit)
        key = object_keys.upload(
            user_id=user_id,
            upload_id=uuid4(),
            purpose=wanted.purpose,
            content_type=file.content_type,
        )
        url, fields = storage.sign_post(
            settings().private_bucket,
            key,
            content_type=file.content_type,
            size_bytes_max=limit,
        )
        uploads.append(PresignedUpload(upload_key=key, url=url, fields=fields))
    return PresignedUploads(uploads=uploads, expires_in_seconds=storage.SIGNED_URL_SECONDS)


def inspect_uploads(
    *, user_id: UUID, purpose: Purpose, keys: list[str], names: list[str] | None = None
) -> list[InspectedUpload]:
    """Size and header of each upload; no transaction may be open.

    Raises Forbidden for another's key, ValidationFailed for one never uploaded,
    ImageSizeExceeded and InvalidImageFormat by the true bytes.
    """
    for key in keys:
        require_own_key(key, user_id=user_id, purpose=purpose)
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(_inspect, keys, names or keys, repeat(purpose)))


def read_upload(*, user_id: UUID, purpose: Purpose, key: str) -> bytes:
    """One whole upload; raises as `inspect_uploads` does."""
    inspect_uploads(user_id=user_id, purpose=purpose, keys=[key], names=["file"])
    return storage.read(settings().private_bucket, key)


def require_own_key(key: str, *, user_id: UUID, purpose: Purpose) -> None:
    """Raises Forbidden unless the key was made for this user and purpose."""
    folder, _, name = key.rpartition("/")
    if folder != f"uploads/{user_id}/{purpose}" or not _NAME.fullmatch(name):
        raise Forbidden(upload_key=key)


def _inspect(key: str, filename: str, purpose: Purpose) -> InspectedUpload:
    try:
        size_bytes = storage.size_bytes(settings().private_bucket, key)
        if size_bytes == 0:
            # No range of an empty object can be read.
            raise images.UnreadableImage("not_an_image")
        if size_bytes > purpose.size_bytes_max:
            raise ImageSizeExceeded(filename=filename, size_bytes_max=purpose.size_bytes_max)
        header = _read_header(key)
    except storage.ObjectMissing:
        raise ValidationFailed.of("upload_key", "not_uploaded", upload_key=key) from None
    except images.UnreadableImage as error:
        raise InvalidImageFormat(filename=filename, reason=error.reason) from None
    declared = key.rsplit(".", 1)[-1]
    if object_keys.EXTENSIONS[header.content_type] != declared:
        raise InvalidImageFormat(filename=filename, reason="other_format")
    return InspectedUpload(key, header.content_type, header.width, header.height, size_bytes)


def _read_header(key: str) -> images.ImageHeader:
    start = storage.read(settings().private_bucket, key, first_bytes=HEADER_BYTES)
    try:
        return images.read_header(start)
    except images.UnreadableImage:
        if len(start) < HEADER_BYTES:
            raise
    # A camera's metadata can push a JPEG's frame header further back.
    return images.read_header(storage.read(settings().private_bucket, key))
