"""One whole platform with both GPU workers, quick to notice what is lost."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local.demo.person import DemoFailed, Person, Upload
from local.run import running_stack
from tests.people import picture, signature

SETTINGS = {
    "SWEEP_SECONDS": "2",
    "SILENCE_SECONDS": "8",
    "RETRY_DELAYS_SECONDS": "0,1,2",
    "OUTBOX_LEASE_SECONDS": "5",
    "RATE_LIMITS": "off",
    "TRAINING_STEPS": "12",
    "GENERATION_STEPS": "8",
}
PATIENCE_SECONDS = 150
FINAL = {"completed", "failed", "canceled"}


def await_true(what: str, check: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    """The first true answer; a platform that is coming back may refuse meanwhile."""
    deadline, last = time.monotonic() + seconds, None
    while time.monotonic() < deadline:
        try:
            if last := check():
                return last
        except (DemoFailed, psycopg.Error) as error:
            last = error
        time.sleep(0.3)
    raise AssertionError(f"{what} did not come about in {seconds} s: {last}")


@dataclass
class World:
    """The platform, an artist with a trained style, and a buyer."""

    folder: Path
    state: dict[str, Any]
    artist: Person
    buyer: Person
    style_id: str = ""

    def pids(self, *needles: str) -> list[int]:
        """Processes of this platform whose command line holds all of these."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                surroundings = command + (entry / "environ").read_bytes().decode(errors="replace")
            except OSError:
                continue
            ours = str(self.folder) in surroundings or self.state["url"] in surroundings
            if ours and all(needle in command for needle in needles):
                found.append(int(entry.name))
        return found

    def kill(self, *needles: str) -> None:
        pids = self.pids(*needles)
        assert pids, f"nothing runs that is called {needles}"
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def ask(self) -> str:
        """An image of the trained style."""
        body = {
            "style_id": self.style_id,
            "prompt_tags": ["a red house", "sun"],
            "aspect_ratio": "1:1",
        }
        made: str = self.buyer.post("/api/generations", body)["id"]
        return made

    def status(self, generation_id: str) -> str:
        shown: str = self.buyer.get(f"/api/generations/{generation_id}")["status"]
        return shown

    def await_end(self, generation_id: str) -> dict[str, Any]:
        """The generation when it has ended."""
        await_true("the end", lambda: self.status(generation_id) in FINAL)
        shown: dict[str, Any] = self.buyer.get(f"/api/generations/{generation_id}")
        return shown

    def require_sound_books(self) -> None:
        """Every hold is settled or refunded, no job is open, and the proof holds."""
        with psycopg.connect(self.state["database_url"]) as connection:
            pending, still_open = connection.execute(
                "SELECT (SELECT count(*) FROM token.transactions WHERE status = 'pending'),"
                " (SELECT count(*) FROM system.jobs WHERE ended_at IS NULL)"
            ).fetchone() or (None, None)
        assert (pending, still_open) == (0, 0)
        operator = Person(self.state["url"], "oscar")
        operator.sign_in()
        proof = operator.get("/api/admin/ledger")
        assert proof["holds"] is True, proof


def submit_style(artist: Person) -> str:
    """Ten small artworks as a style."""
    files = [Upload(f"{n}.png", picture(seed=n * 5), "image/png") for n in range(10)]
    keys = artist.upload("artwork", files)
    made: str = artist.post(
        "/api/styles",
        {
            "title": "Quick Shapes",
            "description": "Small and quick.",
            "generation_cost_tokens": 3,
            "artworks": [{"upload_key": key, "tags": ["a red house"]} for key in keys],
            "rights_statement": {"name": artist.login, "accepted": True},
        },
    )["id"]
    return made


def become_artist(artist: Person) -> None:
    artist.sign_in()
    key = artist.upload("signature", [Upload("s.png", signature(), "image/png")])[0]
    artist.post(
        "/api/users/me/upgrade-to-artist",
        {"artist_name": artist.login, "email": artist.email, "signature_upload_key": key},
    )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    arguments = tuple(
        part for name, value in SETTINGS.items() for part in ("--set", f"{name}={value}")
    )
    with running_stack(folder, arguments=arguments) as state:
        url = state["url"]
        yield World(folder, state, Person(url, "ada"), Person(url, "ben"))
