"""Reads of accounts."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chalicelib.accounts.schemas import ArtistBlock, Me
from chalicelib.kit import storage
from chalicelib.kit.settings import settings
from chalicelib.tables import Artist, ArtistCredit, Notification, User


def get_me(db: Session, *, user_id: UUID) -> Me:
    """One's own account."""
    unread = (
        select(func.count())
        .where(Notification.user_id == user_id, ~Notification.is_read)
        .scalar_subquery()
    )
    credits = (
        select(func.coalesce(func.sum(ArtistCredit.amount), 0))
        .where(ArtistCredit.artist_id == user_id)
        .scalar_subquery()
    )
    user, artist, unread_count, credited = db.execute(
        select(User, Artist, unread, credits)
        .outerjoin(Artist, Artist.user_id == User.id)
        .where(User.id == user_id)
    ).one()
    return Me(
        id=user.id,
        username=user.username,
        email=user.email,
        bio=user.bio,
        role=user.role,
        is_operator=user.is_operator,
        token_balance=user.token_balance,
        artist=ArtistBlock(
            artist_name=artist.artist_name,
            earned_token_balance=artist.earned_token_balance + int(credited),
            follower_count=artist.follower_count,
            signature_url=storage.sign_get(settings().private_bucket, artist.signature_key),
        )
        if artist
        else None,
        unread_notifications=unread_count,
        created_at=user.created_at,
    )
