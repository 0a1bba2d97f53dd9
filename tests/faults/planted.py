"""Bugs that money has had elsewhere, each as a change of one of our functions or statements."""

import inspect
from types import ModuleType

import pytest
from sqlalchemy import TextClause, text

from chalicelib.accounts import service as accounts
from chalicelib.dispatch import service as desk
from chalicelib.generations import service as generations
from chalicelib.jobs import service as jobs
from chalicelib.ledger import service as ledger
from chalicelib.purchases import payments

Change = tuple[ModuleType, str, str, str]

_READ_THEN = """    available = db.execute(
        text("SELECT token_balance FROM auth.users WHERE id = :id"), {"id": buyer_id}
    ).scalar_one()
    if available < amount:
        raise InsufficientTokens(required=amount, available=available)
"""
_OWN_COMMIT = """    from chalicelib.kit.db import transaction
    with transaction() as own:
      ledger.hold_tokens(
        own,"""
# Module, name, what is there, what the bug has instead.
BUGS: dict[str, list[Change]] = {
    "settled again": [(ledger, "_SETTLE", " AND status = 'pending'", "")],
    "refunded twice": [(ledger, "_REFUND", " AND status = 'pending'", "")],
    "no attempt fence": [
        (jobs, "hear", "Job.attempt == ticket.attempt,", ""),
        (jobs, "hear", "Job.attempt_key == ticket.attempt_key,", ""),
    ],
    "no attempt fence in the sweep": [(jobs, "lock_at_work", "Job.attempt == attempt, ", "")],
    "message of an older attempt": [(jobs, "mark_due", "Job.attempt == message.attempt, ", "")],
    "held by reading, then writing": [
        (ledger, "_HOLD", " AND token_balance >= :amount", ""),
        (
            ledger,
            "hold_tokens",
            "    transaction_id: UUID",
            f"{_READ_THEN}    transaction_id: UUID",
        ),
    ],
    "held in a commit of its own": [
        (
            generations,
            "request_generation",
            "    ledger.hold_tokens(\n        db,",
            _OWN_COMMIT,
        )
    ],
    "canceled at work": [(jobs, "cancel_generation", '"dispatched"', '"dispatched", "running"')],
    "completed but not ended": [(desk, "complete", 'jobs.end(db, job=job, state="done")', "pass")],
    "promotional tokens lost by a refund": [
        (
            ledger,
            "_REFUND",
            "promotional_balance + refunded.promotional_amount",
            "promotional_balance",
        )
    ],
    "credited twice by the roll-up": [
        (
            ledger,
            "_ROLL_UP",
            "DELETE FROM token.artist_credits WHERE",
            "SELECT artist_id, amount FROM token.artist_credits WHERE",
        ),
        (ledger, "_ROLL_UP", "RETURNING artist_id, amount", ""),
    ],
    "purchase credited twice": [
        (payments, "_credit", "if purchase.paid_at is not None:", "if False:"),
        (ledger, "_CREDIT_PURCHASE", "AND purchases.paid_at IS NULL", ""),
    ],
    "promotional tokens taken back": [
        (ledger, "_REVERSE_PURCHASE", "token_balance - promotional_balance)", "token_balance)")
    ],
    "welcomed again after leaving": [
        (accounts, "sign_in", "if not _is_former(db, google_sub=identity.sub):", "if True:")
    ],
}


def plant(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the test's end."""
    for module, name, there, instead in BUGS[bug]:
        known = getattr(module, name)
        source = known.text if isinstance(known, TextClause) else _source(known)
        assert there in source, f"{module.__name__}.{name} has changed: plant the bug anew"
        changed = source.replace(there, instead)
        monkeypatch.setattr(module, name, _made(module, name, changed, known))


def _source(function: object) -> str:
    # Of one that was changed already, the changed one's.
    return getattr(function, "source", "") or inspect.getsource(function)  # type: ignore[arg-type]


def _made(module: ModuleType, name: str, source: str, known: object) -> object:
    if isinstance(known, TextClause):
        return text(source)
    space = dict(vars(module))
    exec(source, space)  # noqa: S102 - our own text
    made = space[name]
    # It must see what is patched in its module later.
    function = type(made)(made.__code__, vars(module), name, made.__defaults__)
    function.__kwdefaults__ = made.__kwdefaults__
    function.source = source
    return function
