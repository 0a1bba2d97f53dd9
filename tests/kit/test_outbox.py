"""What a transaction promised happens after its commit, whatever dies in between."""

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chalicelib.kit import outbox, queue, storage
from chalicelib.kit.db import transaction
from chalicelib.kit.outbox import Outbox
from chalicelib.kit.settings import settings
from local.rabbitmq import Rabbit


def waiting() -> int:
    with transaction() as db:
        return db.execute(
            select(func.count()).select_from(Outbox).where(Outbox.sent_at.is_(None))
        ).scalar_one()


def arrived(name: str) -> list[bytes]:
    found = []
    with queue._connection() as connection, connection.channel() as channel:
        while message := channel.basic_get(name, no_ack=True):
            found.append(message.body)
    return found


def test_a_message_goes_out_after_the_commit(db_clean: None, broker: Rabbit) -> None:
    with outbox.committing() as db:
        outbox.add_message(db, queue_name="image_generation", payload={"n": 1})
        assert arrived("image_generation") == []
    assert [
        body.decode() if isinstance(body, bytes) else body for body in arrived("image_generation")
    ] == ['{"n": 1}']
    assert waiting() == 0


def test_a_rolled_back_promise_is_no_promise(db_clean: None, broker: Rabbit) -> None:
    def promise_and_fail() -> None:
        with outbox.committing() as db:
            outbox.add_message(db, queue_name="image_generation", payload={"n": 1})
            raise RuntimeError("undo")

    with pytest.raises(RuntimeError, match="undo"):
        promise_and_fail()
    assert outbox.relay() == 0
    assert arrived("image_generation") == []


def test_without_a_broker_the_request_succeeds_and_the_row_waits(
    db_clean: None, broker: Rabbit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMQP_URL", "amqp://nobody:x@127.0.0.1:9/%2F")
    settings.cache_clear()
    with outbox.committing() as db:
        outbox.add_message(db, queue_name="image_generation", payload={"n": 2})
    assert waiting() == 1
    monkeypatch.setenv("AMQP_URL", broker.url)
    settings.cache_clear()
    assert outbox.relay() == 1
    assert len(arrived("image_generation")) == 1


def test_killed_between_commit_and_publish_the_message_still_goes_out(
    db_clean: None, broker: Rabbit
) -> None:
    script = (
        "import os, signal\n"
        "from chalicelib.kit import outbox\n"
        "outbox.relay = lambda ids: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with outbox.committing() as db:\n"
        "    outbox.add_message(db, queue_name='image_generation', payload={'n': 3})\n"
    )
    died = subprocess.run([sys.executable, "-c", script], check=False, timeout=30)
    assert died.returncode == -signal.SIGKILL
    assert waiting() == 1
    assert outbox.relay() == 1
    assert len(arrived("image_generation")) == 1


def test_killed_in_mid_sending_the_lease_runs_out_and_it_is_sent_again(
    db_clean: None, broker: Rabbit
) -> None:
    with transaction() as db:
        outbox.add_message(db, queue_name="image_generation", payload={"n": 4})
    outbox._lease(None)
    assert outbox.relay() == 0
    with transaction() as db:
        db.execute(
            update(Outbox).values(leased_until=func.now() - func.make_interval(0, 0, 0, 0, 0, 1))
        )
    assert outbox.relay() == 1


def test_two_relays_at_once_send_each_row_once(db_clean: None, broker: Rabbit) -> None:
    with transaction() as db:
        for number in range(40):
            outbox.add_message(db, queue_name="image_generation", payload={"n": number})
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: outbox.relay(), range(4))) == 40
    assert len(arrived("image_generation")) == 40


def test_a_message_that_finds_no_queue_is_no_success(db_clean: None, broker: Rabbit) -> None:
    with pytest.raises(queue.PublishFailed):
        queue.publish([queue.Message("no_such_queue", {})])


def test_a_delayed_message_comes_late_but_comes(db_clean: None, broker: Rabbit) -> None:
    queue.publish([queue.Message("image_generation", {"n": 5}, delay_seconds=1)])
    assert arrived("image_generation") == []
    time.sleep(1.6)
    assert len(arrived("image_generation")) == 1


def test_objects_are_copied_and_removed_and_a_missing_one_blocks_nothing(db_clean: None) -> None:
    storage.write("private", "a/1", b"one", content_type="image/png")
    with outbox.committing() as db:
        for source in ("a/1", "a/none"):
            outbox.add_copy(
                db,
                source_bucket="private",
                source=source,
                bucket="images",
                key=f"public/{source}",
                cache_control="public",
            )
    assert storage.read("images", "public/a/1") == b"one"
    assert waiting() == 0
    with outbox.committing() as db:
        outbox.add_delete(db, bucket="images", key="public/a/1")
    with pytest.raises(storage.ObjectMissing):
        storage.read("images", "public/a/1")


def add_copy(db: Session, key: str) -> None:
    outbox.add_copy(
        db, source_bucket="private", source="a/1", bucket="images", key=key, cache_control="public"
    )


def test_what_is_withdrawn_before_its_copy_begins_never_becomes_public(db_clean: None) -> None:
    storage.write("private", "a/1", b"one", content_type="image/png")
    with transaction() as db:
        add_copy(db, "public/w1")
    with outbox.committing() as db:
        outbox.add_delete(db, bucket="images", key="public/w1")
    assert outbox.relay() == 0
    assert waiting() == 0
    with pytest.raises(storage.ObjectMissing):
        storage.read("images", "public/w1")


def test_a_removal_waits_for_the_copy_under_way(db_clean: None) -> None:
    storage.write("private", "a/1", b"one", content_type="image/png")
    with transaction() as db:
        add_copy(db, "public/w2")
    under_way = outbox._lease(None)
    with outbox.committing() as db:
        outbox.add_delete(db, bucket="images", key="public/w2")
    assert waiting() == 2
    assert outbox._try_object(under_way[0]) is None
    outbox._record([under_way[0].id], {})
    assert outbox.relay() == 1
    with pytest.raises(storage.ObjectMissing):
        storage.read("images", "public/w2")


def test_one_message_that_no_queue_takes_does_not_hold_up_the_others(
    db_clean: None, broker: Rabbit
) -> None:
    with outbox.committing() as db:
        for name in ("image_generation", "no_such_queue", "image_generation"):
            outbox.add_message(db, queue_name=name, payload={"n": 1})
    assert len(arrived("image_generation")) >= 2
    assert waiting() == 1
