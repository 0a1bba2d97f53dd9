"""What ties somebody to the platform."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from chalicelib.errors import Unauthorized
from chalicelib.leaving.schemas import LeavingOutlook
from chalicelib.tables import Artist, ArtistCredit, Generation, Job, Licence, Purchase, Style, User


def get_outlook(db: Session, *, user_id: UUID) -> LeavingOutlook:
    """What would happen if they left now."""
    generations = select(func.count()).where(Generation.buyer_id == user_id)
    styles = select(func.count()).where(Style.artist_id == user_id)
    row = db.execute(
        select(
            User.token_balance,
            generations.scalar_subquery().label("generations_count"),
            styles.scalar_subquery().label("styles_count"),
        ).where(User.id == user_id)
    ).one_or_none()
    if row is None:
        raise Unauthorized
    if is_job_in_flight(db, owner_id=user_id):
        return LeavingOutlook(outcome="job_in_flight", **row._mapping)
    if is_payment_unclear(db, user_id=user_id):
        return LeavingOutlook(outcome="payment_unclear", **row._mapping)
    used = is_style_used(db, artist_id=user_id)
    return LeavingOutlook(outcome="deactivated" if used else "removed", **row._mapping)


def lock_account(db: Session, *, user_id: UUID) -> str:
    """Nothing new can be made in their name from now on; answers their google_sub.

    Raises Unauthorized for who has left already.
    """
    google_sub: str | None = db.execute(
        select(User.google_sub).where(User.id == user_id, User.is_active).with_for_update()
    ).scalar_one_or_none()
    if google_sub is None:
        raise Unauthorized
    return google_sub


def lock_styles(db: Session, *, artist_id: UUID) -> Sequence[UUID]:
    """An artist's styles; nobody's first generation in them can begin from now on."""
    return (
        db.execute(
            select(Style.id)
            .where(Style.artist_id == artist_id)
            .order_by(Style.id)
            .with_for_update()
        )
        .scalars()
        .all()
    )


def is_job_in_flight(db: Session, *, owner_id: UUID) -> bool:
    """Whether GPU work of theirs has not ended."""
    open_job = exists().where(Job.owner_id == owner_id, Job.ended_at.is_(None))
    return db.execute(select(open_job)).scalar_one()


def is_payment_unclear(db: Session, *, user_id: UUID) -> bool:
    """Whether a card of theirs may be charged now.

    Not so while a purchase is merely pending: only its buyer, signed in, can have it charged.
    """
    unclear = exists().where(Purchase.user_id == user_id, Purchase.status == "confirming")
    return db.execute(select(unclear)).scalar_one()


def is_style_used(db: Session, *, artist_id: UUID) -> bool:
    """Whether anybody asked for, made or licensed an image in a style of theirs, or paid for one.

    Each alone may be left of it: buyers leave too, and their generations with them.
    """
    used = or_(
        Style.generations_count > 0,
        exists().where(Generation.style_id == Style.id),
        exists().where(Licence.style_id == Style.id),
    )
    earned = or_(
        exists().where(Artist.user_id == artist_id, Artist.earned_token_balance > 0),
        exists().where(ArtistCredit.artist_id == artist_id),
    )
    return db.execute(
        select(or_(exists().where(Style.artist_id == artist_id, used), earned))
    ).scalar_one()


def generations_of(db: Session, *, buyer_id: UUID) -> Sequence[UUID]:
    """All their generations."""
    return (
        db.execute(
            select(Generation.id).where(Generation.buyer_id == buyer_id).order_by(Generation.id)
        )
        .scalars()
        .all()
    )
