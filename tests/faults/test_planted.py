"""The histories notice the bugs that they are for."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.planted import BUGS, plant

ALL = os.environ.get("PLANTED") == "all"
# The same histories at each run, and no time for the shortest.
PROFILE = settings(
    max_examples=240 if ALL else 60,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


# `make faults` plants these too: some are noticed only after dozens of histories.
LATE = {
    "held by reading, then writing",
    "message of an older attempt",
    "canceled at work",
    "no attempt fence in the sweep",
    "promotional tokens taken back",
    "no attempt fence",
    "refunded twice",
    "held in a commit of its own",
    "promotional tokens lost by a refund",
    "welcomed again after leaving",
}
PLANTED = [bug for bug in BUGS if bug not in LATE or ALL]


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_noticed(histories, bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(bug, monkeypatch)
    assert _goes_wrong(histories), f"nobody noticed: {bug}"


def _goes_wrong(histories) -> bool:
    try:
        run_state_machine_as_test(histories, settings=PROFILE)
    except Exception:
        return True
    return False
