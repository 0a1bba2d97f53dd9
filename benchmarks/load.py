"""`python -m benchmarks.load`: response times of the whole local platform under 100 people.

Signed in, they read as people do: the feed, styles, images, search, their own account, with about a
second of thought in between. The baseline, in turns with it, is one of them who has the platform to
themselves and does not think. This client runs on the same cores.
"""

import argparse
import asyncio
import os
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import psycopg

from benchmarks.dataset import SECOND_WORDS, Size, fill
from benchmarks.serving import empty_folder, hardware
from benchmarks.timing import table
from local.run import running_stack

# Of a hundred requests.
MIX = {"feed": 30, "generation": 25, "styles": 15, "style": 10, "search": 10, "me": 10}
TIMEOUT = aiohttp.ClientTimeout(total=30)
WARM_SECONDS = 5.0
SAMPLED = 300


@dataclass(frozen=True)
class World:
    """Where the platform is, what may be asked for there, and the cookies of people."""

    url: str
    generations: list[str]
    styles: list[str]
    cookies: list[str]

    def path(self, kind: str) -> str:
        """One of this kind, any."""
        return {
            "feed": "/api/generations/feed",
            "generation": f"/api/generations/{random.choice(self.generations)}",
            "styles": f"/api/styles?sort={random.choice(('recent', 'popular'))}",
            "style": f"/api/styles/{random.choice(self.styles)}",
            "search": f"/api/search?q={random.choice(SECOND_WORDS)}",
            "me": "/api/auth/me",
        }[kind]


@dataclass
class Seen:
    """What the people of one turn saw."""

    seconds: float
    taken: list[float] = field(default_factory=list)
    errors: int = 0

    def percentile(self, percent: int) -> float:
        """Milliseconds."""
        return statistics.quantiles(self.taken, n=100, method="inclusive")[percent - 1] * 1e3

    @property
    def rate(self) -> float:
        return len(self.taken) / self.seconds


async def _be_a_person(
    client: aiohttp.ClientSession, world: World, seen: Seen, *, cookie: str, think: float
) -> None:
    kinds, weights = list(MIX), list(MIX.values())
    headers = {"Cookie": cookie}
    ends = time.monotonic() + seen.seconds
    # Nobody arrives with everybody.
    await asyncio.sleep(random.uniform(0, think))
    while time.monotonic() < ends:
        path = world.path(random.choices(kinds, weights)[0])
        began = time.monotonic()
        try:
            async with client.get(world.url + path, headers=headers) as response:
                await response.read()
                seen.errors += response.status != 200
        except (aiohttp.ClientError, TimeoutError):
            seen.errors += 1
        seen.taken.append(time.monotonic() - began)
        if think:
            await asyncio.sleep(random.expovariate(1 / think))


async def _turn(world: World, *, people: int, seconds: float, think: float) -> Seen:
    seen = Seen(seconds)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=TIMEOUT) as client:
        await asyncio.gather(
            *(
                _be_a_person(client, world, seen, cookie=cookie, think=think)
                for cookie in world.cookies[:people]
            )
        )
    return seen


def _furnish(state: dict[str, Any], *, size: Size, people: int) -> World:
    """Fill the platform's database and open sessions in its store, as its sign-in does."""
    fill(state["database_url"], size)
    os.environ.update(state["env"])
    from chalicelib.web import sessions  # noqa: PLC0415 - after the environment

    with psycopg.connect(state["database_url"]) as connection:

        def ids(query: str, limit: int) -> list[Any]:
            return [row[0] for row in connection.execute(f"{query} LIMIT {limit}")]

        # The last people are those with the most images.
        buyers = ids("SELECT id FROM auth.users ORDER BY id DESC", people)
        public = "SELECT id FROM generation.generations WHERE is_public ORDER BY random()"
        return World(
            state["url"],
            generations=[str(one) for one in ids(public, SAMPLED)],
            styles=[str(one) for one in ids("SELECT id FROM style.styles", SAMPLED)],
            cookies=[f"session={sessions.open_session(one)}" for one in buyers],
        )


def _row(name: str, turns: Sequence[Seen]) -> list[str]:
    def over_turns(values: list[float], decimals: int = 0) -> str:
        middle = statistics.median(values)
        return f"{middle:,.{decimals}f} ({min(values):,.{decimals}f}–{max(values):,.{decimals}f})"

    return [
        name,
        str(sum(len(turn.taken) for turn in turns)),
        over_turns([turn.rate for turn in turns], 1),
        *(over_turns([turn.percentile(percent) for turn in turns]) for percent in (50, 95, 99)),
        str(sum(turn.errors for turn in turns)),
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--think", type=float, default=1.0, help="seconds between requests, mean")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20, help="of each turn")
    parser.add_argument("--generations", type=int, default=20_000)
    options = parser.parse_args()
    arguments = ("--no-workers", "--set", "RATE_LIMITS=off")
    with empty_folder() as folder, running_stack(folder, arguments=arguments) as state:
        print(hardware(state["database_url"]))
        world = _furnish(state, size=Size(options.generations), people=options.people)

        def turn(people: int, think: float, seconds: float = options.seconds) -> Seen:
            return asyncio.run(_turn(world, people=people, seconds=seconds, think=think))

        turn(options.people, options.think, WARM_SECONDS)
        alone, together = [], []
        for _ in range(options.rounds):
            alone.append(turn(1, 0))
            together.append(turn(options.people, options.think))
    print(f"median (least–most) of {options.rounds} turns of {options.seconds:.0f} s, ms\n")
    heads = ["people", "requests", "a second", "p50", "p95", "p99", "errors"]
    print(table(heads, [_row("1", alone), _row(str(options.people), together)]))
    ratios = [
        many.percentile(95) / one.percentile(95) for many, one in zip(together, alone, strict=True)
    ]
    print(f"\np95 of {options.people} ÷ p95 of 1: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
