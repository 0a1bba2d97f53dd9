"""The people of the plan at their browsers, and what each of them has on the platform already."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from local.demo.person import Person
from local.demo.studio import upgrade
from local.seed.pictures import draw_face
from local.seed.plan import Member, Plan, Tally
from local.seed.visits import Visits

MINUTE_SECONDS = 60.0
ENDED_BADLY = {"failed", "canceled"}
OPEN = {"queued", "processing", "retrying"}

Card = dict[str, Any]
# What tells a person's images apart: the style, and what was asked for.
Key = tuple[str, frozenset[str]]
Say = Callable[[str], None]


class Resident:
    """One of the people, signed in."""

    def __init__(self, member: Member, person: Person, account: dict[str, Any]) -> None:
        self.member, self.person, self.account = member, person, account
        self.style: dict[str, Any] | None = None
        self.images: dict[Key, Card] = {}
        self.ordered: dict[Key, float] = {}
        self.following: set[str] = set()
        self._tags: dict[str, frozenset[str]] = {}

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
        self.following = {artist["id"] for artist in pages(self.person, "/api/users/me/following")}

    def look_at_style(self) -> None:
        """The style that stands, if they are an artist."""
        if self.member.studio:
            mine = self.person.get("/api/styles/me")["results"]
            standing = [style for style in mine if style["training_status"] != "failed"]
            self.style = standing[0] if standing else None

    def look_at_images(self) -> None:
        """All that they had made and that did not fail."""
        self.images = {
            (card["style"]["id"], self._tags_of(card["id"])): card
            for card in pages(self.person, "/api/generations/me")
            if card["status"] not in ENDED_BADLY
        }

    def open_orders(self) -> int:
        """How many images are being made for them."""
        return sum(card["status"] in OPEN for card in self.images.values())

    def late_orders(self) -> int:
        """How many they asked for in the last minute."""
        return sum(at > time.monotonic() - MINUTE_SECONDS for at in self.ordered.values())

    def _tags_of(self, generation_id: str) -> frozenset[str]:
        # Lists do not tell them, and they never change, as the seed does when a picture came out
        # too much like an artwork.
        if generation_id not in self._tags:
            found = self.person.get(f"/api/generations/{generation_id}")
            self._tags[generation_id] = frozenset(found["prompt_tags"])
        return self._tags[generation_id]


class Crowd:
    """Everybody; people come in the plan's order, at a pace that leaves others room to sign in."""

    def __init__(self, url: str, plan: Plan, visits: Visits, say: Say) -> None:
        self.plan, self.tally = plan, Tally()
        self._visits = visits
        self._url, self._say = url, say
        self._here: dict[str, Resident] = {}

    def find(self, login: str) -> Resident | None:
        """Somebody who is signed in, now if need be; None while that has to wait."""
        for earlier in self.plan.members:
            if login in self._here or not (earlier in self._here or self._welcome(earlier)):
                break
        return self._here.get(login)

    def _welcome(self, login: str) -> bool:
        """Says whether they are here now."""
        member = self.plan.members[login]
        person = Person(self._url, login, say=self._say)
        account = self._visits.open(person)
        if account is None:
            return False
        resident = Resident(member, person, account)
        resident.settle_in(self.tally)
        resident.look()
        self._here[login] = resident
        self._say(f"{member.username} is here")
        return True

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
