"""Contenders in turns: on a shared machine only what was measured side by side compares."""

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Call = Callable[[], object]


@dataclass(frozen=True)
class Spent:
    """What one call took on average in one turn, in microseconds."""

    cpu_us: float
    wall_us: float


@dataclass(frozen=True)
class Figure:
    """A median with its quartiles."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Figure":
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)

    def text(self, decimals: int = 0) -> str:
        return f"{self.median:,.{decimals}f} ({self.low:,.{decimals}f}–{self.high:,.{decimals}f})"


def take_turns(
    contenders: Mapping[str, Call], *, rounds: int, calls: int
) -> dict[str, list[Spent]]:
    """In each round everybody makes so many calls, in another order each time."""
    for call in contenders.values():
        _turn(call, calls)
    spent: dict[str, list[Spent]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name in random.sample(list(contenders), len(contenders)):
            spent[name].append(_turn(contenders[name], calls))
    return spent


def median_wall(call: Call, *, calls: int) -> float:
    """The median of single calls, in microseconds."""
    taken = []
    for _ in range(calls):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1e6)
    return statistics.median(taken)


def ratio(ours: Sequence[float], baseline: Sequence[float]) -> Figure:
    """Round by round, since both of a round met the same neighbours."""
    return Figure.of([one / other for one, other in zip(ours, baseline, strict=True)])


def _turn(call: Call, calls: int) -> Spent:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(calls):
        call()
    return Spent(
        (time.process_time() - cpu) / calls * 1e6, (time.perf_counter() - wall) / calls * 1e6
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, aligned for terminals."""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]

    def row(cells: Sequence[str]) -> str:
        padded = (
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join(padded)} |"

    rule = [
        ":" + "-" * (width - 1) if n == 0 else "-" * (width - 1) + ":"
        for n, width in enumerate(widths)
    ]
    return "\n".join([row(heads), row(rule), *map(row, rows)])
