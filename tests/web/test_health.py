"""Liveness touches nothing; `deep=1` names each dependency (SPEC 4.12)."""

import pytest
from sqlalchemy import event

from chalicelib.kit.db import engine
from chalicelib.kit.settings import settings
from chalicelib.web import health
from local.rabbitmq import Rabbit
from tests.people import Cast


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_LAST", health._Last())


def test_liveness_asks_no_dependency(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    connected: list[object] = []
    event.listen(engine(), "checkout", lambda *found: connected.append(found))
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a connection was made"))
    bob = cast.visitor
    bob.cookies["session"] = "whatever"
    assert bob.get("/api/health").data == {"status": "ok", "dependencies": None}
    assert connected == []


def test_each_dependency_is_named_with_its_latency(cast: Cast, broker: Rabbit) -> None:
    found = cast.visitor.get("/api/health?deep=1").data
    assert found["status"] == "ok"
    assert {one["name"]: one["status"] for one in found["dependencies"]} == {
        "database": "ok",
        "sessions": "ok",
        "objects": "ok",
        "queue": "ok",
    }
    assert all(one["latency_ms"] > 0 for one in found["dependencies"])


def test_one_that_is_away_is_named(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMQP_URL", "amqp://nobody:nothing@127.0.0.1:9/%2F")
    settings.cache_clear()
    answer = cast.visitor.get("/api/health?deep=1")
    assert answer.status == 200
    assert answer.data["status"] == "degraded"
    states = {one["name"]: one["status"] for one in answer.data["dependencies"]}
    assert states["queue"] == "unavailable"
    assert states["database"] == "ok"
    settings.cache_clear()
