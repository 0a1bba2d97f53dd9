"""Django's WSGI application, called in process; import it after the environment is set."""

import io
import os
import sys
from typing import Any

from benchmarks.serving import HEADERS

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.drf.settings"

from django.core.wsgi import get_wsgi_application

_application = get_wsgi_application()
_HEADERS = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in HEADERS.items()}


def get(path: str) -> bytes:
    """The body of a successful GET, as a browser asks."""
    address, _, query = path.partition("?")
    answered: list[str] = []
    environ: dict[str, Any] = {
        **_HEADERS,
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": address,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
    }
    response = _application(environ, lambda status, _: answered.append(status))
    body = b"".join(response)
    response.close()
    if not answered[0].startswith("200"):
        raise RuntimeError(f"Django answered {answered[0]} to {path}: {body[:300]!r}")
    return body
