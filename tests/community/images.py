"""Images without their making, comments on them, and whether all that is counted is there."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update

from chalicelib.kit import clock
from chalicelib.kit.db import transaction
from chalicelib.tables import Generation, Style, User
from tests.factories.styles import make_style
from tests.people import Browser, Cast, Person

_MISCOUNTED = text("""
SELECT 'likes', id, like_count, (SELECT count(*) FROM community.likes WHERE generation_id = g.id)
FROM generation.generations AS g
WHERE like_count <> (SELECT count(*) FROM community.likes WHERE generation_id = g.id)
UNION ALL
SELECT 'comments', id, comment_count,
    (SELECT count(*) FROM community.comments WHERE generation_id = g.id)
FROM generation.generations AS g
WHERE comment_count <> (SELECT count(*) FROM community.comments WHERE generation_id = g.id)
UNION ALL
SELECT 'followers', user_id, follower_count,
    (SELECT count(*) FROM community.follows WHERE artist_id = a.user_id)
FROM auth.artists AS a
WHERE follower_count <> (SELECT count(*) FROM community.follows WHERE artist_id = a.user_id)
""")


def make_image(cast: Cast, owner: Person, *, is_public: bool = True, **columns: Any) -> UUID:
    """An image of this owner in Alice's style."""
    alice = cast.alice
    with transaction() as db:
        style_id = db.execute(select(Style.id).where(Style.artist_id == alice.id)).scalar()
    made = {
        "style_id": style_id or make_style(alice),
        "buyer_id": owner.id,
        "prompt_tags": ["sea"],
        "aspect_ratio": "1:1",
        "seed": 1,
        "price_tokens": 30,
        "status": "completed",
        "image_key": "generations/x/image.png",
        "preview_key": "generations/x/preview.webp",
        "thumbnail_key": "generations/x/thumbnail.webp",
        "image_sha256": "0" * 64,
        "completed_at": clock.now(),
        "is_public": is_public,
        "public_nonce": "0" * 16 if is_public else None,
        **columns,
    }
    with transaction() as db:
        image_id: UUID = db.execute(
            insert(Generation).values(**made).returning(Generation.id)
        ).scalar_one()
    return image_id


def make_queued(cast: Cast, owner: Person) -> UUID:
    """A generation that is no image yet."""
    nothing = dict.fromkeys(
        ("image_key", "preview_key", "thumbnail_key", "image_sha256", "completed_at")
    )
    return make_image(cast, owner, is_public=False, status="queued", **nothing)


def unpublish(image_id: UUID) -> None:
    with transaction() as db:
        db.execute(
            update(Generation)
            .where(Generation.id == image_id)
            .values(is_public=False, public_nonce=None)
        )


def deactivate(person: Person) -> None:
    with transaction() as db:
        db.execute(update(User).where(User.id == person.id).values(is_active=False))


def say(person: Person, image_id: UUID, body: str = "Lovely.", **given: Any) -> dict[str, Any]:
    """Comment or, with `parent_id`, reply."""
    answer = person.post(f"/api/generations/{image_id}/comments", {"body": body, **given})
    assert answer.status == 201, answer.body
    said: dict[str, Any] = answer.data
    return said


def comments(browser: Browser, image_id: UUID, **query: Any) -> list[dict[str, Any]]:
    page = browser.get(f"/api/generations/{image_id}/comments", **query).data
    found: list[dict[str, Any]] = page["results"]
    return found


def count_of(image_id: UUID, counter: str) -> int:
    with transaction() as db:
        count: int = db.execute(
            select(getattr(Generation, counter)).where(Generation.id == image_id)
        ).scalar_one()
    return count


def miscounted() -> list[Any]:
    """Every counter that is not the number of its rows."""
    with transaction() as db:
        return [tuple(row) for row in db.execute(_MISCOUNTED)]
