"""Sign-in by the provider (SPEC §3 Accounts, §4.1): only an untouched, fresh answer counts."""

import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from chalicelib.accounts import google
from chalicelib.kit.db import transaction
from chalicelib.tables import User
from tests.accounts.provider import Claims, Provider, part
from tests.people import Answer, Browser, Cast

DANA = {"sub": "sub-dana", "email": "dana@example.com", "email_verified": True}


def depart(browser: Browser, provider: Provider, **query: Any) -> dict[str, str]:
    """To the provider and its consent; answers what it sends back."""
    login = browser.get("/api/auth/google/login", **query)
    assert login.status == 302
    return provider.visit(login.header("Location") or "", **DANA)


def come_back(browser: Browser, **query: Any) -> Answer:
    return browser.get("/api/auth/google/callback", **query)


def assert_refused(answer: Answer, reason: str) -> None:
    assert (answer.status, answer.header("Location")) == (302, f"/login?error={reason}")
    assert "session" not in answer.cookies()
    with transaction() as db:
        assert db.execute(select(func.count()).select_from(User)).scalar_one() == 0


def test_who_agrees_at_the_provider_is_signed_in(cast: Cast, provider: Provider) -> None:
    browser = cast.visitor
    answer = come_back(browser, **depart(browser, provider, next="/styles?sort=popular"))
    assert (answer.status, answer.header("Location")) == (302, "/styles?sort=popular")
    me = browser.get("/api/auth/me").data
    assert (me["email"], me["role"], me["token_balance"]) == ("dana@example.com", "user", 100)
    assert browser.cookies["oidc"] == ""


def test_the_challenge_is_s256_of_the_verifier(cast: Cast, provider: Provider) -> None:
    browser = cast.visitor
    login = browser.get("/api/auth/google/login")
    asked = parse_qs(urlsplit(login.header("Location") or "").query)
    back = provider.visit(login.header("Location") or "", **DANA)
    assert come_back(browser, **back).header("Location") == "/"
    (form,) = provider.exchanges
    challenge = part(hashlib.sha256(form["code_verifier"].encode()).digest())
    assert asked["code_challenge"] == [challenge]
    assert asked["redirect_uri"] == ["http://localhost:8000/api/auth/google/callback"]
    assert len(form["code_verifier"]) >= 43
    assert form["code_verifier"] not in (login.header("Location") or "")


@pytest.mark.parametrize(
    "path",
    [
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "https://evil.test",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "/\tx",
        "/ x",
        "/../x",
        "/x/../../y",
        "/x?next=//evil.test",
        "/@evil.test//",
        "/x\x00",
        "/x\x7f",
        "/각",
        "/" + "x" * 512,
        "",
        None,
        " /x",
        "?x",
    ],
)
def test_a_foreign_or_odd_next_falls_back_to_the_start(path: str | None) -> None:
    assert google.safe_next(path) == "/"


def test_a_local_next_is_kept() -> None:
    for path in ("/", "/feed", "/styles?tag=a%20b&sort=recent#top", "/%2F"):
        assert google.safe_next(path) == path


def test_a_foreign_next_leads_to_the_start(cast: Cast, provider: Provider) -> None:
    browser = cast.visitor
    answer = come_back(browser, **depart(browser, provider, next="https://evil.test/"))
    assert answer.header("Location") == "/"


@pytest.mark.parametrize("state", ["changed", "", "é", None])
def test_a_changed_state_is_refused(cast: Cast, provider: Provider, state: str | None) -> None:
    browser = cast.visitor
    back = depart(browser, provider)
    query = {"code": back["code"], **({} if state is None else {"state": state})}
    assert_refused(come_back(browser, **query), "state")
    assert provider.exchanges == []


def test_without_the_cookie_nobody_comes_in(cast: Cast, provider: Provider) -> None:
    back = depart(cast.visitor, provider)
    assert_refused(come_back(cast.visitor, **back), "cookie")


def test_another_logins_cookie_does_not_fit(cast: Cast, provider: Provider) -> None:
    attacker, victim = cast.visitor, cast.visitor
    back = depart(attacker, provider)
    depart(victim, provider)
    assert_refused(come_back(victim, **back), "state")


@pytest.mark.parametrize("position", [0, 10, -1])
def test_an_altered_cookie_is_refused(cast: Cast, provider: Provider, position: int) -> None:
    browser = cast.visitor
    back = depart(browser, provider)
    letters = list(browser.cookies["oidc"])
    letters[position] = "A" if letters[position] != "A" else "B"
    browser.cookies["oidc"] = "".join(letters)
    assert_refused(come_back(browser, **back), "cookie")


@pytest.mark.parametrize("value", ["", ".", "x", "e30.", "e30.00", "." + "0" * 64])
def test_a_made_up_cookie_is_refused(cast: Cast, provider: Provider, value: str) -> None:
    browser = cast.visitor
    back = depart(browser, provider)
    browser.cookies["oidc"] = value
    assert_refused(come_back(browser, **back), "cookie")


def test_a_flow_ends_after_ten_minutes(cast: Cast, provider: Provider) -> None:
    browser = cast.visitor
    back = depart(browser, provider)
    flow = google.unseal(browser.cookies["oidc"])
    assert 0 < flow.expires_at - time.time() <= 600
    late = flow.model_copy(update={"expires_at": time.time() - 1})
    browser.cookies["oidc"] = google.seal(late)
    assert_refused(come_back(browser, **back), "expired")


def test_who_does_not_agree_is_not_signed_in(cast: Cast, provider: Provider) -> None:
    browser = cast.visitor
    back = depart(browser, provider)
    answer = come_back(browser, state=back["state"], error="access_denied")
    assert_refused(answer, "denied")
    assert answer.cookies()["oidc"] == ""


def test_a_code_works_once(cast: Cast, provider: Provider) -> None:
    browser = cast.visitor
    back = depart(browser, provider)
    kept = browser.cookies["oidc"]
    assert come_back(browser, **back).header("Location") == "/"
    again = Browser(cast.gateway, {"oidc": kept})
    answer = come_back(again, **back)
    assert (answer.status, answer.header("Location")) == (302, "/login?error=exchange")
    assert "session" not in answer.cookies()


def test_anothers_code_does_not_fit_the_verifier(cast: Cast, provider: Provider) -> None:
    attacker, victim = cast.visitor, cast.visitor
    stolen = depart(attacker, provider)["code"]
    state = depart(victim, provider)["state"]
    assert_refused(come_back(victim, state=state, code=stolen), "exchange")


FORGERIES: dict[str, Callable[[Claims], Claims]] = {
    "wrong nonce": lambda c: {**c, "nonce": "another"},
    "no nonce": lambda c: {k: v for k, v in c.items() if k != "nonce"},
    "wrong aud": lambda c: {**c, "aud": "another-client"},
    "no aud": lambda c: {k: v for k, v in c.items() if k != "aud"},
    "wrong iss": lambda c: {**c, "iss": "https://accounts.google.com"},
    "no iss": lambda c: {k: v for k, v in c.items() if k != "iss"},
    "wrong azp": lambda c: {**c, "azp": "another-client"},
    "wrong azp of several": lambda c: {**c, "aud": [c["aud"], "x"], "azp": "x"},
    "expired": lambda c: {**c, "exp": int(time.time()) - 61},
    "no exp": lambda c: {k: v for k, v in c.items() if k != "exp"},
    "exp is a word": lambda c: {**c, "exp": "tomorrow"},
    "future": lambda c: {**c, "iat": int(time.time()) + 120},
    "no iat": lambda c: {k: v for k, v in c.items() if k != "iat"},
    "no sub": lambda c: {k: v for k, v in c.items() if k != "sub"},
    "empty sub": lambda c: {**c, "sub": ""},
    "sub is a number": lambda c: {**c, "sub": 7},
    "sub is endless": lambda c: {**c, "sub": "x" * 256},
}


def test_a_token_with_false_claims_is_refused(cast: Cast, provider: Provider) -> None:
    for forgery in FORGERIES.values():
        browser, provider.change = cast.visitor, forgery
        assert_refused(come_back(browser, **depart(browser, provider)), "token")


def unsigned(claims: Claims) -> str:
    return f"{part({'alg': 'none'})}.{part(claims)}."


def signed_with_the_public_key(key: RSAKey) -> Callable[[Claims], str]:
    def sign(claims: Claims) -> str:
        content = f"{part({'alg': 'HS256', 'kid': key.kid})}.{part(claims)}"
        mac = hmac.new(key.as_pem(private=False), content.encode(), "sha256")
        return f"{content}.{part(mac.digest())}"

    return sign


def altered_after_signing(key: RSAKey) -> Callable[[Claims], str]:
    def sign(claims: Claims) -> str:
        head, _, mac = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key).split(".")
        return f"{head}.{part({**claims, 'email': 'oscar@example.com'})}.{mac}"

    return sign


def signed_by(key: RSAKey, kid: str) -> Callable[[Claims], str]:
    return lambda claims: jwt.encode({"alg": "RS256", "kid": kid}, claims, key)


@pytest.mark.parametrize(
    "how", ["none", "public key", "altered", "unknown key", "known name", "word", "empty"]
)
def test_a_token_not_signed_by_the_provider_is_refused(
    cast: Cast, provider: Provider, keys: list[RSAKey], how: str
) -> None:
    provider.sign = {
        "none": unsigned,
        "public key": signed_with_the_public_key(keys[0]),
        "altered": altered_after_signing(keys[0]),
        "unknown key": signed_by(keys[1], "second"),
        "known name": signed_by(keys[1], "first"),
        "word": lambda _: "no token",
        "empty": lambda _: "",
    }[how]
    browser = cast.visitor
    assert_refused(come_back(browser, **depart(browser, provider)), "token")


def test_rotated_keys_are_looked_up_again_after_half_a_minute(
    cast: Cast, provider: Provider, keys: list[RSAKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.change = lambda claims: {**claims, "sub": ""}
    browser = cast.visitor
    assert_refused(come_back(browser, **depart(browser, provider)), "token")
    provider.change = lambda claims: claims
    provider.key, provider.published = keys[1], [keys[1]]
    assert_refused(come_back(browser, **depart(browser, provider)), "token")
    monkeypatch.setattr(google._KEYS, "_fetched_at", time.monotonic() - 31)
    assert come_back(browser, **depart(browser, provider)).header("Location") == "/"


def test_without_the_provider_there_is_no_departure(
    cast: Cast, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.replies["/.well-known/openid-configuration"] = (503, b"")
    assert_refused(cast.visitor.get("/api/auth/google/login"), "provider")
    provider.replies.clear()
    assert cast.visitor.get("/api/auth/google/login").status == 302


BROKEN = {
    "error": (500, b"oops"),
    "unavailable": (503, b""),
    "no json": (200, b"<html>"),
    "another shape": (200, b"[]"),
    "nothing": (200, b"{}"),
    "null": (200, b"null"),
    "a word": (200, b'{"keys": 5, "id_token": 5, "authorization_endpoint": 5}'),
    "refusal": (400, b'{"error": "invalid_grant"}'),
}


@pytest.mark.parametrize("path", ["/token", "/keys"])
def test_a_broken_provider_signs_nobody_in(cast: Cast, provider: Provider, path: str) -> None:
    for how in BROKEN.values():
        browser = cast.visitor
        back = depart(browser, provider)
        provider.replies[path] = how
        answer = come_back(browser, **back)
        reason = (answer.header("Location") or "").removeprefix("/login?error=")
        assert reason in {"exchange", "token", "provider"}
        assert_refused(answer, reason)


def test_a_broken_discovery_departs_nowhere(cast: Cast, provider: Provider) -> None:
    for how in BROKEN.values():
        provider.replies["/.well-known/openid-configuration"] = how
        assert_refused(cast.visitor.get("/api/auth/google/login"), "provider")
