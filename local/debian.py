"""Programs from Debian's and Ubuntu's packages, unpacked into a folder without root."""

import fcntl
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ATTEMPTS = 3


class Unavailable(Exception):
    """The packages cannot be had on this machine."""


def unpack(
    folder: Path, *, package: str, wanted: str, then: Callable[[Path], None] = lambda _: None
) -> Path:
    """`folder` with the package and those of its dependencies whose names match `wanted`.

    Downloaded once; `then` adapts the unpacked tree before it becomes visible. Raises Unavailable.
    """
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        # Two stacks that start at once share the folder.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(folder, package, wanted, then)
    return folder


def _fetch(folder: Path, package: str, wanted: str, then: Callable[[Path], None]) -> None:
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        raise Unavailable(f"{package} is not installed, and only Debian and Ubuntu can fetch it")
    work = folder.with_name(folder.name + ".download")
    shutil.rmtree(work, ignore_errors=True)
    debs, fresh = work / "debs", work / "tree"
    for path in (work / "state/lists/partial", work / "cache/archives/partial", debs, fresh):
        path.mkdir(parents=True)
    options = _private_apt(work)
    _run(["apt-get", *options, "update"], attempts=ATTEMPTS)
    names = _closure(options, package, wanted)
    _run(["apt-get", *options, "download", *names], cwd=debs, attempts=ATTEMPTS)
    for deb in sorted(debs.glob("*.deb")):
        _run(["dpkg", "-x", str(deb), str(fresh)])
    then(fresh)
    fresh.rename(folder)
    shutil.rmtree(work)


def _private_apt(work: Path) -> list[str]:
    settings = (
        f"Dir::State={work}/state",
        "Dir::State::status=/var/lib/dpkg/status",
        f"Dir::Cache={work}/cache",
        # Else apt, run by root, drops to an account that cannot reach our folder.
        "APT::Sandbox::User=",
        "APT::Update::Error-Mode=any",
    )
    return [part for setting in settings for part in ("-o", setting)]


def _closure(options: Sequence[str], package: str, wanted: str) -> list[str]:
    skipped = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
    flags = ["--recurse", *(f"--no-{kind}" for kind in skipped)]
    lines = _run(["apt-cache", *options, "depends", *flags, package]).splitlines()
    return sorted({line for line in lines if line == package or re.fullmatch(wanted, line)})


def _run(argv: Sequence[str], *, cwd: Path | None = None, attempts: int = 1) -> str:
    for attempt in range(1, attempts + 1):
        done = subprocess.run(
            argv,
            cwd=cwd,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode == 0:
            return done.stdout
        if attempt < attempts:
            time.sleep(attempt)
    raise Unavailable(f"{' '.join(argv[:2])} failed:\n{done.stdout[-1500:]}")
