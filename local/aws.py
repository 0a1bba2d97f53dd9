"""S3, SQS and DynamoDB from moto, kept on disk: `python -m local.aws --port N --folder DIR`.

moto remembers in memory only. Each stored object is therefore on disk before its answer leaves;
tables and waiting messages follow within about a second. A start loads all of it again before the
port opens, so nobody meets a half-filled store.
"""

import argparse
import logging
import os
import signal
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from moto.dynamodb.responses import DynamoHandler
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import BaseWSGIServer, make_server

from local import cloud
from local.shelf import Shelf

FLUSH_SECONDS = 0.5
# A dump takes the server's time; it may use at most this share of it.
FLUSH_SHARE = 0.1
READS = {"GET", "HEAD", "OPTIONS"}


class Handler(MotoRequestHandler):
    """Answers leave at once and nobody is told about each request."""

    disable_nagle_algorithm = True
    protocol_version = "HTTP/1.1"

    def log_request(self, *_: Any) -> None:
        """Silent: the clients' own logs say what they asked."""


class Kept:
    """WSGI: passes on to moto and mirrors what changed to the shelf."""

    def __init__(self, moto: Any, shelf: Shelf, buckets: Iterable[str]) -> None:
        self._moto = moto
        self._shelf = shelf
        self._buckets = set(buckets)
        self.changed = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """One request."""
        answer: list[Any] = []

        def remember(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            answer[:] = [status, headers]
            return lambda _: None

        body = list(self._moto(environ, remember))
        status, headers = answer
        changes = environ["REQUEST_METHOD"] not in READS and status.startswith("2")
        if changes and _is_kept(environ.get("HTTP_X_AMZ_TARGET", "")):
            self._mirror(environ)
        start_response(status, headers)
        return body

    def _mirror(self, environ: Mapping[str, Any]) -> None:
        path = unquote(environ["PATH_INFO"].encode("latin-1").decode())
        bucket, _, key = path.lstrip("/").partition("/")
        if bucket not in self._buckets:
            self.changed.set()
        elif not key:
            self._shelf.sync_bucket(bucket)
        elif "partNumber" not in parse_qs(environ.get("QUERY_STRING", "")):
            self._shelf.sync_object(bucket, key)
        if bucket in self._buckets and environ["REQUEST_METHOD"] != "DELETE":
            # A new artwork may have sent a message.
            self.changed.set()


def _is_kept(target: str) -> bool:
    # Of DynamoDB only sessions outlive a restart, which are put and deleted; limits are updated.
    service, _, action = target.partition(".")
    return not service.startswith("DynamoDB") or action in {"PutItem", "DeleteItem"}


def make_updates_atomic() -> None:
    """Let each of moto's calls on an item be one step, as DynamoDB's are."""
    call, one_at_a_time = DynamoHandler.call_action, threading.Lock()

    def call_action(*args: Any, **options: Any) -> Any:
        with one_at_a_time:
            return call(*args, **options)

    DynamoHandler.call_action = call_action  # type: ignore[method-assign]


def _serve(app: Any, port: int) -> BaseWSGIServer:
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _flush(kept: Kept, shelf: Shelf, stopping: threading.Event) -> None:
    while not stopping.is_set():
        kept.changed.wait()
        kept.changed.clear()
        began = time.monotonic()
        shelf.dump()
        stopping.wait(max(FLUSH_SECONDS, (time.monotonic() - began) / FLUSH_SHARE))


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)

    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    make_updates_atomic()
    moto = DomainDispatcherApplication(create_backend_app)
    # Our own way in: what comes here is not mirrored.
    inner = f"http://127.0.0.1:{_serve(moto, 0).server_port}"
    shelf = Shelf(options.folder, endpoint=inner, names=os.environ)
    cloud.create_stores(endpoint=inner, names=os.environ)
    counted = shelf.load()
    # Only now, so that loading an artwork does not announce it again.
    cloud.create_events(endpoint=inner, names=os.environ)
    kept = Kept(moto, shelf, (os.environ["PRIVATE_BUCKET"], os.environ["IMAGE_BUCKET"]))
    flusher = threading.Thread(target=_flush, args=(kept, shelf, stopping), daemon=True)
    flusher.start()
    server = _serve(kept, options.port)
    print(f"S3, SQS and DynamoDB at port {options.port}; {counted} objects kept", flush=True)
    stopping.wait()
    server.shutdown()
    shelf.dump()


if __name__ == "__main__":
    main()
