"""Which faults befall a run, and when: all from its seed."""

import random
import threading
from contextlib import ExitStack
from dataclasses import dataclass

from tests.outages.platform import WIRED, Platform

PARTS = (
    *("api", "jobs", "schedule", "inference", "runpod", "toss", "rabbitmq", "postgres"),
    *("an API worker", "an API worker", "a connection to the database"),
)
# A part that dies too often is given up by its supervisor.
KILLS_OF_ONE_MAX = 2
PAUSED = ("api", "jobs", "schedule", "inference", "runpod", "toss", "postgres")
TOSS = (
    {"time_out": 2, "time_out_seconds": 8},
    {"drop_answer": 2},
    {"server_error": 3},
    {"error_after": 2},
    {"hang_up": 3},
    {"duplicate_webhook": 3},
    {"lose_webhook": 3},
    {"late_webhook": 2, "late_seconds": 4},
    {"webhook_first": 3},
    {"wrong_amount": 1, "only": ["read"]},
    {"processing": 2},
    {"refuse_confirm": 1},
)
RUNPOD = (
    {"lose_result": 2},
    {"lose_webhook": 2},
    {"duplicate_result": 3},
    {"refuse_run": 3},
    {"refuse_run": 3, "refuse_run_status": 500},
    {"run_delay_seconds": 3},
)


@dataclass(frozen=True)
class Fault:
    """After so many seconds of the run; some last."""

    at: float
    kind: str
    target: str
    seconds: float = 0
    how: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        lasting = f" for {self.seconds:.1f} s" if self.seconds else ""
        how = f" {dict(self.how)}" if self.how else ""
        return f"{self.at:.1f} s: {self.kind} {self.target}{how}{lasting}"


def draw(seed: str, *, count: int, seconds: float) -> list[Fault]:
    """The faults of a run, in order."""
    dice = random.Random(seed)
    times = sorted(dice.uniform(0.5, seconds) for _ in range(count))
    killed: dict[str, int] = {}
    faults = []
    for at in times:
        kind = dice.choice(("kill", "kill", "kill", "pause", "cut", "slow", "toss", "runpod"))
        fault = _one(dice, at, kind)
        if kind == "kill":
            killed[fault.target] = killed.get(fault.target, 0) + 1
            if killed[fault.target] > KILLS_OF_ONE_MAX:
                continue
        faults.append(fault)
    return faults


def _one(dice: random.Random, at: float, kind: str) -> Fault:
    lasting = dice.uniform(0.5, 5)
    if kind == "kill":
        return Fault(at, kind, dice.choice(PARTS))
    if kind == "pause":
        return Fault(at, kind, dice.choice(PAUSED), lasting)
    if kind in {"cut", "slow"}:
        how = (("delay_seconds", round(dice.uniform(0.02, 0.4), 3)),) if kind == "slow" else ()
        return Fault(at, kind, dice.choice(WIRED), lasting, how)
    chosen = dice.choice(TOSS if kind == "toss" else RUNPOD)
    return Fault(at, kind, "misbehaves", 0, tuple(chosen.items()))


def inflict(platform: Platform, fault: Fault, over: threading.Event) -> None:
    """For as long as it lasts, or until it is over."""
    if fault.kind == "kill":
        platform.kill(fault.target)
    elif fault.kind in {"toss", "runpod"}:
        platform.misbehave(fault.kind, **dict(fault.how))
    else:
        with ExitStack() as undo:
            _begin(platform, fault, undo)
            over.wait(fault.seconds)


def _begin(platform: Platform, fault: Fault, undo: ExitStack) -> None:
    if fault.kind == "pause":
        undo.enter_context(platform.paused(fault.target))
        return
    wire = platform.wires[fault.target]
    undo.callback(wire.mend)
    if fault.kind == "cut":
        wire.cut()
    else:
        wire.delay_seconds = float(dict(fault.how)["delay_seconds"])  # type: ignore[arg-type]
