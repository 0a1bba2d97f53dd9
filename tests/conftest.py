"""Real PostgreSQL, RabbitMQ and S3 for a test process; the API behind its gateway."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import boto3
import psycopg
import pytest
from moto.server import ThreadedMotoServer

from local import cloud
from local.aws import make_updates_atomic
from local.gateway import Gateway
from local.postgres import Postgres
from local.rabbitmq import Rabbit
from tests.people import Cast

DISTRIBUTION = Path(__file__).parent.parent / ".local" / "rabbitmq-dist"
NAMES = {
    "STAGE": "local",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "PUBLIC_URL": "http://localhost:8000",
    "CDN_URL": "http://localhost:8000/media",
    "PRIVATE_BUCKET": "private",
    "IMAGE_BUCKET": "images",
    "ARTWORK_QUEUE": "artworks",
    "SESSIONS_TABLE": "sessions",
    "LIMITS_TABLE": "limits",
    "RATE_LIMITS": "off",
    "GOOGLE_CLIENT_ID": "client",
    "GOOGLE_CLIENT_SECRET": "client-secret",
    "OIDC_ISSUER": "http://127.0.0.1:9",
    "OPERATOR_EMAILS": "oscar@example.com",
    "INTERNAL_API_TOKEN": secrets.token_urlsafe(24),
    "INTERNAL_API_TOKEN_PREVIOUS": secrets.token_urlsafe(24),
    "RUNPOD_API_URL": "http://127.0.0.1:9/v2",
    "RUNPOD_API_KEY": "runpod-key",
    "RUNPOD_TRAINING_ENDPOINT_ID": "training",
    "RUNPOD_INFERENCE_ENDPOINT_ID": "inference",
    "TOSS_API_URL": "http://127.0.0.1:9",
    "TOSS_SECRET_KEY": "test_sk_toss",
    "BASE_MODEL": "tiny",
    "RETRY_DELAYS_SECONDS": "0,1,2",
    "GENERATION_SLOTS": "2",
    "AMQP_URL": "amqp://nobody:nothing@127.0.0.1:9/%2F",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "ap-northeast-2",
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_LOG_LEVEL": "WARNING",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first, so that no process waits for them at the end."""
    items.sort(key=lambda item: not item.get_closest_marker("journey"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with Postgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def rabbit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rabbit]:
    with Rabbit(tmp_path_factory.mktemp("rabbit"), distribution=DISTRIBUTION) as server:
        yield server


@pytest.fixture(scope="session")
def stores(postgres: Postgres) -> Iterator[None]:
    """Database, buckets and tables, and the environment that names them."""
    make_updates_atomic()
    aws = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    aws.start()
    host, port = aws.get_host_and_port()
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE app")
    endpoint = f"http://{host}:{port}"
    os.environ.update(
        NAMES,
        DATABASE_URL=postgres.url("app"),
        AWS_ENDPOINT_URL=endpoint,
        S3_SIGNING_ENDPOINT_URL=endpoint,
    )
    cloud.create_stores(endpoint=endpoint, names=os.environ)
    from chalicelib.migrations.upgrade import upgrade_database  # noqa: PLC0415 - after the environment

    upgrade_database(os.environ["DATABASE_URL"])
    yield
    aws.stop()


@pytest.fixture
def db_clean(stores: None, postgres: Postgres) -> None:
    """Empty tables before each test."""
    empty_tables(postgres.url("app"))


def empty_tables(url: str) -> None:
    """Of every schema; the entries' trigger is asleep for that."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        tables = connection.execute(
            "SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') FROM pg_tables"
            " WHERE schemaname IN"
            " ('auth', 'token', 'style', 'generation', 'community', 'tagging', 'system')"
            " AND tablename <> 'alembic_version'"
        ).fetchone()
        assert tables
        connection.execute(f"TRUNCATE {tables[0]} CASCADE")


@pytest.fixture
def gateway(db_clean: None) -> Gateway:
    import app as application  # noqa: PLC0415 - reads the environment

    return Gateway(application.app)


@pytest.fixture
def cast(gateway: Gateway) -> Cast:
    """Alice (artist), Bob (buyer), Carol (another), Oscar (operator), made when first named."""
    return Cast(gateway)


@pytest.fixture
def broker(rabbit: Rabbit, stores: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rabbit]:
    """The queues, declared and empty."""
    from chalicelib.kit import queue  # noqa: PLC0415
    from chalicelib.kit.settings import settings  # noqa: PLC0415

    monkeypatch.setenv("AMQP_URL", rabbit.url)
    settings.cache_clear()
    queue.declare_topology()
    with queue._connection() as connection, connection.channel() as channel:
        for name in (*queue.QUEUES, queue.PARKING):
            channel.queue_purge(name)
    yield rabbit
    settings.cache_clear()


@pytest.fixture
def s3(stores: None) -> object:
    return boto3.client("s3")
