"""`python -m tests.faults`: many histories, as many processes at once as there are cores.

Each batch is a run of the test with a seed and a database of its own. A violation is printed with
the command that replays it.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

BATCH = 200
TEST = "tests/faults/test_histories.py"


@dataclass(frozen=True)
class Batch:
    """So many histories from one seed."""

    seed: int
    histories: int

    @property
    def flags(self) -> list[str]:
        return [TEST, "-n", "0", "-q", "--no-cov", f"--hypothesis-seed={self.seed}"]

    @property
    def replay(self) -> str:
        return f"HISTORIES={self.histories} make test ARGS='{' '.join(self.flags)}'"


def run(batch: Batch) -> tuple[Counter[str], str]:
    """What happened, and what pytest says where that was wrong."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *batch.flags, "--show-capture=no"],
            env={
                **os.environ,
                "HISTORIES": str(batch.histories),
                "HISTORIES_REPORT": str(report),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        happened = Counter(json.loads(report.read_text())) if report.exists() else Counter[str]()
    return happened, done.stdout[-20_000:] if done.returncode else ""


def main() -> int:
    """1 when a history went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin none later")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    sizes = [BATCH] * (options.histories // BATCH) + [options.histories % BATCH]
    batches = [Batch(options.seed + n, size) for n, size in enumerate(sizes) if size]
    ends = time.monotonic() + 60 * options.minutes
    happened: Counter[str] = Counter()
    violations: list[Batch] = []

    def take(batch: Batch) -> None:
        if time.monotonic() > ends:
            return
        began = time.monotonic()
        counted, wrong = run(batch)
        happened.update(counted)
        if wrong:
            violations.append(batch)
            print(f"{wrong}\nVIOLATION, replay: {batch.replay}", flush=True)
        seconds = time.monotonic() - began
        print(f"seed {batch.seed}: {counted['histories']} histories, {seconds:.0f} s", flush=True)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(take, batches))
    print(f"{happened['histories']} histories, {happened['proofs']} proofs of the whole ledger")
    print(", ".join(f"{name} {count}" for name, count in sorted(happened.items())))
    print(f"{len(violations)} violations")
    for batch in violations:
        print(f"replay: {batch.replay}")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
