"""Images: ordered a few at a time, shown, liked and talked about as soon as they are there."""

import time
from typing import Any

from local.seed.crowd import OPEN, Card, Crowd, Resident, Say, pages
from local.seed.plan import Wish
from local.seed.studios import Studios

TOLD_EVERY = 5


class Gallery:
    """The wishes of the plan."""

    def __init__(self, crowd: Crowd, studios: Studios, say: Say) -> None:
        self._crowd, self._studios, self._say = crowd, studios, say
        self._wishes = crowd.plan.wishes
        self._made: set[int] = set()
        self._settled: set[int] = set()
        # What was said and liked, so that it is not looked up again while others are awaited.
        self._done: set[tuple[str, str]] = set()
        self._told = 0

    def advance(self) -> bool:
        """Go on with every wish; says whether all are as the plan has them."""
        for number, wish in enumerate(self._wishes):
            if number not in self._settled and self._settle(number, wish):
                self._settled.add(number)
        if len(self._made) >= min(self._told + TOLD_EVERY, len(self._wishes)) > self._told:
            self._told = len(self._made)
            self._say(f"{self._told} of {len(self._wishes)} images are there")
        return len(self._settled) == len(self._wishes)

    def _settle(self, number: int, wish: Wish) -> bool:
        style_id = self._studios.find_trained(wish.style)
        buyer = style_id and self._crowd.find(wish.buyer)
        if not style_id or not buyer or (wish.waits and not self._all_trained()):
            return False
        card = buyer.images.get((style_id, wish.subject))
        if card is None:
            return self._order(buyer, style_id, wish)
        if card["status"] in OPEN:
            return False
        self._made.add(number)
        if wish.is_public and not card["is_public"]:
            changed = buyer.person.patch(f"/api/generations/{card['id']}", {"is_public": True})
            card["is_public"] = changed["is_public"]
            self._crowd.tally.count("published images")
        return self._like(card, wish) & self._talk(card, wish)

    def _all_trained(self) -> bool:
        artists = self._crowd.plan.artists
        return all(self._studios.find_trained(artist.login) for artist in artists)

    def _order(self, buyer: Resident, style_id: str, wish: Wish) -> bool:
        """Says whether nothing will come of it: no tokens, or a second failure."""
        plan = self._crowd.plan
        if buyer.open_orders() >= plan.orders_max or buyer.late_orders() >= plan.orders_a_minute:
            return False
        if (style_id, wish.subject) in buyer.ordered:
            self._say(f"an image for {buyer.member.username} failed; left out this time")
            return True
        studio = plan.members[wish.style].studio
        balance = buyer.person.get("/api/tokens/balance")["token_balance"]
        if studio and balance < studio.price_tokens:
            self._say(f"{buyer.member.username} has no tokens left for {studio.title}; left out")
            return True
        made = buyer.person.post(
            "/api/generations",
            {
                "style_id": style_id,
                "prompt_tags": list(wish.tags),
                "aspect_ratio": wish.ratio,
                "seed": wish.seed,
                "description": wish.caption,
            },
        )
        buyer.images[style_id, wish.subject] = made
        buyer.ordered[style_id, wish.subject] = time.monotonic()
        self._crowd.tally.count("images")
        return False

    def _like(self, card: Card, wish: Wish) -> bool:
        address = f"/api/generations/{card['id']}"
        awaited = False
        for login in wish.likes:
            if (card["id"], login) in self._done:
                continue
            one = self._crowd.find(login)
            if one is None:
                awaited = True
                continue
            if not one.person.get(address)["is_liked"]:
                one.person.post(f"{address}/like", {})
                self._crowd.tally.count("likes")
            self._done.add((card["id"], login))
        return not awaited

    def _talk(self, card: Card, wish: Wish) -> bool:
        for remark in wish.remarks:
            if (card["id"], remark.text) in self._done:
                continue
            logins = {remark.author, *(author for author, _ in remark.replies)}
            people = {login: one for login in logins if (one := self._crowd.find(login))}
            if len(people) < len(logins):
                return False
            said = self._say_once(card, people[remark.author], remark.text, parent=None)
            for author, text in remark.replies:
                self._say_once(card, people[author], text, parent=said["id"])
            self._done.add((card["id"], remark.text))
        return True

    def _say_once(
        self, card: Card, author: Resident, text: str, *, parent: str | None
    ) -> dict[str, Any]:
        address = f"/api/generations/{card['id']}/comments"
        query = {"parent_id": parent} if parent else {}
        for comment in pages(author.person, address, **query):
            if comment["is_own"] and comment["body"] == text:
                return comment
        made: dict[str, Any] = author.person.post(address, {"body": text, **query})
        self._crowd.tally.count("comments")
        return made
