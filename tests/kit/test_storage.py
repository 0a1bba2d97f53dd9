"""Signed URLs outlive what is promised of them, and stay the same for a while."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from chalicelib.kit import clock, storage

BEGUN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def expiry(url: str) -> datetime:
    said = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    signed = datetime.strptime(said["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return signed + timedelta(seconds=int(said["X-Amz-Expires"]))


def test_an_object_has_one_url_for_five_minutes(
    stores: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sign(seconds: int) -> str:
        monkeypatch.setattr(clock, "now", lambda: BEGUN + timedelta(seconds=seconds))
        return storage.sign_get("images", "of/five/minutes.png")

    first = sign(0)
    # A signature names its second.
    time.sleep(1.1)
    assert sign(299) == first
    assert sign(300) != first


def test_a_url_serves_for_fifteen_minutes_at_least(stores: None) -> None:
    url = storage.sign_get("images", "fresh.png")
    assert expiry(url) - datetime.now(UTC) > timedelta(minutes=19)
    # The oldest that is still handed out was signed five minutes ago.
    assert storage.SAME_URL_SECONDS <= 300


def test_it_reads_that_object(s3: Any) -> None:
    s3.put_object(Bucket="images", Key="read.png", Body=b"picture")
    assert requests.get(storage.sign_get("images", "read.png"), timeout=30).content == b"picture"
