"""The web app as CloudFront serves it: files that never change, and one page for all addresses."""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

BUILT = Path(__file__).parent.parent / "frontend" / "dist"
# No inline scripts or styles, nothing from elsewhere, and no way for text to become markup.
POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "connect", "font", "manifest")),
        "img-src 'self' data: blob:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Vary", "Accept-Encoding"),
)
COMPRESSED = ("text/", "application/json", "image/svg")


@dataclass(frozen=True)
class Found:
    """A file, packed where that pays."""

    kind: str
    plain: bytes
    packed: bytes | None
    cache: str


def find(path: str, accepts_gzip: bool) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body for a path of the site, decoded, without a query."""
    found = _find(path.lstrip("/"))
    if found is None:
        return 404, [("Content-Type", "text/plain; charset=utf-8"), *HEADERS], b"Not found\n"
    headers = [("Content-Type", found.kind), ("Cache-Control", found.cache), *HEADERS]
    if accepts_gzip and found.packed:
        return 200, [*headers, ("Content-Encoding", "gzip")], found.packed
    return 200, headers, found.plain


def _find(name: str) -> Found | None:
    is_file = "." in name.rpartition("/")[2]
    path = (BUILT / (name if is_file else "index.html")).resolve()
    if not path.is_relative_to(BUILT.resolve()) or not path.is_file():
        return None
    cache = "public, max-age=31536000, immutable" if name.startswith("assets/") else "no-cache"
    # Built again, it is another file.
    return _read(path, cache, path.stat().st_mtime_ns)


@lru_cache(maxsize=500)
def _read(path: Path, cache: str, _changed: int) -> Found:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    plain = path.read_bytes()
    is_text = kind.startswith(COMPRESSED)
    return Found(
        kind=f"{kind}; charset=utf-8" if is_text else kind,
        plain=plain,
        packed=gzip.compress(plain, 6) if is_text else None,
        cache=cache,
    )
