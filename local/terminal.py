"""What the person at the terminal sees: one line at a time, each with its speaker."""

import sys
import time
from contextlib import suppress

COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)


class Terminal:
    """Prefixed lines; coloured only where a person looks."""

    def __init__(self, speakers: list[str]) -> None:
        self._order = {name: number for number, name in enumerate(speakers)}
        self._width = max(map(len, [*speakers, "stack"]))
        self._coloured = sys.stdout.isatty()
        self._began = time.monotonic()

    @property
    def elapsed_seconds(self) -> float:
        """Since the first line could be said."""
        return time.monotonic() - self._began

    def say(self, speaker: str, line: str) -> None:
        """Print one line; a closed terminal is no reason to stop."""
        prefix = f"{self.elapsed_seconds:6.1f}s {speaker:>{self._width}} |"
        if self._coloured:
            number = self._order.get(speaker)
            colour = 1 if number is None else COLOURS[number % len(COLOURS)]
            prefix = f"\033[{colour}m{prefix}\033[0m"
        with suppress(OSError):
            print(prefix, line, flush=True)
