"""What the community takes and gives."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from chalicelib.kit.fields import Body, Moment, Out, Paragraph
from chalicelib.web.cursors import PageQuery

CommentText = Annotated[Paragraph, Field(min_length=1, max_length=1000)]


class CommentRequest(Body):
    """Body of POST /api/generations/:id/comments."""

    body: CommentText
    parent_id: Annotated[UUID, Field(strict=False)] | None = None


class CommentChange(Body):
    """Body of PATCH /api/comments/:id."""

    body: CommentText


class CommentsQuery(PageQuery):
    """Query of GET /api/generations/:id/comments; with `parent_id` its replies are the list."""

    parent_id: UUID | None = None


class LikeState(Out):
    """Whether the viewer likes an image, and how many do."""

    is_liked: bool
    like_count: int


class FollowState(Out):
    """Whether the viewer follows an artist, and how many do."""

    is_following: bool
    follower_count: int


class CommentCount(Out):
    """How many comments and replies an image has left."""

    comment_count: int


class AuthorRef(Out):
    """Who wrote it."""

    id: UUID
    username: str
    profile_image_url: str | None


class CommentOut(Out):
    """A comment with its first replies, or a reply, which has none."""

    id: UUID
    parent_id: UUID | None
    author: AuthorRef
    body: str
    is_own: bool
    created_at: Moment
    edited_at: Moment | None
    replies: list["CommentOut"]
    has_more_replies: bool


class StyleOffer(Out):
    """The style that an artist offers."""

    id: UUID
    title: str
    generation_cost_tokens: int
    thumbnail_url: str | None


class FollowedArtist(Out):
    """An artist whom the viewer follows."""

    id: UUID
    username: str
    artist_name: str
    follower_count: int
    profile_image_url: str | None
    style: StyleOffer | None
    followed_at: Moment
