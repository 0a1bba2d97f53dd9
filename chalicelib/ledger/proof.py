"""Every invariant of the ledger, each an SQL query that must give 0; all are one statement.

One statement is one snapshot. Read it on the writer: a replica of a Multi-AZ cluster may show
states that never were.

`prove_ledger` reads the whole history. `prove_recent` begins at the checkpoint (checkpoint.py): of
what lies before, it knows the accounts' sums. Both compare every balance. What it cannot see is a
row before the checkpoint that is wrong, or was changed or added there: the recount finds those.
"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chalicelib.kit.db import AnyRow

FIRST, LAST = UUID(int=0), UUID(int=2**128 - 1)

# Ids rise with time, so a range of transactions is also one of entries, images and purchases.
# Nothing here joins two ranges: PostgreSQL thinks a range of uuids far smaller than it is.
RANGE = """
legs AS (
    SELECT t.id, t.kind, t.status, e.phase, e.account, e.owner_id, e.delta,
           CASE WHEN e.delta > 0 THEN t.promotional_amount ELSE -t.promotional_amount END
               AS promotional,
           abs(e.delta) <> t.amount OR CASE
               WHEN e.account IN ('user', 'artist') THEN e.owner_id IS DISTINCT FROM
                   CASE WHEN e.phase = 'void' OR e.delta < 0 THEN t.sender_id ELSE t.receiver_id END
               ELSE e.account <> CASE t.kind
                   WHEN 'usage' THEN 'escrow' WHEN 'welcome' THEN 'promo'
                   WHEN 'adjustment' THEN 'adjustment' ELSE 'clearing' END
           END AS is_wrong
    FROM token.transactions t LEFT JOIN token.entries e ON e.transaction_id = t.id
    WHERE t.id > :after AND t.id <= :until
), phases AS (
    SELECT id, kind, status, phase, sum(delta) AS total, count(account) AS legs,
           count(*) FILTER (WHERE is_wrong) AS wrong_legs
    FROM legs GROUP BY id, kind, status, phase
), spelled AS (
    SELECT kind, status, string_agg(phase, '+' ORDER BY phase) AS phases
    FROM phases GROUP BY id, kind, status
)
"""
# Of each transaction by itself.
OF_RANGE = {
    "unbalanced_phases": """
        SELECT count(*) FROM phases WHERE phase IS NOT NULL AND (total <> 0 OR legs <> 2)""",
    "wrong_legs": "SELECT coalesce(sum(wrong_legs), 0) FROM phases",
    "wrong_statuses": """
        SELECT count(*) FROM spelled WHERE phases IS DISTINCT FROM CASE
            WHEN kind <> 'usage' THEN 'post'
            WHEN status = 'pending' THEN 'hold'
            WHEN status = 'completed' THEN 'hold+settle'
            ELSE 'hold+void' END""",
    "kinds_out_of_step": """
        SELECT count(*) FROM (
            SELECT kind, sum(amount) AS amount FROM token.transactions
            WHERE id > :after AND id <= :until GROUP BY kind) moved
        FULL JOIN (
            SELECT kind, sum(delta) AS amount FROM legs
            WHERE delta > 0 AND phase IN ('post', 'hold') GROUP BY kind) kept USING (kind)
        WHERE moved.amount IS DISTINCT FROM kept.amount""",
    "generations_out_of_step": """
        SELECT count(*) FROM generation.generations g
        LEFT JOIN token.transactions t ON t.related_generation_id = g.id
        WHERE g.id > :after AND g.id <= :until AND t.status IS DISTINCT FROM CASE
            WHEN g.status = 'completed' THEN 'completed'
            WHEN g.status IN ('failed', 'canceled') THEN 'refunded'
            ELSE 'pending' END""",
    "purchases_out_of_step": """
        SELECT count(*) FROM (
            SELECT id FROM token.purchases WHERE id > :after AND id <= :until
            UNION
            SELECT related_purchase_id FROM token.transactions
            WHERE id > :after AND id <= :until AND related_purchase_id IS NOT NULL) moved
        LEFT JOIN token.purchases p USING (id)
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount) FILTER (WHERE kind = 'purchase'), 0) AS credited,
                   coalesce(sum(amount) FILTER (WHERE kind = 'purchase_reversal'), 0) AS reversed
            FROM token.transactions WHERE related_purchase_id = moved.id) t
        WHERE p.id IS NULL OR t.reversed <> p.reversed_tokens
           OR t.credited <> CASE WHEN p.paid_at IS NULL THEN 0 ELSE p.tokens END""",
}
_ACCOUNTS = """
accounts AS (
    SELECT account, owner_id, sum(balance) AS balance, sum(promotional) AS promotional FROM (
        SELECT account, owner_id, sum(delta) AS balance, sum(promotional) AS promotional
        FROM legs WHERE account IS NOT NULL GROUP BY account, owner_id
        UNION ALL
        SELECT account, nullif(owner_id, :platform), balance, promotional
        FROM token.proved_sums WHERE :after <> :first) parts
    GROUP BY account, owner_id
), held AS (
    SELECT coalesce(sum(amount), 0) AS tokens FROM token.transactions WHERE status = 'pending'
), credits AS (
    SELECT artist_id, sum(amount) AS amount FROM token.artist_credits GROUP BY artist_id
)
"""
# Of all accounts together.
OF_ALL = {
    "wrong_user_balances": """
        SELECT count(*) FROM auth.users u
        LEFT JOIN accounts a ON a.account = 'user' AND a.owner_id = u.id
        WHERE u.token_balance <> coalesce(a.balance, 0)""",
    "wrong_promotional_balances": """
        SELECT count(*) FROM auth.users u
        LEFT JOIN accounts a ON a.account = 'user' AND a.owner_id = u.id
        WHERE u.promotional_balance <> coalesce(a.promotional, 0)""",
    "wrong_artist_balances": """
        SELECT count(*) FROM auth.artists r
        LEFT JOIN accounts a ON a.account = 'artist' AND a.owner_id = r.user_id
        LEFT JOIN credits c ON c.artist_id = r.user_id
        WHERE r.earned_token_balance + coalesce(c.amount, 0) <> coalesce(a.balance, 0)""",
    "negative_balances": """
        SELECT count(*) FROM accounts WHERE account IN ('user', 'artist', 'escrow')
        AND (balance < 0 OR account = 'user' AND promotional NOT BETWEEN 0 AND balance)""",
    "ownerless_balances": """
        SELECT count(*) FROM accounts a WHERE a.account = 'user' AND a.balance <> 0
        AND NOT EXISTS (SELECT FROM auth.users u WHERE u.id = a.owner_id)""",
    "escrow_gap": """
        SELECT coalesce((SELECT balance FROM accounts WHERE account = 'escrow'), 0) - tokens
        FROM held""",
    "issued_gap": """
        SELECT (SELECT coalesce(sum(token_balance), 0) FROM auth.users)
            + (SELECT coalesce(sum(earned_token_balance), 0) FROM auth.artists)
            + (SELECT coalesce(sum(amount), 0) FROM token.artist_credits)
            + (SELECT tokens FROM held)
            + (SELECT coalesce(sum(balance), 0) FROM accounts
                WHERE account IN ('promo', 'clearing', 'adjustment'))""",
    "holds_without_live_job": """
        SELECT count(*) FROM token.transactions t WHERE t.status = 'pending' AND NOT EXISTS (
            SELECT FROM system.jobs j
            WHERE j.generation_id = t.related_generation_id AND j.ended_at IS NULL)""",
}
INVARIANTS = OF_RANGE | OF_ALL


def columns(invariants: dict[str, str]) -> str:
    """The queries as the columns of one."""
    return ", ".join(f"({query}) AS {name}" for name, query in invariants.items())


_PROVE = text(f"""
WITH {RANGE}, {_ACCOUNTS} SELECT {columns(INVARIANTS)}
WHERE :after = :first OR EXISTS (SELECT FROM token.proofs WHERE checkpoint = :after)
""")  # noqa: S608 - made of constants only
_CHECKPOINT = text("SELECT checkpoint FROM token.proofs")


def prove_ledger(db: Session) -> dict[str, int]:
    """Each invariant by name with its number of violations, or the gap in tokens.

    Reads the whole history: about 20 s for a million transactions.
    """
    row = db.execute(_PROVE, _bounds(FIRST)).one()
    return _numbers(row)


def prove_recent(db: Session) -> dict[str, int]:
    """The same from the checkpoint on, with the sums of what lies before."""
    while True:
        checkpoint = db.execute(_CHECKPOINT).scalar_one_or_none() or FIRST
        row = db.execute(_PROVE, _bounds(checkpoint)).one_or_none()
        # None when the checkpoint was moved in between.
        if row is not None:
            return _numbers(row)


def broken(invariants: dict[str, int]) -> dict[str, int]:
    """Those that do not hold."""
    return {name: int(value) for name, value in invariants.items() if value}


def _numbers(row: AnyRow) -> dict[str, int]:
    return {name: int(value) for name, value in row._mapping.items()}


def _bounds(after: UUID) -> dict[str, UUID]:
    return {"after": after, "until": LAST, "first": FIRST, "platform": FIRST}
