"""People as the tests know them: a browser each, in front of the same gateway."""

import io
import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from uuid import UUID

import requests
from PIL import Image, ImageDraw
from sqlalchemy import insert

from chalicelib.accounts.google import Identity
from chalicelib.accounts.service import sign_in
from chalicelib.kit.db import transaction
from chalicelib.tables import Artist, User
from chalicelib.web import sessions
from local.gateway import Gateway


@cache
def _description(gateway: Gateway) -> Any:
    return json.loads(gateway.handle("GET", "/api/openapi.json")[2])


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)

    @property
    def data(self) -> Any:
        assert self.body["success"] is True, self.body
        return self.body["data"]

    @property
    def code(self) -> str:
        assert self.body["success"] is False, self.body
        return self.body["error"]["code"]

    @property
    def details(self) -> dict[str, Any]:
        return self.body["error"]["details"]

    def header(self, name: str) -> str | None:
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        return found[0] if found else None

    def cookies(self) -> dict[str, str]:
        pairs = [v.split(";")[0] for k, v in self.headers if k.lower() == "set-cookie"]
        return dict(pair.split("=", 1) for pair in pairs)


@dataclass
class Browser:
    """Somebody's browser: cookies, and the CSRF header on changes."""

    gateway: Gateway
    cookies: dict[str, str] = field(default_factory=dict)
    language: str = "en"

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        **query: Any,
    ) -> Answer:
        given = {"Accept-Language": self.language, **(headers or {})}
        if self.cookies:
            given["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if method not in {"GET", "HEAD"} and "csrftoken" in self.cookies:
            given.setdefault("X-CSRFToken", self.cookies["csrftoken"])
        content = b""
        if body is not None:
            given.setdefault("Content-Type", "application/json")
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = urlsplit(path)
        answer = Answer(
            *self.gateway.handle(method, url.path, given, content, urlencode(query) or url.query)
        )
        for name, value in answer.cookies().items():
            self.cookies[name] = value
        self._require_described(method, url.path, answer)
        return answer

    def _require_described(self, method: str, path: str, answer: Answer) -> None:
        """Every answer that a test sees is one that the API's description knows."""
        found = self.gateway._match(method, unquote(path))
        described = _description(self.gateway)["paths"]
        operation = described.get(found[0].pattern, {}).get(method.lower()) if found else None
        if operation is None:
            return
        known = operation["responses"].get(str(answer.status))
        assert known, f"{method} {path} answered {answer.status} {answer.content[:300]!r}"
        if answer.status >= 400:
            assert answer.code in known["description"].split(", "), (method, path, answer.code)

    def get(self, path: str, **query: Any) -> Answer:
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any = None, **kw: Any) -> Answer:
        return self.call("POST", path, {} if body is None else body, **kw)

    def patch(self, path: str, body: Any = None, **kw: Any) -> Answer:
        return self.call("PATCH", path, {} if body is None else body, **kw)

    def delete(self, path: str, **kw: Any) -> Answer:
        return self.call("DELETE", path, **kw)

    def upload(self, purpose: str, *files: bytes, content_type: str = "image/png") -> list[str]:
        """Send files by presigned posts; answers their upload keys."""
        wanted = [
            {"filename": f"{n}.png", "content_type": content_type, "size": len(content)}
            for n, content in enumerate(files)
        ]
        posts = self.post("/api/uploads", {"purpose": purpose, "files": wanted}).data["uploads"]
        for post, content in zip(posts, files, strict=True):
            sent = requests.post(
                post["url"], data=post["fields"], files={"file": content}, timeout=30
            )
            assert sent.status_code in {200, 204}, sent.text
        return [post["upload_key"] for post in posts]


@dataclass
class Person(Browser):
    id: UUID = field(default_factory=lambda: UUID(int=0))
    name: str = ""

    @property
    def balance(self) -> int:
        return self.get("/api/tokens/balance").data["token_balance"]


class Cast:
    """Makes each person when first named."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self._people: dict[str, Person] = {}

    def person(self, name: str, *, artist: bool = False) -> Person:
        if name not in self._people:
            self._people[name] = self._make(name, artist=artist)
        return self._people[name]

    @property
    def alice(self) -> Person:
        return self.person("alice", artist=True)

    @property
    def bob(self) -> Person:
        return self.person("bob")

    @property
    def carol(self) -> Person:
        return self.person("carol")

    @property
    def oscar(self) -> Person:
        return self.person("oscar")

    @property
    def visitor(self) -> Browser:
        return Browser(self.gateway)

    def _make(self, name: str, *, artist: bool) -> Person:
        identity = Identity(
            sub=f"sub-{name}", email=f"{name}@example.com", email_verified=True, name=name.title()
        )
        with transaction() as db:
            user_id = sign_in(db, identity=identity)
            assert user_id
            if artist:
                db.execute(
                    insert(Artist).values(
                        user_id=user_id, artist_name=name.title(), signature_key="signatures/x.png"
                    )
                )
                db.query(User).filter(User.id == user_id).update({"role": "artist"})
        session_id = sessions.open_session(user_id)
        return Person(
            self.gateway,
            {"session": session_id, "csrftoken": sessions.csrf_token(session_id)},
            id=user_id,
            name=name,
        )


def picture(
    width: int = 512, height: int = 512, *, seed: int = 0, file_format: str = "PNG"
) -> bytes:
    """A small drawing as a file."""
    image = Image.new("RGB", (width, height), (seed * 37 % 255, 120, 200))
    ImageDraw.Draw(image).ellipse((50, 50, 300, 250 + seed), fill=(240, 90, 60))
    out = io.BytesIO()
    image.save(out, file_format)
    return out.getvalue()


def signature(width: int = 420, height: int = 120) -> bytes:
    """A pen stroke on nothing."""
    image = Image.new("RGBA", (width, height))
    ImageDraw.Draw(image).line(
        [(10, 90), (width // 3, 20), (width // 2, 100), (width - 10, 30)],
        fill=(0, 0, 0, 255),
        width=7,
    )
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
