"""The supervisor keeps the order, restarts what crashes, and leaves nothing behind."""

import asyncio
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.guardian import marked
from local.ports import free_port
from local.programs import Program, listens
from local.supervisor import Supervisor
from tests.local.waiting import await_true

ROOT = Path(__file__).parents[2]
SLEEPER = "import time; time.sleep(60)"


def python(name: str, code: str, **fields: object) -> Program:
    return Program(name=name, argv=[sys.executable, "-c", textwrap.dedent(code)], **fields)  # type: ignore[arg-type]


def supervise(
    tmp_path: Path, *programs: Program, when_up: Callable[[Supervisor], None] | None = None
) -> int:
    supervisor = Supervisor(programs, logs=tmp_path / "logs")
    return asyncio.run(supervisor.run(lambda: (when_up or Supervisor.stop)(supervisor)))


def test_a_program_starts_when_those_it_needs_are_ready_and_stops_before_them(
    tmp_path: Path,
) -> None:
    port = free_port()
    notes = tmp_path / "notes"
    note = f"import signal, sys; note = lambda w: open({str(notes)!r}, 'a').write(w + ' ');"
    ends = "signal.signal(signal.SIGTERM, lambda *_: (note('-{0}'), sys.exit()));"
    first = f"""
        {note} {ends.format("store")}
        import socket, time; time.sleep(0.3); note('+store')
        s = socket.create_server(('127.0.0.1', {port}))
        while True: s.accept()
        """
    second = f"{note} {ends.format('api')} note('+api'); signal.pause()"
    started = tmp_path / "notes"

    def stop_later(supervisor: Supervisor) -> None:
        async def wait() -> None:
            while "+api" not in started.read_text():
                await asyncio.sleep(0.02)
            supervisor.stop()

        supervisor.later = asyncio.ensure_future(wait())  # type: ignore[attr-defined]

    code = supervise(
        tmp_path,
        python("api", second, needs=("store",)),
        python("store", first, ready=listens(port)),
        when_up=stop_later,
    )
    assert code == 0
    assert notes.read_text().split() == ["+store", "+api", "-api", "-store"]


def test_a_crashed_program_is_started_again_and_its_last_lines_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flag = tmp_path / "crashed"
    code = f"""
        import pathlib, sys, time
        flag = pathlib.Path({str(flag)!r})
        if not flag.exists():
            flag.touch(); print('the disk is full'); sys.exit(3)
        flag.with_name('again').touch(); time.sleep(60)
        """

    def stop_when_back(supervisor: Supervisor) -> None:
        async def wait() -> None:
            while not flag.with_name("again").exists():
                await asyncio.sleep(0.02)
            supervisor.stop()

        supervisor.later = asyncio.ensure_future(wait())  # type: ignore[attr-defined]

    assert supervise(tmp_path, python("api", code, quiet=True), when_up=stop_when_back) == 0
    shown = capsys.readouterr().out
    assert "ended unexpectedly (exit code 3)" in shown
    assert "the disk is full" in shown
    assert "the disk is full" in (tmp_path / "logs" / "api.log").read_text()


def test_a_program_that_crashes_again_and_again_stops_the_stack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("local.supervisor.BACKOFF_SECONDS", 0.01)
    neighbour = python("store", SLEEPER)
    code = supervise(
        tmp_path, neighbour, python("api", "raise SystemExit(1)"), when_up=lambda _: None
    )
    assert code == 1
    assert "giving up: api" in capsys.readouterr().out


def test_a_failed_step_stops_the_stack(tmp_path: Path) -> None:
    step = python("prepare", "raise SystemExit('no such table')", once=True)
    assert supervise(tmp_path, step, python("api", SLEEPER, needs=("prepare",))) == 1


def test_a_failed_step_in_the_background_is_told_and_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    store = f"import socket, time; s = socket.create_server(('127.0.0.1', {port})); time.sleep(60)"
    step = python("seed", "raise SystemExit('not all is there')", once=True, background=True)

    def stop_later(supervisor: Supervisor) -> None:
        async def wait() -> None:
            while "seed" in supervisor.pids():
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.2)
            assert "store" in supervisor.pids()
            assert supervisor.awaited() == []
            supervisor.stop()

        supervisor.later = asyncio.ensure_future(wait())  # type: ignore[attr-defined]

    assert (
        supervise(tmp_path, python("store", store, ready=listens(port)), step, when_up=stop_later)
        == 0
    )
    told = capsys.readouterr().out
    assert "not all is there" in told
    assert "giving up" not in told


def test_a_program_that_ignores_its_signal_is_killed(tmp_path: Path) -> None:
    port = free_port()
    deaf = f"""
        import signal, socket
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        s = socket.create_server(('127.0.0.1', {port})); signal.pause(); signal.pause()
        """
    began = time.monotonic()
    program = python("deaf", deaf, ready=listens(port), stop_seconds=0.5)
    assert supervise(tmp_path, program) == 0
    assert time.monotonic() - began < 10
    assert not listens(port)()


def test_killing_the_supervisor_leaves_no_process(tmp_path: Path) -> None:
    # A grandchild in a session of its own that ignores every polite signal: the hardest case.
    stubborn = textwrap.dedent(
        """
        import signal, subprocess, sys, time
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(90)'],
                         start_new_session=True)
        time.sleep(90)
        """
    )
    script = f"""
import asyncio, pathlib, sys
from local.programs import Program
from local.supervisor import Supervisor
program = Program(name="stubborn", argv=[sys.executable, "-c", {stubborn!r}])
supervisor = Supervisor([program], logs=pathlib.Path({str(tmp_path)!r}))
up = lambda: pathlib.Path({str(tmp_path / "mark")!r}).write_text(supervisor.mark)
asyncio.run(supervisor.run(up))
"""
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT)
    await_true((tmp_path / "mark").exists)
    mark = (tmp_path / "mark").read_text()
    await_true(lambda: len(marked(mark)) == 2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    await_true(lambda: not marked(mark))


def test_the_marks_of_other_stacks_are_not_mine() -> None:
    assert marked("no such stack") == []
