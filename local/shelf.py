"""The files that outlive moto: `s3/<bucket>/<name>` with a `.json` beside it, tables, messages."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from local.cloud import client

# Of an object, besides its content.
KEPT_HEADERS = ("ContentType", "CacheControl", "ContentDisposition", "ContentEncoding", "Metadata")


class Shelf:
    """Copies between moto and a folder; `names` are the app's settings."""

    def __init__(self, folder: Path, *, endpoint: str, names: Mapping[str, str]) -> None:
        self._folder = folder
        self._names = names
        self._region = names["AWS_DEFAULT_REGION"]
        self._s3 = client("s3", endpoint=endpoint)
        self._sqs = client("sqs", endpoint=endpoint)
        self._dynamodb = client("dynamodb", endpoint=endpoint)

    def sync_object(self, bucket: str, key: str) -> None:
        """Make the file of one object what the object is now, or remove it."""
        content, about = self._paths(bucket, key)
        try:
            stored = self._s3.get_object(Bucket=bucket, Key=key)
        except ClientError:
            for path in (about, content):
                path.unlink(missing_ok=True)
            return
        headers = {name: stored[name] for name in KEPT_HEADERS if stored.get(name)}
        _replace(content, stored["Body"].read())
        # Last: an object counts as kept once this file is there.
        _replace(about, json.dumps({"Key": key, **headers}).encode())

    def sync_bucket(self, bucket: str) -> None:
        """After a change that names no key (a form post, a deletion of many): compare all."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        present = {
            entry["Key"]: entry["LastModified"].timestamp()
            for page in pages
            for entry in page.get("Contents", ())
        }
        for key in self._keys(bucket) - present.keys():
            self.sync_object(bucket, key)
        for key, modified in present.items():
            about = self._paths(bucket, key)[1]
            # moto counts whole seconds.
            if not about.exists() or about.stat().st_mtime < modified + 1:
                self.sync_object(bucket, key)

    def dump(self) -> None:
        """Write the sessions table and the messages nobody has finished."""
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=self._names["SESSIONS_TABLE"]
        )
        items = [item for page in pages for item in page["Items"]]
        _replace(self._folder / "sessions.json", json.dumps(items, default=_plain).encode())
        bodies = json.dumps([message.body for message in self._messages()])
        _replace(self._folder / "messages.json", bodies.encode())

    def load(self) -> int:
        """Put everything back; gives the number of objects."""
        objects = list(self._kept())
        for bucket, about, content in objects:
            self._s3.put_object(Bucket=bucket, Body=content, **about)
        for item in _read_json(self._folder / "sessions.json"):
            readable = {name: _restored(value) for name, value in item.items()}
            self._dynamodb.put_item(TableName=self._names["SESSIONS_TABLE"], Item=readable)
        queue = self._sqs.get_queue_url(QueueName=self._names["ARTWORK_QUEUE"])["QueueUrl"]
        for body in _read_json(self._folder / "messages.json"):
            self._sqs.send_message(QueueUrl=queue, MessageBody=body)
        return len(objects)

    def _messages(self) -> list[Any]:
        # Reading them through the API would hide them from the consumer for a while.
        queues = sqs_backends[DEFAULT_ACCOUNT_ID][self._region].queues
        messages: list[Any] = list(queues[self._names["ARTWORK_QUEUE"]]._messages)
        return messages

    def _kept(self) -> Iterator[tuple[str, dict[str, Any], bytes]]:
        for about in sorted(self._folder.glob("s3/*/*.json")):
            yield (
                about.parent.name,
                json.loads(about.read_bytes()),
                about.with_suffix(".object").read_bytes(),
            )

    def _keys(self, bucket: str) -> set[str]:
        return {about["Key"] for found, about, _ in self._kept() if found == bucket}

    def _paths(self, bucket: str, key: str) -> tuple[Path, Path]:
        # Keys may be longer than a file name, and hold anything.
        stem = self._folder / "s3" / bucket / hashlib.sha256(key.encode()).hexdigest()
        return stem.with_suffix(".object"), stem.with_suffix(".json")


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.urandom(4).hex()}.new")
    fresh.write_bytes(content)
    fresh.replace(path)


def _read_json(path: Path) -> list[Any]:
    return json.loads(path.read_bytes()) if path.exists() else []


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    raise TypeError(type(value))


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"bytes"}:
            return bytes.fromhex(value["bytes"])
        return {name: _restored(part) for name, part in value.items()}
    return [_restored(part) for part in value] if isinstance(value, list) else value
