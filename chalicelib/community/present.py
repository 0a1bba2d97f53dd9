"""Comments and followed artists as their readers see them."""

from uuid import UUID

from chalicelib.community.queries import REPLIES_SHOWN, Thread, Written
from chalicelib.community.schemas import AuthorRef, CommentOut, FollowedArtist, StyleOffer
from chalicelib.kit.db import AnyRow
from chalicelib.styles.present import public_url, sample_urls
from chalicelib.tables import Style


def thread(found: Thread, *, viewer_id: UUID | None) -> CommentOut:
    """A comment with its first replies."""
    return _comment(
        found.top,
        viewer_id,
        replies=[_comment(one, viewer_id) for one in found.replies[:REPLIES_SHOWN]],
        has_more_replies=len(found.replies) > REPLIES_SHOWN,
    )


def followed(row: AnyRow) -> FollowedArtist:
    """An artist whom the viewer follows."""
    return FollowedArtist(
        id=row.user_id,
        username=row.username,
        artist_name=row.artist_name,
        follower_count=row.follower_count,
        profile_image_url=_picture(row.profile_image_key),
        style=_offer(row.Style) if row.Style else None,
        followed_at=row.created_at,
    )


def _comment(
    written: Written,
    viewer_id: UUID | None,
    *,
    replies: list[CommentOut] | None = None,
    has_more_replies: bool = False,
) -> CommentOut:
    comment = written.comment
    return CommentOut(
        id=comment.id,
        parent_id=comment.parent_id,
        author=AuthorRef(
            id=comment.author_id,
            username=written.username,
            profile_image_url=_picture(written.profile_image_key),
        ),
        body=comment.body,
        is_own=comment.author_id == viewer_id,
        created_at=comment.created_at,
        edited_at=comment.edited_at,
        replies=replies or [],
        has_more_replies=has_more_replies,
    )


def _offer(style: Style) -> StyleOffer:
    samples = sample_urls(style)
    return StyleOffer(
        id=style.id,
        title=style.title,
        generation_cost_tokens=style.generation_cost_tokens,
        thumbnail_url=samples[-1] if samples else None,
    )


def _picture(key: str | None) -> str | None:
    return public_url(key) if key else None
