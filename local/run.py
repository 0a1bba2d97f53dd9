"""`python -m local.run`: the whole platform on this machine, until Ctrl-C."""

import argparse
import asyncio
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from local.debian import Unavailable
from local.ports import is_free
from local.postgres import PostgresFailed
from local.programs import die_with_parent, plain_environment
from local.stack import ROOT, Incomplete, Stack, build_stack
from local.supervisor import Supervisor

STATE_FILE = "stack.json"
DEFAULT_PORT = 8000
LOCK_SECONDS = 15.0
START_SECONDS = 420.0
PROGRAM_FILES = ("PG_BIN", "RABBITMQ_SERVER")
SEEDING = (
    "demo content is being added while you look around: the first style and its images are there "
    "after some minutes, everything after about 10. Sign in as Alice (an artist) or Bob (a buyer)"
)


class AlreadyRunning(Exception):
    """Another stack uses the same folder."""


def read_state(folder: Path) -> dict[str, Any] | None:
    """What a running stack says of itself; None when none runs there."""
    try:
        state: dict[str, Any] = json.loads((folder / STATE_FILE).read_text())
        os.kill(state["pid"], 0)
    except (OSError, ValueError):
        return None
    return state


@contextmanager
def running_stack(folder: Path, *, arguments: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """A stack in a process of its own, with its state, on any free port; for tests."""
    process = start_stack(folder, *arguments)
    try:
        yield await_state(process, folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def start_stack(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A stack on any free port, with stores of its own; its output in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    argv = [sys.executable, "-m", "local.run", "--data", str(folder), "--port", "0", *arguments]
    with (folder / "output.log").open("ab") as output:
        return subprocess.Popen(
            argv,
            cwd=ROOT,
            # Not ours whole: it may name the stores of the process that starts it.
            env={
                **plain_environment(),
                **{name: os.environ[name] for name in PROGRAM_FILES if name in os.environ},
            },
            stdout=output,
            stderr=output,
            # Its own session: a Ctrl-C here must reach it once, through us.
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )


def await_state(process: subprocess.Popen[bytes], folder: Path) -> dict[str, Any]:
    """What the stack says of itself once it is up; raises RuntimeError with its last lines."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        state = read_state(folder)
        if state and state["pid"] == process.pid:
            return state
        time.sleep(0.1)
    text = (folder / "output.log").read_text(errors="replace")
    raise RuntimeError(f"the stack did not come up:\n{text[-4000:]}")


def _lock(folder: Path) -> IO[str]:
    # Held by the guardian too, so it also tells when the remains of a killed stack are gone.
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("w")
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if (state := read_state(folder)) or time.monotonic() > deadline:
                where = f" at {state['url']}, process {state['pid']}" if state else ""
                raise AlreadyRunning(f"{folder} is in use by a running stack{where}") from None
            time.sleep(0.2)
        else:
            return lock


def _write_state(stack: Stack, supervisor: Supervisor) -> None:
    state = {
        "url": stack.url,
        "pid": os.getpid(),
        "pids": supervisor.pids(),
        "ports": vars(stack.ports),
        "database_url": stack.environment["DATABASE_URL"],
        "amqp_url": stack.environment["AMQP_URL"],
        "env": dict(stack.environment),
    }
    path = stack.folder / STATE_FILE
    path.unlink(missing_ok=True)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(state, indent=2))
    fresh.replace(path)


def _serve(stack: Stack, lock: IO[str], *, seeding: bool) -> int:
    supervisor = Supervisor(stack.programs, logs=stack.folder / "logs", keep=(lock.fileno(),))

    def announce() -> None:
        _write_state(stack, supervisor)
        supervisor.terminal.say("stack", f"open {stack.url}  (Ctrl-C stops it)")
        if awaited := supervisor.awaited():
            supervisor.terminal.say("stack", f"still starting: {', '.join(awaited)}")
        if seeding:
            supervisor.terminal.say("stack", SEEDING)

    try:
        return asyncio.run(supervisor.run(announce))
    finally:
        (stack.folder / STATE_FILE).unlink(missing_ok=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".local"), help="where data is kept")
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("PORT", DEFAULT_PORT)), help="0: any"
    )
    parser.add_argument("--no-workers", action="store_true", help="without the GPU workers")
    parser.add_argument(
        "--hot-reload", action="store_true", help="pages from Vite instead of the built web app"
    )
    parser.add_argument("--seed", action="store_true", help="add demo content for a first look")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    return parser.parse_args()


def main() -> int:
    """Run until stopped; gives the exit code."""
    options = _options()
    if options.port and not is_free(options.port):
        print(f"Port {options.port} is in use. Stop what uses it, or choose another: PORT=8001")
        return 1
    overrides = dict(pair.split("=", 1) for pair in options.set)
    try:
        lock = _lock(options.data)
        print(f"Preparing {options.data} (the first time fetches and makes what is missing)")
        stack = build_stack(
            options.data,
            port=options.port,
            workers=not options.no_workers,
            hot_reload=options.hot_reload,
            seed=options.seed,
            **overrides,
        )
    except (AlreadyRunning, Incomplete, PostgresFailed, Unavailable) as error:
        print(f"Cannot start: {error}")
        return 1
    with lock, suppress(KeyboardInterrupt):
        return _serve(stack, lock, seeding=options.seed)
    return 130


if __name__ == "__main__":
    sys.exit(main())
