"""The web app as CloudFront serves it: hashed files for ever, other addresses the app itself."""

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path

from chalicelib.web.headers import SECURITY_HEADERS

DIST = Path(__file__).parents[1] / "frontend" / "dist"
COMPRESSED = {".html", ".js", ".css", ".svg", ".json", ".txt"}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        # blob: is what somebody is about to upload. Where storage and images have domains of
        # their own, these two lines name them.
        "img-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
FOR_EVER = "public, max-age=31536000, immutable"

Page = tuple[int, list[tuple[str, str]], bytes]


def is_built(folder: Path = DIST) -> bool:
    """Whether there is an app to serve."""
    return (folder / "index.html").is_file()


def serve(path: str, *, gzipped: bool, folder: Path = DIST) -> Page:
    """Status, headers and body for a path; one without a dot is an address inside the app."""
    name = path.removeprefix("/")
    is_file = "." in name.rsplit("/", 1)[-1]
    file = (folder / name if is_file else folder / "index.html").resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        return 404, [*_headers("no-cache"), ("Content-Type", "text/plain")], b"Not found\n"
    stamp = file.stat().st_mtime_ns
    packed = gzipped and file.suffix in COMPRESSED
    headers = [
        *_headers(FOR_EVER if name.startswith("assets/") else "no-cache"),
        ("Content-Type", _media_type(file)),
        ("Vary", "Accept-Encoding"),
        *([("Content-Encoding", "gzip")] if packed else []),
    ]
    return 200, headers, _bytes(file, stamp, packed)


@lru_cache(maxsize=256)
def _bytes(file: Path, _stamp: int, packed: bool) -> bytes:
    content = file.read_bytes()
    return gzip.compress(content, mtime=0) if packed else content


def _media_type(file: Path) -> str:
    guessed = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return f"{guessed}; charset=utf-8" if file.suffix in COMPRESSED else guessed


def _headers(cache: str) -> list[tuple[str, str]]:
    told = {**SECURITY_HEADERS, "Content-Security-Policy": POLICY, "Cache-Control": cache}
    return list(told.items())
