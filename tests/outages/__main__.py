"""`python -m tests.outages`: the whole platform while its parts die, hang and lose each other.

Buyers buy and ask for images all the time. After each run all faults end, and when everything has
come to rest, nothing may be lost, doubled or stuck. `--seed S --runs 1` replays a run's faults;
what people do in the meantime is never quite the same.
"""

import argparse
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.outages.checks import come_to_rest, violations
from tests.outages.people import Buyer
from tests.outages.plan import draw, inflict
from tests.outages.platform import Platform

BUYERS = 5
PRICE = 3
# Each so many runs the whole platform is stopped and started again.
RUNS_OF_A_STACK = 10


@dataclass
class Totals:
    """Of the campaign."""

    runs: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    images: int = 0
    orders: int = 0
    wrong: list[str] = field(default_factory=list)


def open_shop(platform: Platform) -> tuple[str, list[Buyer]]:
    """A style whose images are quick, and buyers who are signed in."""
    # The factory of styles asks the app's settings.
    os.environ.update(platform.stack.environment)
    from tests.factories.styles import make_style  # noqa: PLC0415
    from tests.journeys.conftest import become_artist  # noqa: PLC0415

    artist = Buyer(platform.url, f"ada{time.time_ns()}", seed="")
    become_artist(artist)
    artist.id, artist.name = artist.get("/api/auth/me")["id"], artist.login  # type: ignore[attr-defined]
    style_id = str(make_style(artist, price=PRICE))  # type: ignore[arg-type]
    return style_id, []


def run(platform: Platform, style_id: str, seed: str, options: argparse.Namespace) -> Totals:
    """One run; answers what happened."""
    totals = Totals(runs=1)
    buyers = [
        Buyer(platform.url, f"b{n}x{time.time_ns()}", seed=f"{seed} {n}") for n in range(BUYERS)
    ]
    for buyer in buyers:
        buyer.sign_in()
    over = threading.Event()
    lives = [threading.Thread(target=buyer.live, args=(style_id, over)) for buyer in buyers]
    for life in lives:
        life.start()
    _suffer(platform, seed, over, totals, options)
    over.set()
    for life in lives:
        life.join(60)
    platform.mend()
    try:
        platform.await_health()
        come_to_rest(platform)
        totals.wrong = violations(platform, [buyer.wishes for buyer in buyers])
    except (TimeoutError, RuntimeError) as error:
        totals.wrong = [str(error)]
    totals.images = sum(image is not None for one in buyers for image in one.wishes.images.values())
    totals.orders = sum(len(one.wishes.paid) for one in buyers)
    return totals


def _suffer(
    platform: Platform,
    seed: str,
    over: threading.Event,
    totals: Totals,
    options: argparse.Namespace,
) -> None:
    began = time.monotonic()
    lasting = []
    for fault in draw(seed, count=options.faults, seconds=options.seconds):
        time.sleep(max(0.0, began + fault.at - time.monotonic()))
        if options.verbose:
            print(f"    {fault}", flush=True)
        totals.faults[f"{fault.kind} {fault.target}"] += 1
        thread = threading.Thread(target=inflict, args=(platform, fault, over))
        thread.start()
        lasting.append(thread)
    time.sleep(max(0.0, began + options.seconds - time.monotonic()))
    for thread in lasting:
        thread.join(30)


def campaign(options: argparse.Namespace, folder: Path) -> Totals:
    """All runs."""
    totals = Totals()
    ends = time.monotonic() + 60 * options.minutes
    platform, style_id = None, ""
    try:
        for number in range(options.runs):
            if time.monotonic() > ends:
                break
            if platform is None or number % RUNS_OF_A_STACK == 0:
                if platform:
                    platform.stop()
                platform = Platform(folder)
                platform.start()
                style_id, _ = open_shop(platform)
            seed = f"{options.seed + number}"
            began = time.monotonic()
            happened = run(platform, style_id, seed, options)
            totals.runs += 1
            totals.faults += happened.faults
            totals.images += happened.images
            totals.orders += happened.orders
            totals.wrong += [f"seed {seed}: {one}" for one in happened.wrong]
            print(
                f"seed {seed}: {happened.faults.total()} faults, {happened.images} images,"
                f" {happened.orders} purchases, {time.monotonic() - began:.0f} s,"
                f" {len(happened.wrong)} violations",
                *happened.wrong,
                sep="\n    ",
                flush=True,
            )
            if happened.wrong and options.stop:
                break
    finally:
        if platform:
            platform.stop()
    return totals


def main() -> int:
    """1 when something was lost, doubled or stuck."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="begin none later")
    parser.add_argument("--seconds", type=float, default=20, help="of faults in each run")
    parser.add_argument("--faults", type=int, default=10, help="in each run")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--data", type=Path, help="of the stack; kept")
    parser.add_argument("--stop", action="store_true", help="at the first violation")
    parser.add_argument("--verbose", action="store_true", help="print each fault")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="outages-") as folder:
        totals = campaign(options, options.data or Path(folder))
    print(f"{totals.runs} runs, {totals.images} images, {totals.orders} purchases")
    for name, count in sorted(totals.faults.items()):
        print(f"  {name}: {count}")
    print(f"{len(totals.wrong)} violations", *totals.wrong, sep="\n  ")
    return 1 if totals.wrong or not totals.runs else 0


if __name__ == "__main__":
    sys.exit(main())
