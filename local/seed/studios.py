"""Styles: submitted a few at a time, and watched until they are trained."""

from typing import Any

from local.demo.person import DemoFailed
from local.demo.studio import Offer, register_style
from local.seed.crowd import Crowd, Resident, Say
from local.seed.pictures import draw_works
from local.seed.plan import Member

MILESTONE_PERCENT = 20


class Studios:
    """The artists' part of the plan."""

    def __init__(self, crowd: Crowd, say: Say) -> None:
        self._crowd, self._say = crowd, say
        self._told: dict[str, str] = {}
        self._submitted: set[str] = set()

    def advance(self) -> bool:
        """Submit what is missing; says whether every style is trained."""
        unfinished = 0
        for member in self._crowd.plan.artists:
            if unfinished >= self._crowd.plan.trainings_max:
                return False
            unfinished += not self._is_trained(member)
        return unfinished == 0

    def find_trained(self, login: str) -> str | None:
        """The id of an artist's style, once images can be made in it."""
        artist = self._crowd.find(login)
        if not artist or not artist.style or artist.style["training_status"] != "completed":
            return None
        return str(artist.style["id"])

    def _is_trained(self, member: Member) -> bool:
        artist = self._crowd.find(member.login)
        if artist is None:
            return False
        if artist.style is None:
            self._submit(artist)
        self._tell(artist)
        return bool(artist.style and artist.style["training_status"] == "completed")

    def _submit(self, artist: Resident) -> None:
        studio, login = artist.member.studio, artist.member.login
        if studio is None:
            return
        if login in self._submitted:
            raise DemoFailed(f'the training of "{studio.title}" failed')
        self._submitted.add(login)
        works = draw_works(studio)
        offer = Offer(studio.title, studio.description, studio.price_tokens, studio.artist_name)
        artist.style = register_style(artist.person, offer, works)
        self._crowd.tally.count("styles")
        self._say(f'{studio.artist_name} submitted "{studio.title}" with {len(works)} artworks')

    def _tell(self, artist: Resident) -> None:
        style = artist.style
        if not style:
            return
        line = _state_of(style, artist)
        if self._told.get(style["id"]) != line:
            self._told[style["id"]] = line
            self._say(f'"{style["title"]}" {line}')


def _state_of(style: dict[str, Any], artist: Resident) -> str:
    status = style["training_status"]
    if status == "completed":
        return "is trained"
    if status == "pending":
        return "waits for its artworks to be looked at, then for its training"
    progress = artist.person.get(f"/api/styles/{style['id']}")["progress"]
    if not progress:
        return "is next to be trained"
    done = progress["progress_percent"] // MILESTONE_PERCENT * MILESTONE_PERCENT
    return f"is being trained, {done} % are done"
