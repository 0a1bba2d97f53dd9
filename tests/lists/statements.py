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
