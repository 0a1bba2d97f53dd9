"""S3: signed URLs for others, a few calls for ourselves."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.kit import clock
from chalicelib.kit.settings import settings

SIGNED_URL_SECONDS = 900
SAME_URL_SECONDS = 300
# As many as S3 lists, and removes, in one call.
KEYS_A_CALL = 1000


class ObjectMissing(Exception):
    """No object lies at that key."""


class NotRemoved(Exception):
    """S3 kept some of the objects that it was asked to remove."""


@cache
def _client() -> Any:
    return boto3.client("s3", config=_config())


@cache
def _signer() -> Any:
    # Signed for the name under which browsers and workers reach S3.
    return boto3.client("s3", endpoint_url=settings().s3_signing_endpoint_url, config=_config())


def _config() -> Config:
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        connect_timeout=3,
        read_timeout=20,
        retries={"mode": "standard", "max_attempts": 3},
    )


def public_url(key: str) -> str:
    """Where the CDN serves a copy that lies under `public/` in the image bucket."""
    return f"{settings().cdn_url}/{key.removeprefix('public/')}"


def find_public_url(key: str | None) -> str | None:
    """The same for what may not be there."""
    return public_url(key) if key else None


def image_url(key: str, *, copy: str | None) -> str:
    """By the CDN where a public copy lies, signed for 15 minutes else."""
    return public_url(copy) if copy else sign_get(settings().image_bucket, key)


def sign_get(bucket: str, key: str, *, attachment: str | None = None) -> str:
    """A URL that reads one object for 15 to 20 minutes, as a download called `attachment`.

    The same one for 5 minutes, so that a browser keeps what it shows again.
    """
    return _sign_get(bucket, key, attachment, int(clock.now().timestamp()) // SAME_URL_SECONDS)


@lru_cache(maxsize=4096)
def _sign_get(bucket: str, key: str, attachment: str | None, _turn: int) -> str:
    params = {"Bucket": bucket, "Key": key}
    if attachment:
        params["ResponseContentDisposition"] = f'attachment; filename="{attachment}"'
    url: str = _signer().generate_presigned_url(
        "get_object", Params=params, ExpiresIn=SIGNED_URL_SECONDS + SAME_URL_SECONDS
    )
    return url


def sign_post(
    bucket: str, key: str, *, content_type: str, size_bytes_max: int
) -> tuple[str, dict[str, str]]:
    """URL and form fields of a POST limited to that key, type and size for 15 minutes."""
    post = _signer().generate_presigned_post(
        bucket,
        key,
        Fields={"Content-Type": content_type},
        Conditions=[
            {"Content-Type": content_type},
            ["content-length-range", 1, size_bytes_max],
        ],
        ExpiresIn=SIGNED_URL_SECONDS,
    )
    return post["url"], post["fields"]


def size_bytes(bucket: str, key: str) -> int:
    """An object's size; raises ObjectMissing."""
    try:
        return int(_client().head_object(Bucket=bucket, Key=key)["ContentLength"])
    except ClientError as error:
        raise _missing(error, key) from error


def sha256(bucket: str, key: str) -> str:
    """The hash of an object's content, read in pieces; raises ObjectMissing."""
    digest = hashlib.sha256()
    try:
        body = _client().get_object(Bucket=bucket, Key=key)["Body"]
    except ClientError as error:
        raise _missing(error, key) from error
    for piece in body.iter_chunks(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def read(bucket: str, key: str, *, first_bytes: int | None = None) -> bytes:
    """An object's content, or its beginning; raises ObjectMissing."""
    extra = {"Range": f"bytes=0-{first_bytes - 1}"} if first_bytes else {}
    try:
        body = _client().get_object(Bucket=bucket, Key=key, **extra)["Body"]
    except ClientError as error:
        raise _missing(error, key) from error
    content: bytes = body.read()
    return content


def write(bucket: str, key: str, content: bytes, *, content_type: str) -> None:
    """Store an object."""
    _client().put_object(Bucket=bucket, Key=key, Body=content, ContentType=content_type)


def copy(*, source_bucket: str, source: str, bucket: str, key: str, cache_control: str) -> None:
    """Copy an object, keeping its content type; raises ObjectMissing."""
    kept = {}
    try:
        kept["ContentType"] = _client().head_object(Bucket=source_bucket, Key=source)["ContentType"]
        _client().copy_object(
            Bucket=bucket,
            Key=key,
            CopySource={"Bucket": source_bucket, "Key": source},
            MetadataDirective="REPLACE",
            CacheControl=cache_control,
            **kept,
        )
    except ClientError as error:
        raise _missing(error, source) from error


def delete(bucket: str, key: str) -> None:
    """Remove an object; nothing happens when it is gone already."""
    _client().delete_object(Bucket=bucket, Key=key)


def delete_prefixes(*, bucket: str, prefixes: Sequence[str]) -> None:
    """Remove every object under each folder; what is gone already is no fault.

    Raises ValueError for what is no folder, and NotRemoved.
    """
    require_folders(prefixes)
    pages = _client().get_paginator("list_objects_v2")
    keys = (
        {"Key": found["Key"]}
        for prefix in prefixes
        for page in pages.paginate(
            Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": KEYS_A_CALL}
        )
        for found in page.get("Contents", [])
    )
    while batch := list(islice(keys, KEYS_A_CALL)):
        answer = _client().delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        if kept := answer.get("Errors"):
            raise NotRemoved(f"{len(kept)} objects, the first: {kept[0].get('Code')}")


def require_folders(prefixes: Iterable[str]) -> None:
    """Raises ValueError unless each names a folder below the bucket's root."""
    for prefix in prefixes:
        # An empty one would empty the bucket; one cut short would take its neighbours along.
        if not prefix.endswith("/") or not all(prefix[:-1].split("/")):
            raise ValueError(f"no folder: {prefix!r}")


def _missing(error: ClientError, key: str) -> Exception:
    code = error.response["Error"]["Code"]
    return ObjectMissing(key) if code in {"404", "NoSuchKey", "NotFound"} else error
