"""What a request asks of PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

from chalicelib.kit.db import engine

Statement = tuple[str, Any]


@contextmanager
def statements() -> Iterator[list[Statement]]:
    """Every statement run meanwhile, with its parameters."""
    seen: list[Statement] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    event.listen(engine(), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine(), "before_cursor_execute", note)


def scanned(url: str, statement: Statement) -> Iterator[str]:
    """The tables that PostgreSQL would read from end to end for this statement."""
    # As the app connects.
    with psycopg.connect(url, options="-c random_page_cost=1.1") as connection:
        row = connection.execute(f"EXPLAIN (FORMAT JSON) {statement[0]}", statement[1]).fetchone()
    assert row
    yield from _seq_scans(row[0][0]["Plan"])


def _seq_scans(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for child in node.get("Plans", []):
        yield from _seq_scans(child)
