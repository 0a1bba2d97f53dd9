"""Coming in, becoming an artist, changing one's profile."""

import hmac
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chalicelib.accounts import pictures, signatures, usernames
from chalicelib.accounts.google import Identity
from chalicelib.accounts.schemas import ArtistUpgrade, ProfileChange
from chalicelib.contracts import object_keys
from chalicelib.errors import ArtistOnly, Conflict, EmailNotVerified, Unauthorized, UsernameTaken
from chalicelib.kit import clock, outbox
from chalicelib.kit.db import AnyRow
from chalicelib.kit.settings import settings
from chalicelib.ledger import service as ledger
from chalicelib.tables import Artist, FormerUser, User


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
    if not _is_former(db, google_sub=identity.sub):
        ledger.grant_welcome(db, user_id=user_id)
    return user_id


def upgrade_to_artist(
    db: Session, *, user_id: UUID, wanted: ArtistUpgrade, signature_key: str
) -> None:
    """Make a user an artist.

    Raises EmailNotVerified, Conflict when they are one already, Unauthorized when they left.
    """
    user = db.execute(
        select(User.email, User.email_verified, User.role).where(User.id == user_id)
    ).one_or_none()
    if user is None:
        raise Unauthorized
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


@dataclass(frozen=True)
class PreparedFiles:
    """Keys of a profile change's files, checked and stored before its transaction."""

    picture_key: str | None
    signature_key: str | None


def prepare_files(*, user_id: UUID, is_artist: bool, wanted: ProfileChange) -> PreparedFiles:
    """Check and store what was uploaded for a profile; no transaction may be open.

    Raises ArtistOnly, and what `prepare_picture` and `keep_signature` raise.
    """
    if not is_artist and (wanted.artist_name or wanted.signature_upload_key):
        raise ArtistOnly
    picture, signature = wanted.profile_image_upload_key, wanted.signature_upload_key
    return PreparedFiles(
        pictures.prepare_picture(user_id=user_id, upload_key=picture) if picture else None,
        signatures.keep_signature(user_id=user_id, upload_key=signature) if signature else None,
    )


def change_profile(
    db: Session, *, user_id: UUID, wanted: ProfileChange, files: PreparedFiles
) -> None:
    """Change what was sent. Raises UsernameTaken, or Unauthorized for who left meanwhile."""
    person: dict[str, Any] = wanted.model_dump(include={"username", "bio"}, exclude_none=True)
    if "username" in person and usernames.looks_like_ours(person["username"]):
        raise UsernameTaken
    if files.picture_key:
        person["profile_image_key"] = pictures.publish_picture(
            db, user_id=user_id, prepared_key=files.picture_key
        )
    elif "profile_image_upload_key" in wanted.model_fields_set:
        person["profile_image_key"] = None
    if person:
        picture_before = _update_user(db, user_id, person)
        if picture_before and "profile_image_key" in person:
            pictures.withdraw_picture(db, key=picture_before)
    artist: dict[str, Any] = wanted.model_dump(include={"artist_name"}, exclude_none=True)
    if files.signature_key:
        # The old file stays where it is: images already made name it.
        artist |= {"signature_key": files.signature_key, "signature_changed_at": clock.now()}
    if artist:
        db.execute(update(Artist).where(Artist.user_id == user_id).values(**artist))


def subject_hmac(google_sub: str) -> str:
    """Who somebody was, for whoever can name them again and nobody else."""
    key = settings().secret_key.get_secret_value().encode()
    return hmac.new(key, b"former:" + google_sub.encode(), "sha256").hexdigest()


def remember_leaver(db: Session, *, google_sub: str) -> None:
    """Somebody leaves for good: they may come back, but are welcomed once only."""
    db.execute(
        insert(FormerUser).values(subject_hmac=subject_hmac(google_sub)).on_conflict_do_nothing()
    )


def hold_account(db: Session, *, user_id: UUID) -> None:
    """Whoever it is can't leave until this transaction ends; raises Unauthorized if they have."""
    account = select(User.id).where(User.id == user_id, User.is_active)
    if db.execute(account.with_for_update(read=True, key_share=True)).first() is None:
        raise Unauthorized


def deactivate_user(db: Session, *, user_id: UUID) -> None:
    """Nobody signs in to this account any more; the profile is hidden."""
    db.execute(update(User).where(User.id == user_id).values(is_active=False))


def remove_user(db: Session, *, user_id: UUID) -> None:
    """Delete the account with its files; what points at it must be gone, or goes with it."""
    db.execute(delete(User).where(User.id == user_id))
    private = object_keys.private_folders_of_user(user_id)
    pictures_folder = object_keys.public_folder(subject="users", subject_id=user_id)
    outbox.add_delete_prefixes(db, bucket=settings().private_bucket, prefixes=private)
    outbox.add_delete_prefixes(db, bucket=settings().image_bucket, prefixes=[pictures_folder])


def _is_former(db: Session, *, google_sub: str) -> bool:
    former = exists().where(FormerUser.subject_hmac == subject_hmac(google_sub))
    return db.execute(select(former)).scalar_one()


def _update_user(db: Session, user_id: UUID, values: dict[str, Any]) -> str | None:
    """Answers the key of the picture there was."""
    try:
        row: AnyRow | None = db.execute(
            update(User)
            .where(User.id == user_id, User.is_active)
            .values(**values)
            # By the statement itself, so that of two changes at once each removes another picture.
            .returning(literal_column("old.profile_image_key").label("picture_before"))
        ).one_or_none()
    except IntegrityError as error:
        if "uq_users_username" in str(error.orig):
            raise UsernameTaken from None
        raise
    if row is None:
        raise Unauthorized
    picture_before: str | None = row.picture_before
    return picture_before


def _create_user(db: Session, *, identity: Identity, email: str, is_operator: bool) -> UUID | None:
    # Never from the e-mail address: a username is public.
    wish = usernames.suggest(identity.name)
    taken = db.execute(
        select(User.id).where(func.casefold(User.username) == func.casefold(wish))
    ).first()
    name = f"{wish}-{secrets.token_hex(3)}" if taken else wish
    user_id: UUID | None = db.execute(
        insert(User)
        .values(
            google_sub=identity.sub,
            email=email,
            email_verified=identity.email_verified,
            username=name,
            is_operator=is_operator,
        )
        .on_conflict_do_nothing()
        .returning(User.id)
    ).scalar_one_or_none()
    return user_id
