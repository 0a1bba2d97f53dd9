"""Stand-ins for what calls the app's functions in AWS: `python -m local.bridge SOURCE`.

`rabbitmq`, `sqs` and `schedule` run until stopped and survive restarts of what they listen to;
`invoke NAME` calls one function once.
"""

import argparse
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp

from local.cloud import client
from local.events import rabbitmq_event, schedule_event, sqs_event
from local.functions import invoke

QUEUES = ("model_training", "image_generation")
SCHEDULED = ("relay_outbox", "sweep_jobs")
BATCH_SIZE = 50
BATCH_WINDOW_SECONDS = 0.05
BACKOFF_SECONDS_MAX = 10.0

Call = Callable[[str, Any], Any]


class Stop:
    """Whether this process was asked to end."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._asked.set())

    def __bool__(self) -> bool:
        return self._asked.is_set()

    def wait(self, seconds: float) -> None:
        """Sleep, unless asked."""
        self._asked.wait(seconds)


def again_and_again(name: str, listen: Callable[[], None], stop: Stop) -> None:
    """Run `listen` anew whenever its connection breaks, with growing pauses."""
    pause = 0.25
    while not stop:
        began = time.monotonic()
        try:
            listen()
        except Exception as error:
            if stop:
                return
            if time.monotonic() - began > BACKOFF_SECONDS_MAX:
                pause = 0.25
            _say(f"{name}: {type(error).__name__}: {error}; again in {pause:.1f} s")
            stop.wait(pause)
            pause = min(pause * 2, BACKOFF_SECONDS_MAX)


class RabbitMQ:
    """Hands batches to `dispatch_jobs`, one call at a time, as an event source mapping does."""

    def __init__(self, url: str, call: Call, stop: Stop) -> None:
        self._url = urlsplit(url)
        self._call = call
        self._stop = stop
        self._waiting: dict[str, list[Any]] = {}

    def listen(self) -> None:
        """Consume until asked to stop; raises when the broker goes away."""
        connection = amqp.Connection(
            f"{self._url.hostname}:{self._url.port or 5672}",
            userid=unquote(self._url.username or ""),
            password=unquote(self._url.password or ""),
            virtual_host=unquote(self._url.path[1:]) or "/",
            ssl=self._url.scheme == "amqps",
            connect_timeout=5,
            heartbeat=30,
        )
        with connection:
            channel = connection.channel()
            channel.basic_qos(0, BATCH_SIZE, False)
            self._waiting = {queue: [] for queue in QUEUES}
            for queue, messages in self._waiting.items():
                channel.basic_consume(queue, callback=messages.append)
            _say(f"listening to {', '.join(QUEUES)}")
            while not self._stop:
                self._collect(connection)
                for queue in QUEUES:
                    self._hand_over(channel, queue)

    def _collect(self, connection: Any) -> None:
        self._drain(connection, 0.5)
        if any(self._waiting.values()):
            ends = time.monotonic() + BATCH_WINDOW_SECONDS
            while (left := ends - time.monotonic()) > 0:
                self._drain(connection, left)
        connection.heartbeat_tick()

    def _drain(self, connection: Any, seconds: float) -> None:
        # The time-out is the usual end; anything else means that the connection is gone.
        try:
            connection.drain_events(timeout=seconds)
        except TimeoutError:
            return

    def _hand_over(self, channel: Any, queue: str) -> None:
        messages = self._waiting[queue][:]
        self._waiting[queue].clear()
        if not messages:
            return
        try:
            self._call("dispatch_jobs", rabbitmq_event(queue, messages))
        except Exception as error:
            # One bad message sends the whole batch back, as in AWS.
            _say(f"dispatch_jobs failed: {type(error).__name__}: {error}")
            for message in messages:
                channel.basic_reject(message.delivery_tag, requeue=True)
            self._stop.wait(1)
            return
        for message in messages:
            channel.basic_ack(message.delivery_tag)


class Artworks:
    """Hands S3's news of each new artwork to `inspect_artworks`."""

    def __init__(self, call: Call, stop: Stop) -> None:
        self._call = call
        self._stop = stop
        self._queue = os.environ["ARTWORK_QUEUE"]

    def listen(self) -> None:
        """Poll until asked to stop; raises when the queue goes away."""
        sqs = client("sqs")
        url = sqs.get_queue_url(QueueName=self._queue)["QueueUrl"]
        _say(f"listening to {self._queue}")
        while not self._stop:
            answer = sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=1, WaitTimeSeconds=1, AttributeNames=["All"]
            )
            for message in answer.get("Messages", ()):
                self._hand_over(sqs, url, message)

    def _hand_over(self, sqs: Any, url: str, message: Any) -> None:
        try:
            self._call("inspect_artworks", sqs_event([message], queue=self._queue))
        except Exception as error:
            # Left alone it becomes visible again, and a dead letter after the third time.
            _say(f"inspect_artworks failed: {type(error).__name__}: {error}")
            return
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def run_schedule(call: Call, stop: Stop) -> None:
    """Call what EventBridge calls each minute."""
    seconds = float(os.environ.get("SWEEP_SECONDS", "60"))
    _say(f"calling {', '.join(SCHEDULED)} every {seconds:.0f} s")
    while not stop:
        began = time.monotonic()
        for name in SCHEDULED:
            try:
                call(name, schedule_event(name))
            except Exception as error:
                _say(f"{name} failed: {type(error).__name__}: {error}")
        stop.wait(max(0.0, seconds - (time.monotonic() - began)))


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    """Run one source, or call one function."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", choices=("rabbitmq", "sqs", "schedule", "invoke"))
    parser.add_argument("function", nargs="?")
    parser.add_argument("--event", type=json.loads, default={})
    options = parser.parse_args()
    stop = Stop()
    module = import_module("app")

    def call(name: str, event: Any) -> Any:
        return invoke(module, name, event)

    if options.source == "rabbitmq":
        again_and_again("rabbitmq", RabbitMQ(os.environ["AMQP_URL"], call, stop).listen, stop)
    elif options.source == "sqs":
        again_and_again("sqs", Artworks(call, stop).listen, stop)
    elif options.source == "schedule":
        run_schedule(call, stop)
    else:
        _say(json.dumps(call(options.function, options.event), default=str))


if __name__ == "__main__":
    main()
