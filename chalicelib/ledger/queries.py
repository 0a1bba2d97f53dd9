"""Reads of the ledger."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select, text, union_all
from sqlalchemy.orm import Session

from chalicelib.kit import clock
from chalicelib.kit.db import AnyRow, AnySelect
from chalicelib.kit.ids import first_id_at
from chalicelib.ledger.schemas import (
    Balance,
    DayEarnings,
    Earnings,
    StyleEarnings,
    TransactionType,
)
from chalicelib.tables import Artist, ArtistCredit, Style, Transaction, User

# No hold is older when it settles: the sweep ends every job long before.
_HOLD_MAX = timedelta(days=7)
_BY_DAY = text("""
SELECT (settled_at AT TIME ZONE 'UTC')::date AS date, sum(amount)::bigint AS tokens,
       count(*) AS images
FROM token.transactions
WHERE receiver_id = :artist_id AND id > :first AND kind = 'usage' AND status = 'completed'
  AND settled_at >= :since
GROUP BY 1 ORDER BY 1 DESC
""")
_EARNED = text("""
SELECT r.earned_token_balance + c.tokens AS balance, c.tokens AS not_rolled_up, s.id AS style_id,
       s.title
FROM auth.artists r
CROSS JOIN LATERAL (SELECT coalesce(sum(amount), 0)::bigint AS tokens
    FROM token.artist_credits WHERE artist_id = r.user_id) c
LEFT JOIN style.styles s ON s.artist_id = r.user_id AND s.training_status = 'completed'
WHERE r.user_id = :artist_id
""")


def balance_of(db: Session, *, user_id: UUID) -> Balance:
    """A person's tokens; earnings count what is not rolled up yet."""
    held = select(func.coalesce(func.sum(Transaction.amount), 0)).where(
        Transaction.sender_id == user_id, Transaction.status == "pending"
    )
    credits = select(func.coalesce(func.sum(ArtistCredit.amount), 0)).where(
        ArtistCredit.artist_id == user_id
    )
    row = db.execute(
        select(
            User.token_balance,
            User.promotional_balance,
            held.scalar_subquery().label("held_tokens"),
            (Artist.earned_token_balance + credits.scalar_subquery()).label("earned_token_balance"),
        )
        .outerjoin(Artist, Artist.user_id == User.id)
        .where(User.id == user_id)
    ).one()
    return Balance.model_validate(row)


def transactions_page(
    db: Session,
    *,
    user_id: UUID,
    kind: TransactionType,
    before: tuple[UUID, bool] | None,
    limit: int,
) -> Sequence[AnyRow]:
    """Newest first, one row more than the limit; money on its way to an artist shows once settled.

    Sent and received are read apart, each from its own index, whatever the table's size. Artists
    who use their own style both spend and earn: that movement has two rows, the earning first.
    `before` is the last row's id and whether that was received.
    """
    sent = _side(Transaction.sender_id == user_id, is_received=False)
    received = _side(
        Transaction.receiver_id == user_id, Transaction.status == "completed", is_received=True
    )
    if kind is TransactionType.USAGE:
        sides = [sent.where(Transaction.kind == "usage")]
    elif kind is TransactionType.PURCHASE:
        # Written out, so that even a prepared plan may take the partial index.
        sides = [
            sent.where(text("kind = 'purchase_reversal'")),
            received.where(text("kind = 'purchase'")),
        ]
    else:
        sides = [sent, received]
    if before:
        last_id, was_received = before
        sides[0] = sides[0].where(
            Transaction.id <= last_id if was_received else Transaction.id < last_id
        )
        sides[1:] = [side.where(Transaction.id < last_id) for side in sides[1:]]
    newest = [
        side.order_by(Transaction.id.desc()).limit(limit + 1).subquery().select() for side in sides
    ]
    rows = union_all(*newest).subquery()
    # An artist has one style that can make images; its title stays when the image is gone.
    title = select(Style.title).where(
        Style.artist_id == rows.c.receiver_id, Style.training_status == "completed"
    )
    page = select(rows, title.scalar_subquery().label("title"))
    return db.execute(
        page.order_by(rows.c.id.desc(), rows.c.is_received.desc()).limit(limit + 1)
    ).all()


def _side(*conditions: ColumnElement[bool], is_received: bool) -> AnySelect:
    columns = Transaction.__table__.c
    return select(*columns, literal(is_received).label("is_received")).where(*conditions)


def earnings_of(db: Session, *, artist_id: UUID, days: int) -> Earnings:
    """What settled in these days, today included, by UTC date and by style."""
    since = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since -= timedelta(days=days - 1)
    given = {"artist_id": artist_id, "since": since, "first": first_id_at(since - _HOLD_MAX)}
    by_day = [DayEarnings.model_validate(row) for row in db.execute(_BY_DAY, given)]
    total = sum(day.tokens for day in by_day)
    images = sum(day.images for day in by_day)
    artist = db.execute(_EARNED, {"artist_id": artist_id}).one()
    # An artist has one style that can make images, and it stays theirs.
    by_style = []
    if images and artist.style_id:
        by_style = [
            StyleEarnings(style_id=artist.style_id, title=artist.title, tokens=total, images=images)
        ]
    return Earnings(
        total=total,
        images=images,
        by_day=by_day,
        by_style=by_style,
        earned_token_balance=artist.balance,
        not_rolled_up=artist.not_rolled_up,
    )
