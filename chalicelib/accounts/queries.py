"""Reads of accounts."""

from uuid import UUID

from sqlalchemy import ScalarSelect, exists, func, select
from sqlalchemy.orm import Session

from chalicelib.accounts.schemas import ArtistBlock, ArtistProfile, Me, Profile
from chalicelib.errors import NotFound, Unauthorized
from chalicelib.kit import storage
from chalicelib.kit.settings import settings
from chalicelib.tables import Artist, ArtistCredit, Follow, Generation, Notification, Style, User


def get_me(db: Session, *, user_id: UUID) -> Me:
    """One's own account; raises Unauthorized for who has just left."""
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
    row = db.execute(
        select(User, Artist, unread, credits)
        .outerjoin(Artist, Artist.user_id == User.id)
        .where(User.id == user_id)
    ).one_or_none()
    if row is None:
        raise Unauthorized
    user, artist, unread_count, credited = row
    return Me(
        id=user.id,
        username=user.username,
        email=user.email,
        bio=user.bio,
        profile_image_url=storage.find_public_url(user.profile_image_key),
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


def get_profile(db: Session, *, user_id: UUID, viewer_id: UUID | None) -> Profile:
    """Somebody's public profile; raises NotFound for the deactivated."""
    style_id = (
        select(Style.id)
        .where(Style.artist_id == user_id, Style.training_status == "completed", Style.is_active)
        .scalar_subquery()
    )
    is_following = exists().where(Follow.follower_id == viewer_id, Follow.artist_id == user_id)
    row = db.execute(
        select(
            User,
            Artist,
            style_id.label("style_id"),
            _public_generations_count(user_id).label("public_generations_count"),
            _following_count(user_id).label("following_count"),
            is_following.label("is_following"),
        )
        .outerjoin(Artist, Artist.user_id == User.id)
        .where(User.id == user_id, User.is_active)
    ).one_or_none()
    if row is None:
        raise NotFound
    user, artist = row.User, row.Artist
    return Profile(
        id=user.id,
        username=user.username,
        bio=user.bio,
        profile_image_url=storage.find_public_url(user.profile_image_key),
        role=user.role,
        artist=ArtistProfile(
            artist_name=artist.artist_name,
            follower_count=artist.follower_count,
            style_id=row.style_id,
        )
        if artist
        else None,
        public_generations_count=row.public_generations_count,
        following_count=row.following_count,
        is_following=row.is_following if viewer_id else None,
        is_self=user.id == viewer_id,
        created_at=user.created_at,
    )


def _public_generations_count(user_id: UUID) -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(Generation.buyer_id == user_id, Generation.is_public)
        .scalar_subquery()
    )


def _following_count(user_id: UUID) -> ScalarSelect[int]:
    return select(func.count()).where(Follow.follower_id == user_id).scalar_subquery()
