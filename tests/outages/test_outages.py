"""The campaign in its bounded form: eight faults, and nothing is lost, doubled or stuck."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.outages.plan import draw

# Every kind of fault is in it, and the death of PostgreSQL and of an API worker.
SEED = 1047
FAULTS, SECONDS = 8, 14


@pytest.mark.journey
@pytest.mark.timeout(900)
def test_after_every_kind_of_fault_all_is_as_it_must_be(tmp_path: Path) -> None:
    flags = ["--runs", "1", "--seed", str(SEED), "--verbose", "--data", str(tmp_path)]
    flags += ["--faults", str(FAULTS), "--seconds", str(SECONDS)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.outages", *flags],
        capture_output=True,
        text=True,
        check=False,
        timeout=850,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def test_its_plan_holds_every_kind_of_fault() -> None:
    kinds = {fault.kind for fault in draw(str(SEED), count=FAULTS, seconds=SECONDS)}
    assert kinds == {"kill", "pause", "cut", "slow", "toss", "runpod"}
