"""Objects, sessions and waiting messages outlive the store's sudden death."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from local.cloud import client
from local.ports import free_port
from local.programs import listens
from local.settings import Ports, aws_environment
from tests.local.waiting import await_true

ROOT = Path(__file__).parents[2]
PORT = free_port()
NAMES = aws_environment(Ports(edge=0, aws=PORT, openid=0, runpod=0, toss=0))
PRIVATE, IMAGES = NAMES["PRIVATE_BUCKET"], NAMES["IMAGE_BUCKET"]


@pytest.fixture
def start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    for name, value in NAMES.items():
        monkeypatch.setenv(name, value)
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-m", "local.aws", "--port", str(PORT), "--folder", str(tmp_path)]
        started.append(subprocess.Popen(argv, cwd=ROOT, env={**os.environ, **NAMES}))
        await_true(listens(PORT))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def waiting_messages(sqs: Any) -> list[Any]:
    url = sqs.get_queue_url(QueueName=NAMES["ARTWORK_QUEUE"])["QueueUrl"]
    found: list[Any] = []
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += got
        for message in got:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def test_what_was_stored_is_there_after_kill_9(
    start: Callable[[], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    first = start()
    s3, dynamodb, sqs = client("s3"), client("dynamodb"), client("sqs")
    key = "artworks/한 글/1.png"
    s3.put_object(Bucket=PRIVATE, Key=key, Body=b"one", ContentType="image/png")
    s3.put_object(Bucket=PRIVATE, Key="loras/gone", Body=b"gone")
    s3.put_object(Bucket=PRIVATE, Key="loras/gone-too", Body=b"gone")
    s3.copy_object(
        Bucket=IMAGES,
        Key="public/1.png",
        CopySource={"Bucket": PRIVATE, "Key": key},
        MetadataDirective="REPLACE",
        ContentType="image/png",
        CacheControl="max-age=60",
    )
    post = s3.generate_presigned_post(PRIVATE, "uploads/form.png")
    answer = requests.post(post["url"], data=post["fields"], files={"file": b"form"}, timeout=30)
    assert answer.status_code == 204
    s3.delete_object(Bucket=PRIVATE, Key="loras/gone")
    s3.delete_objects(Bucket=PRIVATE, Delete={"Objects": [{"Key": "loras/gone-too"}]})
    item = {"id": {"S": "session"}, "blob": {"B": b"\x00\x01"}, "n": {"L": [{"N": "1"}]}}
    dynamodb.put_item(TableName=NAMES["SESSIONS_TABLE"], Item=item)
    await_true(lambda: "session" in _text(tmp_path / "sessions.json"))
    await_true(lambda: "1.png" in _text(tmp_path / "messages.json"))
    first.kill()
    first.wait()

    start()
    assert s3.get_object(Bucket=PRIVATE, Key=key)["Body"].read() == b"one"
    assert s3.get_object(Bucket=PRIVATE, Key="uploads/form.png")["Body"].read() == b"form"
    copied = s3.head_object(Bucket=IMAGES, Key="public/1.png")
    assert (copied["ContentType"], copied["CacheControl"]) == ("image/png", "max-age=60")
    assert s3.list_objects_v2(Bucket=PRIVATE)["KeyCount"] == 2
    found = dynamodb.get_item(TableName=NAMES["SESSIONS_TABLE"], Key={"id": {"S": "session"}})
    assert found["Item"] == item
    bodies = [message["Body"] for message in waiting_messages(sqs)]
    assert sum("1.png" in body for body in bodies) == 1


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""
