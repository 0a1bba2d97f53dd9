"""One engine a process, one transaction a piece of work; the only place that commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import DateTime, Engine, MetaData, Row, Select, create_engine
from sqlalchemy.orm import DeclarativeBase, Session

from chalicelib.kit.settings import settings

# Rows and selects whose columns the reader names; mypy can't follow those.
AnyRow = Row[*tuple[Any, ...]]
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
    return create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_pre_ping=True,
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


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    with Session(engine(), expire_on_commit=False) as db, db.begin():
        yield db
