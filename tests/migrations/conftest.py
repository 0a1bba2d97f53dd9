from collections.abc import Callable, Iterator
from uuid import uuid4

import psycopg
import pytest

from chalicelib.migrations.upgrade import upgrade_database


@pytest.fixture(scope="module")
def make_database(postgres) -> Iterator[Callable[[], str]]:
    """Answers the URL of a new, empty database."""
    names = []

    def make() -> str:
        names.append(f"migrations_{uuid4().hex}")
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as server:
            server.execute(f"CREATE DATABASE {names[-1]}")
        return postgres.url(names[-1])

    yield make
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as server:
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def migrated_url(make_database) -> str:
    url = make_database()
    upgrade_database(url)
    return url


@pytest.fixture
def migrated(migrated_url) -> Iterator[psycopg.Connection]:
    """A connection to a migrated database; whatever the test writes is rolled back."""
    with psycopg.connect(migrated_url) as connection:
        yield connection
        connection.rollback()
