"""Files as if they had been posted, and the pictures that people end up with."""

import io
from typing import Any
from uuid import uuid4

import boto3
from PIL import Image

from tests.people import Person


def place(person: Person, content: bytes, *, purpose: str, extension: str = "png") -> str:
    """One file where a presigned post would have put it, whatever it holds; answers its key."""
    key = f"uploads/{person.id}/{purpose}/{uuid4()}.{extension}"
    boto3.client("s3").put_object(Bucket="private", Key=key, Body=content)
    return key


def published(person: Person) -> list[str]:
    """Keys of all that the CDN serves of somebody's own."""
    found = boto3.client("s3").list_objects_v2(Bucket="images", Prefix=f"public/users/{person.id}/")
    return [one["Key"] for one in found.get("Contents", [])]


def read_picture(url: str) -> tuple[dict[str, Any], Image.Image]:
    """What the CDN would serve under a public URL: the object's head and the picture."""
    key = "public" + url.removeprefix("http://localhost:8000/media")
    found = boto3.client("s3").get_object(Bucket="images", Key=key)
    content = found["Body"].read()
    return {**found, "content": content}, Image.open(io.BytesIO(content))
