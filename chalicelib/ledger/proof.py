"""Every invariant of the ledger as one SQL statement: one snapshot, every column must be 0.

Read it on the writer: a replica of a Multi-AZ cluster may show states that never were.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

_PROOF = text("""
WITH accounts AS (
    SELECT e.account, e.owner_id, sum(e.delta) AS balance,
           sum(sign(e.delta) * t.promotional_amount) AS promotional
    FROM token.entries e JOIN token.transactions t ON t.id = e.transaction_id
    GROUP BY e.account, e.owner_id
), phases AS (
    SELECT transaction_id, phase, sum(delta) AS total, count(*) AS legs
    FROM token.entries GROUP BY transaction_id, phase
), spelled AS (
    SELECT t.id, t.kind, t.status, t.related_generation_id,
           coalesce(string_agg(p.phase, '+' ORDER BY p.phase), '') AS phases
    FROM token.transactions t LEFT JOIN phases p ON p.transaction_id = t.id
    GROUP BY t.id
), held AS (
    SELECT coalesce(sum(amount), 0) AS tokens FROM token.transactions WHERE status = 'pending'
), credits AS (
    SELECT artist_id, sum(amount) AS amount FROM token.artist_credits GROUP BY artist_id
)
SELECT
    (SELECT count(*) FROM phases WHERE total <> 0 OR legs <> 2) AS unbalanced_phases,
    (SELECT count(*) FROM auth.users u
       LEFT JOIN accounts a ON a.account = 'user' AND a.owner_id = u.id
      WHERE u.token_balance <> coalesce(a.balance, 0)) AS wrong_user_balances,
    (SELECT count(*) FROM auth.users u
       LEFT JOIN accounts a ON a.account = 'user' AND a.owner_id = u.id
      WHERE u.promotional_balance <> coalesce(a.promotional, 0)) AS wrong_promotional_balances,
    (SELECT count(*) FROM auth.artists r
       LEFT JOIN accounts a ON a.account = 'artist' AND a.owner_id = r.user_id
       LEFT JOIN credits c ON c.artist_id = r.user_id
      WHERE r.earned_token_balance + coalesce(c.amount, 0) <> coalesce(a.balance, 0))
        AS wrong_artist_balances,
    (SELECT count(*) FROM accounts a WHERE a.account = 'user' AND a.balance <> 0
        AND NOT EXISTS (SELECT FROM auth.users u WHERE u.id = a.owner_id)) AS ownerless_balances,
    (SELECT coalesce((SELECT balance FROM accounts WHERE account = 'escrow'), 0) - tokens
       FROM held) AS escrow_gap,
    (SELECT coalesce(sum(token_balance), 0) FROM auth.users)
        + (SELECT coalesce(sum(earned_token_balance), 0) FROM auth.artists)
        + (SELECT coalesce(sum(amount), 0) FROM token.artist_credits)
        + (SELECT tokens FROM held)
        + (SELECT coalesce(sum(balance), 0) FROM accounts
            WHERE account IN ('promo', 'clearing', 'adjustment')) AS issued_gap,
    (SELECT count(*) FROM spelled WHERE phases <> CASE
        WHEN kind <> 'usage' THEN 'post'
        WHEN status = 'pending' THEN 'hold'
        WHEN status = 'completed' THEN 'hold+settle'
        ELSE 'hold+void' END) AS wrong_statuses,
    (SELECT count(*) FROM token.transactions t WHERE t.status = 'pending' AND NOT EXISTS (
        SELECT FROM system.jobs j
        WHERE j.generation_id = t.related_generation_id AND j.ended_at IS NULL))
        AS holds_without_live_job,
    (SELECT count(*) FROM generation.generations g
       LEFT JOIN token.transactions t ON t.related_generation_id = g.id
      WHERE t.status IS DISTINCT FROM CASE
        WHEN g.status = 'completed' THEN 'completed'
        WHEN g.status IN ('failed', 'canceled') THEN 'refunded'
        ELSE 'pending' END) AS generations_out_of_step,
    (SELECT count(*) FROM token.purchases p FULL JOIN (
        SELECT * FROM token.transactions WHERE kind = 'purchase') t
        ON t.related_purchase_id = p.id
      WHERE (p.paid_at IS NOT NULL) IS DISTINCT FROM (t.id IS NOT NULL)
         OR p.tokens <> t.amount) AS purchases_out_of_step
""")


def prove_ledger(db: Session) -> dict[str, int]:
    """Each invariant by name with its number of violations, or the gap in tokens."""
    return {name: int(value) for name, value in db.execute(_PROOF).one()._mapping.items()}
