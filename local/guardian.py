"""Outlives a killed supervisor for a moment, to end what it started.

Run as a process of its own: reads `group signal` lines from its standard input. When the input
ends without the word `done`, the supervisor was killed: every group gets its signal, and after a
grace period everything that still carries the stack's mark is killed.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from local.programs import MARK

GRACE_SECONDS = 8.0


def start(mark: str, *, keep: tuple[int, ...] = ()) -> subprocess.Popen[bytes]:
    """A guardian for the stack with this mark; it holds the file descriptors `keep` open."""
    return subprocess.Popen(
        [sys.executable, "-m", "local.guardian", mark],
        stdin=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        start_new_session=True,
        pass_fds=keep,
    )


def marked(mark: str) -> list[int]:
    """Processes that carry the mark, however they were started (Linux; elsewhere none)."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
    return [pid for pid in found if pid != os.getpid()]


def kill_marked(mark: str) -> None:
    """End at once what carries the mark."""
    for pid in marked(mark):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _listen(lines: IO[str]) -> dict[int, int] | None:
    groups: dict[int, int] = {}
    for line in lines:
        if line.strip() == "done":
            return None
        group, _, number = line.partition(" ")
        groups[int(group)] = int(number)
    return groups


def _alive(groups: dict[int, int]) -> list[int]:
    def lives(group: int) -> bool:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, 0)
            return True
        return False

    return [group for group in groups if lives(group)]


def _end(groups: dict[int, int], mark: str) -> None:
    for group in _alive(groups):
        with suppress(ProcessLookupError):
            os.kill(group, groups[group])
    deadline = time.monotonic() + GRACE_SECONDS
    while (_alive(groups) or marked(mark)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for group in _alive(groups):
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    kill_marked(mark)


def main() -> None:
    """Wait for the supervisor's end."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups = _listen(sys.stdin)
    if groups is not None:
        _end(groups, sys.argv[1])


if __name__ == "__main__":
    main()
