"""Loopback ports for the stack's own servers."""

import random
import socket

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
    """A port nobody listens on; raises NoPort."""
    for _ in range(ATTEMPTS):
        port = random.choice(CANDIDATES)
        if is_free(port):
            return port
    raise NoPort(f"{ATTEMPTS} ports tried, all taken")
