"""`python -m benchmarks.reads`: our handler's CPU ÷ that of bare SQL and of Django REST Framework.

The CPU is this process's; PostgreSQL's own, much the same for all three, is not in it.
"""

import argparse
import json
from unittest.mock import patch

from benchmarks import bare
from benchmarks.dataset import Marks, Size, find_marks
from benchmarks.serving import empty_folder, get, hardware, make_database, open_gateway, postgres
from benchmarks.timing import Call, Figure, Spent, ratio, table, take_turns
from local.gateway import Gateway

ASKED = "harbour"
OURS, SQL, DRF = "ours", "bare SQL", "DRF"


def paths(marks: Marks) -> dict[str, str]:
    """The measured endpoints, as a visitor calls them."""
    return {
        "feed": "/api/generations/feed",
        "style list": "/api/styles",
        "style detail": f"/api/styles/{marks.style}",
        "search": f"/api/search?q={ASKED}",
        "generation detail": f"/api/generations/{marks.generation}",
    }


def _search_statements() -> list[bare.Statement]:
    """Our two, as they reach psycopg: what is compared is what happens around them."""
    from chalicelib.kit.db import reading  # noqa: PLC0415 - after the environment
    from chalicelib.search import queries  # noqa: PLC0415

    seen: list[bare.Statement] = []
    noting = patch.object(queries, "rows", lambda _db, *statement: seen.append(statement))
    with noting, reading() as db:
        queries.styles_like(db, asked=ASKED, limit=20)
        queries.artists_like(db, asked=ASKED, limit=20)
    return seen


def _contenders(gateway: Gateway, url: str) -> dict[str, dict[str, Call]]:
    """Calls by endpoint and contender, of which ours and Django's give the same JSON."""
    # Django reads its settings from the environment that PostgreSQL brought.
    from benchmarks.drf import wsgi  # noqa: PLC0415
    from benchmarks.drf.views import Search  # noqa: PLC0415

    marks, connection = find_marks(url), bare.connect(url)
    Search.statements = _search_statements()
    statements = bare.reads(marks, search=Search.statements)
    found: dict[str, dict[str, Call]] = {}
    for name, path in paths(marks).items():
        found[name] = {
            OURS: lambda path=path: get(gateway, path),
            SQL: bare.reader(connection, statements[name]),
            DRF: lambda path=path: wsgi.get(path),
        }
        _require_same(name, get(gateway, path), wsgi.get(path))
    return found


def _require_same(name: str, ours: bytes, theirs: bytes) -> None:
    said = [json.loads(body) for body in (ours, theirs)]
    for one in said:
        # Opaque, and each has its own.
        one["data"].pop("next_cursor", None)
    if said[0] != said[1]:
        raise RuntimeError(f"{name}: not the same JSON\n{said[0]}\n{said[1]}")


def _row(name: str, spent: dict[str, list[Spent]]) -> list[str]:
    cpu = {who: [one.cpu_us for one in turns] for who, turns in spent.items()}
    wall = {who: [one.wall_us for one in turns] for who, turns in spent.items()}
    return [
        name,
        Figure.of(cpu[OURS]).text(),
        *(f"{Figure.of(cpu[who]).median:,.0f}" for who in (SQL, DRF)),
        ratio(cpu[OURS], cpu[SQL]).text(2),
        ratio(cpu[OURS], cpu[DRF]).text(2),
        Figure.of(wall[OURS]).text(),
        f"{ratio(wall[OURS], wall[SQL]).median:.2f}",
        f"{ratio(wall[OURS], wall[DRF]).median:.2f}",
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generations", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--calls", type=int, default=40, help="of each contender in a round")
    parser.add_argument("--only", help="one endpoint's name")
    options = parser.parse_args()
    with empty_folder() as folder, postgres(folder) as server:
        url = make_database(server, "reads", Size(options.generations))
        print(hardware(url))
        gateway = open_gateway(url)
        rows = [
            _row(name, take_turns(calls, rounds=options.rounds, calls=options.calls))
            for name, calls in _contenders(gateway, url).items()
            if options.only in (None, name)
        ]
    print(f"median (quartiles) of {options.rounds} rounds of {options.calls} calls, µs a request\n")
    heads = ["endpoint", "ours CPU", "SQL", "DRF", "÷ bare SQL", "÷ DRF"]
    print(table([*heads, "ours wall", "÷ bare SQL", "÷ DRF"], rows))


if __name__ == "__main__":
    main()
