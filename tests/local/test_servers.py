"""The private database and broker start, keep what they hold, and stop."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import amqp
import psycopg

from local.postgres import Postgres
from local.programs import listens
from local.rabbitmq import Rabbit

DISTRIBUTION = Path(__file__).parents[2] / ".local" / "rabbitmq-dist"


def test_a_database_keeps_its_rows_and_its_password(tmp_path: Path) -> None:
    with Postgres(tmp_path, durable=False) as server:
        with psycopg.connect(server.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
        password = server.password
    again = Postgres(tmp_path, durable=False)
    with again, psycopg.connect(again.url()) as connection:
        assert again.password == password
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    assert not listens(again.port)()


def test_a_database_starts_after_a_sudden_end(tmp_path: Path) -> None:
    server = Postgres(tmp_path, durable=True).start()
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    assert server._server
    server._server.kill()
    server._server.wait()
    again = Postgres(tmp_path, durable=True)
    with again, psycopg.connect(again.url()) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def _connect(url: str) -> Any:
    parts = urlsplit(url)
    return amqp.Connection(
        f"{parts.hostname}:{parts.port}", userid=parts.username, password=parts.password
    )


def test_a_broker_keeps_its_messages_and_its_password(tmp_path: Path) -> None:
    quorum = {"x-queue-type": "quorum"}
    with Rabbit(tmp_path, distribution=DISTRIBUTION) as server, _connect(server.url) as connection:
        channel = connection.channel()
        channel.queue_declare("kept", durable=True, auto_delete=False, arguments=quorum)
        channel.confirm_select()
        channel.basic_publish_confirm(amqp.Message("hello", delivery_mode=2), routing_key="kept")
    again = Rabbit(tmp_path, distribution=DISTRIBUTION)
    with again, _connect(again.url) as connection:
        assert connection.channel().basic_get("kept", no_ack=True).body == "hello"
    assert not listens(again.port)()
