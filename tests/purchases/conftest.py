"""A Toss that the tests tell what to answer."""

import os
from collections.abc import Iterator

import pytest

from chalicelib.kit.settings import settings
from tests.conftest import empty_tables
from tests.purchases.fake_toss import KEY, FakeToss, serving


@pytest.fixture(scope="session")
def toss_server() -> Iterator[FakeToss]:
    with serving() as toss:
        yield toss


@pytest.fixture
def toss(
    toss_server: FakeToss, stores: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeToss]:
    toss_server.forget()
    monkeypatch.setenv("TOSS_API_URL", toss_server.url)
    monkeypatch.setenv("TOSS_SECRET_KEY", KEY)
    settings.cache_clear()
    yield toss_server
    settings.cache_clear()


@pytest.fixture(scope="module")
def emptied(stores: None) -> None:
    """Empty tables before the first test of a file, whose tests each make a buyer of their own."""
    empty_tables(os.environ["DATABASE_URL"])
