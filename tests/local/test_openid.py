"""The local OpenID provider signs demo people in, and insists on PKCE."""

import base64
import hashlib
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet

from local.ports import free_port
from local.programs import answers_http
from tests.local.waiting import await_true

FOLDER = Path(__file__).parents[2] / "local" / "openid"
PORT = free_port()
ISSUER = f"http://127.0.0.1:{PORT}"
CALLBACK = "http://localhost:8000/api/auth/google/callback"
VERIFIER = secrets.token_urlsafe(48)
SETTINGS = {
    "PORT": str(PORT),
    "ISSUER": ISSUER,
    "CLIENT_ID": "test",
    "CLIENT_SECRET": "test-secret-long-enough-for-everything",
    "REDIRECT_URI": CALLBACK,
}

pytestmark = pytest.mark.skipif(
    not shutil.which("node") or not (FOLDER.parent / "node_modules").exists(), reason="make setup"
)


@pytest.fixture(scope="module", autouse=True)
def provider() -> Iterator[None]:
    server = subprocess.Popen(
        ["node", str(FOLDER / "server.mjs")],
        env={**os.environ, **SETTINGS},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    await_true(answers_http(f"{ISSUER}/jwks"))
    yield
    server.terminate()
    said, _ = server.communicate(timeout=30)
    assert said.strip() == f"people sign in at {ISSUER}", "nothing but this"


def authorise(session: requests.Session, login: str, **changed: str | None) -> dict[str, str]:
    """Sign in in the browser; gives the query of the redirect back."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    query: dict[str, str | None] = {
        "client_id": "test",
        "response_type": "code",
        "scope": "openid email profile",
        "redirect_uri": CALLBACK,
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge.decode().rstrip("="),
        "code_challenge_method": "S256",
        **changed,
    }
    page = session.get(f"{ISSUER}/auth", params=query, timeout=30, allow_redirects=False)
    if not page.headers["Location"].startswith("/sign-in/"):
        return _query(page)
    form = session.get(ISSUER + page.headers["Location"], timeout=30)
    action = re.findall(r'action="([^"]+)"', form.text)[0]
    answer = session.post(ISSUER + action, {"login": login}, timeout=30, allow_redirects=False)
    return _query(session.get(answer.headers["Location"], timeout=30, allow_redirects=False))


def _query(answer: requests.Response) -> dict[str, str]:
    location = answer.headers["Location"]
    assert location.startswith(CALLBACK), location
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def redeem(code: str, verifier: str = VERIFIER) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": verifier,
    }
    client = (SETTINGS["CLIENT_ID"], SETTINGS["CLIENT_SECRET"])
    return requests.post(f"{ISSUER}/token", data=form, auth=client, timeout=30)


def claims(code: str) -> dict[str, Any]:
    keys = KeySet.import_key_set(requests.get(f"{ISSUER}/jwks", timeout=30).json())
    return jwt.decode(redeem(code).json()["id_token"], keys, algorithms=["RS256"]).claims


def test_a_demo_person_signs_in_with_one_form() -> None:
    back = authorise(requests.Session(), "alice")
    assert (back["state"], back["iss"]) == ("s", ISSUER)
    found = claims(back["code"])
    assert found["sub"] == "alice"
    assert (found["email"], found["email_verified"]) == ("alice@example.com", True)
    assert (found["name"], found["locale"]) == ("Alice", "ko")
    assert (found["iss"], found["aud"], found["nonce"]) == (ISSUER, "test", "n")


def test_anyone_else_can_sign_in_and_be_unverified() -> None:
    found = claims(authorise(requests.Session(), "unverified-dan")["code"])
    assert (found["name"], found["email_verified"]) == ("Unverified-dan", False)


def test_one_browser_is_asked_again_each_time() -> None:
    browser = requests.Session()
    assert claims(authorise(browser, "alice")["code"])["sub"] == "alice"
    assert claims(authorise(browser, "bob")["code"])["sub"] == "bob"


def test_a_wrong_verifier_is_refused() -> None:
    answer = redeem(authorise(requests.Session(), "alice")["code"], secrets.token_urlsafe(48))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_code_works_once() -> None:
    code = authorise(requests.Session(), "alice")["code"]
    assert redeem(code).status_code == 200
    assert redeem(code).status_code == 400


def test_signing_in_without_pkce_is_refused() -> None:
    back = authorise(requests.Session(), "alice", code_challenge=None, code_challenge_method=None)
    assert back["error"] == "invalid_request"


def test_an_unfit_name_counts_as_cancelled() -> None:
    assert authorise(requests.Session(), "<script>")["error"] == "access_denied"
