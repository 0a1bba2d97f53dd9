"""Following artists (SPEC §3 Community, §4.2)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from chalicelib.kit import clock
from chalicelib.kit.db import transaction
from chalicelib.tables import Follow, User
from tests.community.images import deactivate, miscounted
from tests.factories.styles import make_style
from tests.people import Answer, Browser, Cast, Person


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def follow(person: Browser, artist: Person) -> Answer:
    return person.post(f"/api/users/{artist.id}/follow")


def unfollow(person: Browser, artist: Person) -> Answer:
    return person.delete(f"/api/users/{artist.id}/follow")


def following(person: Person, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.get("/api/users/me/following", **query).data["results"]
    return found


def test_followers_are_counted(cast: Cast) -> None:
    assert follow(cast.bob, cast.alice).data == {"is_following": True, "follower_count": 1}
    assert follow(cast.carol, cast.alice).data == {"is_following": True, "follower_count": 2}
    assert refused(follow(cast.bob, cast.alice)) == (409, "DUPLICATE_FOLLOW")
    for _ in range(2):
        assert unfollow(cast.bob, cast.alice).data == {"is_following": False, "follower_count": 1}
    assert follow(cast.bob, cast.alice).data["follower_count"] == 2
    assert miscounted() == []


def test_only_other_active_artists_can_be_followed(cast: Cast) -> None:
    for oneself in (cast.alice, cast.bob):
        assert refused(follow(oneself, oneself)) == (400, "SELF_FOLLOW_NOT_ALLOWED")
    assert refused(follow(cast.bob, cast.carol)) == (422, "NOT_AN_ARTIST")
    assert refused(unfollow(cast.bob, cast.carol)) == (422, "NOT_AN_ARTIST")
    gone = cast.person("gone", artist=True)
    deactivate(gone)
    for unknown in (gone.id, uuid4(), "x"):
        for method in ("POST", "DELETE"):
            answer = cast.bob.call(method, f"/api/users/{unknown}/follow")
            assert refused(answer) == (404, "NOT_FOUND")
    assert following(cast.bob) == []


def test_visitors_follow_nobody(cast: Cast) -> None:
    for answer in (follow(cast.visitor, cast.alice), unfollow(cast.visitor, cast.alice)):
        assert refused(answer) == (401, "UNAUTHORIZED")
    assert refused(cast.visitor.get("/api/users/me/following")) == (401, "UNAUTHORIZED")


def test_somebody_deactivated_meanwhile_can_be_followed_no_longer(cast: Cast) -> None:
    follow(cast.bob, cast.alice)
    deactivate(cast.alice)
    assert following(cast.bob) == []
    assert unfollow(cast.bob, cast.alice).data == {"is_following": False, "follower_count": 0}


def test_followed_artists_show_what_they_offer(cast: Cast) -> None:
    anna = cast.person("anna", artist=True)
    samples = ["public/styles/x/0.png", "public/styles/x/1.png"]
    style = make_style(cast.alice, price=40, public_sample_keys=samples)
    make_style(cast.alice, status="failed")
    make_style(anna, status="training")
    with transaction() as db:
        db.execute(
            update(User)
            .where(User.id == cast.alice.id)
            .values(profile_image_key="public/users/x/1.png")
        )
    follow(cast.bob, cast.alice)
    follow(cast.carol, cast.alice)
    follow(cast.bob, anna)
    latest, first = following(cast.bob)
    assert (latest["id"], latest["artist_name"]) == (str(anna.id), "Anna")
    assert (latest["style"], latest["profile_image_url"]) == (None, None)
    assert first == {
        "id": str(cast.alice.id),
        "username": "alice",
        "artist_name": "Alice",
        "follower_count": 2,
        "profile_image_url": "http://localhost:8000/media/users/x/1.png",
        "style": {
            "id": str(style),
            "title": "Water Dreams",
            "generation_cost_tokens": 40,
            "thumbnail_url": "http://localhost:8000/media/styles/x/1.png",
        },
        "followed_at": first["followed_at"],
    }
    assert first["followed_at"].endswith("Z")
    assert len(following(cast.carol)) == 1


@pytest.mark.parametrize("columns", [{"is_active": False}, {"status": "pending"}], ids=str)
def test_only_a_style_that_can_be_used_is_offered(cast: Cast, columns: dict[str, Any]) -> None:
    make_style(cast.alice, **columns)
    follow(cast.bob, cast.alice)
    assert following(cast.bob)[0]["style"] is None


def test_pages_hold_each_artist_once_while_follows_come_and_go(cast: Cast) -> None:
    artists = [cast.person(f"artist{n}", artist=True) for n in range(7)]
    moment = clock.now() - timedelta(hours=1)
    for n, artist in enumerate(artists):
        follow(cast.bob, artist)
        # Two and two at once, so that the time alone does not order them.
        with transaction() as db:
            db.execute(
                update(Follow)
                .where(Follow.artist_id == artist.id)
                .values(created_at=moment + timedelta(microseconds=n // 2))
            )
    whole = [one["id"] for one in following(cast.bob)]
    assert set(whole) == {str(artist.id) for artist in artists}
    by_id = {str(artist.id): artist for artist in artists}
    found, query, leaving = [], {}, [[whole[1]], [whole[0], whole[5]], [], []]
    for ids in leaving:
        page = cast.bob.get("/api/users/me/following", limit=2, **query).data
        found += [one["id"] for one in page["results"]]
        query = {"cursor": page["next_cursor"]}
        for one in ids:
            unfollow(cast.bob, by_id[one])
        if len(found) == 2:
            follow(cast.bob, cast.alice)
        if not page["has_more"]:
            break
    assert found == [one for one in whole if one != whole[5]]
    assert following(cast.bob)[0]["id"] == str(cast.alice.id)
    assert miscounted() == []
