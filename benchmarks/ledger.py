# ruff: noqa: S608 - made of constants only
"""`python -m benchmarks.ledger`: hold + settle a second, ours ÷ pgbench with the same statements.

A thousand buyers, one artist. Each client makes a hold and settles it, in a transaction each, as
the app does; ours are processes, as Lambda's are. Meanwhile the credits are rolled up each second.

Three questions besides: what if the artist's row were credited at completion (by pgbench, so that
only the database differs)? How much of the difference is psycopg's, without SQLAlchemy? And do
others wait when every second client is the same busy buyer?
"""

import argparse
import os
import random
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from uuid import UUID

import psycopg

from benchmarks.serving import empty_folder, hardware, postgres
from benchmarks.timing import Figure, ratio, table
from local.postgres import Postgres, binaries
from local.proof import prove

BUYERS, PRICE = 1000, 10
ARTIST = UUID(int=2**64)
WARM_PAIRS = 10
ROLL_UP_SECONDS = 1.0
Turn = Callable[[int, float], float]

# Everybody is rich, by a movement that the proof counts.
_FURNISH = f"""
INSERT INTO auth.users (id, google_sub, email, username, token_balance)
SELECT lpad(n::text, 32, '0')::uuid, n, n || '@example.com', 'person-' || n, 1000000000
FROM generate_series(1, {BUYERS}) n;
INSERT INTO auth.users (id, google_sub, email, username, role)
VALUES ('{ARTIST}', 'artist', 'artist@example.com', 'artist', 'artist');
INSERT INTO auth.artists (user_id, artist_name, signature_key) VALUES ('{ARTIST}', 'Artist', 'x');
INSERT INTO token.transactions (kind, receiver_id, amount, status, memo, settled_at)
SELECT 'adjustment', id, token_balance, 'completed', 'Rich', now() FROM auth.users
WHERE token_balance > 0;
INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
SELECT id, 'post', 'adjustment', NULL, -amount FROM token.transactions
UNION ALL SELECT id, 'post', 'user', receiver_id, amount FROM token.transactions;
"""
# As ours, with the artist's row in place of the appended one.
_CREDIT_AT_ONCE = """
UPDATE auth.artists SET earned_token_balance = earned_token_balance + settled.amount
FROM settled WHERE artists.user_id = settled.receiver_id
RETURNING user_id
"""
_GIVEN = {
    # Decimal digits are hexadecimal ones too.
    "buyer_id": "lpad(:buyer::text, 32, '0')::uuid",
    "generation_id": "lpad(:generation::text, 32, '0')::uuid",
    "artist_id": f"'{ARTIST}'::uuid",
    "amount": f"{PRICE}::bigint",
    "memo": "'Image in a style'",
}


def _script(*, at_once: bool) -> str:
    """A pair for pgbench, of the very statements of the ledger."""
    from chalicelib.ledger import service  # noqa: PLC0415 - after the environment

    settle = service._SETTLE.text
    if at_once:
        settle = settle[: settle.index("INSERT INTO token.artist_credits")] + _CREDIT_AT_ONCE
    lines = [f"\\set buyer random(1, {BUYERS})", "\\set generation random(1, 9000000000000000000)"]
    for statement in (service._HOLD.text, settle):
        given = re.sub(r"(?<!:):([a-z_]+)", lambda found: _GIVEN[found[1]], statement)
        lines += ["BEGIN;", f"{given.strip()};", "COMMIT;"]
    return "\n".join(lines)


def _pgbench(server: Postgres, script: Path) -> Turn:
    def turn(clients: int, seconds: float) -> float:
        argv = [str(binaries() / "pgbench"), "-n", "-M", "prepared", "-f", str(script)]
        argv += ["-c", str(clients), "-j", str(os.cpu_count()), "-T", str(round(seconds))]
        done = subprocess.run([*argv, server.url()], capture_output=True, text=True, check=False)
        found = re.search(r"tps = ([\d.]+)", done.stdout)
        # A failed statement ends its client.
        if found is None or done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return float(found[1])

    return turn


def _make_pair(buyer: int) -> None:
    """As the app does."""
    from chalicelib.kit.db import transaction  # noqa: PLC0415 - after the environment
    from chalicelib.ledger import service  # noqa: PLC0415

    generation_id = UUID(int=random.getrandbits(62))
    with transaction() as db:
        service.hold_tokens(
            db,
            buyer_id=UUID(str(buyer).zfill(32)),
            artist_id=ARTIST,
            amount=PRICE,
            generation_id=generation_id,
            memo="Image in a style",
        )
    with transaction() as db:
        assert service.settle_hold(db, generation_id=generation_id)


def _bare_pair() -> Callable[[int], None]:
    """The same statements through psycopg alone, prepared, on one connection."""
    from chalicelib.ledger import service  # noqa: PLC0415 - after the environment

    hold, settle = (
        re.sub(r"(?<!:):([a-z_]+)", r"%(\1)s", one.text) for one in (service._HOLD, service._SETTLE)
    )
    connection = psycopg.connect(os.environ["DATABASE_URL"])

    def make(buyer: int) -> None:
        given = {
            "buyer_id": UUID(str(buyer).zfill(32)),
            "artist_id": ARTIST,
            "amount": PRICE,
            "generation_id": UUID(int=random.getrandbits(62)),
            "memo": "Image in a style",
        }
        for statement in (hold, settle):
            assert connection.execute(statement, given).fetchone()
            connection.commit()

    return make


def _be_a_client(
    pair: Callable[[int], None], start: Barrier, seconds: float, *, buyers: range
) -> int:
    random.seed()
    for _ in range(WARM_PAIRS):
        pair(random.choice(buyers))
    start.wait()
    ends, pairs = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        pair(random.choice(buyers))
        pairs += 1
    return pairs


def _python(*, bare: bool = False, busy: bool = False) -> Turn:
    """Pairs a second; with `busy`, of those clients that are not the busy buyer."""
    everybody, one = range(1, BUYERS + 1), range(1, 2)

    def turn(clients: int, seconds: float) -> float:
        context = get_context("fork")
        start, counted = context.Barrier(clients), context.SimpleQueue()

        def run(number: int) -> None:
            buyers = one if busy and number % 2 else everybody
            pair = _bare_pair() if bare else _make_pair
            counted.put((number, _be_a_client(pair, start, seconds, buyers=buyers)))

        running = [context.Process(target=run, args=(number,)) for number in range(clients)]
        for process in running:
            process.start()
        made = dict(counted.get() for _ in running)
        for process in running:
            process.join()
        return sum(pairs for number, pairs in made.items() if not (busy and number % 2)) / seconds

    return turn


def _roll_up_until(over: Event) -> None:
    from chalicelib.kit.db import transaction  # noqa: PLC0415 - after the environment
    from chalicelib.ledger import service  # noqa: PLC0415

    while not over.wait(ROLL_UP_SECONDS):
        with transaction() as db:
            service.roll_up_credits(db)


@contextmanager
def _rolled_up() -> Iterator[None]:
    context = get_context("fork")
    over = context.Event()
    process = context.Process(target=_roll_up_until, args=(over,))
    process.start()
    yield
    over.set()
    process.join()


APPENDED, AT_ONCE = "pgbench, appended", "pgbench, artist's row at completion"
BARE, OURS, BUSY = "psycopg alone", "ours", "ours, the others' half beside a busy buyer"


def _measure(server: Postgres, folder: Path, options: argparse.Namespace) -> None:
    scripts = {APPENDED: folder / "appended.sql", AT_ONCE: folder / "at_once.sql"}
    for name, path in scripts.items():
        path.write_text(_script(at_once=name == AT_ONCE))
    turns: dict[str, Turn] = {name: _pgbench(server, path) for name, path in scripts.items()}
    turns |= {BARE: _python(bare=True), OURS: _python(), BUSY: _python(busy=True)}
    rows = []
    for clients in options.clients:
        taken: dict[str, list[float]] = {name: [] for name in turns}
        for _ in range(options.rounds):
            for name in random.sample(list(turns), len(turns)):
                with _rolled_up():
                    taken[name].append(turns[name](clients, options.seconds))
                print(f"{clients:3} {name:45} {taken[name][-1]:8.0f}", flush=True)
        for name, rates in taken.items():
            shared = [rate / 2 for rate in taken[OURS]] if name == BUSY else taken[APPENDED]
            rows.append([name, str(clients), Figure.of(rates).text(), ratio(rates, shared).text(2)])
    print(f"\nmedian (quartiles) of {options.rounds} turns of {options.seconds} s\n")
    print(table(["hold + settle", "clients", "a second", "÷"], rows))
    print(f"\n÷ {APPENDED!r} of the same round; the busy buyer's: ÷ half of {OURS!r}")


def main() -> None:
    """Measure and print; 1 if the ledger does not add up afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[8, 32])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10, help="of each turn")
    parser.add_argument("--careless", action="store_true", help="commits need not reach the disk")
    options = parser.parse_args()
    with empty_folder() as folder, postgres(folder, durable=not options.careless) as server:
        from chalicelib.migrations.upgrade import upgrade_database  # noqa: PLC0415

        upgrade_database(server.url())
        with psycopg.connect(server.url(), autocommit=True) as connection:
            connection.execute(_FURNISH)
            connection.execute("VACUUM ANALYZE")
        print(hardware(server.url()))
        _measure(server, folder, options)
        broken = {name: value for name, value in prove(server.url()).items() if value}
    print(f"afterwards {'does not add up: ' + str(broken) if broken else 'every invariant holds'}")
    raise SystemExit(bool(broken))


if __name__ == "__main__":
    main()
