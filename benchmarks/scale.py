"""`python -m benchmarks.scale`: the time of each read among 10⁶ images ÷ among 10⁴.

A read that looks at a page, whatever there is, stays near 1.0. The viewer is the person with the
most images, the style, artist and image are those with the most of everything. An open session
stands in for the session store, whose time is the same for both and would hide the database's.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from uuid import UUID

from benchmarks.dataset import Marks, Size, find_marks
from benchmarks.serving import empty_folder, get, hardware, make_database, open_gateway, postgres
from benchmarks.timing import Figure, median_wall, ratio, table
from local.gateway import Gateway
from local.postgres import Postgres

WARM_CALLS = 10


def _reads(marks: Marks) -> dict[str, str]:
    return {
        "feed": "/api/generations/feed",
        "feed of a style": f"/api/generations/feed?style_id={marks.style}",
        "style list": "/api/styles",
        "style list, popular": "/api/styles?sort=popular",
        "style list, by tag": "/api/styles?tag=watercolor",
        "style detail": f"/api/styles/{marks.style}",
        "search": "/api/search?q=harbour",
        "search, mistyped": "/api/search?q=harbuor",
        "generation detail": f"/api/generations/{marks.generation}",
        "comments": f"/api/generations/{marks.generation}/comments",
        "artist's profile": f"/api/users/{marks.artist}",
    }


# Only for people who are signed in.
_OWN = {
    "me": "/api/auth/me",
    "own images": "/api/generations/me",
    "following": "/api/users/me/following",
    "notifications": "/api/notifications",
    "transactions": "/api/tokens/transactions",
}


@dataclass(frozen=True)
class Read:
    """A path, and whether it is asked for signed in."""

    path: str
    signed_in: bool


_gateways: list[Gateway] = []


def _open(url: str, viewer: UUID) -> None:
    """In the process of one database: the app, in which a cookie means the viewer."""
    _gateways.append(open_gateway(url))
    from chalicelib.web import sessions  # noqa: PLC0415 - after the environment

    found = sessions.Found("measured", viewer)
    sessions.find_session = lambda cookie_header: found if cookie_header else None


def _median(read: Read, calls: int) -> float:
    cookie = "session=measured" if read.signed_in else ""
    return median_wall(lambda: get(_gateways[0], read.path, cookie=cookie), calls=calls)


@dataclass(frozen=True)
class Platform:
    """The app on one database, in a process of its own."""

    reads: dict[str, Read]
    pool: ProcessPoolExecutor

    def time(self, name: str, calls: int) -> float:
        return self.pool.submit(_median, self.reads[name], calls).result()


@contextmanager
def _platform(server: Postgres, name: str, size: Size) -> Iterator[Platform]:
    url = make_database(server, name, size)
    marks = find_marks(url)
    reads = {name: Read(path, signed_in=False) for name, path in _reads(marks).items()}
    reads |= {name: Read(path, signed_in=True) for name, path in _OWN.items()}
    with ProcessPoolExecutor(1, get_context("spawn"), _open, (url, marks.buyer)) as pool:
        yield Platform(reads, pool)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=10_000, help="images")
    parser.add_argument("--large", type=int, default=1_000_000, help="images")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=15, help="at each size in a round")
    options = parser.parse_args()
    with ExitStack() as stack:
        server = stack.enter_context(postgres(stack.enter_context(empty_folder())))
        print(hardware(server.url()))
        sizes = {"small": Size(options.small), "large": Size(options.large)}
        platforms = [stack.enter_context(_platform(server, *one)) for one in sizes.items()]
        taken: dict[str, list[tuple[float, float]]] = defaultdict(list)
        names = platforms[0].reads
        for name in names:
            for platform in platforms:
                platform.time(name, WARM_CALLS)
        for number in range(options.rounds):
            for name in names:
                # Whoever is first in a round is last in the next.
                turns = platforms[:: -1 if number % 2 else 1]
                small, large = [one.time(name, options.calls) for one in turns][
                    :: 1 - number % 2 * 2
                ]
                taken[name].append((small, large))
    print(f"median (quartiles) of {options.rounds} rounds of {options.calls} calls each, wall µs\n")
    print(table(["read", *_headings(options), "÷"], [_row(*one) for one in taken.items()]))


def _headings(options: argparse.Namespace) -> list[str]:
    return [f"among {count:,} images" for count in (options.small, options.large)]


def _row(name: str, taken: list[tuple[float, float]]) -> list[str]:
    small, large = [one for one, _ in taken], [one for _, one in taken]
    return [name, Figure.of(small).text(), Figure.of(large).text(), ratio(large, small).text(2)]


if __name__ == "__main__":
    main()
