"""What the infrastructure templates create in AWS, made in the local stand-in."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import boto3
from botocore.config import Config

ARTWORKS_PREFIX = "artworks/"
RECEIVE_COUNT_MAX = 3
VISIBILITY_SECONDS = 30


def client(service: str, *, endpoint: str | None = None) -> Any:
    """A client of the stand-in; `endpoint` defaults to AWS_ENDPOINT_URL."""
    config = Config(
        connect_timeout=3,
        read_timeout=30,
        retries={"mode": "standard", "max_attempts": 5},
        s3={"addressing_style": "path"},
        signature_version="s3v4" if service == "s3" else None,
    )
    return boto3.client(service, endpoint_url=endpoint, config=config)


def create(*, endpoint: str, names: Mapping[str, str] = os.environ) -> None:
    """Buckets, queue, table; harmless when repeated. `names` are the app's settings."""
    create_stores(endpoint=endpoint, names=names)
    create_events(endpoint=endpoint, names=names)


def create_stores(*, endpoint: str, names: Mapping[str, str]) -> None:
    """The buckets, the tables and the artwork queue with its dead letters."""
    s3 = client("s3", endpoint=endpoint)
    for bucket in (names["PRIVATE_BUCKET"], names["IMAGE_BUCKET"]):
        with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
            region = {"LocationConstraint": names["AWS_DEFAULT_REGION"]}
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=region)
    _create_queue(client("sqs", endpoint=endpoint), names["ARTWORK_QUEUE"])
    for table in ("SESSIONS_TABLE", "LIMITS_TABLE"):
        _create_table(client("dynamodb", endpoint=endpoint), names[table])


def create_events(*, endpoint: str, names: Mapping[str, str]) -> None:
    """From now on each new artwork in the private bucket sends a message."""
    sqs = client("sqs", endpoint=endpoint)
    target = {
        "QueueArn": queue_arn(sqs, names["ARTWORK_QUEUE"]),
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": ARTWORKS_PREFIX}]}},
    }
    client("s3", endpoint=endpoint).put_bucket_notification_configuration(
        Bucket=names["PRIVATE_BUCKET"], NotificationConfiguration={"QueueConfigurations": [target]}
    )


def queue_arn(sqs: Any, name: str) -> str:
    """The name AWS knows a queue by."""
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn: str = attributes["Attributes"]["QueueArn"]
    return arn


def _create_queue(sqs: Any, name: str) -> None:
    dead = f"{name}-dead"
    sqs.create_queue(QueueName=dead)
    redrive = {
        "deadLetterTargetArn": queue_arn(sqs, dead),
        "maxReceiveCount": str(RECEIVE_COUNT_MAX),
    }
    attributes = {
        "VisibilityTimeout": str(VISIBILITY_SECONDS),
        "RedrivePolicy": json.dumps(redrive),
    }
    sqs.create_queue(QueueName=name, Attributes=attributes)


def _create_table(dynamodb: Any, name: str) -> None:
    with suppress(dynamodb.exceptions.ResourceInUseException):
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"},
        )
