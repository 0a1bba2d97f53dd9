"""Whatever comes twice, late, out of order or at once: the books are the model's."""

import json
import os
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.machine import DONE

STEPS = 30
PROFILE = settings(
    max_examples=int(os.environ.get("HISTORIES", "20")),
    stateful_step_count=STEPS,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def test_every_history_leaves_the_books_as_the_model_has_them(histories) -> None:
    try:
        run_state_machine_as_test(histories, settings=PROFILE)
    finally:
        if report := os.environ.get("HISTORIES_REPORT"):
            Path(report).write_text(json.dumps(DONE))
