"""The Idempotency-Key header: the first success of a key is its answer from then on (SPEC §4).

The answer is written by the transaction that does the work, so a key is used up exactly when the
work is done; a refused request wrote nothing and may be corrected and sent again.
"""

import hashlib
import re
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chalicelib.errors import IdempotencyKeyReused, ValidationFailed
from chalicelib.kit import clock
from chalicelib.tables import IdempotentAnswer

KEPT = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class Attempt:
    """One request under a key."""

    def __init__(self, *, user_id: UUID, key: str, method: str, path: str, content: bytes) -> None:
        if not _KEY.fullmatch(key):
            raise ValidationFailed.of("Idempotency-Key", "idempotency_key")
        self._user_id, self._key = user_id, key
        self._sha256 = hashlib.sha256(f"{method} {path}\n".encode() + content).hexdigest()

    def find(self, db: Session) -> str | None:
        """The first answer, if there is one; raises IdempotencyKeyReused for another request's."""
        first = db.execute(
            select(IdempotentAnswer.request_sha256, IdempotentAnswer.answer).where(
                IdempotentAnswer.user_id == self._user_id, IdempotentAnswer.key == self._key
            )
        ).one_or_none()
        if first is None:
            return None
        if first.request_sha256 != self._sha256:
            raise IdempotencyKeyReused
        answer: str | None = first.answer
        return answer

    def claim(self, db: Session) -> str | None:
        """Take the key for this transaction, or give the answer of who was first.

        Waits while another transaction holds it.
        """
        claimed = db.execute(
            insert(IdempotentAnswer)
            .values(user_id=self._user_id, key=self._key, request_sha256=self._sha256)
            .on_conflict_do_nothing()
            .returning(IdempotentAnswer.key)
        ).first()
        return None if claimed else self.find(db)

    def keep(self, db: Session, answer: str) -> None:
        """What the key answers from now on."""
        db.execute(
            update(IdempotentAnswer)
            .where(IdempotentAnswer.user_id == self._user_id, IdempotentAnswer.key == self._key)
            .values(answer=answer)
        )


def forget_old(db: Session) -> int:
    """Remove the answers that are kept no longer; says how many."""
    old = delete(IdempotentAnswer).where(IdempotentAnswer.created_at < clock.now() - KEPT)
    return len(db.execute(old.returning(IdempotentAnswer.key)).all())
