"""The events have the shape that AWS documents, as Powertools reads them."""

import base64

import amqp
from aws_lambda_powertools.utilities.data_classes import SQSEvent
from aws_lambda_powertools.utilities.data_classes.rabbit_mq_event import RabbitMQEvent

from local.events import rabbitmq_event, schedule_event, sqs_event


def test_a_rabbitmq_batch() -> None:
    message = amqp.Message(
        '{"job_id": 1}',
        content_type="application/json",
        delivery_mode=2,
        timestamp=2021,
        application_headers={"x-delivery-count": 2, "trace": "abc"},
    )
    message.delivery_info = {"redelivered": True}
    raw = rabbitmq_event("model_training", [message])
    event = RabbitMQEvent(raw)
    [record] = event.rmq_messages_by_queue["model_training::/"]
    assert event.event_source == "aws:rmq"
    assert record.json_data == {"job_id": 1}
    assert record.redelivered
    assert record.basic_properties.delivery_mode == 2
    assert record.basic_properties.body_size == 13
    assert record.basic_properties.timestamp == "Jan 1, 1970, 12:33:41 AM"
    assert record.basic_properties.headers == {
        "x-delivery-count": 2,
        "trace": {"bytes": [97, 98, 99]},
    }
    [plain] = raw["rmqMessagesByQueue"]["model_training::/"]
    assert base64.b64decode(plain["data"]) == b'{"job_id": 1}'


def test_an_sqs_message() -> None:
    received = {"MessageId": "m", "ReceiptHandle": "r", "Body": "{}", "Attributes": {"a": "1"}}
    [record] = SQSEvent(sqs_event([received], queue="artworks")).records
    assert (record.message_id, record.body) == ("m", "{}")
    assert record.event_source_arn.endswith(":artworks")


def test_a_schedule() -> None:
    event = schedule_event("sweep_jobs")
    assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")
    assert event["resources"][0].endswith("rule/sweep_jobs")
