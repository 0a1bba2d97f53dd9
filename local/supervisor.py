"""Starts programs in order, watches them, restarts those that crash, and leaves none behind."""

import asyncio
import os
import secrets
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from local import guardian
from local.programs import MARK, Program, die_with_parent, plain_environment
from local.terminal import Terminal

CRASHES_MAX = 5
CRASH_WINDOW_SECONDS = 60.0
BACKOFF_SECONDS = 0.25
PROBE_SECONDS = 0.1
LAST_LINES = 8


@dataclass
class Seat:
    """One program and the process that runs it now."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    up: asyncio.Event = field(default_factory=asyncio.Event)
    exited: asyncio.Event = field(default_factory=asyncio.Event)
    crashes: deque[float] = field(default_factory=deque)
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))

    @property
    def runs(self) -> bool:
        """Whether its process lives."""
        return self.process is not None and not self.exited.is_set()


class Supervisor:
    """One stack of programs; `run()` once."""

    def __init__(
        self, programs: Sequence[Program], *, logs: Path, keep: tuple[int, ...] = ()
    ) -> None:
        self.mark = secrets.token_hex(12)
        self.terminal = Terminal([program.name for program in programs])
        self._logs = logs
        self._keep = keep
        self._seats = {program.name: Seat(program) for program in programs}
        self._exit_code = 0

    def pids(self) -> dict[str, int]:
        """The main process of each program that runs."""
        return {
            name: seat.process.pid
            for name, seat in self._seats.items()
            if seat.process and seat.runs
        }

    def awaited(self) -> list[str]:
        """Programs that are not ready yet."""
        return [
            name
            for name, seat in self._seats.items()
            if not seat.up.is_set() and not seat.program.once
        ]

    def stop(self, exit_code: int = 0) -> None:
        """Ask for the orderly end; asked twice, everything is killed."""
        if self._stopping.is_set():
            self._kill_all()
        self._exit_code = self._exit_code or exit_code
        self._stopping.set()

    async def run(self, when_up: Callable[[], None] = lambda: None) -> int:
        """Until a signal, `stop()` or a program that cannot be kept up; gives the exit code."""
        self._logs.mkdir(parents=True, exist_ok=True)
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._probes = ThreadPoolExecutor(max_workers=16)
        self._guardian = guardian.start(self.mark, keep=self._keep)
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                self._loop.add_signal_handler(number, self._interrupted)
        keepers = [asyncio.create_task(self._keep_up(seat)) for seat in self._seats.values()]
        announcer = asyncio.create_task(self._announce(when_up))
        try:
            await self._stopping.wait()
        finally:
            announcer.cancel()
            await self._stop_all()
            for task in keepers:
                task.cancel()
            self._dismiss_guardian()
            self._probes.shutdown(wait=False)
        return self._exit_code

    def _interrupted(self) -> None:
        if not self._stopping.is_set():
            self.terminal.say("stack", "stopping (once more: kill at once)")
        self.stop()

    async def _announce(self, when_up: Callable[[], None]) -> None:
        for seat in self._seats.values():
            if not seat.program.background:
                await seat.up.wait()
        when_up()

    async def _keep_up(self, seat: Seat) -> None:
        try:
            for name in seat.program.needs:
                await self._seats[name].up.wait()
            while not self._stopping.is_set():
                await self._run_once(seat)
                if seat.program.once and seat.up.is_set():
                    return
                if self._stopping.is_set():
                    return
                if seat.program.once and seat.program.background:
                    self._report(seat, "is not through")
                    return
                await self._recover(seat)
        except Exception as error:
            self.terminal.say("stack", f"{seat.program.name} cannot be run: {error!r}")
            self.stop(1)

    async def _run_once(self, seat: Seat) -> None:
        began = time.monotonic()
        self._start(seat)
        if not seat.program.once:
            await self._await_ready(seat, began)
        await seat.exited.wait()
        if seat.program.once and seat.process and seat.process.returncode == 0:
            self._say_ready(seat, "done", began)

    async def _await_ready(self, seat: Seat, began: float) -> None:
        probe = seat.program.ready or (lambda: True)
        while not await self._loop.run_in_executor(self._probes, probe):
            if not seat.runs or self._stopping.is_set():
                return
            if time.monotonic() - began > seat.program.start_seconds:
                self._report(seat, f"is not ready after {seat.program.start_seconds:.0f} s")
                self.stop(1)
                return
            await asyncio.sleep(PROBE_SECONDS)
        if seat.runs:
            self._say_ready(seat, "ready", began)

    def _say_ready(self, seat: Seat, word: str, began: float) -> None:
        seat.up.set()
        after = f"{word} after {time.monotonic() - began:.1f} s"
        known = seat.program.once or seat.program.ready
        self.terminal.say(seat.program.name, after if known else "started")

    async def _recover(self, seat: Seat) -> None:
        code = seat.process.returncode if seat.process else None
        self._report(seat, f"ended unexpectedly ({_reading(code)})")
        now = time.monotonic()
        seat.crashes.append(now)
        while seat.crashes[0] < now - CRASH_WINDOW_SECONDS:
            seat.crashes.popleft()
        if seat.program.once or len(seat.crashes) > CRASHES_MAX:
            self.terminal.say("stack", f"giving up: {seat.program.name} cannot be kept running")
            self.stop(1)
            return
        pause = BACKOFF_SECONDS * 2 ** (len(seat.crashes) - 1)
        self.terminal.say(seat.program.name, f"starting again in {pause:.1f} s")
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), pause)

    def _report(self, seat: Seat, what: str) -> None:
        name = seat.program.name
        self.terminal.say(name, f"{what}; its last lines, all in {self._logs / name}.log:")
        for line in list(seat.tail):
            self.terminal.say(name, f"    {line}")

    def _start(self, seat: Seat) -> None:
        program = seat.program
        seat.exited = asyncio.Event()
        seat.process = subprocess.Popen(
            list(program.argv),
            env={**plain_environment(), **program.env, MARK: self.mark},
            cwd=program.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A group of its own: the terminal's Ctrl-C reaches only us, and we keep the order.
            start_new_session=True,
            preexec_fn=die_with_parent(program.stop_signal),
            **program.popen,
        )
        self._tell_guardian(f"{seat.process.pid} {program.stop_signal}")
        for work in (self._pump, self._watch):
            threading.Thread(target=work, args=(seat, seat.process), daemon=True).start()

    def _pump(self, seat: Seat, process: subprocess.Popen[bytes]) -> None:
        name = seat.program.name
        if not process.stdout:
            return
        with process.stdout as lines, (self._logs / f"{name}.log").open("ab", buffering=0) as log:
            for raw in lines:
                log.write(raw)
                line = raw.decode(errors="replace").rstrip()
                seat.tail.append(line)
                if not seat.program.quiet:
                    self.terminal.say(name, line)

    def _watch(self, seat: Seat, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        exited = seat.exited
        # The last lines may still be in the pipe.
        time.sleep(0.05)
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(exited.set)

    async def _stop_all(self) -> None:
        began = time.monotonic()
        await asyncio.gather(*(self._stop_one(seat) for seat in self._seats.values()))
        guardian.kill_marked(self.mark)
        self.terminal.say("stack", f"stopped in {time.monotonic() - began:.1f} s")

    async def _stop_one(self, seat: Seat) -> None:
        for other in self._seats.values():
            if seat.program.name in other.program.needs and other.runs:
                await other.exited.wait()
        if not seat.process:
            return
        if seat.runs:
            with suppress(ProcessLookupError):
                seat.process.send_signal(seat.program.stop_signal)
            try:
                await asyncio.wait_for(seat.exited.wait(), seat.program.stop_seconds)
            except TimeoutError:
                self.terminal.say(seat.program.name, "does not stop: killed")
        _kill_group(seat.process.pid)
        await seat.exited.wait()

    def _kill_all(self) -> None:
        for seat in self._seats.values():
            if seat.process:
                _kill_group(seat.process.pid)
        guardian.kill_marked(self.mark)

    def _tell_guardian(self, line: str) -> None:
        with suppress(OSError):
            if self._guardian.stdin:
                self._guardian.stdin.write(f"{line}\n".encode())
                self._guardian.stdin.flush()

    def _dismiss_guardian(self) -> None:
        self._tell_guardian("done")
        if self._guardian.stdin:
            self._guardian.stdin.close()
        self._guardian.wait(5)


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _reading(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
