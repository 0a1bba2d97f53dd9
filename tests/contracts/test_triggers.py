"""Events as AWS documents them reach the functions, and our own bridges make the same ones."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes.rabbit_mq_event import RabbitMQEvent
from chalice.app import CloudWatchEvent, Request, SQSEvent

from chalicelib.contracts.jobs import JobMessage
from chalicelib.dispatch import service, triggers
from local.events import schedule_event, sqs_event
from tests.contracts.examples import read_example

STYLE = "01a20600-0000-7000-8000-0000000057e1"
ARTWORKS = [
    f"artworks/{STYLE}/01a20600-0000-7000-8000-0000000a4001.png",
    f"artworks/{STYLE}/01a20600-0000-7000-8000-0000000a4002.jpg",
]


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What the triggers hand on."""
    handed: list[Any] = []
    monkeypatch.setattr(service, "receive", handed.extend)
    monkeypatch.setattr(
        triggers, "inspect_artwork", lambda *, object_key: handed.append(object_key)
    )
    return handed


def _bodies(name: str) -> list[str]:
    return [record.body for record in SQSEvent(read_example(f"lambda/{name}.json"), None)]


def test_a_rabbitmq_event_becomes_the_message_that_was_queued(received):
    told = triggers.receive_job_messages(read_example("lambda/rabbitmq.json"))
    assert told == {"received": 1, "parked": 0}
    assert received == [JobMessage.model_validate(read_example("queue/job.json"))]


def test_a_rabbitmq_event_names_queue_and_virtual_host():
    event = RabbitMQEvent(read_example("lambda/rabbitmq.json"))
    (queue,) = event.rmq_messages_by_queue
    (message,) = event.rmq_messages_by_queue[queue]
    assert queue == "image_generation::/"
    assert message.json_data == read_example("queue/job.json")
    assert message.redelivered is False


def test_an_unreadable_message_is_parked_and_the_rest_goes_on(received, monkeypatch):
    parked: list[bytes] = []
    monkeypatch.setattr(triggers.queue, "park", parked.append)
    event = read_example("lambda/rabbitmq.json")
    (messages,) = event["rmqMessagesByQueue"].values()
    messages.insert(0, {**messages[0], "data": "bm8gam9i"})
    assert triggers.receive_job_messages(event) == {"received": 1, "parked": 1}
    assert parked == [b"bm8gam9i"]


def test_s3_news_in_sqs_name_the_artworks_however_quoted(received):
    bodies = _bodies("sqs_artworks")
    assert "%2F" in bodies[1]
    assert "%2F" not in bodies[0]
    triggers.inspect_artworks(bodies)
    assert received == ARTWORKS


def test_the_test_event_at_set_up_names_no_artwork(received):
    (body,) = _bodies("s3_test_event_in_sqs")
    assert json.loads(body)["Event"] == "s3:TestEvent"
    triggers.inspect_artworks([body])
    assert received == []


def test_a_schedule_is_what_chalice_reads():
    event = CloudWatchEvent(read_example("lambda/schedule.json"), None)
    assert (event.source, event.detail_type, event.detail) == ("aws.events", "Scheduled Event", {})


def test_an_api_gateway_event_is_what_chalice_reads():
    request = Request(read_example("lambda/api_gateway.json"))
    assert (request.method, request.path) == ("GET", "/api/health")
    assert request.headers["accept-language"] == "ko"


def test_the_local_bridges_make_events_of_the_same_shape():
    documented = read_example("lambda/sqs_artworks.json")["Records"][0]
    message = {"MessageId": "1", "ReceiptHandle": "r", "Body": "{}", "Attributes": {}}
    (made,) = sqs_event([message], queue="style-license-artworks")["Records"]
    assert made.keys() == documented.keys()
    assert schedule_event("sweep_jobs").keys() == read_example("lambda/schedule.json").keys()
