"""Opaque keyset cursors, sealed so that a cursor of another list or an edited one is refused."""

import base64
import hmac
import json
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

from chalicelib.errors import ValidationFailed
from chalicelib.kit.fields import Query
from chalicelib.kit.settings import settings

_SEAL_BYTES = 12

Row = TypeVar("Row")
Item = TypeVar("Item")


class PageQuery(Query):
    """The query of every list."""

    cursor: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,500}$")
    limit: int = Field(default=20, ge=1, le=100)


class Page(BaseModel, Generic[Item]):
    """A page of a list (SPEC §4)."""

    results: list[Item]
    next_cursor: str | None
    has_more: bool


def read_cursor(page: PageQuery, *, of: str) -> list[Any] | None:
    """The sort key after which the page begins; raises ValidationFailed for a foreign cursor."""
    if page.cursor is None:
        return None
    try:
        sealed = base64.urlsafe_b64decode(page.cursor + "=" * (-len(page.cursor) % 4))
        key, seal = sealed[:-_SEAL_BYTES], sealed[-_SEAL_BYTES:]
        if not hmac.compare_digest(seal, _seal(key, of)):
            raise ValueError
        values: list[Any] = json.loads(key)
    except ValueError:
        raise ValidationFailed.of("cursor", "cursor") from None
    return values


def make_page(
    rows: Sequence[Row],
    *,
    page: PageQuery,
    of: str,
    key: Callable[[Row], list[Any]],
    present: Callable[[Row], Item],
) -> Page[Item]:
    """A page from one row more than the limit; the extra row only says that there is more."""
    shown = rows[: page.limit]
    has_more = len(rows) > page.limit
    return Page(
        results=[present(row) for row in shown],
        next_cursor=_write(key(shown[-1]), of) if has_more else None,
        has_more=has_more,
    )


def _write(values: list[Any], of: str) -> str:
    key = json.dumps(values, separators=(",", ":"), default=str).encode()
    return base64.urlsafe_b64encode(key + _seal(key, of)).rstrip(b"=").decode()


def _seal(key: bytes, of: str) -> bytes:
    secret = settings().secret_key.get_secret_value().encode()
    return hmac.new(secret, b"cursor:" + of.encode() + b":" + key, "sha256").digest()[:_SEAL_BYTES]
