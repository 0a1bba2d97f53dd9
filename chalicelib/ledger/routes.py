"""/api/tokens: what one has and what moved."""

from uuid import UUID

from chalicelib.kit.db import AnyRow
from chalicelib.ledger import queries
from chalicelib.ledger.schemas import Balance, TransactionOut, TransactionsQuery
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
    cursor = read_cursor(query, of=f"transactions:{query.type}")
    rows = queries.transactions_page(
        db,
        user_id=viewer.user_id,
        kind=query.type,
        before=UUID(cursor[0]) if cursor else None,
        limit=query.limit,
    )

    def present(row: AnyRow) -> TransactionOut:
        return TransactionOut.model_validate(
            {**row._mapping, "direction": "out" if row.sender_id == viewer.user_id else "in"}
        )

    return make_page(
        rows,
        page=query,
        of=f"transactions:{query.type}",
        key=lambda row: [row.id],
        present=present,
    )
