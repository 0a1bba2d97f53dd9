"""`make proof`: does the ledger add up? Each invariant of a running stack, or of DATABASE_URL."""

import argparse
import os
import sys
import time
from pathlib import Path

from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from chalicelib.ledger.proof import INVARIANTS, prove_ledger
from local.run import read_state


def find_database(folder: Path) -> str | None:
    """DATABASE_URL, else the running stack's database."""
    state = read_state(folder)
    return os.environ.get("DATABASE_URL") or (state["database_url"] if state else None)


def prove(url: str) -> dict[str, int]:
    """The whole history in one statement, however long it takes."""
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    # Some minutes for ten million transactions; it sorts them on disk with less.
    options = "-c statement_timeout=0 -c work_mem=64MB -c default_transaction_read_only=on"
    engine = create_engine(address, poolclass=NullPool, connect_args={"options": options})
    with Session(engine) as db:
        return prove_ledger(db)


def main() -> int:
    """Print each invariant; 1 when one does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".local"), help="of the stack")
    parser.add_argument("--sql", action="store_true", help="print each invariant's query too")
    options = parser.parse_args()
    url = find_database(options.data)
    if url is None:
        print("No platform is running here: make run, or give DATABASE_URL")
        return 1
    began = time.monotonic()
    found = prove(url)
    for name, value in found.items():
        print(f"{'ok' if value == 0 else 'FAULT':5} {name:28} {value}")
        if options.sql:
            print(f"      {' '.join(INVARIANTS[name].split())}")
    broken = [name for name, value in found.items() if value]
    verdict = f"{len(broken)} do not: {', '.join(broken)}" if broken else "all hold"
    print(f"{len(found)} invariants in {time.monotonic() - began:.1f} s, {verdict}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
