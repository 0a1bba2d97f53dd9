"""What a seeded platform holds, as data: people, their styles, images, and what they say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Studio:
    """The style that an artist licenses; `hand` is one of `local.drawings.looks.ARTISTS`."""

    artist_name: str
    hand: str
    # Which scenes: the same number and hand make the same picture.
    scenes: tuple[int, ...]
    title: str
    description: str
    price_tokens: int
    signature: Callable[[], bytes]


@dataclass(frozen=True)
class Member:
    """Somebody who uses the platform; an artist when there is a studio."""

    login: str
    username: str
    bio: str
    # The scene on the profile picture, in the artist's hand.
    portrait: int
    studio: Studio | None = None
    follows: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remark:
    """A comment with its replies, each an author's login and what they say."""

    author: str
    text: str
    replies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Wish:
    """An image that somebody has made; buyer, style and tags tell it from all others."""

    buyer: str
    # The artist's login.
    style: str
    tags: tuple[str, ...]
    seed: int
    ratio: str = "1:1"
    caption: str = ""
    is_public: bool = True
    likes: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    # Whether it is asked for only when every style is trained, to stand among the newest.
    waits: bool = False
    # Whether the buyer has seen that it is done.
    is_seen: bool = True

    @property
    def subject(self) -> frozenset[str]:
        """What it should show, in whatever order."""
        return frozenset(self.tags)


@dataclass(frozen=True)
class Plan:
    """Everything, in the order in which it should be there."""

    members: Mapping[str, Member]
    wishes: tuple[Wish, ...]
    # How many images a person has on order at once: visitors' own orders come soon after.
    orders_max: int = 2
    # Of the six that the platform takes a minute.
    orders_a_minute: int = 5
    # Likewise for styles: training takes minutes.
    trainings_max: int = 2
    # Of the five sign-ins in five minutes that an address has, the rest is whoever's looks around.
    sign_ins_max: int = 3

    @property
    def artists(self) -> list[Member]:
        """Who has a style, in the order in which they come."""
        return [member for member in self.members.values() if member.studio]


@dataclass
class Tally:
    """What one run has added; nothing, when all was there."""

    added: dict[str, int] = field(default_factory=dict)

    def count(self, what: str) -> None:
        """One more of these."""
        self.added[what] = self.added.get(what, 0) + 1

    def __str__(self) -> str:
        """As people read it."""
        return ", ".join(f"{count} {what}" for what, count in self.added.items()) or "nothing"
