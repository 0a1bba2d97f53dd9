"""The proof in instalments, so that it costs the same however old the ledger is.

Transactions that nothing can change any more are added up once, by account, up to the checkpoint,
which moves on each minute. Every ten minutes what lies after it is proved together with these sums
(`prove_recent`). Once a day all is read again from the first transaction on, slice by slice. This
recount keeps no sums of its own: it weighs each account's with a number drawn anew, and in the end
must weigh as much as the checkpoint's. If it doesn't, the checkpoint is made again from the
entries, so that the balances are compared with what those say now.
"""

import secrets
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chalicelib.kit import clock
from chalicelib.kit.db import transaction
from chalicelib.kit.ids import first_id_at
from chalicelib.kit.log import LOG
from chalicelib.kit.turns import take_turn
from chalicelib.ledger.proof import FIRST, OF_RANGE, RANGE, broken, columns, prove_recent
from chalicelib.tables import Proof, ProvedSum, Transaction

EVERY = timedelta(minutes=10)
RECOUNT_EVERY = timedelta(hours=20)
SLICE = 50_000
# Of the sweep's 55 s.
TURN_SECONDS = 8.0
# No transaction of ours lives that long: what it has not committed by then, it never will.
SETTLED_AFTER = timedelta(minutes=15)

_OLDEST_HOLD = select(func.min(Transaction.created_at)).where(Transaction.status == "pending")
_WEIGHT = """
coalesce(sum(balance::numeric * hashtextextended(account || owner_id, :seed)
    + promotional::numeric * hashtextextended(account || owner_id, :seed + 1)), 0)
"""
_SUMS = """
SELECT account, coalesce(owner_id, :platform) AS owner_id, sum(delta) AS balance,
       sum(promotional) AS promotional
FROM legs WHERE account IS NOT NULL GROUP BY account, owner_id
"""
_FAULTS = text(f"WITH {RANGE} SELECT {columns(OF_RANGE)}")
_ADD_UP = text(f"""
WITH {RANGE}
INSERT INTO token.proved_sums AS sums (account, owner_id, balance, promotional)
{_SUMS} ORDER BY account, owner_id
ON CONFLICT (account, owner_id) DO UPDATE
SET balance = sums.balance + excluded.balance, promotional = sums.promotional + excluded.promotional
""")
_WEIGH = text(f"""
WITH {RANGE}, sums AS ({_SUMS})
SELECT (SELECT {_WEIGHT} FROM sums) AS weight, {columns(OF_RANGE)}
""")  # noqa: S608 - made of constants only
_WEIGHT_OF_CHECKPOINT = text(f"SELECT {_WEIGHT} FROM token.proved_sums")  # noqa: S608


def prove_in_turn() -> dict[str, int] | None:
    """Move on, prove and read again what is due; None when that was no proof, else its faults."""
    with transaction() as db:
        db.execute(insert(Proof).on_conflict_do_nothing())
    until = time.monotonic() + TURN_SECONDS
    faults = None
    # Far behind, as after a reset, a proof would take longer than a statement may.
    if _repeat(_move_checkpoint, until=until):
        faults = _prove()
    _repeat(_recount, until=until)
    return faults


def _prove() -> dict[str, int] | None:
    with transaction() as db:
        if take_turn(db, name="proof", every=EVERY) is None:
            return None
    with transaction() as db:
        faults = broken(prove_recent(db))
        db.execute(update(Proof).values(faults=faults, proved_at=clock.now()))
        found = {**find_recount(db)[1], **faults}
    if found:
        LOG.error("the ledger does not add up", faults=found)
    return found


def find_recount(db: Session) -> tuple[datetime | None, dict[str, int]]:
    """When all was last read again, and what that and the recount under way have found."""
    state = db.execute(
        select(Proof.recounted_at, Proof.standing_faults, Proof.recount_faults)
    ).one_or_none()
    if state is None:
        return None, {}
    return state.recounted_at, {**state.standing_faults, **state.recount_faults}


def _repeat(step: Callable[[Session], bool], *, until: float) -> bool:
    """Whether it came to its end in time."""
    going_on = True
    while going_on and time.monotonic() < until:
        with transaction() as db:
            going_on = step(db)
    return not going_on


def _move_checkpoint(db: Session) -> bool:
    """Over the next slice; its faults stand until a recount finds them no more."""
    state = _lock(db)
    oldest_hold = db.execute(_OLDEST_HOLD).scalar_one()
    settled = clock.now() - SETTLED_AFTER
    # An id is made within the transaction that holds.
    limit = min(settled, oldest_hold - timedelta(minutes=1)) if oldest_hold else settled
    end = _slice_end(db, after=state.checkpoint, limit=first_id_at(limit))
    if end is None:
        return False
    given = {"after": state.checkpoint, "until": end, "platform": FIRST}
    faults = broken(db.execute(_FAULTS, given).one()._asdict())
    state.standing_faults = {**state.standing_faults, **faults}
    db.execute(_ADD_UP, given)
    state.checkpoint = end
    return True


def _recount(db: Session) -> bool:
    """The next slice from the first transaction on, up to the checkpoint; False at the end."""
    state = _lock(db)
    if state.recounted == state.checkpoint:
        _end_recount(db, state)
        return False
    if state.recounted == FIRST:
        if not _is_recount_due(state):
            return False
        state.recount_seed = secrets.randbits(62)
    # Should the checkpoint's own transaction be gone, the weights differ in the end.
    end = _slice_end(db, after=state.recounted, limit=state.checkpoint) or state.checkpoint
    given = {"after": state.recounted, "until": end, "platform": FIRST, "seed": state.recount_seed}
    found = db.execute(_WEIGH, given).one()._asdict()
    state.recount_weight += found.pop("weight")
    state.recount_faults = dict(Counter(state.recount_faults) + Counter(broken(found)))
    state.recounted = end
    return True


def _is_recount_due(state: Proof) -> bool:
    # After a repair everybody wants to know.
    if state.recounted_at is None or state.standing_faults:
        return True
    return clock.now() - state.recounted_at > RECOUNT_EVERY


def _end_recount(db: Session, state: Proof) -> None:
    if state.checkpoint == FIRST:
        return
    weight = db.execute(_WEIGHT_OF_CHECKPOINT, {"seed": state.recount_seed}).scalar_one()
    state.standing_faults = state.recount_faults
    if weight != state.recount_weight:
        state.standing_faults = {**state.recount_faults, "recount_differs": 1}
        state.checkpoint = FIRST
        db.execute(delete(ProvedSum))
    state.recounted, state.recount_weight, state.recount_faults = FIRST, Decimal(0), {}
    state.recounted_at = clock.now()


def _lock(db: Session) -> Proof:
    return db.execute(select(Proof).with_for_update()).scalar_one()


def _slice_end(db: Session, *, after: UUID, limit: UUID) -> UUID | None:
    ids = (
        select(Transaction.id)
        .where(Transaction.id > after, Transaction.id <= limit)
        .order_by(Transaction.id)
        .limit(SLICE)
        .subquery()
    )
    return db.execute(select(ids.c.id).order_by(ids.c.id.desc()).limit(1)).scalar_one_or_none()
