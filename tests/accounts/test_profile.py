"""Public profiles, and what a viewer sees of their own doing (SPEC §4.2, §4.6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event, insert, update

from chalicelib.kit.db import engine, transaction
from chalicelib.tables import Artist, Follow, Generation, Like, User
from tests.factories.styles import make_style
from tests.people import Browser, Cast, Person


def make_image(buyer: Person, style_id: UUID, *, is_public: bool = True) -> UUID:
    values = {
        "style_id": style_id,
        "buyer_id": buyer.id,
        "prompt_tags": ["sea"],
        "aspect_ratio": "1:1",
        "seed": 1,
        "price_tokens": 30,
        "status": "completed",
        "image_key": f"generations/{uuid4()}/1/image.png",
        "image_sha256": "0" * 64,
        "is_public": is_public,
        "public_nonce": "0" * 16 if is_public else None,
    }
    with transaction() as db:
        made: UUID = db.execute(
            insert(Generation).values(**values).returning(Generation.id)
        ).scalar_one()
    return made


def follow(follower: Person, artist: Person) -> None:
    with transaction() as db:
        db.execute(insert(Follow).values(follower_id=follower.id, artist_id=artist.id))
        db.execute(
            update(Artist)
            .where(Artist.user_id == artist.id)
            .values(follower_count=Artist.follower_count + 1)
        )


def deactivate(person: Person) -> None:
    with transaction() as db:
        db.execute(update(User).where(User.id == person.id).values(is_active=False))


def profile(viewer: Browser, person: Person) -> dict[str, Any]:
    found: dict[str, Any] = viewer.get(f"/api/users/{person.id}").data
    return found


@contextmanager
def counting_statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine(), "before_cursor_execute", note)
    yield seen
    event.remove(engine(), "before_cursor_execute", note)


def test_an_artists_profile_is_public(cast: Cast) -> None:
    alice = cast.alice
    style_id = make_style(alice)
    for is_public in (True, True, False):
        make_image(alice, style_id, is_public=is_public)
    follow(cast.bob, alice)
    follow(alice, cast.person("another", artist=True))
    shown = profile(cast.visitor, alice)
    assert shown.pop("created_at").endswith("Z")
    assert shown == {
        "id": str(alice.id),
        "username": "alice",
        "bio": "",
        "profile_image_url": None,
        "role": "artist",
        "artist": {"artist_name": "Alice", "follower_count": 1, "style_id": str(style_id)},
        "public_generations_count": 2,
        "following_count": 1,
        "is_following": None,
        "is_self": False,
    }


def test_somebody_without_anything_has_a_profile(cast: Cast) -> None:
    shown = profile(cast.visitor, cast.bob)
    assert (shown["role"], shown["artist"]) == ("user", None)
    assert (shown["public_generations_count"], shown["following_count"]) == (0, 0)


def test_what_is_nobodys_business_is_not_in_it(cast: Cast) -> None:
    for viewer in (cast.visitor, cast.bob, cast.alice, cast.oscar):
        answer = viewer.get(f"/api/users/{cast.oscar.id}")
        told = str(answer.data)
        assert not any(word in told for word in ("example.com", "token", "operator", "sub-"))


def test_only_a_style_that_makes_images_is_named(cast: Cast) -> None:
    for number, state in enumerate(
        [{"status": "pending"}, {"status": "training"}, {"status": "failed"}, {"is_active": False}]
    ):
        artist = cast.person(f"artist{number}", artist=True)
        make_style(artist, **state)
        assert profile(cast.visitor, artist)["artist"]["style_id"] is None
    again = cast.alice
    make_style(again, status="failed")
    made = make_style(again)
    assert profile(cast.visitor, again)["artist"]["style_id"] == str(made)


def test_each_viewer_sees_whom_they_follow(cast: Cast) -> None:
    alice = cast.alice
    follow(cast.bob, alice)
    seen = [profile(one, alice) for one in (cast.visitor, cast.bob, cast.carol, alice)]
    assert [one["is_following"] for one in seen] == [None, True, False, False]
    assert [one["is_self"] for one in seen] == [False, False, False, True]
    assert profile(alice, cast.bob)["is_following"] is False


def test_the_deactivated_and_the_unknown_are_not_found(cast: Cast) -> None:
    deactivate(cast.alice)
    for path in (cast.alice.id, uuid4(), "x"):
        for viewer in (cast.visitor, cast.bob):
            answer = viewer.get(f"/api/users/{path}")
            assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_a_profile_takes_as_few_statements_however_much_there_is(cast: Cast) -> None:
    alice, bob = cast.alice, cast.bob
    style_id = make_style(alice)
    counts = []
    for number in range(3):
        make_image(alice, style_id)
        follow(alice, cast.person(f"artist{number}", artist=True))
        with counting_statements() as visited:
            profile(cast.visitor, alice)
        with counting_statements() as seen:
            profile(bob, alice)
        counts.append((len(visited), len(seen)))
    # A viewer is looked up once.
    assert counts == [(1, 2)] * 3


def test_each_viewer_sees_what_they_like(cast: Cast) -> None:
    style_id = make_style(cast.alice)
    liked, other = (str(make_image(cast.bob, style_id)) for _ in range(2))
    with transaction() as db:
        db.execute(insert(Like).values(user_id=cast.carol.id, generation_id=UUID(liked)))
    for viewer, expected in ((cast.carol, True), (cast.bob, False), (cast.visitor, False)):
        feed = viewer.get("/api/generations/feed").data["results"]
        assert {one["id"]: one["is_liked"] for one in feed} == {liked: expected, other: False}
        assert viewer.get(f"/api/generations/{liked}").data["is_liked"] is expected
        assert viewer.get(f"/api/generations/{other}").data["is_liked"] is False
    assert not any(one["is_liked"] for one in cast.bob.get("/api/generations/me").data["results"])
    with transaction() as db:
        db.execute(insert(Like).values(user_id=cast.bob.id, generation_id=UUID(other)))
    mine = cast.bob.get("/api/generations/me").data["results"]
    assert {one["id"]: one["is_liked"] for one in mine} == {liked: False, other: True}


def test_a_page_of_images_takes_as_many_statements_as_one_image(cast: Cast) -> None:
    style_id = make_style(cast.alice)
    counts = []
    for number in range(1, 4):
        made = make_image(cast.bob, style_id)
        with transaction() as db:
            db.execute(insert(Like).values(user_id=cast.carol.id, generation_id=made))
        with counting_statements() as seen:
            assert len(cast.carol.get("/api/generations/feed").data["results"]) == number
        counts.append(len(seen))
    assert len(set(counts)) == 1
