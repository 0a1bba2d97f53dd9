"""Reads of the ledger."""

from uuid import UUID

from sqlalchemy import func, select, text, union
from sqlalchemy.orm import Session

from chalicelib.kit.db import AnyRow, AnySelect
from chalicelib.ledger.schemas import Balance, TransactionType
from chalicelib.tables import Artist, ArtistCredit, Transaction, User


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
    db: Session, *, user_id: UUID, kind: TransactionType, before: UUID | None, limit: int
) -> list[AnyRow]:
    """Newest first, one row more than the limit; money on its way to an artist shows once settled.

    Sent and received are read apart, each from its own index, whatever the table's size.
    """

    def newest(query: AnySelect) -> AnySelect:
        if before:
            query = query.where(Transaction.id < before)
        return query.order_by(Transaction.id.desc()).limit(limit + 1)

    sent = select(*Transaction.__table__.c).where(Transaction.sender_id == user_id)
    received = select(*Transaction.__table__.c).where(
        Transaction.receiver_id == user_id, Transaction.status == "completed"
    )
    if kind is TransactionType.USAGE:
        return list(db.execute(newest(sent.where(Transaction.kind == "usage"))).all())
    if kind is TransactionType.PURCHASE:
        # Written out, so that even a prepared plan may take the partial index.
        sent = sent.where(text("kind = 'purchase_reversal'"))
        received = received.where(text("kind = 'purchase'"))
    both = union(newest(sent).subquery().select(), newest(received).subquery().select()).subquery()
    return list(db.execute(select(both).order_by(both.c.id.desc()).limit(limit + 1)).all())
