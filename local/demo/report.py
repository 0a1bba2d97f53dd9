"""What a run of the demo found, as a file that a script or a person can read."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class MadeImage:
    """One image that the buyer had made."""

    id: str
    aspect_ratio: str
    width: int
    height: int
    prompt_tags: list[str]
    seed: int
    seconds: float
    file: str
    sha256: str
    licence_url: str


@dataclass
class Report:
    """One run, from two new people to the proof of the ledger."""

    url: str
    artist: dict[str, Any] = field(default_factory=dict)
    buyer: dict[str, Any] = field(default_factory=dict)
    style: dict[str, Any] = field(default_factory=dict)
    images: list[MadeImage] = field(default_factory=list)
    published: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, dict[str, int]] = field(default_factory=dict)
    transactions: list[dict[str, Any]] = field(default_factory=list)
    notifications: dict[str, list[str]] = field(default_factory=dict)
    ledger: dict[str, Any] = field(default_factory=dict)
    stage_seconds: dict[str, float] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """As JSON."""
        path.write_text(json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n")


class Narrator:
    """Tells the story on the terminal and times its stages."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._began = time.monotonic()

    @property
    def elapsed_seconds(self) -> float:
        """Since the story began."""
        return time.monotonic() - self._began

    def say(self, line: str) -> None:
        """One line with the time it is said at."""
        print(f"{self.elapsed_seconds:7.1f} s  {line}", flush=True)

    @contextmanager
    def stage(self, name: str, title: str) -> Iterator[None]:
        """A headed part of the story; its seconds go into the report."""
        began = time.monotonic()
        print(f"\n{self.elapsed_seconds:7.1f} s  {title}", flush=True)
        yield
        self._report.stage_seconds[name] = round(time.monotonic() - began, 1)

    def finish(self) -> None:
        """Note the whole."""
        self._report.stage_seconds["all"] = round(self.elapsed_seconds, 1)
