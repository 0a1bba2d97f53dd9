"""GET /api/openapi.json and /api/docs: the description, and Swagger UI from our own origin."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from chalicelib.errors import NotFound
from chalicelib.web.endpoint import Endpoint, Routes, Who
from chalicelib.web.openapi import describe
from chalicelib.web.replies import Document

# Put here by `make setup` out of the npm package swagger-ui-dist; not in the repository.
ASSETS = Path(__file__).parent / "swagger_ui"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
)
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Style License API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
"""
# The browser sends the session's cookie itself; changes need the token beside it.
_START = """\
SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'none',
  validatorUrl: null,
  requestInterceptor: (request) => {
    const token = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)
    if (token) request.headers['X-CSRFToken'] = token[1]
    return request
  },
})
"""


def docs_routes(endpoints: Iterable[Endpoint]) -> Routes:
    """The endpoints that tell of the others; made last, when all are known."""
    routes = Routes()
    declared = list(endpoints)

    @cache
    def description() -> str:
        return json.dumps(describe(declared), ensure_ascii=False)

    @routes.endpoint("GET", "/openapi.json", who=Who.UNASKED)
    def openapi() -> Document:
        """This description."""
        return Document(description(), "application/json; charset=utf-8", _kept(300))

    @routes.endpoint("GET", "/docs", who=Who.UNASKED)
    def page() -> Document:
        """Swagger UI."""
        headers = {"Content-Security-Policy": _POLICY, **_kept(300)}
        return Document(_PAGE, "text/html; charset=utf-8", headers)

    @routes.endpoint("GET", "/docs/start.js", who=Who.UNASKED)
    def start() -> Document:
        """What starts Swagger UI."""
        return Document(_START, "text/javascript; charset=utf-8", _kept(300))

    @routes.endpoint("GET", "/docs/swagger-ui-bundle.js", who=Who.UNASKED, errors=(NotFound,))
    def script() -> Document:
        """Swagger UI's script."""
        return _asset("swagger-ui-bundle.js", "text/javascript; charset=utf-8")

    @routes.endpoint("GET", "/docs/swagger-ui.css", who=Who.UNASKED, errors=(NotFound,))
    def sheet() -> Document:
        """Swagger UI's style sheet."""
        return _asset("swagger-ui.css", "text/css; charset=utf-8")

    declared += routes.endpoints[:2]
    return routes


def _asset(name: str, media_type: str) -> Document:
    try:
        content = (ASSETS / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFound from None
    return Document(content, media_type, _kept(86_400))


def _kept(seconds: int) -> dict[str, str]:
    return {"Cache-Control": f"public, max-age={seconds}"}
