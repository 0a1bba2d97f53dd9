"""From an empty platform, or one that was left halfway, to what the plan says."""

import fcntl
import time
from collections.abc import Callable
from pathlib import Path

from local.demo.person import DemoFailed
from local.seed.crowd import Crowd, Resident, pages
from local.seed.gallery import Gallery
from local.seed.plan import Plan, Tally, Wish
from local.seed.studios import Studios
from local.seed.till import Till
from local.seed.visits import Visits

POLL_SECONDS = 4.0
# Workers that never start would otherwise be waited for until somebody looks.
SILENCE_SECONDS_MAX = 900.0


class Teller:
    """Lines with the time they are said at."""

    def __init__(self) -> None:
        self._began = self.spoke_at = time.monotonic()

    def say(self, line: str) -> None:
        """One line."""
        self.spoke_at = time.monotonic()
        print(f"{self.spoke_at - self._began:6.0f} s  {line}", flush=True)


def seed(url: str, plan: Plan, data: Path, *, poll_seconds: float = POLL_SECONDS) -> Tally:
    """Add what is missing on the platform at `url`; gives what was added.

    Raises DemoFailed, and BlockingIOError while another seeds the platform of this folder.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / "seed.lock").open("w") as lock:
        # Two at once would each add what the other is about to add.
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        teller, visits = Teller(), Visits(data / "visits.json", plan.sign_ins_max)
        return _seed(Crowd(url, plan, visits, teller.say), teller, poll_seconds)


def _seed(crowd: Crowd, teller: Teller, poll_seconds: float) -> Tally:
    studios = Studios(crowd, teller.say)
    gallery, till = Gallery(crowd, studios, teller.say), Till(crowd, teller.say)
    steps: list[Callable[[], bool]] = [
        till.advance,
        studios.advance,
        gallery.advance,
        lambda: follow_artists(crowd),
    ]
    while not _take_turns(steps):
        if time.monotonic() - teller.spoke_at > SILENCE_SECONDS_MAX:
            raise DemoFailed(f"nothing has come about for {SILENCE_SECONDS_MAX:.0f} s")
        time.sleep(poll_seconds)
        crowd.look()
    read_news(crowd)
    teller.say(f"added {crowd.tally}; everything is there")
    return crowd.tally


def _take_turns(steps: list[Callable[[], bool]]) -> bool:
    """Each does what it can now; says whether all are through."""
    done = [step() for step in steps]
    return all(done)


def follow_artists(crowd: Crowd) -> bool:
    """Everybody follows whom they should; says whether all of them do."""
    everybody = [crowd.find(login) for login in crowd.plan.members]
    here = [one for one in everybody if one]
    artists = {one.member.login: one.account["id"] for one in here if one.member.studio}
    for one in here:
        wanted = {artists[login] for login in one.member.follows if login in artists}
        for artist_id in sorted(wanted - one.following):
            one.person.post(f"/api/users/{artist_id}/follow", {})
            one.following.add(artist_id)
            crowd.tally.count("follows")
    return len(here) == len(everybody)


def read_news(crowd: Crowd) -> None:
    """Buyers have seen that their images are done; what others did is still news."""
    for login in {wish.buyer for wish in crowd.plan.wishes}:
        buyer = crowd.find(login)
        if buyer:
            _read(buyer, [wish for wish in crowd.plan.wishes if wish.buyer == login])


def _read(buyer: Resident, wishes: list[Wish]) -> None:
    subjects = {wish.subject for wish in wishes if wish.is_seen}
    seen = {card["id"] for (_, subject), card in buyer.images.items() if subject in subjects}
    for told in list(pages(buyer.person, "/api/notifications", unread="true")):
        if told["type"] == "generation_complete" and told["target"]["id"] in seen:
            buyer.person.patch(f"/api/notifications/{told['id']}/read", {})
