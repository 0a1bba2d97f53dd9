"""What somebody who leaves takes along (SPEC §3 Accounts): their own acts, counted exactly."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from chalicelib.community import service
from chalicelib.kit.db import transaction
from chalicelib.tables import Comment, Follow, Generation, Like, User
from tests.community.images import comments, count_of, make_image, miscounted, say
from tests.community.test_race import THREADS, Crowd
from tests.people import Cast, Person


def go(db: Session, person: Person) -> None:
    """As an account goes that has no style."""
    service.withdraw_person(db, user_id=person.id)
    db.execute(delete(Generation).where(Generation.buyer_id == person.id))
    db.execute(delete(User).where(User.id == person.id))


def leave(person: Person) -> None:
    with transaction() as db:
        go(db, person)


def acts_of(person: Person) -> int:
    found = (
        select(func.count()).where(Like.user_id == person.id),
        select(func.count()).where(Comment.author_id == person.id),
        select(func.count()).where(Follow.follower_id == person.id),
    )
    with transaction() as db:
        return sum(db.execute(one).scalar_one() for one in found)


def test_likes_comments_and_follows_go(cast: Cast) -> None:
    image, other = make_image(cast, cast.bob), make_image(cast, cast.carol)
    for person in (cast.bob, cast.carol):
        person.post(f"/api/users/{cast.alice.id}/follow")
        for one in (image, other):
            person.post(f"/api/generations/{one}/like")
            top = say(person, one)["id"]
            for writer in (cast.bob, cast.carol, cast.alice):
                say(writer, one, body=f"{writer.name} to {person.name}", parent_id=top)
    with transaction() as db:
        service.withdraw_person(db, user_id=cast.carol.id)
    assert acts_of(cast.carol) == 0
    for one in (image, other):
        (left,) = comments(cast.bob, one)
        assert left["author"]["username"] == "bob"
        assert [reply["body"] for reply in left["replies"]] == ["bob to bob", "alice to bob"]
        assert (count_of(one, "like_count"), count_of(one, "comment_count")) == (1, 3)
    assert cast.bob.delete(f"/api/users/{cast.alice.id}/follow").data["follower_count"] == 0
    assert miscounted() == []


def test_who_did_nothing_takes_nothing_along(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    say(cast.bob, image)
    with transaction() as db:
        service.withdraw_person(db, user_id=cast.carol.id)
    assert count_of(image, "comment_count") == 1


def test_counters_are_exact_while_others_go_on(cast: Cast) -> None:
    artists = [cast.alice, cast.person("anna", artist=True)]
    leaving = [cast.person(f"leaving{n}") for n in range(3)]
    staying = [cast.bob, cast.carol]
    images = [make_image(cast, owner) for owner in (cast.bob, leaving[0])]
    # Those who leave go on in other windows, too.
    crowd = Crowd([*leaving, *staying], images, artists)
    for seed in range(5):
        crowd.act(seed, times=6)
    together = Barrier(THREADS)

    def act(number: int) -> None:
        together.wait()
        if number < len(leaving):
            leave(leaving[number])
        else:
            crowd.act(100 + number, times=5)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(act, range(THREADS)))
    assert [acts_of(one) for one in leaving] == [0, 0, 0]
    assert miscounted() == []
    assert crowd.statuses <= {200, 201, 400, 401, 404, 409, 422}


@pytest.mark.parametrize("bond", ["likes", "follows"])
def test_two_who_know_each_other_leave_at_once(cast: Cast, bond: str) -> None:
    for pair in range(3):
        both = [cast.person(f"{name}{pair}", artist=True) for name in ("dave", "erin")]
        for person, other in (both, both[::-1]):
            if bond == "follows":
                person.post(f"/api/users/{other.id}/follow")
            for image in [make_image(cast, other) for _ in range(3 * (bond == "likes"))]:
                person.post(f"/api/generations/{image}/like")
                say(person, image)
        together = Barrier(2)

        def act(person: Person, together: Barrier = together) -> None:
            together.wait()
            leave(person)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(act, both))
        assert [acts_of(one) for one in both] == [0, 0]


def test_a_like_under_way_is_awaited(cast: Cast) -> None:
    image, carol = make_image(cast, cast.bob), cast.carol
    with ThreadPoolExecutor(1) as pool:
        with transaction() as db:
            service.like_image(db, user_id=carol.id, generation_id=image)
            gone: Any = pool.submit(leave, carol)
            with pytest.raises(TimeoutError):
                gone.result(timeout=0.5)
        gone.result()
    assert count_of(image, "like_count") == 0


def test_an_owner_who_is_leaving_is_awaited(cast: Cast) -> None:
    image, bob, carol = make_image(cast, cast.bob), cast.bob, cast.carol
    top = say(cast.alice, image)["id"]
    path = f"/api/generations/{image}"
    with ThreadPoolExecutor(2) as pool:
        with transaction() as db:
            db.execute(select(User.id).where(User.id == bob.id).with_for_update())
            late = [
                pool.submit(carol.post, f"{path}/like"),
                pool.submit(carol.post, f"{path}/comments", {"body": "Hi", "parent_id": top}),
            ]
            for one in late:
                with pytest.raises(TimeoutError):
                    one.result(timeout=0.5)
            go(db, bob)
        assert {one.result().status for one in late} <= {404, 409}


def test_an_owner_may_leave_while_others_like(cast: Cast) -> None:
    images = [make_image(cast, cast.bob) for _ in range(3)]
    people = [cast.carol, cast.alice, cast.person("dave")]
    for image in images:
        cast.bob.post(f"/api/generations/{image}/like")
    bob, together = cast.bob, Barrier(10)

    def act(number: int) -> int:
        together.wait()
        if number == 5:
            leave(bob)
            return 200
        image = images[number % 3]
        return people[number % 3].post(f"/api/generations/{image}/like").status

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(act, range(10))) <= {200, 404, 409}
