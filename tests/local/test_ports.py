"""Two parts never get the same port, though neither listens yet."""

import sys
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

import pytest

from local import ports

ROOT = Path(__file__).parents[2]
ASKS = "from local import ports; ports.CANDIDATES = range({0}, {0} + 3); print(ports.free_port())"


def test_a_port_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ports.free_port()
    monkeypatch.setattr(ports, "CANDIDATES", range(first, first + 1))
    with pytest.raises(ports.NoPort):
        ports.free_port()


def test_a_port_is_given_to_one_process_of_many() -> None:
    argv = [sys.executable, "-c", ASKS.format(ports.free_port() // 3 * 3) + "; input()"]
    asking = [Popen(argv, cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=DEVNULL) for _ in range(3)]
    given = []
    for process in asking:
        assert process.stdout
        given.append(process.stdout.readline())
    for process in asking:
        process.communicate(b"\n")
    said = [line for line in given if line]
    assert len(said) == len(set(said)) >= 1
