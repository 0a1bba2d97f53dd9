"""The people of the plan at their browsers, and what each of them has on the platform already."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from local.demo.person import Person
from local.demo.studio import upgrade
from local.seed.pictures import draw_face
from local.seed.plan import Member, Plan, Tally

SIGN_INS_SECONDS = 300.0
ENDED_BADLY = {"failed", "canceled"}
OPEN = {"queued", "processing", "retrying"}

Card = dict[str, Any]
Say = Callable[[str], None]


class Resident:
    """One of the people, signed in."""

    def __init__(self, member: Member, person: Person) -> None:
        self.member, self.person = member, person
        self.account: dict[str, Any] = person.sign_in()
        self.style: dict[str, Any] | None = None
        # By style and seed.
        self.images: dict[tuple[str, int], Card] = {}
        self.ordered: set[tuple[str, int]] = set()
        self.following: set[str] = set()
        self._seeds: dict[str, int] = {}

    def settle_in(self, tally: Tally) -> None:
        """Profile, picture and signature, where they are missing."""
        member, person = self.member, self.person
        if member.studio and self.account["role"] != "artist":
            upgrade(person, name=member.studio.artist_name, signature=member.studio.signature())
            tally.count("artists")
        change: dict[str, Any] = {}
        if not self.account["bio"]:
            # Whoever has written one since has chosen a name, too.
            change |= {"username": member.username, "bio": member.bio}
        if not self.account["profile_image_url"]:
            change["profile_image_upload_key"] = person.upload(
                "profile_image", [draw_face(member)]
            )[0]
        if change:
            person.patch("/api/users/me", change)
            tally.count("profiles")
        self.account = person.get("/api/auth/me")

    def look(self) -> None:
        """Read what is theirs."""
        self.look_at_style()
        self.look_at_images()

    def look_at_style(self) -> None:
        """The style that stands, if they are an artist."""
        if self.member.studio:
            mine = self.person.get("/api/styles/me")["results"]
            standing = [style for style in mine if style["training_status"] != "failed"]
            self.style = standing[0] if standing else None

    def look_at_images(self) -> None:
        """All that they had made and that did not fail."""
        self.images = {
            (card["style"]["id"], self._seed_of(card["id"])): card
            for card in pages(self.person, "/api/generations/me")
            if card["status"] not in ENDED_BADLY
        }

    def open_orders(self) -> int:
        """How many images are being made for them."""
        return sum(card["status"] in OPEN for card in self.images.values())

    def _seed_of(self, generation_id: str) -> int:
        # Lists do not tell it, and it never changes.
        if generation_id not in self._seeds:
            found = self.person.get(f"/api/generations/{generation_id}")
            self._seeds[generation_id] = found["seed"]
        return self._seeds[generation_id]


class Pace:
    """When people signed in, kept in a file, so that a run that follows at once knows of it."""

    def __init__(self, path: Path, sign_ins_max: int) -> None:
        self._path, self._sign_ins_max = path, sign_ins_max

    def take(self) -> bool:
        """Whether somebody may sign in now."""
        try:
            noted = [float(line) for line in self._path.read_text().split()]
        except (OSError, ValueError):
            noted = []
        now = time.time()
        recent = [at for at in noted if now - SIGN_INS_SECONDS < at <= now]
        if len(recent) >= self._sign_ins_max:
            return False
        self._path.write_text("\n".join(map(str, [*recent, now])))
        return True


class Crowd:
    """Everybody; people sign in when they are first needed, at a pace that leaves room."""

    def __init__(self, url: str, plan: Plan, pace: Pace, say: Say) -> None:
        self.plan, self.tally = plan, Tally()
        self._pace = pace
        self._url, self._say = url, say
        self._here: dict[str, Resident] = {}

    def find(self, login: str) -> Resident | None:
        """Somebody who is signed in, now if need be; None while that has to wait."""
        if login in self._here:
            return self._here[login]
        if not self._pace.take():
            return None
        member = self.plan.members[login]
        resident = Resident(member, Person(self._url, login, say=self._say))
        resident.settle_in(self.tally)
        resident.look()
        resident.following = {
            artist["id"] for artist in pages(resident.person, "/api/users/me/following")
        }
        self._say(f"{member.username} is here")
        self._here[login] = resident
        return resident

    def look(self) -> None:
        """Read again what can change by itself."""
        for resident in self._here.values():
            if resident.style and resident.style["training_status"] != "completed":
                resident.look_at_style()
            if resident.open_orders():
                resident.look_at_images()


def pages(person: Person, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """All of a list."""
    cursor: dict[str, str] = {}
    while True:
        page = person.get(path, limit=100, **query, **cursor)
        yield from page["results"]
        if not page["has_more"]:
            return
        cursor = {"cursor": page["next_cursor"]}
