"""What must happen after a commit, written down before it.

A row is leased, sent with no transaction open, then marked: a crash in between sends it twice,
never not at all, so every receiver must bear a repetition.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Identity,
    Index,
    Row,
    String,
    and_,
    delete,
    exists,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from chalicelib.kit import clock, queue, storage
from chalicelib.kit.db import Base, transaction
from chalicelib.kit.log import LOG
from chalicelib.kit.settings import settings

BATCH = 50
PREFIXES_A_ROW = 100
# The last batch still ends within the 55 s of the schedule's function.
RELAY_SECONDS = 35
KEPT = timedelta(days=7)
FORGOTTEN_AT_ONCE = 10_000
_ADDED = "outbox_ids"


class OutboxTopic(StrEnum):
    """What is to be done with a row."""

    PUBLISH = "publish"
    COPY_OBJECT = "copy_object"
    DELETE_OBJECT = "delete_object"
    DELETE_PREFIX = "delete_prefix"


class Outbox(Base):
    """A thing to do after the commit of the transaction that wrote it."""

    __tablename__ = "outbox"
    __table_args__ = (
        # The sweep looks only at what is left, however long the history.
        Index("ix_outbox_unsent", "id", postgresql_where=text("sent_at IS NULL")),
        Index("ix_outbox_sent_at", "sent_at"),
        {"schema": "system"},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    topic: Mapped[str] = mapped_column(String(32))
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    last_error: Mapped[str | None] = mapped_column(String(500))


def add_message(
    db: Session, *, queue_name: str, payload: dict[str, Any], delay_seconds: int = 0
) -> None:
    """Publish to RabbitMQ after the commit."""
    _add(
        db,
        OutboxTopic.PUBLISH,
        {"queue": queue_name, "payload": payload, "delay_seconds": delay_seconds},
    )


def add_copy(
    db: Session, *, source_bucket: str, source: str, bucket: str, key: str, cache_control: str
) -> None:
    """Copy an S3 object after the commit."""
    _add(
        db,
        OutboxTopic.COPY_OBJECT,
        {
            "source_bucket": source_bucket,
            "source": source,
            "bucket": bucket,
            "key": key,
            "cache_control": cache_control,
        },
    )


def add_delete(db: Session, *, bucket: str, key: str) -> None:
    """Remove an S3 object after the commit; a copy to it that has not begun never will."""
    _withdraw_copies(db, Outbox.payload["key"].astext == key)
    _add(db, OutboxTopic.DELETE_OBJECT, {"bucket": bucket, "key": key})


def add_delete_prefixes(db: Session, *, bucket: str, prefixes: Sequence[str]) -> None:
    """Remove all objects under these folders; copies into them that have not begun never will.

    Left to the next sweep: no request has the time for thousands. Raises ValueError for what is
    no folder.
    """
    storage.require_folders(prefixes)
    if not prefixes:
        return
    key, here = Outbox.payload["key"].astext, Outbox.payload["bucket"].astext == bucket
    copies = db.execute(select(Outbox.id, key.label("key")).where(_is_open_copy(), here)).all()
    folders = set(prefixes)
    into = {copy.id: copy.key for copy in copies if not folders.isdisjoint(_folders_of(copy.key))}
    withdrawn = _withdraw_copies(db, Outbox.id.in_(into)) if into else set()
    # What is being copied now may arrive after its folder was emptied: it gets its own removal.
    rows = [
        (OutboxTopic.DELETE_OBJECT, {"key": arriving})
        for number, arriving in into.items()
        if number not in withdrawn
    ]
    for start in range(0, len(prefixes), PREFIXES_A_ROW):
        some = prefixes[start : start + PREFIXES_A_ROW]
        rows.append((OutboxTopic.DELETE_PREFIX, {"prefixes": some}))
    db.execute(
        insert(Outbox),
        [{"topic": topic, "payload": {"bucket": bucket, **of}} for topic, of in rows],
    )


def added(db: Session) -> list[int]:
    """The rows that this session's transaction has written."""
    ids: list[int] = db.info.get(_ADDED, [])
    return ids


@contextmanager
def committing() -> Iterator[Session]:
    """One transaction, and after its commit the rows it wrote; what fails then, the sweep sends."""
    with transaction() as db:
        yield db
    if ids := added(db):
        try:
            relay(ids)
        except Exception:
            LOG.exception("outbox left to the sweep", count=len(ids))


def relay(ids: Sequence[int] | None = None) -> int:
    """Send these rows, or whatever was left behind; answers how many went out.

    What can't be sent, or would take too long, stays for the next minute's sweep.
    """
    if ids is not None:
        return _relay_batch(ids)
    until = time.monotonic() + RELAY_SECONDS
    sent = total = _relay_batch(None)
    while sent and time.monotonic() < until:
        sent = _relay_batch(None)
        total += sent
    return total


def forget_sent(db: Session) -> int:
    """Remove rows that were sent a week ago, so many at a time; answers how many."""
    old = (
        select(Outbox.id)
        .where(Outbox.sent_at < clock.now() - KEPT)
        .order_by(Outbox.sent_at)
        .limit(FORGOTTEN_AT_ONCE)
    )
    return len(db.execute(delete(Outbox).where(Outbox.id.in_(old)).returning(Outbox.id)).all())


def _withdraw_copies(db: Session, which: ColumnElement[bool]) -> set[int]:
    now = clock.now()
    free = or_(Outbox.leased_until.is_(None), Outbox.leased_until < now)
    withdrawn = (
        update(Outbox)
        .where(_is_open_copy(), free, which)
        .values(sent_at=now, last_error="withdrawn")
        .returning(Outbox.id)
    )
    return set(db.execute(withdrawn).scalars())


def _folders_of(key: str) -> list[str]:
    names = key.split("/")
    return ["/".join(names[:depth]) + "/" for depth in range(1, len(names))]


def _is_open_copy() -> ColumnElement[bool]:
    return and_(Outbox.sent_at.is_(None), Outbox.topic == OutboxTopic.COPY_OBJECT)


def _relay_batch(ids: Sequence[int] | None) -> int:
    rows = _lease(ids)
    messages = [row for row in rows if row.topic == OutboxTopic.PUBLISH]
    objects = [row for row in rows if row.topic != OutboxTopic.PUBLISH]
    failures = _publish(messages)
    with ThreadPoolExecutor(max_workers=8) as pool:
        for row, error in zip(objects, pool.map(_try_object, objects), strict=True):
            if error:
                failures[row.id] = error
    _record([row.id for row in rows if row.id not in failures], failures)
    return len(rows) - len(failures)


def _add(db: Session, topic: OutboxTopic, payload: dict[str, Any]) -> None:
    number = db.execute(
        insert(Outbox).values(topic=topic, payload=payload).returning(Outbox.id)
    ).scalar_one()
    db.info.setdefault(_ADDED, []).append(number)


def _lease(ids: Sequence[int] | None) -> list[Row[tuple[int, str, dict[str, Any]]]]:
    now = clock.now()
    free = or_(Outbox.leased_until.is_(None), Outbox.leased_until < now)
    earlier = aliased(Outbox)
    # One object's rows go out in their order: a removal waits for the copy under way.
    in_turn = ~exists().where(
        earlier.sent_at.is_(None),
        earlier.id < Outbox.id,
        earlier.topic != OutboxTopic.PUBLISH,
        earlier.payload["key"].astext == Outbox.payload["key"].astext,
    )
    wanted = (
        select(Outbox.id)
        .where(Outbox.sent_at.is_(None), free, in_turn)
        .order_by(Outbox.tries, Outbox.id)
    )
    wanted = wanted.where(Outbox.id.in_(ids)) if ids is not None else wanted.limit(BATCH)
    lease = timedelta(seconds=settings().outbox_lease_seconds)
    with transaction() as db:
        rows = db.execute(
            update(Outbox)
            .where(Outbox.id.in_(wanted.with_for_update(skip_locked=True)))
            .values(leased_until=now + lease, tries=Outbox.tries + 1)
            .returning(Outbox.id, Outbox.topic, Outbox.payload)
        ).all()
    return sorted(rows, key=lambda row: row.id)


def _publish(rows: Sequence[Row[tuple[int, str, dict[str, Any]]]]) -> dict[int, str]:
    if not rows:
        return {}
    try:
        queue.publish(queue.Message(**row.payload) for row in rows)
    except queue.Unroutable as error:
        if len(rows) == 1:
            LOG.exception("message that no queue takes", outbox_id=rows[0].id)
            return {rows[0].id: str(error)}
        # One of them; the others must not wait for it.
        return {number: text for row in rows for number, text in _publish([row]).items()}
    except queue.PublishFailed as error:
        LOG.exception("messages wait in the outbox", count=len(rows))
        return {row.id: str(error) for row in rows}
    return {}


def _try_object(row: Row[tuple[int, str, dict[str, Any]]]) -> str | None:
    try:
        if row.topic == OutboxTopic.DELETE_OBJECT:
            storage.delete(**row.payload)
        elif row.topic == OutboxTopic.DELETE_PREFIX:
            storage.delete_prefixes(**row.payload)
        else:
            storage.copy(**row.payload)
    except storage.ObjectMissing:
        # Its owner withdrew it meanwhile; trying again can't bring it back.
        LOG.warning("nothing to copy", key=row.payload["source"])
    except Exception as error:
        LOG.exception("object waits in the outbox", outbox_id=row.id)
        return str(error)
    return None


def _record(sent: list[int], failures: dict[int, str]) -> None:
    with transaction() as db:
        if sent:
            db.execute(update(Outbox).where(Outbox.id.in_(sent)).values(sent_at=clock.now()))
        for number, error in failures.items():
            db.execute(
                update(Outbox)
                .where(Outbox.id == number)
                .values(leased_until=None, last_error=error[:500])
            )
