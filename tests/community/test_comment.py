"""Commenting and replying (SPEC §3 Community, §4.7)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, update

from chalicelib.kit import db as database
from chalicelib.kit.db import transaction
from chalicelib.tables import User
from tests.community.images import (
    comments,
    count_of,
    deactivate,
    make_image,
    make_queued,
    miscounted,
    say,
    unpublish,
)
from tests.people import Answer, Browser, Cast


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def walk(browser: Browser, image: UUID, **query: Any) -> Iterator[list[dict[str, Any]]]:
    """Page after page."""
    path, cursor = f"/api/generations/{image}/comments", {}
    while True:
        page = browser.get(path, **query, **cursor).data
        yield page["results"]
        if not page["has_more"]:
            assert page["next_cursor"] is None
            return
        cursor = {"cursor": page["next_cursor"]}


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(database.engine(), "before_cursor_execute", note)
    yield seen
    event.remove(database.engine(), "before_cursor_execute", note)


def test_a_comment_shows_with_its_author(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    said = say(cast.carol, image)
    assert said == {
        "id": said["id"],
        "parent_id": None,
        "author": {"id": str(cast.carol.id), "username": "carol", "profile_image_url": None},
        "body": "Lovely.",
        "is_own": True,
        "created_at": said["created_at"],
        "edited_at": None,
        "replies": [],
        "has_more_replies": False,
    }
    assert said["created_at"].endswith("Z")
    assert comments(cast.carol, image) == [said]
    for other in (cast.bob, cast.visitor):
        assert comments(other, image) == [{**said, "is_own": False}]
    with transaction() as db:
        db.execute(update(User).values(profile_image_key="public/users/x/1.png"))
    author = comments(cast.visitor, image)[0]["author"]
    assert author["profile_image_url"] == "http://localhost:8000/media/users/x/1.png"


def test_comments_are_the_newest_first_with_their_three_oldest_replies(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    first, second, third = (say(cast.carol, image, body=f"{n}")["id"] for n in range(3))
    for n in range(4):
        say(cast.bob, image, body=f"first {n}", parent_id=first)
    for n in range(3):
        say(cast.alice, image, body=f"third {n}", parent_id=third)
    shown = comments(cast.bob, image)
    assert [one["id"] for one in shown] == [third, second, first]
    assert [[reply["body"] for reply in one["replies"]] for one in shown] == [
        ["third 0", "third 1", "third 2"],
        [],
        ["first 0", "first 1", "first 2"],
    ]
    assert [one["has_more_replies"] for one in shown] == [False, False, True]
    reply = shown[2]["replies"][0]
    assert (reply["parent_id"], reply["is_own"]) == (first, True)
    assert (reply["replies"], reply["has_more_replies"]) == ([], False)
    assert reply["author"]["username"] == "bob"
    pages = list(walk(cast.bob, image, parent_id=first, limit=3))
    assert [[one["body"] for one in page] for page in pages] == [
        ["first 0", "first 1", "first 2"],
        ["first 3"],
    ]
    assert comments(cast.bob, image, parent_id=second) == []
    assert comments(cast.bob, image, parent_id=reply["id"]) == []
    assert count_of(image, "comment_count") == 10


def test_comments_of_the_deactivated_stay(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    say(cast.carol, image)
    deactivate(cast.carol)
    assert comments(cast.visitor, image)[0]["author"]["username"] == "carol"


def test_a_reply_has_no_replies(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    top = say(cast.carol, image)["id"]
    reply = say(cast.bob, image, parent_id=top)["id"]
    path = f"/api/generations/{image}/comments"
    answer = cast.carol.post(path, {"body": "No.", "parent_id": reply})
    assert refused(answer) == (422, "REPLY_DEPTH_EXCEEDED")
    assert count_of(image, "comment_count") == 2


def test_a_parent_is_a_comment_on_the_same_image(cast: Cast) -> None:
    image, other = make_image(cast, cast.bob), make_image(cast, cast.bob)
    path = f"/api/generations/{image}/comments"
    for parent in (say(cast.carol, other)["id"], str(uuid4())):
        answer = cast.carol.post(path, {"body": "Hi", "parent_id": parent})
        assert refused(answer) == (404, "NOT_FOUND")
        assert refused(cast.carol.get(path, parent_id=parent)) == (404, "NOT_FOUND")
    assert refused(cast.carol.get(path, parent_id="x")) == (422, "VALIDATION_FAILED")
    assert count_of(image, "comment_count") == 0


def test_html_is_stripped_and_lines_stay(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    said = say(cast.carol, image, body=" <b>Hi</b><script>alert(1)</script>\n&lt;i&gt;1 < 2 안녕 ")
    assert said["body"] == "Hi\n1 < 2 안녕"
    edited = cast.carol.patch(f"/api/comments/{said['id']}", {"body": "<a href='x'>Bye</a>"})
    assert edited.data["body"] == "Bye"


def test_wrong_comments_are_not_written(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    said = say(cast.carol, image, body="x" * 1000)["id"]
    wrong: list[dict[str, Any]] = [
        {},
        {"body": ""},
        {"body": " \n "},
        {"body": "<b></b>"},
        {"body": "x" * 1001},
        {"body": 7},
        {"body": "x", "author_id": str(uuid4())},
        {"body": "x", "parent_id": "x"},
    ]
    for body in wrong:
        answer = cast.carol.post(f"/api/generations/{image}/comments", body)
        assert refused(answer) == (422, "VALIDATION_FAILED")
        answer = cast.carol.patch(f"/api/comments/{said}", body)
        assert refused(answer) == (422, "VALIDATION_FAILED")
    assert [one["body"] for one in comments(cast.carol, image)] == ["x" * 1000]


def test_ones_own_comment_can_be_edited_and_keeps_its_replies(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    said = say(cast.carol, image)
    reply = say(cast.bob, image, parent_id=said["id"])
    edited = cast.carol.patch(f"/api/comments/{said['id']}", {"body": "Better."}).data
    assert (edited["body"], edited["created_at"]) == ("Better.", said["created_at"])
    assert edited["edited_at"] >= said["created_at"]
    assert [one["id"] for one in edited["replies"]] == [reply["id"]]
    assert comments(cast.carol, image) == [edited]


def test_deleting_a_comment_takes_its_replies_along(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    kept, top = say(cast.carol, image)["id"], say(cast.carol, image)["id"]
    replies = [say(cast.bob, image, parent_id=top)["id"] for _ in range(3)]
    assert cast.bob.delete(f"/api/comments/{replies[0]}").data == {"comment_count": 4}
    assert cast.carol.delete(f"/api/comments/{top}").data == {"comment_count": 1}
    assert refused(cast.carol.delete(f"/api/comments/{top}")) == (404, "NOT_FOUND")
    assert refused(cast.bob.delete(f"/api/comments/{replies[1]}")) == (404, "NOT_FOUND")
    assert [one["id"] for one in comments(cast.bob, image)] == [kept]
    assert miscounted() == []


def test_nobody_else_changes_a_comment(cast: Cast) -> None:
    """Not the image's owner either, nor an operator."""
    image = make_image(cast, cast.bob)
    path = f"/api/comments/{say(cast.carol, image)['id']}"
    for other in (cast.bob, cast.alice, cast.oscar):
        assert refused(other.patch(path, {"body": "Mine."})) == (403, "FORBIDDEN")
        assert refused(other.delete(path)) == (403, "FORBIDDEN")
    assert refused(cast.visitor.patch(path, {"body": "Mine."})) == (401, "UNAUTHORIZED")
    assert refused(cast.visitor.delete(path)) == (401, "UNAUTHORIZED")
    unpublish(image)
    assert refused(cast.alice.patch(path, {"body": "Mine."})) == (404, "NOT_FOUND")
    assert refused(cast.alice.delete(path)) == (404, "NOT_FOUND")
    assert refused(cast.bob.delete(path)) == (403, "FORBIDDEN")
    for unknown in (uuid4(), "x"):
        assert refused(cast.carol.delete(f"/api/comments/{unknown}")) == (404, "NOT_FOUND")
        answer = cast.carol.patch(f"/api/comments/{unknown}", {"body": "Mine."})
        assert refused(answer) == (404, "NOT_FOUND")
    assert [one["body"] for one in comments(cast.bob, image)] == ["Lovely."]


def test_authors_edit_and_delete_their_own_after_unpublishing(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    said = say(cast.carol, image)["id"]
    unpublish(image)
    assert cast.carol.patch(f"/api/comments/{said}", {"body": "Hm."}).data["body"] == "Hm."
    assert cast.carol.delete(f"/api/comments/{said}").data == {"comment_count": 0}


def test_an_image_that_one_cannot_see_has_no_comments(cast: Cast) -> None:
    image = make_image(cast, cast.bob, is_public=False)
    said = say(cast.bob, image)
    for path in (image, uuid4(), "x"):
        there = f"/api/generations/{path}/comments"
        for other in (cast.carol, cast.visitor):
            assert refused(other.get(there)) == (404, "NOT_FOUND")
            assert refused(other.get(there, parent_id=said["id"])) == (404, "NOT_FOUND")
        assert refused(cast.carol.post(there, {"body": "Hi"})) == (404, "NOT_FOUND")
        answer = cast.carol.post(there, {"body": "Hi", "parent_id": said["id"]})
        assert refused(answer) == (404, "NOT_FOUND")
    answer = cast.visitor.post(f"/api/generations/{image}/comments", {"body": "Hi"})
    assert refused(answer) == (401, "UNAUTHORIZED")
    assert comments(cast.bob, image) == [said]


def test_what_is_no_image_yet_takes_no_comments(cast: Cast) -> None:
    image = make_queued(cast, cast.bob)
    answer = cast.bob.post(f"/api/generations/{image}/comments", {"body": "Hi"})
    assert refused(answer) == (409, "CONFLICT")
    assert comments(cast.bob, image) == []


@pytest.mark.parametrize("listed", ["comments", "replies"])
def test_pages_hold_each_comment_once_while_others_come_and_go(cast: Cast, listed: str) -> None:
    image = make_image(cast, cast.bob)
    under = {"parent_id": say(cast.bob, image)["id"]} if listed == "replies" else {}
    made = [say(cast.carol, image, body=str(n), **under)["id"] for n in range(9)]
    order = made if under else made[::-1]
    # The second page's cursor, one on the page to come, and one that was seen already.
    gone = [[order[1]], [order[5], order[0]], [order[8]]]
    found: list[str] = []
    for page, ids in zip(walk(cast.carol, image, limit=2, **under), [*gone, [], []], strict=False):
        found += [one["id"] for one in page if one["id"] in made]
        for one in ids:
            cast.carol.delete(f"/api/comments/{one}")
        if len(found) < 6:
            say(cast.alice, image, body="new", **under)
    kept = [one for one in order if one not in {order[5], order[8]}]
    assert found == kept
    assert miscounted() == []


def test_a_cursor_fits_its_own_image_and_thread_only(cast: Cast) -> None:
    image, other = make_image(cast, cast.bob), make_image(cast, cast.bob)
    top, _ = (say(cast.carol, image)["id"] for _ in range(2))
    path = f"/api/generations/{image}/comments"
    cursor = cast.bob.get(path, limit=1).data["next_cursor"]
    assert cast.bob.get(path, limit=1, cursor=cursor).status == 200
    for answer in (
        cast.bob.get(path, cursor=cursor, parent_id=top),
        cast.bob.get(f"/api/generations/{other}/comments", cursor=cursor),
        cast.bob.get(path, limit=101),
    ):
        assert refused(answer) == (422, "VALIDATION_FAILED")


def test_a_page_takes_as_many_statements_whatever_its_size(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    for _ in range(6):
        top = say(cast.carol, image)["id"]
        for _ in range(2):
            say(cast.bob, image, parent_id=top)
    taken = []
    for limit in (1, 6):
        with counted_statements() as seen:
            assert len(comments(cast.bob, image, limit=limit)) == limit
        taken.append(len(seen))
    assert taken[0] == taken[1] <= 4
