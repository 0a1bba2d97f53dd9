"""The events Lambda's sources hand to a function, as AWS documents them."""

import base64
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from local.functions import ACCOUNT

REGION = "ap-northeast-2"
# amqp's name for a property, and the event's.
PROPERTIES = {
    "content_type": "contentType",
    "content_encoding": "contentEncoding",
    "delivery_mode": "deliveryMode",
    "priority": "priority",
    "correlation_id": "correlationId",
    "reply_to": "replyTo",
    "expiration": "expiration",
    "message_id": "messageId",
    "type": "type",
    "user_id": "userId",
    "app_id": "appId",
}


def rabbitmq_event(queue: str, messages: Iterable[Any], *, vhost: str = "/") -> dict[str, Any]:
    """A batch of `amqp` messages of one queue."""
    return {
        "eventSource": "aws:rmq",
        "eventSourceArn": f"arn:aws:mq:{REGION}:{ACCOUNT}:broker:local:b-0",
        "rmqMessagesByQueue": {f"{queue}::{vhost}": [_rabbitmq_record(each) for each in messages]},
    }


def _rabbitmq_record(message: Any) -> dict[str, Any]:
    body = message.body if isinstance(message.body, bytes) else message.body.encode()
    given = message.properties
    headers = given.get("application_headers") or {}
    return {
        "basicProperties": {
            **{name: given.get(property_) for property_, name in PROPERTIES.items()},
            "headers": {name: _header(value) for name, value in headers.items()},
            "timestamp": _timestamp(given.get("timestamp")),
            "clusterId": None,
            "bodySize": len(body),
        },
        "redelivered": bool(message.delivery_info["redelivered"]),
        "data": base64.b64encode(body).decode(),
    }


def _header(value: Any) -> Any:
    # Text arrives as a list of bytes, numbers as they are.
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return {"bytes": list(value)}
    return [_header(part) for part in value] if isinstance(value, list) else value


def _timestamp(seconds: Any) -> str | None:
    if seconds is None:
        return None
    moment = seconds if isinstance(seconds, datetime) else datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%b} {moment.day}, {moment.year}, {moment.hour % 12 or 12}:{moment:%M:%S %p}"


def sqs_event(messages: Iterable[Mapping[str, Any]], *, queue: str) -> dict[str, Any]:
    """Messages as `receive_message` gives them."""
    return {"Records": [_sqs_record(message, queue) for message in messages]}


def _sqs_record(message: Mapping[str, Any], queue: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": dict(message.get("MessageAttributes", {})),
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
        "awsRegion": REGION,
    }


def schedule_event(rule: str) -> dict[str, Any]:
    """EventBridge's clock ticking for one rule."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}"],
        "detail": {},
    }
