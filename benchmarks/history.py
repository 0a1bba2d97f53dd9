"""`python -m benchmarks.history`: what the ledger's proof costs, by the length of its history.

The full proof reads all; the recent one begins at the checkpoint, with the sums of what lies
before.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from benchmarks.movements import History, write_history
from benchmarks.serving import empty_folder, hardware, postgres
from benchmarks.timing import table
from local.proof import prove


@dataclass(frozen=True)
class Cost:
    """Seconds: of the proof of all, of the recent one, and of what makes that possible."""

    full: float
    recent: float
    catching_up: float
    recount: float


def _seconds(call: Callable[[], object]) -> float:
    began = time.monotonic()
    call()
    return time.monotonic() - began


def _measure(url: str) -> Cost:
    from chalicelib.kit.db import transaction  # noqa: PLC0415 - after the environment
    from chalicelib.ledger import checkpoint  # noqa: PLC0415
    from chalicelib.ledger.proof import prove_recent  # noqa: PLC0415

    def find_nothing(found: dict[str, int]) -> None:
        assert not any(found.values()), found

    def recent() -> None:
        with transaction() as db:
            find_nothing(prove_recent(db))

    full = _seconds(lambda: find_nothing(prove(url)))
    print(f"{full:6.1f} s  all at once", flush=True)
    # Makes its row.
    checkpoint.TURN_SECONDS = 0
    checkpoint.prove_in_turn()
    catching_up = _seconds(lambda: checkpoint._repeat(checkpoint._move_checkpoint, until=math.inf))
    print(f"{catching_up:6.1f} s  the checkpoint's way", flush=True)
    cost = Cost(
        full=full,
        catching_up=catching_up,
        recent=statistics.median(_seconds(recent) for _ in range(5)),
        recount=_seconds(lambda: checkpoint._repeat(checkpoint._recount, until=math.inf)),
    )
    with transaction() as db:
        find_nothing(checkpoint.find_recount(db)[1])
    return cost


def _prove_history(transactions: int) -> Cost:
    """In a process of its own, as the app keeps to one database."""
    with empty_folder() as folder, postgres(folder) as server:
        from chalicelib.migrations.upgrade import upgrade_database  # noqa: PLC0415

        url = server.url()
        upgrade_database(url)
        print(f"{hardware(url)}\n{transactions:,} transactions", flush=True)
        write_history(url, History(transactions))
        return _measure(url)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transactions", type=int, nargs="+", default=[1_000_000])
    options = parser.parse_args()
    rows = []
    for transactions in options.transactions:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            cost = pool.submit(_prove_history, transactions).result()
        taken = (cost.full, cost.recent, cost.recount, cost.catching_up)
        rows.append(
            [
                f"{transactions:,}",
                *(f"{seconds:,.2f}" for seconds in taken),
                f"{cost.recent / cost.full:.4f}",
            ]
        )
    print("\nseconds\n")
    heads = ["transactions", "full", "recent", "recount in slices", "catching up once"]
    print(table([*heads, "recent ÷ full"], rows))


if __name__ == "__main__":
    main()
