"""Reads of likes, comments and follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from chalicelib.errors import Forbidden, NotAnArtist, NotFound
from chalicelib.kit.db import AnyRow, AnySelect
from chalicelib.tables import Artist, Comment, Follow, Generation, Style, User

REPLIES_SHOWN = 3
_BEFORE_ALL, _AFTER_ALL = UUID(int=0), UUID(int=2**128 - 1)


@dataclass(frozen=True)
class Written:
    """A comment and who wrote it."""

    comment: Comment
    username: str
    profile_image_key: str | None


@dataclass(frozen=True)
class Thread:
    """A comment with its first replies, one more than are shown."""

    top: Written
    replies: list[Written]


def get_image(db: Session, *, generation_id: UUID, viewer_id: UUID | None) -> AnyRow:
    """State and owner; raises NotFound for another's private one."""
    row = db.execute(
        select(Generation.status, Generation.buyer_id, Generation.is_public).where(
            Generation.id == generation_id, _visible_to(viewer_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def get_like_count(db: Session, *, generation_id: UUID, viewer_id: UUID) -> int:
    """Raises NotFound for another's private image."""
    count: int | None = db.execute(
        select(Generation.like_count).where(Generation.id == generation_id, _visible_to(viewer_id))
    ).scalar_one_or_none()
    if count is None:
        raise NotFound
    return count


def get_parent(db: Session, *, generation_id: UUID, comment_id: UUID) -> AnyRow:
    """Author of a comment and its own parent; raises NotFound for one on another image."""
    row = db.execute(
        select(Comment.author_id, Comment.parent_id).where(
            Comment.id == comment_id, Comment.generation_id == generation_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def get_image_of_own(db: Session, *, comment_id: UUID, author_id: UUID) -> UUID:
    """Where one's own comment is, visible or not.

    Raises Forbidden for another's, NotFound where the image is not visible.
    """
    row = db.execute(
        select(Comment.generation_id, Comment.author_id)
        .join(Generation, Generation.id == Comment.generation_id)
        .where(
            Comment.id == comment_id, or_(Comment.author_id == author_id, _visible_to(author_id))
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.author_id != author_id:
        raise Forbidden
    image_id: UUID = row.generation_id
    return image_id


def comments_page(
    db: Session,
    *,
    generation_id: UUID,
    viewer_id: UUID | None,
    parent_id: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[Thread]:
    """Top-level comments, newest first, or one's replies, oldest first; one more than the limit.

    Raises NotFound for an image that is not visible, and for a parent that is not on it.
    """
    get_image(db, generation_id=generation_id, viewer_id=viewer_id)
    # What they are under stands in the order too: by the id alone PostgreSQL may prefer to walk
    # through everybody's comments, be they a million, until it has met enough of these.
    if parent_id:
        get_parent(db, generation_id=generation_id, comment_id=parent_id)
        key = tuple_(Comment.parent_id, Comment.id)
        rows = (
            select(Comment)
            .where(Comment.parent_id <= parent_id, key > (parent_id, after or _BEFORE_ALL))
            .order_by(Comment.parent_id, Comment.id)
        )
        return _threads(db, rows.limit(limit + 1))
    key = tuple_(Comment.generation_id, Comment.id)
    rows = (
        select(Comment)
        .where(
            Comment.parent_id.is_(None),
            Comment.generation_id >= generation_id,
            key < (generation_id, after or _AFTER_ALL),
        )
        .order_by(Comment.generation_id.desc(), Comment.id.desc())
    )
    return _threads(db, rows.limit(limit + 1))[::-1]


def get_comment(db: Session, *, comment_id: UUID) -> Thread:
    """One comment; raises NotFound."""
    found = _threads(db, select(Comment).where(Comment.id == comment_id))
    if not found:
        raise NotFound
    return found[0]


def get_follower_count(db: Session, *, artist_id: UUID) -> int:
    """Raises NotFound for the unknown and the deactivated, NotAnArtist for other people."""
    row = db.execute(
        select(Artist.follower_count)
        .select_from(User)
        .outerjoin(Artist, Artist.user_id == User.id)
        .where(User.id == artist_id, User.is_active)
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.follower_count is None:
        raise NotAnArtist
    count: int = row.follower_count
    return count


def following_page(
    db: Session, *, follower_id: UUID, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[AnyRow]:
    """Followed artists with what they offer, latest followed first, one more than the limit."""
    rows = (
        select(
            Follow.created_at,
            Artist.user_id,
            Artist.artist_name,
            Artist.follower_count,
            User.username,
            User.profile_image_key,
            Style,
        )
        .join(Artist, Artist.user_id == Follow.artist_id)
        .join(User, User.id == Follow.artist_id)
        .outerjoin(
            Style,
            and_(
                Style.artist_id == Follow.artist_id,
                Style.training_status == "completed",
                Style.is_active,
            ),
        )
        .where(Follow.follower_id == follower_id, User.is_active)
    )
    if after:
        rows = rows.where(tuple_(Follow.created_at, Follow.artist_id) < after)
    newest = rows.order_by(Follow.created_at.desc(), Follow.artist_id.desc())
    return db.execute(newest.limit(limit + 1)).all()


def _visible_to(viewer_id: UUID | None) -> ColumnElement[bool]:
    return or_(Generation.is_public, Generation.buyer_id == viewer_id)


def _threads(db: Session, page: AnySelect) -> list[Thread]:
    """The comments of a page by id, each with its first replies, in one statement."""
    top = aliased(Comment, page.subquery("top"))
    author = aliased(User)
    first = (
        select(Comment, User.username, User.profile_image_key)
        .join(User, User.id == Comment.author_id)
        .where(Comment.parent_id == top.id)
        .order_by(Comment.id)
        .limit(REPLIES_SHOWN + 1)
        .lateral("first")
    )
    reply = aliased(Comment, first)
    rows = db.execute(
        select(
            top,
            author.username,
            author.profile_image_key,
            reply,
            first.c.username,
            first.c.profile_image_key,
        )
        .join(author, author.id == top.author_id)
        .outerjoin(first, true())
        .order_by(top.id, reply.id)
    ).all()
    return [
        Thread(
            top=Written(*same[0][:3]),
            replies=[Written(*row[3:]) for row in same if row[3] is not None],
        )
        for same in (list(group) for _, group in groupby(rows, key=lambda row: row[0].id))
    ]
