"""The one origin: what CloudFront and API Gateway are in production, for gunicorn.

`/api` and `/.well-known` go to the app, `/media` to the image bucket's public copies, `/s3` to
S3 itself and `/toss` to the stand-in for Toss Payments (in production domains of their own), all
else to the web app: as it was built, or from Vite while somebody works on it (`make dev`).
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlsplit

from chalicelib.errors import MethodNotAllowed
from chalicelib.web.mount import METHODS
from chalicelib.web.replies import failure
from local.gateway import REQUEST_BYTES_MAX, Gateway, refusal
from local.site import serve

LOG = logging.getLogger("edge")
STORED_BYTES_MAX = 12 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "server", "date", "upgrade"}
# What the CDN passes on from the bucket.
MEDIA_HEADERS = ("content-type", "content-length", "cache-control", "etag", "last-modified")

Environ = dict[str, Any]
Start = Callable[[str, list[tuple[str, str]]], Any]


def application(environ: Environ, start_response: Start) -> Iterable[bytes]:
    """WSGI."""
    path = environ["PATH_INFO"]
    if path.startswith(("/api/", "/.well-known/")):
        return _api(environ, start_response)
    if path.startswith("/media/"):
        return _media(environ, start_response)
    if path.startswith("/s3/"):
        return _forward(environ, start_response, "/s3", os.environ["AWS_ENDPOINT_URL"])
    if path.startswith("/toss/"):
        return _forward(environ, start_response, "/toss", os.environ["TOSS_API_URL"])
    if vite := os.environ.get("WEB_DEV_URL"):
        return _forward(environ, start_response, "", vite)
    return _site(environ, start_response)


@cache
def gateway() -> Gateway:
    """The app behind its gateway, imported once a process."""
    return Gateway(import_module("app").app)


def _api(environ: Environ, start_response: Start) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] not in METHODS:
        # TRACE, CONNECT and inventions never get past CloudFront.
        allowed = ", ".join(METHODS)
        refused = failure(MethodNotAllowed(allowed=allowed), language="en", request_id="-")
        told = [(name, str(value)) for name, value in refused.headers.items()]
        return _send(start_response, 405, [("Allow", allowed), *told], refused.body.encode())
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > REQUEST_BYTES_MAX:
        answer = refusal("REQUEST_TOO_LARGE")
        # The rest of the body is not read, so the connection cannot serve another request.
        return _send(start_response, answer[0], [*answer[1], ("Connection", "close")], answer[2])
    status, headers, body = gateway().handle(
        environ["REQUEST_METHOD"],
        _path(environ),
        _headers(environ),
        environ["wsgi.input"].read(length) if length else b"",
        environ.get("QUERY_STRING", ""),
        source_ip=environ.get("REMOTE_ADDR"),
    )
    return _send(start_response, status, headers, b"" if status == 204 else body)


def _media(environ: Environ, start_response: Start) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        return _send(start_response, 405, [("Allow", "GET, HEAD")], b"")
    key = _path(environ).removeprefix("/media/")
    if ".." in key.split("/"):
        return _send(start_response, 404, [], b"")
    address = f"/{os.environ['IMAGE_BUCKET']}/public/{key}"
    try:
        stored = _ask(
            os.environ["AWS_ENDPOINT_URL"],
            environ["REQUEST_METHOD"],
            address,
            {"Authorization": _reader()},
        )
    except (OSError, HTTPException):
        return _send(start_response, 502, [], b"")
    if stored.status != 200:
        stored.close()
        return _send(start_response, 404, [("Cache-Control", "max-age=10")], b"")
    headers = [
        (name, value) for name, value in stored.getheaders() if name.lower() in MEDIA_HEADERS
    ]
    start_response("200 OK", [*headers, ("X-Content-Type-Options", "nosniff")])
    return _stream(stored)


def _forward(environ: Environ, start_response: Start, prefix: str, origin: str) -> Iterable[bytes]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > STORED_BYTES_MAX:
        return _send(start_response, 413, [("Connection", "close")], b"")
    address = _path(environ).removeprefix(prefix)
    if query := environ.get("QUERY_STRING"):
        address += f"?{query}"
    headers = {
        name: value
        for name, value in _headers(environ)
        if name.lower() not in HOP_BY_HOP | {"host"}
    }
    body = environ["wsgi.input"].read(length) if length else b""
    try:
        answer = _ask(origin, environ["REQUEST_METHOD"], address, headers, body)
    except (OSError, HTTPException):
        return _send(start_response, 503, [("Retry-After", "1")], b"")
    kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP]
    start_response(_status_line(answer.status), kept)
    return _stream(answer)


def _site(environ: Environ, start_response: Start) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        return _send(start_response, 405, [("Allow", "GET, HEAD")], b"")
    gzipped = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    status, headers, body = serve(environ["PATH_INFO"], gzipped=gzipped)
    sent = body if environ["REQUEST_METHOD"] == "GET" else b""
    return _send(start_response, status, headers, sent)


def _ask(
    origin: str, method: str, address: str, headers: dict[str, str], body: bytes = b""
) -> HTTPResponse:
    server = urlsplit(origin)
    connection = HTTPConnection(server.hostname or "127.0.0.1", server.port, timeout=30)
    # One request each: what stayed open would be closed by nobody.
    connection.request(method, address, body or None, {**headers, "Connection": "close"})
    return connection.getresponse()


def _reader() -> str:
    # The CDN's own right to read the bucket; the stand-in looks at the form only.
    scope = f"{os.environ['AWS_ACCESS_KEY_ID']}/20200101/{os.environ['AWS_DEFAULT_REGION']}"
    return f"AWS4-HMAC-SHA256 Credential={scope}/s3/aws4_request, SignedHeaders=host, Signature=0"


def _stream(answer: HTTPResponse) -> Iterator[bytes]:
    with answer:
        while chunk := answer.read(CHUNK_BYTES):
            yield chunk


def _path(environ: Environ) -> str:
    return quote(environ["PATH_INFO"].encode("latin-1"), safe="/!$&'()*+,;=:@~-._")


def _headers(environ: Environ) -> list[tuple[str, str]]:
    named = [
        (name[5:].replace("_", "-").title(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    for name, header in (("CONTENT_TYPE", "Content-Type"), ("CONTENT_LENGTH", "Content-Length")):
        if environ.get(name):
            named.append((header, environ[name]))
    return named


def _status_line(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


def _send(
    start_response: Start, status: int, headers: list[tuple[str, str]], body: bytes
) -> Iterable[bytes]:
    lengths = [] if status in {204, 304} else [("Content-Length", str(len(body)))]
    start_response(_status_line(status), [*headers, *lengths])
    return [body]
