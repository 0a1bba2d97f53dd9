"""Somebody leaves: one transaction script over every room (SPEC §3, Leaving)."""

import time
from uuid import UUID

from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chalicelib.accounts import service as accounts
from chalicelib.community import service as community
from chalicelib.errors import Conflict, JobInFlight
from chalicelib.generations import service as generations
from chalicelib.leaving import queries
from chalicelib.leaving.schemas import Left
from chalicelib.ledger import service as ledger
from chalicelib.notifications import service as notifications
from chalicelib.styles import withdrawal
from chalicelib.tags import service as tags

# Shorter than PostgreSQL's deadlock_timeout: it is always the leaver who gives way.
_GIVE_WAY = text("SET LOCAL lock_timeout = '500ms'")
PATIENCE_SECONDS = 10
PAUSE_SECONDS = 0.05


def leave(db: Session, *, user_id: UUID) -> Left:
    """Remove an account with all its content, or deactivate an artist whose style was used.

    Raises JobInFlight, Unauthorized for who has left already, and Conflict when others hold what
    must go for too long; then nothing has changed.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            # It touches too many rows to keep everybody's order of locks: undone, it starts again.
            with db.begin_nested():
                db.execute(_GIVE_WAY)
                return _leave(db, user_id)
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable | DeadlockDetected):
                raise
        time.sleep(PAUSE_SECONDS)
    raise Conflict


def _leave(db: Session, user_id: UUID) -> Left:
    google_sub = queries.lock_account(db, user_id=user_id)
    style_ids = queries.lock_styles(db, artist_id=user_id)
    if queries.is_job_in_flight(db, owner_id=user_id):
        raise JobInFlight
    if queries.is_payment_unclear(db, user_id=user_id):
        raise JobInFlight
    if queries.is_style_used(db, artist_id=user_id):
        withdrawal.deactivate_styles(db, artist_id=user_id)
        accounts.deactivate_user(db, user_id=user_id)
        return Left(left="deactivated", tokens_written_off=0)
    generation_ids = queries.generations_of(db, buyer_id=user_id)
    community.withdraw_person(db, user_id=user_id)
    notifications.remove_notifications(db, user_id=user_id)
    tags.release_tags(db, style_ids=style_ids, generation_ids=generation_ids)
    generations.remove_generations(db, buyer_id=user_id)
    withdrawal.remove_styles(db, artist_id=user_id)
    tokens = ledger.write_off(db, user_id=user_id)
    accounts.remember_leaver(db, google_sub=google_sub)
    accounts.remove_user(db, user_id=user_id)
    return Left(left="removed", tokens_written_off=tokens)
