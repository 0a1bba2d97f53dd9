"""Whole folders of objects go through the outbox, whatever dies in between."""

import signal
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from chalicelib.kit import clock, outbox, storage
from chalicelib.kit.db import transaction
from chalicelib.kit.outbox import Outbox


@pytest.fixture(autouse=True)
def empty(db_clean: None, s3: Any) -> None:
    for bucket in ("private", "images"):
        for found in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            storage.delete(bucket, found["Key"])


def put(*keys: str, bucket: str = "images") -> None:
    for key in keys:
        storage.write(bucket, key, b"x", content_type="image/png")


def keys_in(s3: Any, bucket: str = "images") -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def remove(*prefixes: str, bucket: str = "images") -> None:
    with outbox.committing() as db:
        outbox.add_delete_prefixes(db, bucket=bucket, prefixes=prefixes)


def add_copy(key: str) -> None:
    with transaction() as db:
        outbox.add_copy(
            db,
            source_bucket="private",
            source="a/1",
            bucket="images",
            key=key,
            cache_control="public",
        )


def waiting() -> int:
    with transaction() as db:
        return db.execute(
            select(func.count()).select_from(Outbox).where(Outbox.sent_at.is_(None))
        ).scalar_one()


def test_a_folder_goes_with_the_sweep_and_its_neighbours_stay(s3: Any) -> None:
    put("a/1/x/1.png", "a/1/2.png", "a/10/1.png", "a/2/1.png", "b/1/1.png")
    put("a/1/1.png", bucket="private")
    remove("a/1/", "b/1/")
    assert len(keys_in(s3)) == 5, "a request does not wait for it"
    assert outbox.relay() == 1
    assert keys_in(s3) == ["a/10/1.png", "a/2/1.png"]
    assert keys_in(s3, "private") == ["a/1/1.png"]
    assert waiting() == 0


def test_many_objects_in_many_folders_go_in_pages(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "KEYS_A_CALL", 3)
    put(*(f"a/1/{number}.png" for number in range(8)), "a/2/1.png", "a/3/1.png")
    storage.delete_prefixes(bucket="images", prefixes=["a/1/", "a/none/", "a/2/"])
    assert keys_in(s3) == ["a/3/1.png"]


def test_at_most_a_hundred_folders_are_one_row(s3: Any) -> None:
    put("a/0/1.png", "a/249/1.png")
    remove(*(f"a/{number}/" for number in range(250)))
    assert waiting() == 3
    assert outbox.relay() == 3
    assert keys_in(s3) == []


def test_nothing_to_remove_is_no_row() -> None:
    remove()
    assert waiting() == 0


@pytest.mark.parametrize("prefix", ["", "/", "a", "a/1", "/a/", "a//"])
def test_what_is_no_folder_is_refused(s3: Any, prefix: str) -> None:
    put("a/1/1.png")
    with pytest.raises(ValueError, match="no folder"):
        remove("b/", prefix)
    with pytest.raises(ValueError, match="no folder"):
        storage.delete_prefixes(bucket="images", prefixes=["a/1/", prefix])
    assert keys_in(s3) == ["a/1/1.png"]
    assert waiting() == 0


def test_a_copy_into_the_folder_that_has_not_begun_never_will(s3: Any) -> None:
    put("a/1", bucket="private")
    for key in ("public/1/n/x.png", "public/10/n/x.png"):
        add_copy(key)
    remove("public/0/", "public/1/")
    assert outbox.relay() == 2
    assert keys_in(s3) == ["public/10/n/x.png"]


def test_the_same_folder_in_another_bucket_voids_no_copy(s3: Any) -> None:
    put("a/1", bucket="private")
    add_copy("public/1/n/x.png")
    remove("public/1/", bucket="private")
    outbox.relay()
    assert keys_in(s3) == ["public/1/n/x.png"]


def test_a_copy_under_way_into_the_folder_is_waited_for(s3: Any) -> None:
    put("a/1", bucket="private")
    add_copy("public/1/n/x.png")
    (under_way,) = outbox._lease(None)
    remove("public/0/", "public/1/")
    remove("public/2/")
    assert outbox.relay() == 2, "folders do not wait, what is arriving does"
    assert outbox._try_object(under_way) is None
    assert outbox.relay() == 0
    outbox._record([under_way.id], {})
    assert outbox.relay() == 1
    assert keys_in(s3) == []


def test_killed_in_the_middle_of_a_folder_the_next_run_finishes(s3: Any) -> None:
    put(*(f"a/1/{number}.png" for number in range(9)))
    remove("a/1/", "a/2/")
    script = (
        "import os, signal\n"
        "from chalicelib.kit import outbox, storage\n"
        "storage.KEYS_A_CALL, calls = 4, []\n"
        "def stop(**_):\n"
        "    calls.append(1)\n"
        "    if len(calls) == 2:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "storage._client().meta.events.register('before-call.s3.DeleteObjects', stop)\n"
        "outbox.relay()\n"
    )
    died = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    assert len(keys_in(s3)) == 5
    assert outbox.relay() == 0, "its lease has not run out"
    with transaction() as db:
        db.execute(update(Outbox).values(leased_until=clock.now() - timedelta(seconds=1)))
    assert outbox.relay() == 1
    assert keys_in(s3) == []


def test_what_s3_kept_is_tried_again(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a/1/1.png")
    remove("a/1/")
    kept = {"Errors": [{"Key": "a/1/1.png", "Code": "InternalError"}]}
    with monkeypatch.context() as patch:
        patch.setattr(storage._client(), "delete_objects", lambda **_: kept)
        assert outbox.relay() == 0
    with transaction() as db:
        assert db.execute(select(Outbox.last_error)).scalar_one() == (
            "1 objects, the first: InternalError"
        )
    assert outbox.relay() == 1
    assert keys_in(s3) == []


def test_the_sweep_goes_on_until_nothing_is_left(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "BATCH", 2)
    put(*(f"a/{number}/1.png" for number in range(5)))
    for number in range(5):
        remove(f"a/{number}/")
    assert outbox.relay() == 5
    assert keys_in(s3) == []


def test_the_sweep_leaves_the_rest_when_its_time_is_over(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BATCH", 2)
    monkeypatch.setattr(outbox, "RELAY_SECONDS", 0)
    for number in range(5):
        remove(f"a/{number}/")
    assert [outbox.relay() for _ in range(4)] == [2, 2, 1, 0]


def test_what_was_sent_a_week_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    row = {"topic": "publish", "payload": {}, "created_at": now - timedelta(days=9)}
    with transaction() as db:
        db.execute(
            insert(Outbox),
            [
                {**row, "sent_at": sent_at}
                for sent_at in [now - timedelta(days=8)] * 3 + [now - timedelta(days=6), None]
            ],
        )
    monkeypatch.setattr(outbox, "FORGOTTEN_AT_ONCE", 2)
    with transaction() as db:
        assert [outbox.forget_sent(db) for _ in range(3)] == [2, 1, 0]
        assert db.execute(select(func.count()).select_from(Outbox)).scalar_one() == 2
