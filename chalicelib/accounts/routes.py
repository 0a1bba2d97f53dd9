"""/api/auth and /api/users: sign-in, sign-out, profiles, becoming an artist."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from chalicelib.accounts import google, queries, service
from chalicelib.accounts.schemas import (
    ArtistUpgrade,
    LoginQuery,
    Me,
    Profile,
    ProfileChange,
    SignedOut,
)
from chalicelib.accounts.service import PreparedFiles
from chalicelib.accounts.signatures import keep_signature
from chalicelib.errors import (
    ArtistOnly,
    Conflict,
    EmailNotVerified,
    Forbidden,
    ImageSizeExceeded,
    ImageTooSmall,
    InvalidImageFormat,
    UpstreamUnavailable,
    UsernameTaken,
)
from chalicelib.web import sessions
from chalicelib.web.endpoint import Routes, Session, Viewer, Who
from chalicelib.web.limits import SIGN_IN
from chalicelib.web.replies import Redirect, WithCookies

routes = Routes()
FLOW_COOKIE = "oidc"
UPLOAD_ERRORS = (Forbidden, ImageSizeExceeded, ImageTooSmall, InvalidImageFormat)


class CallbackQuery(BaseModel):
    """What the provider sends back (RFC 6749 §4.1.2, RFC 9207)."""

    model_config = ConfigDict(extra="ignore")

    state: str | None = None
    code: str | None = None
    error: str | None = None


def _begin(*, viewer: Viewer | None, query: LoginQuery) -> Redirect:
    try:
        url, flow = google.begin_sign_in(query.next)
    except google.SignInRefused as refusal:
        return Redirect(f"/login?error={refusal.reason}")
    name = sessions.cookie_name(FLOW_COOKIE)
    return Redirect(url, [sessions.cookie(name, google.seal(flow), seconds=google.FLOW_SECONDS)])


@routes.endpoint(
    "GET",
    "/auth/google/login",
    who=Who.ANYONE,
    query=LoginQuery,
    prepare=_begin,
    limit=SIGN_IN,
)
def login(
    _db: Session, *, viewer: Viewer | None, query: LoginQuery, prepared: Redirect
) -> Redirect:
    """To the provider's page."""
    return prepared


def _finish(
    *, viewer: Viewer | None, query: CallbackQuery, cookies: str | None
) -> tuple[google.Flow, google.Identity] | str:
    try:
        value = sessions.read_cookie(cookies, sessions.cookie_name(FLOW_COOKIE))
        flow = google.unseal(value)
        return flow, google.finish_sign_in(flow, state=query.state, code=query.code)
    except google.SignInRefused as refusal:
        return refusal.reason


@routes.endpoint(
    "GET",
    "/auth/google/callback",
    who=Who.ANYONE,
    query=CallbackQuery,
    prepare=_finish,
    with_cookies=True,
)
def callback(
    db: Session,
    *,
    viewer: Viewer | None,
    query: CallbackQuery,
    cookies: str | None,
    prepared: tuple[google.Flow, google.Identity] | str,
) -> Redirect:
    """Back from the provider: a new session, whatever session there was."""
    forget = sessions.cookie(sessions.cookie_name(FLOW_COOKIE), "", seconds=0)
    if isinstance(prepared, str):
        return Redirect(f"/login?error={prepared}", [forget])
    flow, identity = prepared
    user_id = service.sign_in(db, identity=identity)
    if user_id is None:
        return Redirect("/login?error=inactive", [forget])
    try:
        if viewer:
            sessions.close_session(viewer.session_id)
        session_id = sessions.open_session(user_id)
    except UpstreamUnavailable:
        return Redirect("/login?error=session", [forget])
    return Redirect(flow.next, [forget, *sessions.sign_in_cookies(session_id)])


@routes.endpoint("GET", "/auth/me", who=Who.USER)
def me(db: Session, *, viewer: Viewer) -> Me:
    """The viewer's own account."""
    return queries.get_me(db, user_id=viewer.user_id)


@routes.endpoint("POST", "/auth/logout", who=Who.USER)
def logout(_db: Session, *, viewer: Viewer) -> WithCookies[SignedOut]:
    """End the session on the server and in the browser."""
    sessions.close_session(viewer.session_id)
    return WithCookies(SignedOut(), sessions.sign_out_cookies())


def _keep_signature(*, viewer: Viewer, body: ArtistUpgrade) -> str:
    if viewer.is_artist:
        raise Conflict
    return keep_signature(user_id=viewer.user_id, upload_key=body.signature_upload_key)


@routes.endpoint(
    "POST",
    "/users/me/upgrade-to-artist",
    who=Who.USER,
    body=ArtistUpgrade,
    prepare=_keep_signature,
    errors=(Conflict, EmailNotVerified, *UPLOAD_ERRORS),
)
def upgrade_to_artist(db: Session, *, viewer: Viewer, body: ArtistUpgrade, prepared: str) -> Me:
    """Become an artist at once."""
    service.upgrade_to_artist(db, user_id=viewer.user_id, wanted=body, signature_key=prepared)
    return queries.get_me(db, user_id=viewer.user_id)


@routes.endpoint("GET", "/users/{user_id}", who=Who.ANYONE)
def profile(db: Session, *, viewer: Viewer | None, user_id: UUID) -> Profile:
    """Somebody's public profile."""
    return queries.get_profile(db, user_id=user_id, viewer_id=viewer.user_id if viewer else None)


def _prepare_files(*, viewer: Viewer, body: ProfileChange) -> PreparedFiles:
    return service.prepare_files(user_id=viewer.user_id, is_artist=viewer.is_artist, wanted=body)


@routes.endpoint(
    "PATCH",
    "/users/me",
    who=Who.USER,
    body=ProfileChange,
    prepare=_prepare_files,
    errors=(ArtistOnly, UsernameTaken, *UPLOAD_ERRORS),
)
def change_profile(
    db: Session, *, viewer: Viewer, body: ProfileChange, prepared: PreparedFiles
) -> Me:
    """Change one's profile; what is not sent stays."""
    service.change_profile(db, user_id=viewer.user_id, wanted=body, files=prepared)
    return queries.get_me(db, user_id=viewer.user_id)
