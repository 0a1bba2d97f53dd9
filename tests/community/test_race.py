"""Counters stay exact whatever happens at once (SPEC §3 Community)."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from uuid import UUID

import pytest

from chalicelib.community import service
from chalicelib.kit.db import transaction
from tests.community.images import comments, count_of, make_image, miscounted, say
from tests.people import Answer, Cast, Person

THREADS = 16


class Crowd:
    """People who do everything to a few images and artists, in no order."""

    def __init__(self, people: list[Person], images: list[UUID], artists: list[Person]) -> None:
        self.people, self.images, self.artists = people, images, artists
        self.said: list[tuple[Person, UUID, str]] = []
        self.statuses: set[int] = set()

    def act(self, seed: int, *, times: int) -> None:
        random, person = Random(seed), self.people[seed % len(self.people)]
        for _ in range(times):
            answer = self._act_once(random, person)
            assert answer.status < 500, answer.body
            self.statuses.add(answer.status)

    def _act_once(self, random: Random, person: Person) -> Answer:
        image, artist = random.choice(self.images), random.choice(self.artists)
        match random.randrange(8):
            case 0:
                return person.post(f"/api/generations/{image}/like")
            case 1:
                return person.delete(f"/api/generations/{image}/like")
            case 2:
                return person.post(f"/api/users/{artist.id}/follow")
            case 3:
                return person.delete(f"/api/users/{artist.id}/follow")
            case 4 if self.said:
                writer, _, said = random.choice(self.said[-4:])
                return writer.delete(f"/api/comments/{said}")
            case 5 | 6 if self.said:
                _, image, parent = random.choice(self.said[-4:])
                return self._say(person, image, {"body": "Reply.", "parent_id": parent})
            case _:
                return self._say(person, image, {"body": "Comment."})

    def _say(self, person: Person, image: UUID, body: dict[str, str]) -> Answer:
        answer = person.post(f"/api/generations/{image}/comments", body)
        if answer.status == 201:
            self.said.append((person, image, answer.data["id"]))
        return answer


def test_counters_are_the_number_of_rows_after_a_race(cast: Cast) -> None:
    artists = [cast.alice, cast.person("anna", artist=True)]
    people = [cast.bob, cast.carol, cast.person("dave"), *artists]
    crowd = Crowd(people, [make_image(cast, cast.bob) for _ in range(2)], artists)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda seed: crowd.act(seed, times=8), range(THREADS)))
    assert miscounted() == []
    assert {200, 201} <= crowd.statuses <= {200, 201, 400, 404, 409, 422}


def test_one_person_likes_once_from_many_windows(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    carol, like = cast.carol, f"/api/generations/{image}/like"
    with ThreadPoolExecutor(8) as pool:
        liked = list(pool.map(lambda _: carol.post(like).data, range(8)))
        assert liked == [{"is_liked": True, "like_count": 1}] * 8
        unliked = list(pool.map(lambda _: carol.delete(like).data, range(8)))
    assert unliked == [{"is_liked": False, "like_count": 0}] * 8
    assert miscounted() == []


def test_a_reply_under_way_goes_with_its_parent(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    say(cast.bob, image)
    top = say(cast.carol, image)["id"]
    carol, bob = cast.carol, cast.bob
    with ThreadPoolExecutor(1) as pool:
        with transaction() as db:
            service.write_comment(
                db, author_id=bob.id, generation_id=image, body="Reply.", parent_id=UUID(top)
            )
            deleted = pool.submit(carol.delete, f"/api/comments/{top}")
            with pytest.raises(TimeoutError):
                deleted.result(timeout=0.5)
        assert deleted.result().data == {"comment_count": 1}
    assert [one["replies"] for one in comments(bob, image)] == [[]]
    assert miscounted() == []


def test_replies_at_the_moment_of_their_parents_deletion(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    people = [cast.bob, cast.carol, cast.alice]
    for _ in range(2):
        top, together = say(cast.carol, image)["id"], Barrier(THREADS)

        def act(number: int, top: str = top, together: Barrier = together) -> int:
            together.wait()
            if number == THREADS // 2:
                return cast.carol.delete(f"/api/comments/{top}").status
            body = {"body": "Reply.", "parent_id": top}
            return people[number % 3].post(f"/api/generations/{image}/comments", body).status

        with ThreadPoolExecutor(THREADS) as pool:
            assert set(pool.map(act, range(THREADS))) <= {200, 201, 404, 409}
        assert (count_of(image, "comment_count"), comments(cast.bob, image)) == (0, [])
