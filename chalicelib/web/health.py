"""Whether we answer, and whether what we stand on does."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Literal

import boto3
from botocore.config import Config
from sqlalchemy import text

from chalicelib.kit import queue
from chalicelib.kit.db import transaction
from chalicelib.kit.fields import Out, Query
from chalicelib.kit.log import LOG
from chalicelib.kit.settings import settings
from chalicelib.web.endpoint import Routes, Who

routes = Routes()
TIMEOUT_SECONDS = 3
# Whoever asks all the time gets the last answer, and no dependency a load.
KEPT_SECONDS = 5.0


class HealthQuery(Query):
    """Query of GET /api/health."""

    deep: Literal["0", "1"] = "0"


class Dependency(Out):
    """One thing we stand on."""

    name: str
    status: Literal["ok", "unavailable"]
    latency_ms: float


class Health(Out):
    """`degraded` when a dependency is away; dependencies are null unless asked for."""

    status: Literal["ok", "degraded"]
    dependencies: list[Dependency] | None


@routes.endpoint("GET", "/health", who=Who.UNASKED, query=HealthQuery)
def health(*, query: HealthQuery) -> Health:
    """Liveness; with `deep=1` the state and latency of each dependency."""
    return _LAST.check() if query.deep == "1" else Health(status="ok", dependencies=None)


class _Last:
    def __init__(self) -> None:
        self._health: Health | None = None
        self._at = 0.0

    def check(self) -> Health:
        """The state of all dependencies, at most some seconds old."""
        if self._health is None or time.monotonic() - self._at > KEPT_SECONDS:
            with ThreadPoolExecutor(max_workers=len(_CHECKS)) as pool:
                found = list(pool.map(_try, _CHECKS.items()))
            fine = all(one.status == "ok" for one in found)
            self._health = Health(status="ok" if fine else "degraded", dependencies=found)
            self._at = time.monotonic()
        return self._health


def _try(check: tuple[str, Callable[[], None]]) -> Dependency:
    name, ask = check
    started = time.monotonic()
    try:
        ask()
    except Exception as error:
        LOG.warning("dependency does not answer", dependency=name, reason=type(error).__name__)
        status: Literal["ok", "unavailable"] = "unavailable"
    else:
        status = "ok"
    return Dependency(
        name=name, status=status, latency_ms=round((time.monotonic() - started) * 1000, 1)
    )


def _ask_database() -> None:
    with transaction() as db:
        db.execute(text("SELECT 1"))


def _ask_sessions() -> None:
    _client("dynamodb").get_item(
        TableName=settings().sessions_table, Key={"id": {"S": "health"}}, ConsistentRead=False
    )


def _ask_objects() -> None:
    _client("s3").list_objects_v2(Bucket=settings().image_bucket, Prefix="health", MaxKeys=1)


@cache
def _client(service: str) -> Any:
    config = Config(
        connect_timeout=TIMEOUT_SECONDS,
        read_timeout=TIMEOUT_SECONDS,
        retries={"total_max_attempts": 1},
    )
    return boto3.client(service, config=config)


_CHECKS: dict[str, Callable[[], None]] = {
    "database": _ask_database,
    "sessions": _ask_sessions,
    "objects": _ask_objects,
    "queue": queue.ping,
}
_LAST = _Last()
