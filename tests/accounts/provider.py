"""A small OpenID provider on a real port; tests tell it how to lie."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

Claims = dict[str, Any]
CLIENT = ("client", "client-secret")


def part(value: Any) -> str:
    """One part of a compact token."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Provider:
    """Discovery, keys, an authorization endpoint for `visit`, and a token endpoint."""

    def __init__(self, key: RSAKey) -> None:
        self.key = key
        self.published = [key]
        self.change: Callable[[Claims], Claims] = lambda claims: claims
        self.sign: Callable[[Claims], str] = self._sign
        self.replies: dict[str, tuple[int, bytes]] = {}
        self.exchanges: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Provider":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def visit(self, url: str, **person: Any) -> dict[str, str]:
        """A person agrees on the provider's page; answers what the browser brings back."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert url.startswith(f"{self.issuer}/authorize?")
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT[0]
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self._codes[code] = {**asked, "person": json.dumps(person)}
        return {"state": asked["state"], "code": code}

    def answer(self, method: str, path: str, body: bytes, authorization: str) -> tuple[int, bytes]:
        """One request."""
        if path in self.replies:
            return self.replies[path]
        if path == "/.well-known/openid-configuration":
            places = {"issuer": self.issuer}
            places |= {"authorization_endpoint": f"{self.issuer}/authorize"}
            places |= {"token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys"}
            return 200, json.dumps(places).encode()
        if path == "/keys":
            keys = [key.as_dict(private=False) for key in self.published]
            return 200, json.dumps({"keys": keys}).encode()
        assert (method, path) == ("POST", "/token")
        return self._exchange({k: v[0] for k, v in parse_qs(body.decode()).items()}, authorization)

    def _exchange(self, form: dict[str, str], authorization: str) -> tuple[int, bytes]:
        self.exchanges.append(form)
        basic = base64.b64encode(":".join(CLIENT).encode()).decode()
        assert authorization == f"Basic {basic}"
        assert form["grant_type"] == "authorization_code"
        asked = self._codes.pop(form["code"], None)
        challenge = part(hashlib.sha256(form["code_verifier"].encode()).digest())
        if (
            not asked
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return 400, b'{"error": "invalid_grant"}'
        now = int(time.time())
        claims: Claims = {
            "iss": self.issuer,
            "aud": CLIENT[0],
            "azp": CLIENT[0],
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 3600,
            **json.loads(asked["person"]),
        }
        token = {"access_token": "x", "token_type": "Bearer", "expires_in": 3600}
        return 200, json.dumps({**token, "id_token": self.sign(self.change(claims))}).encode()

    def _sign(self, claims: Claims) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            authorization = self.headers.get("Authorization", "")
            status, content = provider.answer(self.command, self.path, body, authorization)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve  # noqa: N815 - the base class's names

        def log_message(self, *_: object) -> None:
            pass

    return Handler
