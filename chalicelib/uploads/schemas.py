"""What uploads take and give."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from chalicelib.kit.fields import Body, Line, Out


class Purpose(StrEnum):
    """What a file is for."""

    ARTWORK = "artwork"
    SIGNATURE = "signature"
    PROFILE_IMAGE = "profile_image"

    @property
    def size_bytes_max(self) -> int:
        """The largest file (SPEC §3)."""
        return 10_000_000 if self is Purpose.ARTWORK else 2_000_000


class UploadFile(Body):
    """One file that the browser wants to send."""

    filename: Annotated[Line, Field(min_length=1, max_length=255)]
    content_type: Annotated[str, Field(max_length=100)]
    size: Annotated[int, Field(ge=1)]


class UploadRequest(Body):
    """Body of POST /api/uploads."""

    purpose: Purpose
    files: Annotated[list[UploadFile], Field(min_length=1, max_length=100)]


class PresignedUpload(Out):
    """Where and how to send one file: POST the fields, then `file`."""

    upload_key: str
    url: str
    fields: dict[str, str]


class PresignedUploads(Out):
    """One per file, in the order asked for."""

    uploads: list[PresignedUpload]
    expires_in_seconds: int
