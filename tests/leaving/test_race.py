"""Somebody leaves while everybody is busy: one of both, never half of each."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from uuid import UUID

import pytest
from sqlalchemy import select

from chalicelib.kit.db import transaction
from chalicelib.tables import Artist, Generation, User
from tests.community.images import say
from tests.factories.styles import make_style
from tests.leaving.belongings import faults, make_full_style, make_image, request, rows
from tests.people import Answer, Cast, Person

ROUNDS = 4


def leave(person: Person) -> Answer:
    return person.delete("/api/users/me")


def at_once(*acts: Callable[[], Answer]) -> list[Answer]:
    """Each in its own thread, begun together."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Answer]) -> Answer:
        start.wait(60)
        time.sleep(random.random() * 0.02)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        answers = list(pool.map(run, acts))
    assert not [answer.body for answer in answers if answer.status >= 500]
    return answers


@pytest.mark.parametrize("key", [None, "one-key"])
def test_leaving_and_asking_for_an_image_at_once(cast: Cast, key: str | None) -> None:
    style_id = make_style(cast.alice)
    headers = {"Idempotency-Key": key} if key else {}
    body = {"style_id": str(style_id), "prompt_tags": ["sea"], "aspect_ratio": "1:1"}
    for number in range(ROUNDS):
        buyer = cast.person(f"buyer{number}")
        left, asked = at_once(
            lambda buyer=buyer: leave(buyer),
            lambda buyer=buyer: buyer.post("/api/generations", body, headers=headers),
        )
        assert (left.status, asked.status) in {(200, 401), (200, 404), (200, 409), (409, 201)}
        assert faults() == []


def test_an_artist_leaving_while_asking_in_the_own_style(cast: Cast) -> None:
    for number in range(ROUNDS):
        artist = cast.person(f"artist{number}", artist=True)
        style_id = make_full_style(artist)
        make_image(cast.bob, style_id) if number % 2 else None
        left, asked = at_once(
            lambda artist=artist: leave(artist),
            lambda artist=artist, style_id=style_id: request(artist, style_id),
        )
        assert (left.status, asked.status) in {(200, 401), (200, 404), (200, 409), (409, 201)}
        assert faults() == []


def test_an_unused_style_goes_or_gets_its_first_image(cast: Cast) -> None:
    for number in range(ROUNDS):
        artist, buyer = cast.person(f"artist{number}", artist=True), cast.person(f"buyer{number}")
        style_id = make_full_style(artist)
        left, asked = at_once(
            lambda artist=artist: leave(artist),
            lambda buyer=buyer, style_id=style_id: request(buyer, style_id),
        )
        if left.data["left"] == "removed":
            assert asked.status in {404, 409}
            assert rows("style.styles", "id = :id", id=style_id) == 0
        else:
            assert asked.status in {201, 404}
            assert rows("style.styles", "id = :id AND NOT is_active", id=style_id) == 1
        assert faults() == []


def test_leaving_twice_at_once_is_leaving_once(cast: Cast) -> None:
    style_id = make_full_style(cast.alice)
    make_image(cast.bob, style_id)
    for person in (cast.bob, cast.alice):
        answers = at_once(*[lambda person=person: leave(person)] * 4)
        assert sorted(answer.status for answer in answers) == [200, 401, 401, 401]
    assert rows("token.transactions", "kind = 'adjustment'") == 1
    assert faults() == []


def test_leaving_while_all_like_comment_and_follow(cast: Cast) -> None:
    other = cast.person("anna", artist=True)
    style_id = make_style(cast.alice, price=1)
    crowd = [cast.person(f"fan{number}") for number in range(4)]
    kept = make_image(other, style_id, is_public=True)
    for number in range(ROUNDS):
        leaver = cast.person(f"leaver{number}", artist=True)
        image = make_image(leaver, style_id, is_public=True)
        for person in (*crowd, leaver):
            person.post(f"/api/generations/{kept}/like")
            person.post(f"/api/generations/{image}/like")
        top, own = say(leaver, kept)["id"], say(crowd[0], image)["id"]
        other_own = say(crowd[0], image)["id"]
        at_once(
            lambda leaver=leaver: leave(leaver),
            lambda leaver=leaver: leaver.delete(f"/api/generations/{kept}/like"),
            lambda leaver=leaver: leaver.post(f"/api/users/{other.id}/follow"),
            lambda image=image: crowd[0].delete(f"/api/generations/{image}/like"),
            lambda said=other_own: crowd[0].delete(f"/api/comments/{said}"),
            lambda image=image: other.post(f"/api/generations/{image}/like"),
            lambda leaver=leaver: crowd[1].post(f"/api/users/{leaver.id}/follow"),
            lambda image=image, own=own: crowd[2].post(
                f"/api/generations/{image}/comments", {"body": "Oh.", "parent_id": own}
            ),
            lambda top=top: crowd[3].post(
                f"/api/generations/{kept}/comments", {"body": "No!", "parent_id": top}
            ),
        )
        assert rows("auth.users", "id = :id", id=leaver.id) == 0
        assert faults() == []


def test_people_who_like_each_others_images_leave_at_once(cast: Cast) -> None:
    style_id = make_style(cast.alice, price=1)
    people = [cast.person(f"friend{number}", artist=True) for number in range(3)]
    for person in people:
        image = make_image(person, style_id, "sea", "moon", is_public=True)
        for other in people:
            other.post(f"/api/generations/{image}/like")
            say(other, image)
            other.post(f"/api/users/{person.id}/follow")
    answers = at_once(*[lambda person=person: leave(person) for person in people])
    assert {answer.status for answer in answers} == {200}
    assert rows("community.comments") == rows("community.likes") == rows("community.follows") == 0
    assert faults() == []


def test_whoever_leaves_gives_way(cast: Cast) -> None:
    """What holds an image of theirs may yet ask for their account: it gets it, nobody dies."""
    bob, image = cast.bob, make_image(cast.bob, make_style(cast.alice))
    held, answers = Event(), []

    def hold() -> None:
        with transaction() as db:
            db.execute(select(Generation.id).where(Generation.id == image).with_for_update())
            held.set()
            wait_until_locked(bob.id)
            db.execute(select(User.id).where(User.id == bob.id).with_for_update(key_share=True))

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        held.wait(60)
        answers.append(leave(bob))
        holding.result()
    assert [answer.status for answer in answers] == [200]
    assert faults() == []


def wait_until_locked(user_id: UUID) -> None:
    free = select(User.id).where(User.id == user_id).with_for_update(skip_locked=True)
    for _ in range(200):
        with transaction() as db:
            if db.execute(free).first() is None:
                return
        time.sleep(0.01)


def test_what_others_hold_for_too_long_is_a_conflict(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.leaving import service  # noqa: PLC0415 - reads the environment

    monkeypatch.setattr(service, "PATIENCE_SECONDS", 0.7)
    alice = cast.alice
    with transaction() as db:
        db.execute(select(Artist.user_id).where(Artist.user_id == alice.id).with_for_update())
        answer = leave(alice)
    assert (answer.status, answer.code) == (409, "CONFLICT")
    assert leave(alice).status == 200
    assert faults() == []
