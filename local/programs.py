"""What the supervisor can start: a program, when it counts as ready, and how it is stopped."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# Every process of a stack carries this variable, so that even a grandchild that left its process
# group is found again (see guardian.py).
MARK = "STYLE_LICENSE_STACK"
PASSED_ON = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "LC_ALL", "LC_CTYPE", "TZ"),
    *("TMPDIR", "SSL_CERT_FILE", "LD_LIBRARY_PATH", "COVERAGE_PROCESS_START", "COVERAGE_FILE"),
)
PR_SET_PDEATHSIG = 1

Probe = Callable[[], bool]


@dataclass
class Program:
    """One process of the stack.

    `once` is a step that must end well before those that need it; nobody waits for `background`,
    and a step in the background may fail.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    ready: Probe | None = None
    once: bool = False
    background: bool = False
    quiet: bool = False
    cwd: Path | None = None
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 10
    start_seconds: float = 180
    popen: Mapping[str, Any] = field(default_factory=dict)


def plain_environment() -> dict[str, str]:
    """The few variables every program gets; no credentials of the person at the terminal."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def die_with_parent(stop_signal: int) -> Callable[[], None] | None:
    """For `preexec_fn`: the kernel sends the signal when the starting process dies (Linux)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, stop_signal) and None


def spawn(program: Program, *, log: Path) -> subprocess.Popen[bytes]:
    """Start a program outside the supervisor, its output in `log`; ends when we do."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            list(program.argv),
            env={**plain_environment(), **program.env},
            cwd=program.cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent(program.stop_signal),
            **program.popen,
        )


def listens(port: int) -> Probe:
    """Ready when something accepts connections there."""

    def probe() -> bool:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    return probe


def speaks_amqp(port: int) -> Probe:
    """Ready when a broker answers; it accepts connections long before."""

    def probe() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                connection.settimeout(3)
                connection.sendall(b"AMQP\0\0\x09\x01")
                return bool(connection.recv(1))
        except OSError:
            return False

    return probe


def answers_http(url: str) -> Probe:
    """Ready when a GET is answered with less than 500."""
    parts = urlsplit(url)

    def probe() -> bool:
        connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=10)
        try:
            connection.request("GET", parts.path or "/")
            return connection.getresponse().status < 500
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    return probe
