"""Artworks as if they had been posted, and a style's submission of them."""

import io
from functools import cache
from typing import Any
from uuid import uuid4

import boto3
from PIL import Image

from tests.people import Person

EXTENSIONS = {"PNG": "png", "JPEG": "jpg"}


def encode(image: Image.Image, file_format: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


@cache
def plain(width: int = 512, height: int = 512, *, file_format: str = "PNG") -> bytes:
    """One colour, few bytes."""
    return encode(Image.new("RGB", (width, height), (40, 120, 200)), file_format)


def place_artwork(artist: Person, content: bytes, *, extension: str = "png") -> str:
    """One file where a presigned post would have put it, whatever its size; answers its key."""
    key = f"uploads/{artist.id}/artwork/{uuid4()}.{extension}"
    boto3.client("s3").put_object(
        Bucket="private",
        Key=key,
        Body=content,
        ContentType={"png": "image/png", "jpg": "image/jpeg"}[extension],
    )
    return key


def place_artworks(artist: Person, count: int = 10) -> list[str]:
    """Good files."""
    return [place_artwork(artist, plain()) for _ in range(count)]


def unplaced(artist: Person, count: int = 10) -> list[str]:
    """Keys of the artist to which nothing was sent."""
    return [f"uploads/{artist.id}/artwork/{uuid4()}.png" for _ in range(count)]


def submission(keys: list[str], **changes: Any) -> dict[str, Any]:
    """Body of POST /api/styles."""
    body = {
        "title": "Water Dreams",
        "description": "Wet in wet.",
        "generation_cost_tokens": 30,
        "artworks": [
            {"upload_key": key, "filename": f"{number}.png", "tags": ["sea"]}
            for number, key in enumerate(keys)
        ],
        "rights_statement": {"name": "Alice Kim", "accepted": True},
    }
    return {**body, **changes}
