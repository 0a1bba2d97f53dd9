"""DELETE /api/users/me."""

from chalicelib.web.endpoint import Routes

routes = Routes()
