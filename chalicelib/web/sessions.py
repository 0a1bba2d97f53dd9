"""Sessions in DynamoDB: the browser holds a random id, the table only its SHA-256 (SPEC §5)."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from chalicelib.errors import UpstreamUnavailable
from chalicelib.kit import clock
from chalicelib.kit.settings import settings

LIFETIME = timedelta(days=14)
CSRF_COOKIE = "csrftoken"


@cache
def _table() -> Any:
    # Made on first use: importing a module must not read settings.
    class SessionItem(Model):
        class Meta:
            table_name = settings().sessions_table
            connect_timeout_seconds = 2
            read_timeout_seconds = 3
            max_retry_attempts = 2

        id = UnicodeAttribute(hash_key=True)
        user_id = UnicodeAttribute()
        expires_at = NumberAttribute()

    return SessionItem


def open_session(user_id: UUID) -> str:
    """Begin a session; answers the id that only the browser keeps. Raises UpstreamUnavailable."""
    session_id = secrets.token_urlsafe(32)
    expires_at = int((clock.now() + LIFETIME).timestamp())
    try:
        _table()(_hashed(session_id), user_id=str(user_id), expires_at=expires_at).save()
    except PynamoDBException as error:
        raise UpstreamUnavailable from error
    return session_id


@dataclass(frozen=True)
class Found:
    """A session that is open."""

    session_id: str
    user_id: UUID


def find_session(cookie_header: str | None) -> Found | None:
    """The open session of a Cookie header. Raises UpstreamUnavailable: sessions fail closed."""
    session_id = read_cookie(cookie_header, cookie_name("session"))
    if session_id is None:
        return None
    try:
        item = _table().get(_hashed(session_id))
    except _table().DoesNotExist:
        return None
    except PynamoDBException as error:
        raise UpstreamUnavailable from error
    # DynamoDB deletes expired items days late.
    if item.expires_at <= clock.now().timestamp():
        return None
    return Found(session_id, UUID(item.user_id))


def close_session(session_id: str) -> None:
    """End a session on the server. Raises UpstreamUnavailable."""
    try:
        _table()(_hashed(session_id)).delete()
    except PynamoDBException as error:
        raise UpstreamUnavailable from error


def csrf_token(session_id: str) -> str:
    """The token that goes with a session: no store, and another session's does not fit."""
    key = settings().secret_key.get_secret_value().encode()
    return hmac.new(key, b"csrf:" + session_id.encode(), "sha256").hexdigest()


def cookie_name(name: str) -> str:
    """The cookie's name: `__Host-` binds it to our host, which needs TLS."""
    return f"__Host-{name}" if settings().is_https else name


def cookie(name: str, value: str, *, seconds: int, http_only: bool = True) -> str:
    """A Set-Cookie value; 0 seconds removes the cookie."""
    flags = ["Path=/", "SameSite=Lax", f"Max-Age={seconds}"]
    flags += ["HttpOnly"] if http_only else []
    flags += ["Secure"] if settings().is_https else []
    return "; ".join([f"{name}={value}", *flags])


def sign_in_cookies(session_id: str) -> list[str]:
    """The session's cookie and the CSRF cookie that the SPA reads."""
    seconds = int(LIFETIME.total_seconds())
    return [
        cookie(cookie_name("session"), session_id, seconds=seconds),
        cookie(CSRF_COOKIE, csrf_token(session_id), seconds=seconds, http_only=False),
    ]


def sign_out_cookies() -> list[str]:
    """Cookies that remove both."""
    return [
        cookie(cookie_name("session"), "", seconds=0),
        cookie(CSRF_COOKIE, "", seconds=0, http_only=False),
    ]


def read_cookie(header: str | None, name: str) -> str | None:
    """One cookie out of a Cookie header."""
    # By hand: http.cookies gives up at the first cookie of somebody else's that it finds odd.
    for part in (header or "").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name and value:
            return value
    return None


def _hashed(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()
