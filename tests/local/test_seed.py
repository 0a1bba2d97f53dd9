"""Demo content comes through the API, can be cut off anywhere, and doubles nothing."""

import fcntl
import io
import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from chalicelib.kit.text import is_english, normalise_tag
from local.demo.person import Person
from local.drawings.looks import ARTISTS
from local.run import running_stack
from local.seed.__main__ import PLAN
from local.seed.cast import ALICE, BOB, JIWOO
from local.seed.crowd import pages
from local.seed.main import seed
from local.seed.pictures import draw_face, draw_works
from local.seed.plan import Plan, Remark, Wish
from local.seed.till import TOKENS
from local.seed.visits import Visits
from tests.local.waiting import await_true

ROOT = Path(__file__).parents[2]
SETTINGS = ("RATE_LIMITS=off", "TRAINING_STEPS=2", "GENERATION_STEPS=2", "SWEEP_SECONDS=2")
WELCOME_TOKENS = 100
RATIOS = {"1:1", "2:2", "1:2"}
SMALL = Plan(
    members={
        "alice": replace(
            ALICE, follows=(), studio=replace(ALICE.studio, scenes=ALICE.studio.scenes[:10])
        ),
        "bob": replace(BOB, follows=("alice",), packages=("basic_100",)),
        "jiwoo": replace(JIWOO, follows=("alice",)),
    },
    wishes=(
        Wish(
            "bob",
            "alice",
            ("red house",),
            seed=1,
            caption="Bob's & Alice's",
            likes=("alice", "jiwoo"),
            remarks=(Remark("alice", "It's mine & yours, 참 좋네요.", (("bob", "Yes."),)),),
        ),
        Wish("bob", "alice", ("red boat",), seed=2, is_public=False, is_seen=False),
        Wish("jiwoo", "alice", ("red tree",), seed=1),
    ),
    sign_ins_max=100,
)
RUN = """
import sys
from pathlib import Path
from local.seed.main import seed
from tests.local.test_seed import SMALL
seed(sys.argv[1], SMALL, Path(sys.argv[2]), poll_seconds=0.3)
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    arguments = tuple(part for setting in SETTINGS for part in ("--set", setting))
    with running_stack(tmp_path_factory.mktemp("stack"), arguments=arguments) as state:
        yield state["url"]


def count_rows(url: str) -> dict[str, Any]:
    """All that people can see of what was added."""
    people = {login: Person(url, login) for login in SMALL.members}
    for person in people.values():
        person.sign_in()
    styles = people["alice"].get("/api/styles/me")["results"]
    shown = people["bob"].get("/api/generations/feed")["results"]
    comments = [
        comment
        for card in shown
        for comment in people["bob"].get(f"/api/generations/{card['id']}/comments")["results"]
    ]
    return {
        "styles": [(style["title"], style["training_status"]) for style in styles],
        "images": {
            login: len(list(pages(person, "/api/generations/me")))
            for login, person in people.items()
        },
        "movements": {
            login: Counter(row["kind"] for row in pages(person, "/api/tokens/transactions"))
            for login, person in people.items()
        },
        "shown": sorted(card["description"] for card in shown),
        "likes": sorted(card["like_count"] for card in shown),
        "comments": [
            (comment["author"]["username"], [reply["body"] for reply in comment["replies"]])
            for comment in comments
        ],
        "followers": people["alice"].get("/api/auth/me")["artist"]["follower_count"],
        "news": {
            login: Counter(
                told["type"] for told in pages(person, "/api/notifications", unread="true")
            )
            for login, person in people.items()
        },
    }


def cut_off(url: str, folder: Path, when: Callable[[], Any]) -> None:
    """Seed in a process of its own and kill it as soon as something is there."""
    process = subprocess.Popen([sys.executable, "-c", RUN, url, str(folder)], cwd=ROOT)
    await_true(lambda: process.poll() is not None or when(), 120)
    process.kill()
    assert process.wait() == -signal.SIGKILL, "it was through before it could be cut off"


def test_what_was_cut_off_is_completed_and_nothing_is_doubled(url: str, tmp_path: Path) -> None:
    visitor, bob = Person(url, "visitor"), Person(url, "bob")
    bob.sign_in()
    cut_off(url, tmp_path, lambda: visitor.get("/api/search", q="alice")["artists"])
    cut_off(url, tmp_path, lambda: bob.get("/api/generations/me")["results"])

    seed(url, SMALL, tmp_path, poll_seconds=0.3)
    found = count_rows(url)
    assert found["styles"] == [("Coral Harbour", "completed")]
    assert found["images"] == {"alice": 0, "bob": 2, "jiwoo": 1}
    assert found["shown"] == ["", "Bob's & Alice's"]
    assert found["likes"] == [0, 2]
    assert found["comments"] == [("alice", ["Yes."])]
    assert found["followers"] == 2
    assert found["movements"]["bob"]["purchase"] == 1
    assert found["news"]["bob"] == {"generation_complete": 1, "like": 2, "comment": 1}

    again = seed(url, SMALL, tmp_path, poll_seconds=0.3)
    assert again.added == {}
    assert count_rows(url) == found


def test_two_do_not_seed_at_once(url: str, tmp_path: Path) -> None:
    with (tmp_path / "seed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BlockingIOError):
            seed(url, SMALL, tmp_path)


def test_two_of_five_sign_ins_are_left_to_others_by_those_who_come_after_too(
    url: str, tmp_path: Path
) -> None:
    def come(*logins: str) -> list[bool]:
        visits = Visits(tmp_path / "visits.json", 3)
        return [visits.open(Person(url, login)) is not None for login in logins]

    assert come("a-1", "a-2") == [True, True]
    assert come("a-3", "a-4") == [True, False]
    assert come("a-1", "a-2", "a-3") == [True, True, True]
    assert (tmp_path / "visits.json").stat().st_mode & 0o077 == 0


def test_who_comes_back_with_an_old_cookie_signs_in_again(url: str, tmp_path: Path) -> None:
    kept = {"cookies": {"a-5": {"session": "gone"}}, "sign_ins": [1.0, 2.0, 3.0]}
    (tmp_path / "visits.json").write_text(json.dumps(kept))
    account = Visits(tmp_path / "visits.json", 3).open(Person(url, "a-5"))
    assert account
    assert account["email"] == "a-5@example.com"


def test_everybody_who_is_named_is_there_and_carol_stays_new() -> None:
    members = PLAN.members
    named = {wish.buyer for wish in PLAN.wishes} | {wish.style for wish in PLAN.wishes}
    for wish in PLAN.wishes:
        named |= set(wish.likes)
        for remark in wish.remarks:
            named |= {remark.author, *(author for author, _ in remark.replies)}
    assert named <= set(members)
    assert "carol" not in members
    assert all(members[login].studio for one in members.values() for login in one.follows)
    assert len(PLAN.artists) == 5
    assert len({one.studio.hand for one in PLAN.artists if one.studio}) == 5


def test_texts_come_back_as_they_were_sent() -> None:
    said = [wish.caption for wish in PLAN.wishes]
    for remark in (remark for wish in PLAN.wishes for remark in wish.remarks):
        said += [remark.text, *(text for _, text in remark.replies)]
    # The platform takes markup out, and a comment is known again by its text.
    assert not [text for text in said if set(text) & set("<>") or text != text.strip()]


def test_images_can_be_told_apart_and_paid() -> None:
    assert len({(wish.buyer, wish.style, wish.subject) for wish in PLAN.wishes}) == len(PLAN.wishes)
    spent: Counter[str] = Counter()
    public: Counter[str] = Counter()
    for wish in PLAN.wishes:
        studio = PLAN.members[wish.style].studio
        assert studio
        spent[wish.buyer] += studio.price_tokens
        public[wish.style] += wish.is_public
        assert wish.ratio in RATIOS
        assert all(is_english(tag) and normalise_tag(tag) == tag for tag in wish.tags)
    assert min(public.values()) >= 6
    for login, tokens in spent.items():
        bought = sum(TOKENS[package] for package in PLAN.members[login].packages)
        assert tokens <= WELCOME_TOKENS + bought, login


def test_artists_hand_in_twelve_works_of_one_hand_and_sign_in_their_own_way() -> None:
    signatures = set()
    for member in PLAN.artists:
        assert member.studio
        assert member.studio.hand in ARTISTS
        assert is_english(normalise_tag(member.studio.title))
        works = draw_works(member.studio)
        assert len({work.upload.content for work in works}) == 12
        with Image.open(io.BytesIO(works[0].upload.content)) as image:
            assert min(image.size) >= 512
        with Image.open(io.BytesIO(member.studio.signature())) as image:
            assert (image.mode, image.width >= 400) == ("RGBA", True)
            inked = float((np.asarray(image.getchannel("A")) > 0).mean())
        signatures.add(round(inked, 3))
        assert 0.01 < inked < 0.9
    assert len(signatures) == 5


def test_faces_differ() -> None:
    faces = {draw_face(member).content for member in PLAN.members.values()}
    assert len(faces) == len(PLAN.members)
