"""Liking, commenting, following. Each counter moves in the statement that moves its rows.

What makes two of these safe at once, and against somebody's leaving, is one order of locks:
accounts, then images, then artists, then likes, comments and follows. So whoever adds holds the
accounts that the new rows will name; whoever takes away locks the row that counts first.
"""

from uuid import UUID

from sqlalchemy import TextClause, select, text, update
from sqlalchemy.orm import Session

from chalicelib.community import queries
from chalicelib.errors import (
    Conflict,
    DuplicateFollow,
    NotFound,
    ReplyDepthExceeded,
    SelfFollowNotAllowed,
    Unauthorized,
)
from chalicelib.kit import clock
from chalicelib.notifications import service as notifications
from chalicelib.tables import Artist, Comment, Generation, User

_LIKE = text("""
WITH made AS (
    INSERT INTO community.likes (user_id, generation_id) VALUES (:user_id, :generation_id)
    ON CONFLICT DO NOTHING
    RETURNING generation_id
)
UPDATE generation.generations SET like_count = like_count + 1
FROM made WHERE generations.id = made.generation_id
RETURNING like_count
""")

_UNLIKE = text("""
WITH gone AS (
    DELETE FROM community.likes WHERE user_id = :user_id AND generation_id = :generation_id
    RETURNING generation_id
)
UPDATE generation.generations SET like_count = like_count - 1
FROM gone WHERE generations.id = gone.generation_id
RETURNING like_count
""")

# The image is locked before the comment gets its id, so the ids of an image's comments are in the
# order of their commits and no page passes one that is still to come.
_COMMENT = text("""
WITH image AS (
    UPDATE generation.generations SET comment_count = comment_count + 1
    WHERE id = :generation_id AND (is_public OR buyer_id = :author_id)
    RETURNING id
)
INSERT INTO community.comments (generation_id, author_id, parent_id, body)
SELECT id, :author_id, CAST(:parent_id AS uuid), :body FROM image
RETURNING id
""")

_DELETE_COMMENT = text("""
WITH gone AS (
    DELETE FROM community.comments WHERE id = :comment_id OR parent_id = :comment_id
    RETURNING generation_id
), fewer AS (
    SELECT generation_id, count(*) AS comments FROM gone GROUP BY generation_id
)
UPDATE generation.generations SET comment_count = comment_count - fewer.comments
FROM fewer WHERE generations.id = fewer.generation_id
RETURNING comment_count
""")

_FOLLOW = text("""
WITH made AS (
    INSERT INTO community.follows (follower_id, artist_id) VALUES (:follower_id, :artist_id)
    ON CONFLICT DO NOTHING
    RETURNING artist_id
)
UPDATE auth.artists SET follower_count = follower_count + 1
FROM made WHERE artists.user_id = made.artist_id
RETURNING follower_count
""")

_UNFOLLOW = text("""
WITH gone AS (
    DELETE FROM community.follows WHERE follower_id = :follower_id AND artist_id = :artist_id
    RETURNING artist_id
)
UPDATE auth.artists SET follower_count = follower_count - 1
FROM gone WHERE artists.user_id = gone.artist_id
RETURNING follower_count
""")

# One's own images and artist row too, which leaving deletes next: two people who like each
# other's images may leave at once.
_LOCK_COUNTERS = (
    text("""
SELECT id FROM generation.generations WHERE id IN (
    SELECT generation_id FROM community.likes WHERE user_id = :user_id
    UNION SELECT generation_id FROM community.comments WHERE author_id = :user_id
    UNION SELECT id FROM generation.generations WHERE buyer_id = :user_id
) ORDER BY id FOR NO KEY UPDATE
"""),
    text("""
SELECT user_id FROM auth.artists WHERE user_id IN (
    SELECT artist_id FROM community.follows WHERE follower_id = :user_id
    UNION SELECT CAST(:user_id AS uuid)
) ORDER BY user_id FOR NO KEY UPDATE
"""),
)

# Each image is updated once: at a second time PostgreSQL would look its owner up again, and wait
# for them while they leave, too.
_WITHDRAW = (
    text("""
WITH unliked AS (
    DELETE FROM community.likes WHERE user_id = :user_id RETURNING generation_id
), unsaid AS (
    DELETE FROM community.comments WHERE id IN (
        SELECT id FROM community.comments WHERE author_id = :user_id
        UNION SELECT reply.id FROM community.comments AS reply
        JOIN community.comments AS parent ON parent.id = reply.parent_id
        WHERE parent.author_id = :user_id)
    RETURNING generation_id
), fewer AS (
    SELECT generation_id, sum(likes) AS likes, sum(comments) AS comments FROM (
        SELECT generation_id, 1 AS likes, 0 AS comments FROM unliked
        UNION ALL SELECT generation_id, 0, 1 FROM unsaid)
    GROUP BY generation_id
)
UPDATE generation.generations
SET like_count = like_count - fewer.likes, comment_count = comment_count - fewer.comments
FROM fewer WHERE generations.id = fewer.generation_id
"""),
    text("""
WITH gone AS (
    DELETE FROM community.follows WHERE follower_id = :user_id RETURNING artist_id
)
UPDATE auth.artists SET follower_count = follower_count - 1
FROM gone WHERE artists.user_id = gone.artist_id
"""),
)


def like_image(db: Session, *, user_id: UUID, generation_id: UUID) -> int:
    """Answers the like count. Raises NotFound, or Conflict for what is no image yet."""
    image = queries.get_image(db, generation_id=generation_id, viewer_id=user_id)
    if image.status != "completed":
        raise Conflict
    _hold_people(db, actor_id=user_id, others={image.buyer_id})
    count = _count(db, _LIKE, user_id=user_id, generation_id=generation_id)
    if count is None:
        return queries.get_like_count(db, generation_id=generation_id, viewer_id=user_id)
    notifications.tell(
        db,
        user_id=image.buyer_id,
        kind="like",
        target_type="generation",
        target_id=generation_id,
        actor_id=user_id,
    )
    return count


def unlike_image(db: Session, *, user_id: UUID, generation_id: UUID) -> int:
    """Answers the like count. Raises NotFound for an image neither liked nor visible."""
    _lock_image(db, generation_id)
    count = _count(db, _UNLIKE, user_id=user_id, generation_id=generation_id)
    if count is None:
        return queries.get_like_count(db, generation_id=generation_id, viewer_id=user_id)
    return count


def write_comment(
    db: Session, *, author_id: UUID, generation_id: UUID, body: str, parent_id: UUID | None
) -> UUID:
    """Comment or reply. Raises NotFound, ReplyDepthExceeded, or Conflict for what is no image."""
    image = queries.get_image(db, generation_id=generation_id, viewer_id=author_id)
    if image.status != "completed":
        raise Conflict
    people: set[UUID] = {image.buyer_id}
    if parent_id:
        parent = queries.get_parent(db, generation_id=generation_id, comment_id=parent_id)
        if parent.parent_id:
            raise ReplyDepthExceeded
        people.add(parent.author_id)
    _hold_people(db, actor_id=author_id, others=people)
    comment_id: UUID | None = db.execute(
        _COMMENT,
        {
            "generation_id": generation_id,
            "author_id": author_id,
            "parent_id": parent_id,
            "body": body,
        },
    ).scalar_one_or_none()
    if comment_id is None:
        raise NotFound
    # On a private image nobody but its owner could follow the news to where it points.
    for person_id in sorted(people) if image.is_public else [image.buyer_id]:
        notifications.tell(
            db,
            user_id=person_id,
            kind="comment",
            target_type="generation",
            target_id=generation_id,
            actor_id=author_id,
            event_id=comment_id,
        )
    return comment_id


def edit_comment(db: Session, *, author_id: UUID, comment_id: UUID, body: str) -> None:
    """Raises Forbidden for another's, NotFound where the image is not visible."""
    queries.get_image_of_own(db, comment_id=comment_id, author_id=author_id)
    db.execute(
        update(Comment).where(Comment.id == comment_id).values(body=body, edited_at=clock.now())
    )


def delete_comment(db: Session, *, author_id: UUID, comment_id: UUID) -> int:
    """Delete it with its replies and answer the comments left; raises as `edit_comment`."""
    image_id = queries.get_image_of_own(db, comment_id=comment_id, author_id=author_id)
    # Replies come only under this lock, so that the next statement sees every one of them.
    _lock_image(db, image_id)
    count = _count(db, _DELETE_COMMENT, comment_id=comment_id)
    if count is None:
        raise NotFound
    return count


def follow_artist(db: Session, *, follower_id: UUID, artist_id: UUID) -> int:
    """Answers the follower count.

    Raises SelfFollowNotAllowed, NotFound, NotAnArtist, DuplicateFollow.
    """
    if follower_id == artist_id:
        raise SelfFollowNotAllowed
    _hold_people(db, actor_id=follower_id, others={artist_id})
    queries.get_follower_count(db, artist_id=artist_id)
    count = _count(db, _FOLLOW, follower_id=follower_id, artist_id=artist_id)
    if count is None:
        raise DuplicateFollow
    notifications.tell(
        db,
        user_id=artist_id,
        kind="follow",
        target_type="user",
        target_id=follower_id,
        actor_id=follower_id,
    )
    return count


def unfollow_artist(db: Session, *, follower_id: UUID, artist_id: UUID) -> int:
    """Answers the follower count; raises NotFound, NotAnArtist."""
    db.execute(
        select(Artist.user_id).where(Artist.user_id == artist_id).with_for_update(key_share=True)
    )
    count = _count(db, _UNFOLLOW, follower_id=follower_id, artist_id=artist_id)
    return queries.get_follower_count(db, artist_id=artist_id) if count is None else count


def withdraw_person(db: Session, *, user_id: UUID) -> None:
    """Delete the likes, comments (replies under them too) and follows of somebody who leaves.

    To be called before the transaction locks any image or artist: it locks the person's account
    first, which ends what they do elsewhere, then every row that counts, in the order of ids.
    """
    db.execute(select(User.id).where(User.id == user_id).with_for_update())
    for statement in (*_LOCK_COUNTERS, *_WITHDRAW):
        db.execute(statement, {"user_id": user_id})


def _hold_people(db: Session, *, actor_id: UUID, others: set[UUID]) -> None:
    """Whoever of them leaves now waits for us, or we for them; raises Unauthorized if the actor."""
    held = db.execute(
        select(User.id, User.is_active)
        .where(User.id.in_({actor_id, *others}))
        .order_by(User.id)
        .with_for_update(read=True, key_share=True)
    ).all()
    if not any(person.id == actor_id and person.is_active for person in held):
        raise Unauthorized


def _lock_image(db: Session, image_id: UUID) -> None:
    db.execute(
        select(Generation.id).where(Generation.id == image_id).with_for_update(key_share=True)
    )


def _count(db: Session, statement: TextClause, **ids: UUID) -> int | None:
    """The counter after the statement; None when it found nothing to change."""
    count: int | None = db.execute(statement, ids).scalar_one_or_none()
    return count
