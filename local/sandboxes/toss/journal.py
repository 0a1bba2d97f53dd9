"""All that Toss must not forget, one JSON line for each change."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAME = "journal.jsonl"


class Journal:
    """Append-only; a line that a killed process left unfinished never happened."""

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / NAME if folder else None
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    def read(self) -> Iterator[dict[str, Any]]:
        """Every change so far, oldest first; cuts an unfinished one off."""
        if not self._path or not self._path.exists():
            return
        content = self._path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            with self._path.open("r+b") as file:
                file.truncate(len(whole))
        for line in whole.splitlines():
            yield json.loads(line)

    def append(self, change: dict[str, Any]) -> None:
        """Hand a change to the operating system, which outlives this process."""
        if self._path:
            line = json.dumps(change, ensure_ascii=False, separators=(",", ":"))
            with self._path.open("ab", buffering=0) as file:
                file.write(line.encode() + b"\n")
