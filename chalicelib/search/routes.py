"""/api/search."""

from chalicelib.web.endpoint import Routes

routes = Routes()
