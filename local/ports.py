"""Loopback ports for the stack's own servers."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

# Below the range from which outgoing connections take theirs (32768 and up on Linux), so that
# nothing grabs a port between our look and the server's bind.
CANDIDATES = range(20000, 32000)
ATTEMPTS = 200


class NoPort(Exception):
    """Every port tried was taken."""


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on and no other call, in whatever process, was given.

    Raises NoPort.
    """
    for _ in range(ATTEMPTS):
        port = random.choice(CANDIDATES)
        if is_free(port) and _claim(port):
            return port
    raise NoPort(f"{ATTEMPTS} ports tried, all taken")


def _claim(port: int) -> bool:
    # Until its server listens, seconds later, a port looks free to everybody.
    folder = Path(tempfile.gettempdir(), f"style-license-ports-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    # A bare descriptor, so that the claim lasts as long as the process.
    claim = os.open(folder / str(port), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(claim)
        return False
    return True
