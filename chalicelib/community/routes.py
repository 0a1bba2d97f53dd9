"""/api: likes, comments and follows."""

from chalicelib.web.endpoint import Routes

routes = Routes()
