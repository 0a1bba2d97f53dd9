"""An empty platform for each history, and a RunPod that does as it is told."""

from collections.abc import Callable, Iterator

import pytest

from chalicelib.kit.settings import settings
from local.postgres import Postgres
from tests.conftest import empty_tables
from tests.faults import platform
from tests.faults.machine import Histories
from tests.faults.standin import serve


@pytest.fixture
def histories(
    stores: None, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], Histories]]:
    """Makes a machine on an empty platform; no message leaves its outbox, the machine reads it."""
    standin, server = serve()
    monkeypatch.setenv("RUNPOD_API_URL", f"{standin.url}/v2")
    monkeypatch.setenv("GENERATION_SLOTS", "2")
    settings.cache_clear()
    url = postgres.url("app")
    empty_tables(url)
    yield type(
        "OnThisPlatform",
        (Histories,),
        {"standin": standin, "empty": staticmethod(lambda: platform.empty(url))},
    )
    server.shutdown()
    server.server_close()
    settings.cache_clear()
