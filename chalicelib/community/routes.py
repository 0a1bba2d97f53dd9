"""/api: likes, comments and follows."""

from datetime import datetime
from uuid import UUID

from chalicelib.community import present, queries, service
from chalicelib.community.schemas import (
    CommentChange,
    CommentCount,
    CommentOut,
    CommentRequest,
    CommentsQuery,
    FollowedArtist,
    FollowState,
    LikeState,
)
from chalicelib.errors import (
    Conflict,
    DuplicateFollow,
    Forbidden,
    NotAnArtist,
    ReplyDepthExceeded,
    SelfFollowNotAllowed,
)
from chalicelib.generations.present import card
from chalicelib.generations.queries import liked_page
from chalicelib.generations.schemas import GenerationCard
from chalicelib.web.cursors import Page, PageQuery, make_page, read_cursor
from chalicelib.web.endpoint import Routes, Session, Viewer, Who

routes = Routes()


@routes.endpoint("POST", "/generations/{generation_id}/like", who=Who.USER, errors=(Conflict,))
def like(db: Session, *, viewer: Viewer, generation_id: UUID) -> LikeState:
    """Like an image; a second time changes nothing."""
    count = service.like_image(db, user_id=viewer.user_id, generation_id=generation_id)
    return LikeState(is_liked=True, like_count=count)


@routes.endpoint("DELETE", "/generations/{generation_id}/like", who=Who.USER)
def unlike(db: Session, *, viewer: Viewer, generation_id: UUID) -> LikeState:
    """Take a like back; a second time changes nothing."""
    count = service.unlike_image(db, user_id=viewer.user_id, generation_id=generation_id)
    return LikeState(is_liked=False, like_count=count)


@routes.endpoint(
    "GET", "/generations/{generation_id}/comments", who=Who.ANYONE, query=CommentsQuery
)
def comments(
    db: Session, *, viewer: Viewer | None, query: CommentsQuery, generation_id: UUID
) -> Page[CommentOut]:
    """An image's comments, newest first, or one comment's replies, oldest first."""
    viewer_id = viewer.user_id if viewer else None
    of = f"comments:{generation_id}:{query.parent_id}"
    cursor = read_cursor(query, of=of)
    threads = queries.comments_page(
        db,
        generation_id=generation_id,
        viewer_id=viewer_id,
        parent_id=query.parent_id,
        after=UUID(cursor[0]) if cursor else None,
        limit=query.limit,
    )
    return make_page(
        threads,
        page=query,
        of=of,
        key=lambda found: [found.top.comment.id],
        present=lambda found: present.thread(found, viewer_id=viewer_id),
    )


@routes.endpoint(
    "POST",
    "/generations/{generation_id}/comments",
    who=Who.USER,
    body=CommentRequest,
    status=201,
    errors=(Conflict, ReplyDepthExceeded),
)
def comment(
    db: Session, *, viewer: Viewer, body: CommentRequest, generation_id: UUID
) -> CommentOut:
    """Comment on an image, or reply to a comment."""
    comment_id = service.write_comment(
        db,
        author_id=viewer.user_id,
        generation_id=generation_id,
        body=body.body,
        parent_id=body.parent_id,
    )
    return _comment(db, viewer, comment_id)


@routes.endpoint(
    "PATCH", "/comments/{comment_id}", who=Who.USER, body=CommentChange, errors=(Forbidden,)
)
def edit_comment(
    db: Session, *, viewer: Viewer, body: CommentChange, comment_id: UUID
) -> CommentOut:
    """Change one's own words."""
    service.edit_comment(db, author_id=viewer.user_id, comment_id=comment_id, body=body.body)
    return _comment(db, viewer, comment_id)


@routes.endpoint("DELETE", "/comments/{comment_id}", who=Who.USER, errors=(Forbidden,))
def delete_comment(db: Session, *, viewer: Viewer, comment_id: UUID) -> CommentCount:
    """Delete one's own comment, and the replies to it."""
    count = service.delete_comment(db, author_id=viewer.user_id, comment_id=comment_id)
    return CommentCount(comment_count=count)


@routes.endpoint(
    "POST",
    "/users/{user_id}/follow",
    who=Who.USER,
    errors=(DuplicateFollow, NotAnArtist, SelfFollowNotAllowed),
)
def follow(db: Session, *, viewer: Viewer, user_id: UUID) -> FollowState:
    """Follow an artist."""
    count = service.follow_artist(db, follower_id=viewer.user_id, artist_id=user_id)
    return FollowState(is_following=True, follower_count=count)


@routes.endpoint("DELETE", "/users/{user_id}/follow", who=Who.USER, errors=(NotAnArtist,))
def unfollow(db: Session, *, viewer: Viewer, user_id: UUID) -> FollowState:
    """Follow an artist no longer; a second time changes nothing."""
    count = service.unfollow_artist(db, follower_id=viewer.user_id, artist_id=user_id)
    return FollowState(is_following=False, follower_count=count)


@routes.endpoint("GET", "/users/me/following", who=Who.USER, query=PageQuery)
def following(db: Session, *, viewer: Viewer, query: PageQuery) -> Page[FollowedArtist]:
    """The artists whom the viewer follows, the latest followed first."""
    cursor = read_cursor(query, of="following")
    rows = queries.following_page(
        db,
        follower_id=viewer.user_id,
        after=(datetime.fromisoformat(cursor[0]), UUID(cursor[1])) if cursor else None,
        limit=query.limit,
    )
    return make_page(
        rows,
        page=query,
        of="following",
        key=lambda row: [row.created_at, row.user_id],
        present=present.followed,
    )


@routes.endpoint("GET", "/users/me/likes", who=Who.USER, query=PageQuery)
def likes(db: Session, *, viewer: Viewer, query: PageQuery) -> Page[GenerationCard]:
    """The images that the viewer likes and may see, the latest liked first."""
    cursor = read_cursor(query, of="likes")
    rows = liked_page(
        db,
        viewer_id=viewer.user_id,
        after=(datetime.fromisoformat(cursor[0]), UUID(cursor[1])) if cursor else None,
        limit=query.limit,
    )
    return make_page(
        rows, page=query, of="likes", key=lambda row: [row.liked_at, row.id], present=card
    )


def _comment(db: Session, viewer: Viewer, comment_id: UUID) -> CommentOut:
    return present.thread(queries.get_comment(db, comment_id=comment_id), viewer_id=viewer.user_id)
