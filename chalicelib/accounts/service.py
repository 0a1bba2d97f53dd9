"""Coming in, and becoming an artist."""

import re
import secrets
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chalicelib.accounts.google import Identity
from chalicelib.accounts.schemas import ArtistUpgrade
from chalicelib.errors import Conflict, EmailNotVerified
from chalicelib.kit.settings import settings
from chalicelib.ledger import service as ledger
from chalicelib.tables import Artist, User

USERNAME_LENGTH_MIN, USERNAME_LENGTH_MAX = 3, 30
_NOT_IN_USERNAME = re.compile(r"[^\w.-]+")


def sign_in(db: Session, *, identity: Identity) -> UUID | None:
    """The user of this identity, made and welcomed at the first sign-in; None when deactivated."""
    email = identity.email.strip().lower()
    is_operator = bool(email) and identity.email_verified and email in settings().operators
    known = db.execute(
        update(User)
        .where(User.google_sub == identity.sub)
        .values(
            # A sign-in that tells no address must not take the known one away.
            email=email or User.email,
            email_verified=identity.email_verified if email else User.email_verified,
            is_operator=is_operator,
        )
        .returning(User.id, User.is_active)
    ).one_or_none()
    if known:
        return known.id if known.is_active else None
    user_id = _create_user(db, identity=identity, email=email, is_operator=is_operator)
    if user_id is None:
        # Another callback of the same person was first, or another person took the name.
        return sign_in(db, identity=identity)
    ledger.grant_welcome(db, user_id=user_id)
    return user_id


def upgrade_to_artist(
    db: Session, *, user_id: UUID, wanted: ArtistUpgrade, signature_key: str
) -> None:
    """Make a user an artist. Raises EmailNotVerified, or Conflict when they are one already."""
    user = db.execute(
        select(User.email, User.email_verified, User.role).where(User.id == user_id)
    ).one()
    if not user.email_verified or user.email != wanted.email.lower():
        raise EmailNotVerified
    made = db.execute(
        insert(Artist)
        .values(user_id=user_id, artist_name=wanted.artist_name, signature_key=signature_key)
        .on_conflict_do_nothing()
        .returning(Artist.user_id)
    ).one_or_none()
    if made is None:
        raise Conflict
    db.execute(update(User).where(User.id == user_id).values(role="artist"))


def _create_user(db: Session, *, identity: Identity, email: str, is_operator: bool) -> UUID | None:
    # Never from the e-mail address: a username is public.
    wish = _NOT_IN_USERNAME.sub("-", identity.name.lower()).strip("-.")[:24]
    wish = wish if len(wish) >= USERNAME_LENGTH_MIN else "user"
    taken = db.execute(
        select(User.id).where(func.casefold(User.username) == func.casefold(wish))
    ).first()
    name = f"{wish}-{secrets.token_hex(2)}" if taken else wish
    user_id: UUID | None = db.execute(
        insert(User)
        .values(
            google_sub=identity.sub,
            email=email,
            email_verified=identity.email_verified,
            username=name[:USERNAME_LENGTH_MAX],
            is_operator=is_operator,
        )
        .on_conflict_do_nothing()
        .returning(User.id)
    ).scalar_one_or_none()
    return user_id
