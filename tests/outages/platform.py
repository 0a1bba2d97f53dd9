"""The real local stack with its wires through proxies, and all that can befall it."""

import asyncio
import dataclasses
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import requests

from local.programs import Program
from local.stack import build_stack
from local.supervisor import Supervisor
from tests.outages.wire import Wire

SETTINGS = {
    "SWEEP_SECONDS": "2",
    "SILENCE_SECONDS": "6",
    "RETRY_DELAYS_SECONDS": "0,1,2",
    "OUTBOX_LEASE_SECONDS": "4",
    "GENERATION_SLOTS": "6",
    "RATE_LIMITS": "off",
    "POWERTOOLS_LOG_LEVEL": "WARNING",
}
# What the app's processes reach over a wire.
WIRED = ("DATABASE_URL", "AMQP_URL", "RUNPOD_API_URL", "TOSS_API_URL", "AWS_ENDPOINT_URL")
START_SECONDS = 180.0


def await_true(what: str, check: Callable[[], object], *, seconds: float) -> None:
    """Raises TimeoutError."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with suppress(requests.RequestException, psycopg.Error):
            if check():
                return
        time.sleep(0.2)
    raise TimeoutError(what)


class Platform:
    """One stack in this process, until `stop`."""

    def __init__(self, folder: Path) -> None:
        self.stack = build_stack(folder, port=0, **SETTINGS)
        self.wires = {name: self._wire(name) for name in WIRED}
        programs = [self._rewired(program) for program in self.stack.programs]
        self._supervisor = Supervisor(programs, logs=folder / "logs")
        # Its own words belong to its log files.
        self._supervisor.terminal.say = lambda _speaker, _line: None  # type: ignore[method-assign]
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._supervisor.run()), daemon=True
        )

    @property
    def url(self) -> str:
        return self.stack.url

    @property
    def database_url(self) -> str:
        """Not over the wire."""
        return self.stack.environment["DATABASE_URL"]

    def start(self) -> None:
        self._thread.start()
        self.await_health(seconds=START_SECONDS)

    def stop(self) -> None:
        self.mend()
        self._supervisor._loop.call_soon_threadsafe(self._supervisor.stop)
        self._thread.join(60)
        for wire in self.wires.values():
            wire.close()

    def await_health(self, *, seconds: float = 90) -> None:
        """Until every part answers, the GPU workers too."""

        def is_well() -> bool:
            if not self._thread.is_alive():
                raise RuntimeError("the stack gave up; see its logs")
            return not self._supervisor.awaited() and self._deep_health().ok

        await_true("health", is_well, seconds=seconds)

    def kill(self, name: str) -> None:
        """`kill -9`, of everything that the part runs."""
        if name == "an API worker":
            pid = next(iter(_children(self._pid("api"))), None)
        elif name == "a connection to the database":
            return self._kill_backend()
        else:
            pid = self._pid(name)
        for one in [pid, *_descendants(pid)] if pid else []:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        return None

    @contextmanager
    def paused(self, name: str) -> Iterator[None]:
        """Alive, and answering nobody."""
        pid = self._pid(name)
        stopped = [pid, *_descendants(pid)] if pid else []
        for one in stopped:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGSTOP)
        try:
            yield
        finally:
            for one in stopped:
                with suppress(ProcessLookupError):
                    os.kill(one, signal.SIGCONT)

    def misbehave(self, sandbox: str, **faults: object) -> None:
        """What a sandbox does wrong next; without any it behaves."""
        port = getattr(self.stack.ports, sandbox)
        with suppress(requests.RequestException):
            requests.post(f"http://127.0.0.1:{port}/sandbox/faults", json=faults, timeout=5)

    def mend(self) -> None:
        for wire in self.wires.values():
            wire.mend()
        self.misbehave("toss")
        self.misbehave("runpod")

    def _pid(self, name: str) -> int | None:
        return self._supervisor.pids().get(name)

    def _deep_health(self) -> requests.Response:
        return requests.get(f"{self.url}/api/health?deep=1", timeout=5)

    def _kill_backend(self) -> None:
        # PostgreSQL takes any such death for corruption: it ends all connections and recovers.
        with suppress(psycopg.Error), psycopg.connect(self.database_url) as connection:
            pids = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
                " AND pid <> pg_backend_pid() AND state <> 'idle'"
                " ORDER BY xact_start NULLS LAST LIMIT 1"
            ).fetchall()
            for (pid,) in pids:
                os.kill(pid, signal.SIGKILL)

    def _wire(self, name: str) -> Wire:
        port = urlsplit(self.stack.environment[name]).port
        assert port, name
        return Wire(name, target=port)

    def _rewired(self, program: Program) -> Program:
        if "inference" in program.name:
            module = "tests.outages.worker"
            return dataclasses.replace(program, argv=[*program.argv[:-1], module])
        if "AMQP_URL" not in program.env:
            return program
        env = dict(program.env)
        for name, wire in self.wires.items():
            env[name] = _at_port(env[name], wire.port)
        return dataclasses.replace(program, env=env)


def _at_port(url: str, port: int) -> str:
    parts = urlsplit(url)
    netloc = parts.netloc.rsplit(":", 1)[0]
    return urlunsplit(parts._replace(netloc=f"{netloc}:{port}"))


def _children(pid: int | None) -> list[int]:
    if pid is None:
        return []
    with suppress(OSError):
        text = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
        return [int(one) for one in text.split()]
    return []


def _descendants(pid: int) -> list[int]:
    found = _children(pid)
    return found + [later for one in found for later in _descendants(one)]
