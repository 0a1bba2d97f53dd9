"""Movements in their owner's words."""

from chalicelib.kit import i18n
from chalicelib.kit.db import AnyRow
from chalicelib.ledger.schemas import TransactionOut


def movement(row: AnyRow) -> TransactionOut:
    """One line of the transactions list, in the request's language."""
    direction = "in" if row.is_received else "out"
    return TransactionOut.model_validate(
        {**row._mapping, "direction": direction, "text": _text(row)}
    )


def _text(row: AnyRow) -> str:
    if row.kind == "usage" and row.title is None:
        return str(row.memo)
    values = {"title": row.title, "amount": row.amount}
    return i18n.message(i18n.CURRENT.get(), f"transaction.{_name(row)}", **values)


def _name(row: AnyRow) -> str:
    if row.kind == "usage":
        spent = {"pending": "hold", "completed": "usage", "refunded": "refund"}
        return "earning" if row.is_received else spent[row.status]
    if row.kind == "adjustment":
        return "given" if row.is_received else "taken"
    return {"welcome": "welcome", "purchase": "purchase", "purchase_reversal": "reversal"}[row.kind]
