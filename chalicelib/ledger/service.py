"""Movements of tokens, each one SQL statement, so that no other can come between its parts.

No statement locks two balance rows: the artist is credited by an appended row, rolled up later.
"""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chalicelib.errors import InsufficientTokens

WELCOME_TOKENS = 100

_GRANT_WELCOME = text("""
WITH granted AS (
    INSERT INTO token.transactions
        (kind, receiver_id, amount, promotional_amount, status, memo, settled_at)
    VALUES ('welcome', :user_id, :amount, :amount, 'completed', 'Welcome Bonus', now())
    ON CONFLICT (receiver_id) WHERE kind = 'welcome' DO NOTHING
    RETURNING id, amount
), legs AS (
    INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
    SELECT id, 'post', 'promo', NULL::uuid, -amount FROM granted
    UNION ALL SELECT id, 'post', 'user', :user_id, amount FROM granted
)
UPDATE auth.users SET token_balance = token_balance + granted.amount,
                      promotional_balance = promotional_balance + granted.amount
FROM granted WHERE users.id = :user_id
""")

_HOLD = text("""
WITH debited AS (
    UPDATE auth.users
    SET token_balance = token_balance - :amount,
        promotional_balance = promotional_balance - least(promotional_balance, :amount)
    WHERE id = :buyer_id AND token_balance >= :amount
    RETURNING old.promotional_balance - new.promotional_balance AS promotional
), held AS (
    INSERT INTO token.transactions
        (kind, sender_id, receiver_id, amount, promotional_amount, status, memo,
         related_generation_id)
    SELECT 'usage', :buyer_id, :artist_id, :amount, promotional, 'pending', :memo, :generation_id
    FROM debited
    RETURNING id, amount
), legs AS (
    INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
    SELECT id, 'hold', 'user', :buyer_id, -amount FROM held
    UNION ALL SELECT id, 'hold', 'escrow', NULL::uuid, amount FROM held
)
SELECT id FROM held
""")

_SETTLE = text("""
WITH settled AS (
    UPDATE token.transactions SET status = 'completed', settled_at = now()
    WHERE related_generation_id = :generation_id AND status = 'pending'
    RETURNING id, receiver_id, amount
), legs AS (
    INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
    SELECT id, 'settle', 'escrow', NULL::uuid, -amount FROM settled
    UNION ALL SELECT id, 'settle', 'artist', receiver_id, amount FROM settled
)
INSERT INTO token.artist_credits (transaction_id, artist_id, amount)
SELECT id, receiver_id, amount FROM settled
RETURNING transaction_id
""")

_REFUND = text("""
WITH refunded AS (
    UPDATE token.transactions SET status = 'refunded', settled_at = now()
    WHERE related_generation_id = :generation_id AND status = 'pending'
    RETURNING id, sender_id, amount, promotional_amount
), legs AS (
    INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
    SELECT id, 'void', 'escrow', NULL::uuid, -amount FROM refunded
    UNION ALL SELECT id, 'void', 'user', sender_id, amount FROM refunded
)
UPDATE auth.users
SET token_balance = token_balance + refunded.amount,
    promotional_balance = promotional_balance + refunded.promotional_amount
FROM refunded WHERE users.id = refunded.sender_id
RETURNING refunded.id
""")

_ROLL_UP = text("""
WITH taken AS (
    DELETE FROM token.artist_credits WHERE transaction_id IN (
        SELECT transaction_id FROM token.artist_credits
        LIMIT 10000 FOR UPDATE SKIP LOCKED)
    RETURNING artist_id, amount
), sums AS (
    SELECT artist_id, sum(amount) AS amount FROM taken GROUP BY artist_id ORDER BY artist_id
)
UPDATE auth.artists SET earned_token_balance = earned_token_balance + sums.amount
FROM sums WHERE artists.user_id = sums.artist_id
RETURNING artists.user_id
""")

_WRITE_OFF = text("""
WITH emptied AS (
    UPDATE auth.users SET token_balance = 0, promotional_balance = 0
    WHERE id = :user_id AND token_balance > 0
    RETURNING old.token_balance AS amount, old.promotional_balance AS promotional
), written_off AS (
    INSERT INTO token.transactions
        (kind, sender_id, amount, promotional_amount, status, memo, settled_at)
    SELECT 'adjustment', :user_id, amount, promotional, 'completed', 'Account closed', now()
    FROM emptied
    RETURNING id, amount
), legs AS (
    INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
    SELECT id, 'post', 'user', :user_id, -amount FROM written_off
    UNION ALL SELECT id, 'post', 'adjustment', NULL::uuid, amount FROM written_off
)
SELECT amount FROM written_off
""")

_CREDIT_PURCHASE = text("""
WITH paid AS (
    UPDATE token.purchases SET status = 'paid', paid_at = now()
    FROM auth.users
    WHERE purchases.id = :purchase_id AND users.id = purchases.user_id
        AND purchases.paid_at IS NULL AND purchases.status <> 'canceled'
    RETURNING purchases.id, purchases.user_id, purchases.tokens, purchases.package_id
), credited AS (
    INSERT INTO token.transactions
        (kind, receiver_id, amount, status, memo, related_purchase_id, settled_at)
    SELECT 'purchase', user_id, tokens, 'completed', 'Package ' || package_id, id, now() FROM paid
    RETURNING id, receiver_id, amount
), legs AS (
    INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
    SELECT id, 'post', 'clearing', NULL::uuid, -amount FROM credited
    UNION ALL SELECT id, 'post', 'user', receiver_id, amount FROM credited
)
UPDATE auth.users SET token_balance = token_balance + credited.amount
FROM credited WHERE users.id = credited.receiver_id
RETURNING credited.id
""")

# The share of the tokens is rounded once, of all the money given back so far, to the nearest whole
# token (a half to the even one, as float8 does): never more than half a token in anybody's favour
# however many parts come, and nothing once all is given back.
_REVERSE_PURCHASE = text("""
WITH canceled AS (
    SELECT id, user_id, package_id,
           (round(tokens * :canceled_amount / amount::float8)
            - round(tokens * canceled_amount / amount::float8))::bigint AS due
    FROM token.purchases
    WHERE id = :purchase_id AND paid_at IS NOT NULL AND canceled_amount < :canceled_amount
    FOR UPDATE
), debited AS (
    UPDATE auth.users
    SET token_balance = token_balance - least(canceled.due, token_balance - promotional_balance)
    FROM canceled
    WHERE users.id = canceled.user_id AND canceled.due > 0 AND token_balance > promotional_balance
    RETURNING old.token_balance - new.token_balance AS amount
), reversed AS (
    INSERT INTO token.transactions
        (kind, sender_id, amount, status, memo, related_purchase_id, settled_at)
    SELECT 'purchase_reversal', canceled.user_id, debited.amount, 'completed',
           'Payment canceled: package ' || canceled.package_id, canceled.id, now()
    FROM canceled, debited
    RETURNING id, sender_id, amount
), legs AS (
    INSERT INTO token.entries (transaction_id, phase, account, owner_id, delta)
    SELECT id, 'post', 'user', sender_id, -amount FROM reversed
    UNION ALL SELECT id, 'post', 'clearing', NULL::uuid, amount FROM reversed
)
UPDATE token.purchases
SET canceled_amount = :canceled_amount,
    reversed_tokens = purchases.reversed_tokens + coalesce(debited.amount, 0),
    status = CASE WHEN :canceled_amount = purchases.amount THEN 'canceled' ELSE 'paid' END,
    needs_review = purchases.needs_review OR coalesce(debited.amount, 0) < canceled.due
FROM canceled LEFT JOIN debited ON true
WHERE purchases.id = canceled.id
RETURNING canceled.due - coalesce(debited.amount, 0) AS owed
""")


def grant_welcome(db: Session, *, user_id: UUID) -> None:
    """Give the welcome tokens; nothing happens the second time."""
    db.execute(_GRANT_WELCOME, {"user_id": user_id, "amount": WELCOME_TOKENS})


def hold_tokens(
    db: Session, *, buyer_id: UUID, artist_id: UUID, amount: int, generation_id: UUID, memo: str
) -> UUID:
    """Take the price from the buyer, promotional tokens first; answers the pending transaction.

    Raises InsufficientTokens, after which nothing is written.
    """
    transaction_id: UUID | None = db.execute(
        _HOLD,
        {
            "buyer_id": buyer_id,
            "artist_id": artist_id,
            "amount": amount,
            "generation_id": generation_id,
            "memo": memo,
        },
    ).scalar_one_or_none()
    if transaction_id is None:
        available = db.execute(
            text("SELECT token_balance FROM auth.users WHERE id = :id"), {"id": buyer_id}
        ).scalar_one()
        raise InsufficientTokens(required=amount, available=available)
    return transaction_id


def settle_hold(db: Session, *, generation_id: UUID) -> bool:
    """Make the held tokens the artist's; False when the hold has ended already."""
    return db.execute(_SETTLE, {"generation_id": generation_id}).first() is not None


def refund_hold(db: Session, *, generation_id: UUID) -> bool:
    """Give the held tokens back to the buyer; False when the hold has ended already."""
    return db.execute(_REFUND, {"generation_id": generation_id}).first() is not None


def roll_up_credits(db: Session) -> int:
    """Add appended credits to the artists' balances; answers how many artists were credited."""
    return len(db.execute(_ROLL_UP).all())


def credit_purchase(db: Session, *, purchase_id: UUID) -> bool:
    """Make a purchase paid and give its tokens, once; the only way to bought tokens.

    False when it is paid already, was canceled before, or its buyer is gone.
    """
    return db.execute(_CREDIT_PURCHASE, {"purchase_id": purchase_id}).first() is not None


def reverse_purchase(db: Session, *, purchase_id: UUID, canceled_amount: int) -> int | None:
    """Take back the tokens of the money given back so far (in all), as far as the balance goes.

    Promotional tokens stay. Answers how many tokens are still owed, for which the purchase is
    marked for review; None when so much was taken back already, or it was never paid.
    """
    given = {"purchase_id": purchase_id, "canceled_amount": canceled_amount}
    owed: int | None = db.execute(_REVERSE_PURCHASE, given).scalar_one_or_none()
    return owed


def write_off(db: Session, *, user_id: UUID) -> int:
    """Take what tokens are left from somebody who leaves; answers how many."""
    amount: int | None = db.execute(_WRITE_OFF, {"user_id": user_id}).scalar_one_or_none()
    return amount or 0
