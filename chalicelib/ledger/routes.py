"""/api/tokens: what one has and what moved."""

from uuid import UUID

from chalicelib.ledger import present, queries
from chalicelib.ledger.schemas import (
    Balance,
    Earnings,
    EarningsQuery,
    TransactionOut,
    TransactionsQuery,
)
from chalicelib.web.cursors import Page, make_page, read_cursor
from chalicelib.web.endpoint import Routes, Session, Viewer, Who

routes = Routes()


@routes.endpoint("GET", "/tokens/balance", who=Who.USER)
def balance(db: Session, *, viewer: Viewer) -> Balance:
    """The viewer's tokens."""
    return queries.balance_of(db, user_id=viewer.user_id)


@routes.endpoint("GET", "/tokens/transactions", who=Who.USER, query=TransactionsQuery)
def transactions(db: Session, *, viewer: Viewer, query: TransactionsQuery) -> Page[TransactionOut]:
    """The viewer's movements, newest first."""
    of = f"movements:{query.type}"
    cursor = read_cursor(query, of=of)
    rows = queries.transactions_page(
        db,
        user_id=viewer.user_id,
        kind=query.type,
        before=(UUID(cursor[0]), bool(cursor[1])) if cursor else None,
        limit=query.limit,
    )
    return make_page(
        rows,
        page=query,
        of=of,
        key=lambda row: [row.id, row.is_received],
        present=present.movement,
    )


@routes.endpoint("GET", "/tokens/earnings", who=Who.ARTIST, query=EarningsQuery)
def earnings(db: Session, *, viewer: Viewer, query: EarningsQuery) -> Earnings:
    """What the artist's style earned in the last days."""
    return queries.earnings_of(db, artist_id=viewer.user_id, days=query.days)
