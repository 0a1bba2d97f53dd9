"""DELETE /api/users/me, and what it would do."""

from chalicelib.errors import JobInFlight
from chalicelib.leaving import queries, service
from chalicelib.leaving.schemas import LeavingOutlook, Left
from chalicelib.web import sessions
from chalicelib.web.endpoint import Routes, Session, Viewer, Who
from chalicelib.web.replies import WithCookies

routes = Routes()


@routes.endpoint("GET", "/users/me/leaving", who=Who.USER)
def outlook(db: Session, *, viewer: Viewer) -> LeavingOutlook:
    """What leaving would do now."""
    return queries.get_outlook(db, user_id=viewer.user_id)


@routes.endpoint("DELETE", "/users/me", who=Who.USER, errors=(JobInFlight,))
def leave(db: Session, *, viewer: Viewer) -> WithCookies[Left]:
    """Leave: the account goes with all its content, or is deactivated."""
    left = service.leave(db, user_id=viewer.user_id)
    sessions.close_session(viewer.session_id)
    return WithCookies(left, sessions.sign_out_cookies())
