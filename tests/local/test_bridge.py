"""The bridges call the app's functions as AWS would, whatever happens to the broker."""

import base64
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import amqp
import pytest

from local.bridge import QUEUES
from local.rabbitmq import Rabbit
from tests.local.waiting import await_true

ROOT = Path(__file__).parents[2]
# Notes each call; refuses every batch while the file `refuse` is there.
APP = """
    import json, os, pathlib
    folder = pathlib.Path(os.environ["FOLDER"])
    def _note(name, event, context):
        with (folder / "calls").open("a") as calls:
            left = context.get_remaining_time_in_millis()
            calls.write(json.dumps([name, event, left, context.aws_request_id]) + chr(10))
    def dispatch_jobs(event, context):
        if (folder / "refuse").exists():
            (folder / "refused").touch()
            raise ValueError("not now")
        _note("dispatch_jobs", event, context)
    def relay_outbox(event, context):
        _note("relay_outbox", event, context)
    def sweep_jobs(event, context):
        _note("sweep_jobs", event, context)
        raise ValueError("the sweep is broken")
    def greet(event, context):
        return {"hello": event["name"]}
    """


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(textwrap.dedent(APP))
    return tmp_path


def calls(folder: Path) -> list[Any]:
    path = folder / "calls"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def environment(folder: Path, **more: str) -> dict[str, str]:
    paths = os.pathsep.join([str(folder), str(ROOT)])
    return {**os.environ, "FOLDER": str(folder), "PYTHONPATH": paths, **more}


def bridge(folder: Path, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-m", "local.bridge", *arguments]
    # Not the project's folder: there lies the real app.
    return subprocess.Popen(argv, cwd=folder, env=environment(folder, **more))


def connect(url: str) -> Any:
    parts = urlsplit(url)
    return amqp.Connection(
        f"{parts.hostname}:{parts.port}", userid=parts.username, password=parts.password
    )


def publish(url: str, count: int) -> None:
    with connect(url) as connection:
        channel = connection.channel()
        for number in range(count):
            message = amqp.Message(str(number), delivery_mode=2)
            channel.basic_publish_confirm(message, routing_key=QUEUES[1])


def depth(url: str) -> int:
    with connect(url) as connection:
        count: int = connection.channel().queue_declare(QUEUES[1], passive=True).message_count
        return count


@pytest.fixture
def broker(rabbit: Rabbit) -> Iterator[str]:
    with connect(rabbit.url) as connection:
        channel = connection.channel()
        for queue in QUEUES:
            channel.queue_delete(queue)
            arguments = {"x-queue-type": "quorum"}
            channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
    yield rabbit.url
    with connect(rabbit.url) as connection:
        for queue in QUEUES:
            connection.channel().queue_delete(queue)


def test_messages_arrive_in_batches_and_return_whole_when_refused(
    broker: str, folder: Path
) -> None:
    (folder / "refuse").touch()
    process = bridge(folder, "rabbitmq", AMQP_URL=broker)
    publish(broker, 3)
    await_true((folder / "refused").exists)
    assert calls(folder) == []
    (folder / "refuse").unlink()
    await_true(lambda: handled(folder) == {"0", "1", "2"})
    process.terminate()
    assert process.wait(60) == 0
    assert depth(broker) == 0
    name, event, left, _ = calls(folder)[0]
    assert name == "dispatch_jobs"
    assert event["eventSource"] == "aws:rmq"
    assert any(record["redelivered"] for record in records(folder))
    assert left > 10_000


def handled(folder: Path) -> set[str]:
    return {base64.b64decode(record["data"]).decode() for record in records(folder)}


def records(folder: Path) -> list[Any]:
    return [
        record
        for _, event, _, _ in calls(folder)
        for batch in event["rmqMessagesByQueue"].values()
        for record in batch
    ]


def test_a_message_in_hand_survives_the_bridges_sudden_end(broker: str, folder: Path) -> None:
    (folder / "refuse").touch()
    first = bridge(folder, "rabbitmq", AMQP_URL=broker)
    publish(broker, 1)
    await_true((folder / "refused").exists)
    first.send_signal(signal.SIGKILL)
    first.wait()
    (folder / "refuse").unlink()
    second = bridge(folder, "rabbitmq", AMQP_URL=broker)
    await_true(lambda: handled(folder) == {"0"})
    second.terminate()
    assert second.wait(60) == 0


def test_the_bridge_finds_a_restarted_broker_again(tmp_path: Path, folder: Path) -> None:
    dist = ROOT / ".local" / "rabbitmq-dist"
    server = Rabbit(tmp_path / "broker", distribution=dist).start()
    with connect(server.url) as connection:
        for queue in QUEUES:
            arguments = {"x-queue-type": "quorum"}
            connection.channel().queue_declare(
                queue, durable=True, auto_delete=False, arguments=arguments
            )
    process = bridge(folder, "rabbitmq", AMQP_URL=server.url)
    try:
        publish(server.url, 1)
        await_true(lambda: handled(folder) == {"0"})
        server.stop()
        server.start()
        publish(server.url, 2)
        await_true(lambda: handled(folder) == {"0", "1"})
    finally:
        process.terminate()
        process.wait(60)
        server.stop()


def test_the_schedule_calls_each_function_whatever_the_others_do(folder: Path) -> None:
    process = bridge(folder, "schedule", SWEEP_SECONDS="0.3")
    await_true(lambda: len(calls(folder)) >= 4)
    process.terminate()
    assert process.wait(60) == 0
    assert [name for name, *_ in calls(folder)][:4] == ["relay_outbox", "sweep_jobs"] * 2


def test_one_function_can_be_called_by_name(folder: Path) -> None:
    argv = [sys.executable, "-m", "local.bridge", "invoke", "greet", "--event", '{"name": "x"}']
    done = subprocess.run(
        argv, cwd=folder, env=environment(folder), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {"hello": "x"}
