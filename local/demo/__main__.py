"""`python -m local.demo`: the platform's main job, told step by step, on the running stack."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.demo.main import run
from local.demo.person import DemoFailed, await_health
from local.demo.pictures import read_folder
from local.run import read_state, running_stack


@contextmanager
def _stack(data: Path) -> Iterator[str]:
    """Where the platform runs; starts one for the time being when none does."""
    if state := read_state(data):
        print(f"Using the platform that runs at {state['url']}")
        yield await_health(state["url"])
        return
    print(f"No platform runs in {data}: starting one (the first time takes some minutes; ", end="")
    print(f"{data / 'output.log'} tells)", flush=True)
    with running_stack(data) as started:
        print(f"Started at {started['url']}; it is stopped at the end", flush=True)
        yield await_health(started["url"])
        print("Stopping the platform; `make run` starts it with what was made", flush=True)


def main() -> int:
    """Tell the story; gives the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--artworks", type=Path, help="a folder of 10 to 100 JPG or PNG files, 512×512 or larger"
    )
    parser.add_argument("--data", type=Path, default=Path(".local"), help="the stack's data")
    options = parser.parse_args()
    try:
        if options.artworks:
            # A folder that will not do is better known before anything is started.
            read_folder(options.artworks)
        with _stack(options.data) as url:
            report = run(url, options.data, options.artworks)
    except (DemoFailed, RuntimeError) as failure:
        print(f"\nFAILED: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before the end.", file=sys.stderr)
        return 130
    print(f"\nEverything worked, in {report.stage_seconds['all']:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
