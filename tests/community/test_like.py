"""Liking images (SPEC §3 Community, §4.7)."""

from uuid import uuid4

from tests.community.images import (
    count_of,
    deactivate,
    make_image,
    make_queued,
    miscounted,
    unpublish,
)
from tests.people import Answer, Cast, Person


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def test_likes_are_counted_once_a_person(cast: Cast) -> None:
    like = f"/api/generations/{make_image(cast, cast.bob)}/like"
    for _ in range(2):
        assert cast.carol.post(like).data == {"is_liked": True, "like_count": 1}
    assert cast.alice.post(like).data == {"is_liked": True, "like_count": 2}
    for _ in range(2):
        assert cast.carol.delete(like).data == {"is_liked": False, "like_count": 1}
    assert cast.carol.post(like).data == {"is_liked": True, "like_count": 2}
    assert miscounted() == []


def test_ones_own_image_can_be_liked_while_private(cast: Cast) -> None:
    like = f"/api/generations/{make_image(cast, cast.bob, is_public=False)}/like"
    assert cast.bob.post(like).data == {"is_liked": True, "like_count": 1}
    assert cast.bob.delete(like).data == {"is_liked": False, "like_count": 0}


def test_what_is_no_image_yet_cannot_be_liked(cast: Cast) -> None:
    like = f"/api/generations/{make_queued(cast, cast.bob)}/like"
    assert refused(cast.bob.post(like)) == (409, "CONFLICT")
    assert refused(cast.carol.post(like)) == (404, "NOT_FOUND")


def test_a_like_can_be_taken_back_after_unpublishing(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    like = f"/api/generations/{image}/like"
    cast.carol.post(like)
    unpublish(image)
    assert refused(cast.alice.delete(like)) == (404, "NOT_FOUND")
    assert refused(cast.carol.post(like)) == (404, "NOT_FOUND")
    assert count_of(image, "like_count") == 1
    assert cast.carol.delete(like).data == {"is_liked": False, "like_count": 0}
    assert refused(cast.carol.delete(like)) == (404, "NOT_FOUND")


def test_an_image_that_one_cannot_see_is_not_found(cast: Cast) -> None:
    image = make_image(cast, cast.bob, is_public=False)
    for path in (image, uuid4(), "x"):
        for method in ("POST", "DELETE"):
            answer = cast.carol.call(method, f"/api/generations/{path}/like")
            assert refused(answer) == (404, "NOT_FOUND")
    assert count_of(image, "like_count") == 0


def test_visitors_and_the_deactivated_like_nothing(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    deactivate(cast.carol)
    del cast.alice.cookies["csrftoken"]
    for method in ("POST", "DELETE"):
        like = f"/api/generations/{image}/like"
        assert refused(cast.visitor.call(method, like)) == (401, "UNAUTHORIZED")
        assert refused(cast.carol.call(method, like)) == (401, "UNAUTHORIZED")
        assert refused(cast.alice.call(method, like)) == (403, "CSRF_FAILED")
    assert count_of(image, "like_count") == 0


def liked(person: Person, **query: object) -> list[str]:
    found = person.get("/api/users/me/likes", **query).data["results"]
    assert all(one["is_liked"] for one in found)
    return [one["id"] for one in found]


def test_what_one_likes_is_listed_by_the_latest_like(cast: Cast) -> None:
    assert refused(cast.visitor.get("/api/users/me/likes")) == (401, "UNAUTHORIZED")
    images = [str(make_image(cast, cast.bob)) for _ in range(3)]
    order = [images[1], images[0], images[2]]
    for image in order:
        cast.carol.post(f"/api/generations/{image}/like")
    cast.alice.post(f"/api/generations/{images[0]}/like")
    assert liked(cast.carol) == order[::-1]
    first = cast.carol.get("/api/users/me/likes", limit=2).data
    assert first["has_more"]
    assert liked(cast.carol, cursor=first["next_cursor"]) == order[:1]
    cast.carol.delete(f"/api/generations/{images[0]}/like")
    assert liked(cast.carol) == [images[2], images[1]]


def test_what_was_made_private_is_listed_for_its_owner_only(cast: Cast) -> None:
    image = make_image(cast, cast.bob)
    for person in (cast.bob, cast.carol):
        person.post(f"/api/generations/{image}/like")
    unpublish(image)
    assert (liked(cast.bob), liked(cast.carol)) == ([str(image)], [])
