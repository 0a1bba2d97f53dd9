"""Endpoints that belong to no room."""

from typing import Any

from chalicelib.web.endpoint import Routes, Session, Viewer, Who

routes = Routes()


@routes.endpoint("GET", "/health", who=Who.ANYONE)
def health(_db: Session, *, viewer: Viewer | None) -> dict[str, Any]:
    """Liveness."""
    return {"status": "ok"}
