"""`python -m local.seed`: demo content for a first look, on the running platform."""

import argparse
import sys
from pathlib import Path

from local.demo.person import DemoFailed, await_health
from local.run import read_state
from local.seed.cast import MEMBERS
from local.seed.main import seed
from local.seed.plan import Plan
from local.seed.wishes import WISHES

PLAN = Plan(MEMBERS, WISHES)


def main() -> int:
    """Add what is missing; gives the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".local"), help="the stack's data")
    parser.add_argument("--url", help="where it runs, if the data do not tell")
    options = parser.parse_args()
    state = read_state(options.data)
    url = options.url or (state and state["url"])
    if not url:
        print(f"No platform runs in {options.data}: make run", file=sys.stderr)
        return 1
    try:
        seed(await_health(url), PLAN, options.data)
    except BlockingIOError:
        print(f"{options.data} is being seeded already", file=sys.stderr)
        return 1
    except DemoFailed as failure:
        print(f"Not all is there: {failure}. Seeding again goes on from here", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Seeding again goes on from here", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
