"""One engine a process, one transaction a piece of work; the only place that commits."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import DateTime, Engine, MetaData, Select, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from chalicelib.kit.settings import settings

UNTESTED_SECONDS = 1.0

# Rows and selects whose columns the reader names; mypy can't follow those.
AnyRow = Any
AnySelect = Select[*tuple[Any, ...]]


class Base(DeclarativeBase):
    """The base of every table: aware times, and a name for each constraint."""

    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True)}
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


@cache
def engine() -> Engine:
    """The process's engine; connections are tested before use, since the database may restart."""
    url = settings().database_url.get_secret_value()
    made = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        # Changing it costs each checkout; reads are by far the most.
        isolation_level="AUTOCOMMIT",
        pool_size=4,
        max_overflow=12,
        connect_args={
            "connect_timeout": 5,
            "options": "-c statement_timeout=25000 -c lock_timeout=5000"
            " -c idle_in_transaction_session_timeout=15000"
            # On SSDs, which every database of ours lies on, PostgreSQL's 4 shuns good indexes.
            " -c random_page_cost=1.1",
        },
    )
    event.listen(made, "checkout", _ping_after_a_pause)
    event.listen(made, "checkin", _note_use)
    return made


def sql(text: str) -> str:
    """SQL with `:name` parameters as `rows` takes it."""
    return re.sub(r"(?<!:):(\w+)", r"%(\1)s", text.replace("%", "%%"))


def rows(db: Session, statement: str, given: Mapping[str, Any]) -> list[AnyRow]:
    """Rows as named tuples; raises psycopg's errors.

    Straight from psycopg: between it and the busiest reads SQLAlchemy would take as long as they.
    """
    connection = cast("psycopg.Connection[Any]", db.connection().connection.driver_connection)
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        return list(cursor.execute(statement, given))


def _note_use(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def _ping_after_a_pause(
    connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object
) -> None:
    # A database may restart, and a Lambda be frozen: but hardly within a second of work.
    if time.monotonic() - record.info.get("used_at", time.monotonic()) < UNTESTED_SECONDS:
        return
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        # The pool opens another and asks again.
        raise DisconnectionError from error


@contextmanager
def reading() -> Iterator[Session]:
    """Reads without BEGIN and COMMIT: each statement sees what was committed before it."""
    with Session(engine()) as db:
        yield db


@cache
def _for_transactions() -> Engine:
    return engine().execution_options(isolation_level="READ COMMITTED")


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    with Session(_for_transactions(), expire_on_commit=False) as db, db.begin():
        yield db
