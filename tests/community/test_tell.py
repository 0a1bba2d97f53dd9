"""Whom likes, comments and follows are told (SPEC §3 Notifications)."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from chalicelib.kit.db import transaction
from chalicelib.tables import Notification, User
from tests.community.images import deactivate, make_image, say, unpublish
from tests.people import Cast, Person


def told(person: Person) -> list[tuple[str, str, dict[str, Any]]]:
    """Type, actor and target, oldest first."""
    return [(one["type"], one["actor"]["username"], named(one)) for one in notices(person)[::-1]]


def notices(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.get("/api/notifications").data["results"]
    return found


def named(notice: dict[str, Any]) -> dict[str, str]:
    return {key: notice["target"][key] for key in ("type", "id")}


def about(image: UUID) -> dict[str, str]:
    return {"type": "generation", "id": str(image)}


def test_a_like_is_told_to_the_owner_once(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    like = f"/api/generations/{image}/like"
    for _ in range(2):
        cast.carol.post(like)
        cast.carol.delete(like)
    cast.alice.post(like)
    cast.bob.post(like)
    assert told(cast.bob) == [("like", "carol", about(image)), ("like", "alice", about(image))]
    assert told(cast.carol) == told(cast.alice) == []


def test_each_comment_is_told_to_the_owner(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    for _ in range(2):
        say(cast.carol, image)
    say(cast.bob, image)
    assert told(cast.bob) == [("comment", "carol", about(image))] * 2
    assert told(cast.carol) == []


def test_a_reply_is_told_to_the_parents_author_and_the_owner(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    top = say(cast.carol, image)["id"]
    say(cast.alice, image, parent_id=top)
    assert told(cast.bob) == [("comment", one, about(image)) for one in ("carol", "alice")]
    assert told(cast.carol) == [("comment", "alice", about(image))]
    assert told(cast.alice) == []


def test_a_reply_is_told_nobody_twice_and_never_its_writer(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    own = say(cast.bob, image)["id"]
    say(cast.carol, image, parent_id=own)
    assert told(cast.bob) == [("comment", "carol", about(image))]
    say(cast.bob, image, parent_id=own)
    assert len(told(cast.bob)) == 1
    carols = say(cast.carol, image)["id"]
    say(cast.carol, image, parent_id=carols)
    assert told(cast.carol) == []
    say(cast.bob, image, parent_id=carols)
    assert told(cast.carol) == [("comment", "bob", about(image))]
    assert len(told(cast.bob)) == 3


def test_nobody_is_told_of_an_image_that_they_cannot_see(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    top = say(cast.carol, image)["id"]
    unpublish(image)
    say(cast.bob, image, parent_id=top)
    assert told(cast.carol) == []


def test_news_show_their_image_to_those_who_may_see_it(cast: Cast) -> None:
    def thumbnail(person: Person) -> Any:
        return notices(person)[0]["target"]["thumbnail_url"]

    image = make_image(cast, cast.bob)
    top = say(cast.carol, image)["id"]
    say(cast.bob, image, parent_id=top)
    public = f"http://localhost:8000/media/generations/{image}/{'0' * 16}/thumbnail.webp"
    assert (thumbnail(cast.bob), thumbnail(cast.carol)) == (public, public)
    unpublish(image)
    assert "/generations/x/thumbnail.webp?" in thumbnail(cast.bob)
    assert thumbnail(cast.carol) is None


def test_news_show_who_did_it(cast: Cast) -> None:
    cast.carol.post(f"/api/users/{cast.alice.id}/follow")
    assert notices(cast.alice)[0]["actor"]["profile_image_url"] is None
    with transaction() as db:
        db.execute(update(User).values(profile_image_key="public/users/x/1.png"))
    assert notices(cast.alice)[0]["actor"]["profile_image_url"] == (
        "http://localhost:8000/media/users/x/1.png"
    )
    assert notices(cast.alice)[0]["target"]["thumbnail_url"] is None


def test_a_follow_is_told_to_the_artist_once(cast: Cast) -> None:
    path = f"/api/users/{cast.alice.id}/follow"
    for _ in range(2):
        cast.bob.post(path)
        cast.bob.delete(path)
    assert told(cast.alice) == [("follow", "bob", {"type": "user", "id": str(cast.bob.id)})]
    assert told(cast.bob) == []


def test_the_deactivated_are_told_nothing(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    top = say(cast.carol, image)["id"]
    for one in (cast.bob, cast.carol):
        deactivate(one)
    cast.alice.post(f"/api/generations/{image}/like")
    say(cast.alice, image, parent_id=top)
    with transaction() as db:
        assert db.execute(select(func.count()).select_from(Notification)).scalar_one() == 1
