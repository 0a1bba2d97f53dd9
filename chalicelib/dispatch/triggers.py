"""What the Lambdas that no request starts do with their events."""

import json
from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.data_classes.rabbit_mq_event import RabbitMQEvent
from pydantic import ValidationError

from chalicelib.contracts.jobs import JobMessage
from chalicelib.dispatch import service
from chalicelib.kit import queue
from chalicelib.kit.log import LOG
from chalicelib.styles.inspection import inspect_artwork


def receive_job_messages(event: dict[str, Any]) -> dict[str, int]:
    """An `aws:rmq` event: what can't be read is parked, so that it never blocks its batch.

    Raises only when database or broker are away; then the whole batch comes back.
    """
    readable, parked = [], 0
    for messages in RabbitMQEvent(event).rmq_messages_by_queue.values():
        for message in messages:
            try:
                readable.append(JobMessage.model_validate_json(message.decoded_data))
            except (ValidationError, ValueError):
                LOG.exception("message parked")
                queue.park(message.data.encode())
                parked += 1
    service.receive(readable)
    return {"received": len(readable), "parked": parked}


def inspect_artworks(records: list[str]) -> None:
    """S3 notifications out of SQS messages; the one at set-up carries no records."""
    for body in records:
        for record in json.loads(body).get("Records", []):
            inspect_artwork(object_key=unquote_plus(record["s3"]["object"]["key"]))
