"""Chromium for the browser tests and the screenshots: prints where it is."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from local.debian import Unavailable

NAMES = ("chromium", "chromium-browser", "google-chrome")
# With a face for Korean, so that pictures of pages show what people see.
PACKAGES = ("chromium", "fonts-nanum")
INSTALL = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends")


def chromium(folder: Path) -> Path:
    """`CHROMIUM`, else the installed one; root gets Debian's package. Raises Unavailable.

    `folder` holds the lock for those who ask at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found := _found():
            return found
        if os.geteuid() or not shutil.which("apt-get"):
            raise Unavailable("Chromium is missing: install it, or set CHROMIUM to its file")
        _install()
        if found := _found():
            return found
    raise Unavailable("Chromium was installed and cannot be found")


def _found() -> Path | None:
    given = os.environ.get("CHROMIUM")
    found = given or next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def _install() -> None:
    for argv in (("apt-get", "update", "--quiet"), (*INSTALL, *PACKAGES)):
        done = subprocess.run(
            argv,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            raise Unavailable(f"{' '.join(argv)} failed:\n{done.stdout[-1500:]}")


if __name__ == "__main__":
    print(chromium(Path(__file__).parents[1] / ".local"))
