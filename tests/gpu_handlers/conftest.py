"""A small real server that is our API and S3 to a worker, and jobs for it."""

import hashlib
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import torch
from PIL import Image, ImageDraw

from gpu_handlers.common import settings as worker_settings
from gpu_handlers.common.device import autocast_dtype
from tests.people import signature

SMALL_STEPS = {"TRAINING_STEPS": "6", "GENERATION_STEPS": "2"}


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """torch's threads wait for each other: on cores that others use too, two are far slower."""
    torch.set_num_threads(1)


def rounding() -> int:
    """Grey levels by which pictures may differ that were made alone and together."""
    return 2 if autocast_dtype() is None else 8


@dataclass
class Platform:
    """What the worker reads, what it wrote, and what it said."""

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    written: dict[str, bytes] = field(default_factory=dict)
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    # Objects that come no sooner than they are let.
    gates: dict[str, threading.Event] = field(default_factory=dict)
    superseded: bool = False
    failures_left: int = 0
    bearer: str = "worker-token-worker-token"

    def said(self, path: str) -> list[dict[str, Any]]:
        return [body for _, called, body in self.calls if called.startswith(path)]

    def object(self, name: str) -> bytes | None:
        if name in self.gates:
            self.gates[name].wait(30)
        return self.objects.get(name)

    def urls(self) -> dict[str, Any]:
        names = [
            "lora",
            "checkpoint",
            "image",
            "preview",
            "thumbnail",
            *(f"sample-{n}" for n in range(8)),
        ]
        return {
            "expires_in_seconds": 900,
            "read": {name: f"{self.url}/s3/{name}" for name in self.objects},
            "write": {
                name: {
                    "url": f"{self.url}/put",
                    "fields": {"key": name},
                    "content_type": "application/octet-stream",
                    "size_bytes_max": 50_000_000,
                }
                for name in names
            },
        }


def _handler(platform: Platform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def answer(self, status: int, content: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            found = platform.object(self.path.removeprefix("/s3/"))
            self.answer(200, found) if found is not None else self.answer(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/put":
                head, _, rest = body.partition(b'name="file"')
                key = head.split(b"\r\n\r\n")[1].split(b"\r\n")[0].decode()
                boundary = body.split(b"\r\n", 1)[0]
                platform.written[key] = rest.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n" + boundary)[0]
                self.answer(204)
                return
            if platform.failures_left:
                platform.failures_left -= 1
                self.answer(503)
                return
            if self.headers["Authorization"] != f"Bearer {platform.bearer}":
                self.answer(401, b"{}")
                return
            platform.calls.append((self.command, self.path, json.loads(body)))
            accepted: dict[str, Any] = {"accepted": not platform.superseded}
            data = platform.urls() if self.path.endswith("/urls") else accepted
            data = accepted if platform.superseded else data
            self.answer(200, json.dumps({"success": True, "data": data}).encode())

        do_PATCH = do_POST  # noqa: N815 - http.server wants these names

    return Handler


@contextmanager
def serve(patch: pytest.MonkeyPatch, adapter_cache: Path) -> Iterator[Platform]:
    """The server, and an environment in which workers find it."""
    platform = Platform()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(platform))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    platform.url = f"http://127.0.0.1:{server.server_port}"
    platform.objects["signature"] = signature()
    patch.setenv("API_URL", platform.url)
    patch.setenv("INTERNAL_API_TOKEN", platform.bearer)
    patch.setenv("ADAPTER_CACHE", str(adapter_cache))
    worker_settings.settings.cache_clear()
    yield platform
    server.shutdown()
    server.server_close()
    worker_settings.settings.cache_clear()


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Platform]:
    for name, value in SMALL_STEPS.items():
        monkeypatch.setenv(name, value)
    with serve(monkeypatch, tmp_path / "adapters") as platform:
        yield platform


def artwork(number: int) -> bytes:
    """A picture in one clear style: gold shapes on black."""
    image = Image.new("RGB", (560, 640), (8, 8, 10))
    draw = ImageDraw.Draw(image)
    draw.ellipse(
        (100, 140 + number * 9, 400, 460), fill=(214, 170, 60), outline=(120, 80, 10), width=9
    )
    draw.rectangle((150 + number * 11, 420, 420, 600), fill=(180, 130, 40))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def rights(generation_id: UUID | None = None) -> dict[str, Any]:
    return {
        "artist_id": str(UUID(int=1)),
        "artist_name": "김하늘 & <Söhne>",
        "style_id": str(UUID(int=2)),
        "style_title": 'Gold "Night"',
        "licence_url": "https://example.com/licenses/abc",
        "generation_id": str(generation_id) if generation_id else None,
        "created_at": "2026-11-23T02:00:00.000Z",
        "base_model": "tiny",
    }


@pytest.fixture
def training_input(platform: Platform) -> dict[str, Any]:
    ids = [uuid4() for _ in range(10)]
    for number, artwork_id in enumerate(ids):
        platform.objects[str(artwork_id)] = artwork(number)
    return {
        "job_id": str(uuid4()),
        "attempt": 1,
        "attempt_key": "k" * 32,
        "style_id": str(UUID(int=2)),
        "base_model": "tiny",
        "trigger": "slabcd1234",
        "artworks": [
            {"artwork_id": str(one), "tags": ["yellow circle", "gold night"]} for one in ids
        ],
        "sample_prompts": ["yellow circle, gold night"],
        "seed": 7,
        "deadline_seconds": 1500,
        "rights": rights(),
    }


def generation_input(lora: bytes, **changes: Any) -> dict[str, Any]:
    generation_id = uuid4()
    return {
        "job_id": str(uuid4()),
        "attempt": 1,
        "attempt_key": "k" * 32,
        "generation_id": str(generation_id),
        "base_model": "tiny",
        "trigger": "slabcd1234",
        "prompt_tags": ["red house", "hills"],
        "aspect_ratio": "1:1",
        "seed": 11,
        "lora_sha256": hashlib.sha256(lora).hexdigest(),
        "rights": rights(generation_id),
        **changes,
    }
