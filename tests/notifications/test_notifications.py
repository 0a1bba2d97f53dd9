"""What people are told (SPEC §3 Notifications, §4.8)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest

from chalicelib.kit.db import transaction
from chalicelib.notifications import service
from tests.people import Cast, Person


def tell(to: Person, *, actor: Person | None = None, **changes: Any) -> UUID:
    """One event; answers its target."""
    event = {"kind": "style_training_complete", "target_type": "style", "target_id": uuid4()}
    event |= changes
    with transaction() as db:
        service.tell(db, user_id=to.id, actor_id=actor.id if actor else None, **event)
    target: UUID = event["target_id"]
    return target


def listed(person: Person, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.get("/api/notifications", **query).data["results"]
    return found


def unread(person: Person) -> int:
    count: int = person.get("/api/auth/me").data["unread_notifications"]
    return count


def test_notifications_say_who_did_what_to_which(cast: Cast) -> None:
    image = tell(cast.bob, actor=cast.carol, kind="like", target_type="generation")
    style = tell(cast.bob)
    trained, liked = listed(cast.bob)
    assert trained["target"] == {"type": "style", "id": str(style), "thumbnail_url": None}
    assert (trained["type"], trained["actor"]) == ("style_training_complete", None)
    assert (liked["target"]["type"], liked["target"]["id"]) == ("generation", str(image))
    assert liked["actor"] == {
        "id": str(cast.carol.id),
        "username": "carol",
        "profile_image_url": None,
    }
    assert (liked["type"], liked["is_read"]) == ("like", False)
    assert liked["created_at"].endswith("Z")
    assert listed(cast.carol) == []


def test_nobody_is_told_of_their_own_act(cast: Cast) -> None:
    tell(cast.bob, actor=cast.bob, kind="like", target_type="generation")
    assert (listed(cast.bob), unread(cast.bob)) == ([], 0)


def test_one_event_is_told_once(cast: Cast) -> None:
    bob, carol, target = cast.bob, cast.carol, uuid4()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: tell(bob, target_id=target), range(8)))
    assert len(listed(bob)) == 1
    tell(bob, target_id=target, kind="style_training_failed")
    tell(carol, target_id=target)
    like = {"kind": "like", "target_type": "generation", "target_id": target}
    for _ in range(2):
        tell(bob, actor=carol, **like)
        tell(bob, actor=cast.alice, **like)
    assert len(listed(bob)) == 4
    assert len(listed(carol)) == 1


def test_the_longest_kind_keeps_its_actors_apart(cast: Cast) -> None:
    target = uuid4()
    for actor in (cast.carol, cast.alice, cast.oscar):
        tell(cast.bob, actor=actor, target_id=target)
    assert len(listed(cast.bob)) == 3


def test_reading_one_leaves_the_others_unread(cast: Cast) -> None:
    bob = cast.bob
    tell(bob)
    tell(bob)
    newest, oldest = listed(bob)
    assert unread(bob) == 2
    for _ in range(2):
        assert bob.patch(f"/api/notifications/{newest['id']}/read").data == {"marked": 1}
        assert unread(bob) == 1
    assert [one["id"] for one in listed(bob, unread="true")] == [oldest["id"]]
    assert [one["is_read"] for one in listed(bob)] == [True, False]
    assert [one["is_read"] for one in listed(bob, unread="false")] == [True, False]


def test_anothers_notification_is_not_found(cast: Cast) -> None:
    tell(cast.bob)
    (told,) = listed(cast.bob)
    for path in (told["id"], uuid4(), "x"):
        answer = cast.carol.patch(f"/api/notifications/{path}/read")
        assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert unread(cast.bob) == 1


def test_reading_all_reads_ones_own(cast: Cast) -> None:
    for _ in range(3):
        tell(cast.bob)
    tell(cast.carol)
    assert cast.bob.post("/api/notifications/read-all").data == {"marked": 3}
    assert cast.bob.post("/api/notifications/read-all").data == {"marked": 0}
    assert (unread(cast.bob), unread(cast.carol)) == (0, 1)
    assert listed(cast.bob, unread="true") == []
    assert len(listed(cast.bob)) == 3


def test_pages_are_stable_while_more_is_told(cast: Cast) -> None:
    bob = cast.bob
    targets = [str(tell(bob)) for _ in range(5)][::-1]
    page = bob.get("/api/notifications", limit=2).data
    found = page["results"]
    while page["has_more"]:
        tell(bob)
        page = bob.get("/api/notifications", limit=2, cursor=page["next_cursor"]).data
        found += page["results"]
    assert [one["target"]["id"] for one in found] == targets


def test_a_cursor_of_another_list_does_not_fit(cast: Cast) -> None:
    for _ in range(2):
        tell(cast.bob)
    cursor = cast.bob.get("/api/notifications", limit=1).data["next_cursor"]
    answer = cast.bob.get("/api/notifications", unread="true", cursor=cursor)
    assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")
    assert cast.bob.get("/api/styles", cursor=cursor).code == "VALIDATION_FAILED"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/notifications"),
        ("POST", "/api/notifications/read-all"),
        ("PATCH", "/api/notifications/01a20649-0000-7000-8000-000000000000/read"),
    ],
)
def test_visitors_have_none(cast: Cast, method: str, path: str) -> None:
    assert cast.visitor.call(method, path).code == "UNAUTHORIZED"
