"""What a request asks of PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

Statement = tuple[str, Any]


@contextmanager
def statements() -> Iterator[list[Statement]]:
    """Every statement run meanwhile, with its parameters."""
    seen: list[Statement] = []
    execute = psycopg.Cursor.execute

    def noting(cursor: Any, statement: str, parameters: Any = None, **options: Any) -> Any:
        seen.append((statement, parameters))
        return execute(cursor, statement, parameters, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", noting)
        yield seen


def scanned(url: str, statement: Statement) -> Iterator[str]:
    """The tables that PostgreSQL would read from end to end for this statement."""
    for node in _plan(url, statement, "EXPLAIN (FORMAT JSON)"):
        if node["Node Type"] == "Seq Scan":
            yield node["Relation Name"]


def most_rows(url: str, statement: Statement) -> int:
    """The most rows that one step of it passes on or throws away when it is run."""
    most = 0
    for node in _plan(url, statement, "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)"):
        removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0)
        most = max(most, round((node["Actual Rows"] + removed) * node["Actual Loops"]))
    return most


def _plan(url: str, statement: Statement, explain: str) -> Iterator[dict[str, Any]]:
    # As the app connects.
    with psycopg.connect(url, options="-c random_page_cost=1.1") as connection:
        row = connection.execute(f"{explain} {statement[0]}", statement[1]).fetchone()
    assert row
    yield from _nodes(row[0][0]["Plan"])


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _nodes(child)
