"""RabbitMQ: a direct exchange, a quorum queue a subject, delay queues for retries, a parking queue.

Arguments of a queue can never change, so the names carry a version through the exchange's name.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp

from chalicelib.kit.settings import settings

EXCHANGE = "jobs.v1"
QUEUES = ("model_training", "image_generation")
PARKING = "jobs.parked"
DELIVERY_LIMIT = 5


class PublishFailed(Exception):
    """The broker is away, or a message found no queue."""


class Unroutable(PublishFailed):
    """The broker is there, but no queue takes the message."""


@dataclass(frozen=True)
class Message:
    """One message for one queue, after a delay of so many seconds (one of the retry delays)."""

    queue: str
    payload: dict[str, Any]
    delay_seconds: int = 0

    @property
    def routing_key(self) -> str:
        """The binding it takes."""
        return f"{self.queue}.retry.{self.delay_seconds}" if self.delay_seconds else self.queue


def declare_topology() -> None:
    """Create exchange, queues and bindings; run at deploy time, harmless when repeated."""
    with _connection() as connection, connection.channel() as channel:
        channel.exchange_declare(EXCHANGE, "direct", durable=True, auto_delete=False)
        _declare(channel, PARKING, {})
        for name in QUEUES:
            parked = {"x-dead-letter-exchange": EXCHANGE, "x-dead-letter-routing-key": PARKING}
            _declare(channel, name, {"x-delivery-limit": DELIVERY_LIMIT, **parked})
            for seconds in {delay for delay in settings().retry_delays if delay}:
                _declare(
                    channel,
                    f"{name}.retry.{seconds}",
                    {
                        "x-message-ttl": seconds * 1000,
                        "x-dead-letter-exchange": EXCHANGE,
                        "x-dead-letter-routing-key": name,
                        # Both are needed, else an expiring message may be lost on its way.
                        "x-dead-letter-strategy": "at-least-once",
                        "x-overflow": "reject-publish",
                    },
                )


def _declare(channel: Any, name: str, arguments: dict[str, Any]) -> None:
    channel.queue_declare(
        name,
        durable=True,
        auto_delete=False,
        arguments={"x-queue-type": "quorum", **arguments},
    )
    channel.queue_bind(name, EXCHANGE, routing_key=name)


def publish(messages: Iterable[Message]) -> None:
    """Publish and wait for each confirm; raises PublishFailed, after which any may have arrived."""
    try:
        with _connection() as connection, connection.channel() as channel:
            for message in messages:
                _publish(channel, message.routing_key, json.dumps(message.payload).encode())
    except amqp.ChannelError as error:
        raise Unroutable(str(error)) from error
    except (OSError, amqp.AMQPError) as error:
        raise PublishFailed(str(error)) from error


def ping() -> None:
    """Open a connection and close it; raises OSError or amqp.AMQPError."""
    with _connection():
        pass


def park(body: bytes) -> None:
    """Put a message that nobody can read aside for a person; raises PublishFailed."""
    try:
        with _connection() as connection, connection.channel() as channel:
            _publish(channel, PARKING, body)
    except (OSError, amqp.AMQPError) as error:
        raise PublishFailed(str(error)) from error


def _publish(channel: Any, routing_key: str, body: bytes) -> None:
    # mandatory: a confirm alone does not mean that a queue took it.
    channel.basic_publish_confirm(
        amqp.Message(body, content_type="application/json", delivery_mode=2),
        exchange=EXCHANGE,
        routing_key=routing_key,
        mandatory=True,
        timeout=5,
    )


def _connection() -> Any:
    # Opened for each use: a connection kept over a Lambda's freeze is dead without knowing it.
    url = urlsplit(settings().amqp_url.get_secret_value())
    return amqp.Connection(
        f"{url.hostname}:{url.port or (5671 if url.scheme == 'amqps' else 5672)}",
        userid=unquote(url.username or ""),
        password=unquote(url.password or ""),
        virtual_host=unquote(url.path[1:]) or "/",
        ssl=url.scheme == "amqps",
        connect_timeout=3,
        read_timeout=5,
        write_timeout=5,
        confirm_publish=True,
        heartbeat=0,
    )
