"""Who asks: a visitor, a user, an artist, an operator, or one of our machines."""

import hmac
from dataclasses import dataclass
from enum import Enum, auto
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chalicelib.contracts.jobs import JobKind
from chalicelib.errors import ArtistOnly, CsrfFailed, Forbidden, Unauthorized
from chalicelib.kit.settings import settings
from chalicelib.tables import User
from chalicelib.web import sessions

MACHINES = {"training-server": JobKind.TRAINING, "inference-server": JobKind.GENERATION}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Who(Enum):
    """Who may call an endpoint; the unasked are looked up, counted and limited nowhere."""

    UNASKED = auto()
    ANYONE = auto()
    USER = auto()
    ARTIST = auto()
    OPERATOR = auto()
    MACHINE = auto()


@dataclass(frozen=True)
class Viewer:
    """Somebody signed in."""

    user_id: UUID
    is_artist: bool
    is_operator: bool
    session_id: str


@dataclass(frozen=True)
class Machine:
    """One of our GPU workers, by what it works on."""

    kind: JobKind


def find_viewer(db: Session, *, session: sessions.Found | None) -> Viewer | None:
    """The person whose session this is; None for visitors and the deactivated."""
    if session is None:
        return None
    user = db.execute(
        select(User.role, User.is_operator).where(User.id == session.user_id, User.is_active)
    ).one_or_none()
    if user is None:
        return None
    return Viewer(session.user_id, user.role == "artist", user.is_operator, session.session_id)


def require(who: Who, viewer: Viewer | None) -> None:
    """Raises Unauthorized, ArtistOnly or Forbidden unless the viewer may."""
    if who is Who.ANYONE:
        return
    if viewer is None:
        raise Unauthorized
    if who is Who.ARTIST and not viewer.is_artist:
        raise ArtistOnly
    if who is Who.OPERATOR and not viewer.is_operator:
        raise Forbidden


def require_same_site(
    method: str, *, session_id: str, token: str | None, origin: str | None
) -> None:
    """Raises CsrfFailed for a change without the session's token or from a foreign page."""
    if method in SAFE_METHODS:
        return
    if origin is not None and origin.rstrip("/") != settings().public_url.rstrip("/"):
        raise CsrfFailed
    if not hmac.compare_digest((token or "").encode(), sessions.csrf_token(session_id).encode()):
        raise CsrfFailed


def identify_machine(*, authorization: str | None, source: str | None) -> Machine:
    """The worker behind a bearer; the current and the previous token fit. Raises Unauthorized."""
    scheme, _, bearer_text = (authorization or "").partition(" ")
    bearer = bearer_text.encode() if scheme == "Bearer" else b""
    tokens = [settings().internal_api_token, settings().internal_api_token_previous]
    known = [
        hmac.compare_digest(bearer, token.get_secret_value().encode()) for token in tokens if token
    ]
    if not any(known) or source not in MACHINES:
        raise Unauthorized
    return Machine(MACHINES[source])
