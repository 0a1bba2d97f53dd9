"""Sign-in with OpenID: authorization code and PKCE (RFC 6749, RFC 7636, OIDC Core 1.0).

What the browser must bring back (state, nonce, verifier, next) lies sealed in its own cookie: a
store on the server alone would let an attacker finish their sign-in in a victim's browser.
"""

import base64
import hmac
import re
import secrets
import time
from functools import cache
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, Field, ValidationError

from chalicelib.kit.settings import settings

FLOW_SECONDS = 600
TIMEOUT_SECONDS = 5
KEYS_SECONDS = 3600
KEYS_SECONDS_MIN = 30
LEEWAY_SECONDS = 60
_GOOGLE_ISSUERS = ("https://accounts.google.com", "accounts.google.com")
_LOCAL_PATH = re.compile(r"/[\x21-\x5b\x5d-\x7e]*")


class SignInRefused(Exception):
    """The provider, the browser or the token says no; `reason` is a short machine word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Flow(BaseModel):
    """One sign-in on its way, sealed in the browser's cookie."""

    state: str
    nonce: str
    verifier: str
    next: str
    expires_at: float


class Identity(BaseModel):
    """Whom the provider vouches for."""

    sub: str = Field(max_length=255)
    email: str = Field(default="", max_length=320)
    email_verified: bool = False
    name: str = ""


class Provider(BaseModel):
    """Where the provider's endpoints are (OIDC Discovery 1.0 §3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


def safe_next(path: str | None) -> str:
    """The path to return to: one absolute path of ours, else `/`."""
    if not path or len(path) > 512 or not _LOCAL_PATH.fullmatch(path):
        return "/"
    return "/" if "//" in path or ".." in path else path


def begin_sign_in(next_path: str | None) -> tuple[str, Flow]:
    """The provider's page to send the browser to, and the flow to seal.

    Raises SignInRefused when the provider is away.
    """
    flow = Flow(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        next=safe_next(next_path),
        expires_at=time.time() + FLOW_SECONDS,
    )
    with _client() as client:
        url, _ = client.create_authorization_url(
            _metadata().authorization_endpoint,
            state=flow.state,
            nonce=flow.nonce,
            code_verifier=flow.verifier,
        )
    return url, flow


def finish_sign_in(flow: Flow, *, state: str | None, code: str | None) -> Identity:
    """Exchange the code for a verified identity. Raises SignInRefused."""
    if not hmac.compare_digest((state or "").encode(), flow.state.encode()):
        raise SignInRefused("state")
    if not code:
        raise SignInRefused("denied")
    try:
        with _client() as client:
            token = client.fetch_token(
                _metadata().token_endpoint,
                code=code,
                code_verifier=flow.verifier,
                timeout=TIMEOUT_SECONDS,
            )
    except (requests.RequestException, AuthlibBaseError, ValueError) as error:
        raise SignInRefused("exchange") from error
    return _verify(str(token.get("id_token", "")), nonce=flow.nonce)


def seal(flow: Flow) -> str:
    """The flow as a cookie value that only we can have written."""
    content = base64.urlsafe_b64encode(flow.model_dump_json().encode()).decode().rstrip("=")
    return f"{content}.{_mac(content)}"


def unseal(value: str | None) -> Flow:
    """The flow of a cookie; raises SignInRefused when missing, altered or too old."""
    content, _, mac = (value or "").partition(".")
    if not hmac.compare_digest(mac.encode(), _mac(content).encode()):
        raise SignInRefused("cookie")
    try:
        padded = content + "=" * (-len(content) % 4)
        flow = Flow.model_validate_json(base64.urlsafe_b64decode(padded))
    except (ValueError, ValidationError) as error:
        raise SignInRefused("cookie") from error
    if flow.expires_at < time.time():
        raise SignInRefused("expired")
    return flow


def _mac(content: str) -> str:
    key = settings().secret_key.get_secret_value().encode()
    return hmac.new(key, b"oidc:" + content.encode(), "sha256").hexdigest()


def _client() -> Any:
    return OAuth2Session(
        settings().google_client_id,
        settings().google_client_secret.get_secret_value(),
        scope="openid email profile",
        redirect_uri=f"{settings().public_url}/api/auth/google/callback",
        code_challenge_method="S256",
    )


@cache
def _metadata() -> Provider:
    content = _fetch(f"{settings().oidc_issuer}/.well-known/openid-configuration")
    try:
        return Provider.model_validate(content)
    except ValidationError as error:
        raise SignInRefused("provider") from error


def _fetch(url: str) -> Any:
    try:
        response = requests.get(url, timeout=TIMEOUT_SECONDS)
        response.raise_for_status()
        return response.json()
    except (requests.RequestException, ValueError) as error:
        raise SignInRefused("provider") from error


def _fetch_keys() -> KeySet:
    content = _fetch(_metadata().jwks_uri)
    try:
        return KeySet.import_key_set(content)
    except (JoseError, LookupError, TypeError, ValueError) as error:
        raise SignInRefused("provider") from error


class _Keys:
    """The provider's signing keys, kept an hour; an unknown one is looked up at most each 30 s."""

    def __init__(self) -> None:
        self._keys: KeySet | None = None
        self._fetched_at = 0.0

    def get(self, *, older_than_seconds: int) -> KeySet:
        """Keys no older than that."""
        if self._keys is None or time.monotonic() - self._fetched_at > older_than_seconds:
            self._keys = _fetch_keys()
            self._fetched_at = time.monotonic()
        return self._keys


_KEYS = _Keys()


def _verify(id_token: str, *, nonce: str) -> Identity:
    """OIDC Core 1.0 §3.1.3.7."""
    issuer = settings().oidc_issuer
    claims = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={
            "essential": True,
            "values": list(_GOOGLE_ISSUERS) if issuer in _GOOGLE_ISSUERS else [issuer],
        },
        aud={"essential": True, "value": settings().google_client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        token = _decode(id_token)
        claims.validate(token.claims)
        if token.claims.get("azp", settings().google_client_id) != settings().google_client_id:
            raise SignInRefused("token")
        return Identity.model_validate(token.claims)
    except (JoseError, ValueError) as error:
        raise SignInRefused("token") from error


def _decode(id_token: str) -> jwt.Token:
    try:
        return jwt.decode(id_token, _KEYS.get(older_than_seconds=KEYS_SECONDS), ["RS256"])
    except (JoseError, ValueError):
        # The provider may have rotated its keys since.
        fresh = _KEYS.get(older_than_seconds=KEYS_SECONDS_MIN)
        return jwt.decode(id_token, fresh, ["RS256"])
