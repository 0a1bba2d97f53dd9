"""The web app in a real browser, before the whole platform: what people do, then what they meet.

The first part leaves the style, the images and the people that the others look at. What was
seen stays in `.local/browser`.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.chromium import chromium
from local.demo.artworks import draw_artworks
from local.programs import plain_environment
from local.run import running_stack

pytestmark = [
    pytest.mark.journey,
    pytest.mark.timeout(2400),
]
ROOT = Path(__file__).parents[2]
SETTINGS = {
    "RATE_LIMITS": "off",
    "SWEEP_SECONDS": "2",
    "TRAINING_STEPS": "16",
    "GENERATION_STEPS": "6",
}
PEOPLE = {"ARTIST": "mina", "BUYER": "joon"}


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What Playwright is told: a platform of its own, artworks to upload, and the browser."""
    browser = chromium(ROOT / ".local")
    artworks = tmp_path_factory.mktemp("artworks")
    draw_artworks(artworks)
    arguments = (part for name, value in SETTINGS.items() for part in ("--set", f"{name}={value}"))
    with running_stack(tmp_path_factory.mktemp("platform"), arguments=tuple(arguments)) as state:
        yield {
            **plain_environment(),
            **PEOPLE,
            "WEB_URL": state["url"],
            "ARTWORKS": os.fspath(artworks),
            "CHROMIUM": os.fspath(browser),
        }


def run(command: list[str], folder: Path, surroundings: dict[str, str]) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-12_000:]


def test_in_a_browser(surroundings: dict[str, str]) -> None:
    run(["npx", "playwright", "test", "--reporter", "list"], ROOT / "frontend", surroundings)


def test_public_pages_are_all_that_lighthouse_can_ask(surroundings: dict[str, str]) -> None:
    """Accessibility, best practices, SEO and layout shift; times are reported, not judged."""
    audit = ["node", "audit.mjs", surroundings["WEB_URL"], "--runs", "1"]
    run(audit, ROOT / "frontend" / "lighthouse", surroundings)
