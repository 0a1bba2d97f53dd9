"""What an operator's alarms watch, measured once a minute by one statement (docs/MONEY.md)."""

from datetime import timedelta

from sqlalchemy import text

from chalicelib.contracts.jobs import JobKind
from chalicelib.kit import metrics
from chalicelib.kit.db import transaction
from chalicelib.kit.turns import take_turn

EVERY = timedelta(seconds=50)
# What was written by then is committed and seen.
GRACE = timedelta(seconds=10)

_COUNTS = ("LedgerImbalance", "Retries", "Refunds", "PurchasesToReview")
_AGES = ("LedgerProofAge", "OldestHold", "OutboxLag", "OldestConfirmation")
_MEASURE = text("""
SELECT
    (SELECT coalesce(sum(abs(value::bigint)), 0) FROM token.proofs,
        LATERAL (SELECT * FROM jsonb_each_text(faults)
            UNION ALL SELECT * FROM jsonb_each_text(recount_faults)
            UNION ALL SELECT * FROM jsonb_each_text(standing_faults)) broken) AS "LedgerImbalance",
    (SELECT extract(epoch FROM now() - proved_at) FROM token.proofs) AS "LedgerProofAge",
    (SELECT extract(epoch FROM now() - min(created_at)) FROM token.transactions
        WHERE status = 'pending') AS "OldestHold",
    (SELECT extract(epoch FROM now() - min(created_at)) FROM system.outbox
        WHERE sent_at IS NULL) AS "OutboxLag",
    (SELECT coalesce(jsonb_object_agg(kind, seconds), '{}') FROM (
        SELECT kind, extract(epoch FROM now() - min(
            CASE attempt WHEN 1 THEN created_at ELSE announced_at END)) AS seconds
        FROM system.jobs WHERE ended_at IS NULL AND state IN ('queued', 'retrying', 'dispatched')
        GROUP BY kind) waiting) AS "QueueAge",
    (SELECT count(*) FROM system.jobs
        WHERE attempt > 1 AND announced_at > :since AND announced_at <= :until) AS "Retries",
    (SELECT count(*) FROM token.transactions
        WHERE status = 'refunded' AND settled_at > :since AND settled_at <= :until) AS "Refunds",
    (SELECT count(*) FROM token.purchases WHERE needs_review) AS "PurchasesToReview",
    (SELECT extract(epoch FROM now() - min(created_at)) FROM token.purchases
        WHERE status = 'confirming') AS "OldestConfirmation"
""")


def measure() -> None:
    """Write the numbers to the log, once a minute however often the sweep runs."""
    with transaction() as db:
        turn = take_turn(db, name="measure", every=EVERY)
        if turn is None:
            return
        since, until = turn
        found = db.execute(_MEASURE, {"since": since - GRACE, "until": until - GRACE}).one()
    for name in _COUNTS:
        metrics.gauge(name, int(getattr(found, name)))
    for name in _AGES:
        # Nothing that waits waits for 0 s, so that an alarm always has a number.
        metrics.gauge_seconds(name, float(getattr(found, name) or 0))
    for kind in JobKind:
        metrics.gauge_seconds("QueueAge", float(found.QueueAge.get(kind, 0)), kind=kind)
