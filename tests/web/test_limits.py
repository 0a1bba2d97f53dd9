"""Sliding windows (SPEC 4.13)."""

import json
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.errors import RateLimited
from chalicelib.kit.settings import settings as app_settings
from chalicelib.web import limits, sessions
from chalicelib.web.limits import Limit, admit, client_network
from local.gateway import Gateway
from tests.people import Browser, Cast


@pytest.fixture
def limited(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cast]:
    """The cast with the limits on."""
    monkeypatch.setenv("RATE_LIMITS", "on")
    app_settings.cache_clear()
    limits._known.clear()
    limits._client.cache_clear()
    # The stand-in may be slow where DynamoDB is not; slow is not away.
    monkeypatch.setattr(limits, "TIMEOUT_SECONDS", 30)
    yield cast
    limits._client.cache_clear()
    app_settings.cache_clear()


def visitor(cast: Cast, address: str) -> Browser:
    return Browser(Gateway(cast.gateway._app, source_ip=address))


def new_address() -> str:
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


def test_of_a_burst_by_one_person_a_hundred_a_minute_are_answered(limited: Cast) -> None:
    bob, carol = limited.bob, limited.carol
    with ThreadPoolExecutor(max_workers=16) as pool:
        answers = list(pool.map(lambda _: bob.get("/api/tokens/balance"), range(116)))
    refused = [answer for answer in answers if answer.status == 429]
    assert len(refused) == 16
    assert {answer.code for answer in refused} == {"RATE_LIMITED"}
    for answer in refused:
        seconds = int(answer.header("Retry-After") or 0)
        assert 1 <= seconds <= 60
        assert answer.details == {"retry_after_seconds": seconds}
    assert carol.get("/api/tokens/balance").status == 200


def test_six_images_a_minute_may_be_asked_for(limited: Cast) -> None:
    bob = limited.bob
    with ThreadPoolExecutor(max_workers=8) as pool:
        codes = list(pool.map(lambda _: bob.post("/api/generations").code, range(10)))
    assert sorted(codes) == ["RATE_LIMITED"] * 4 + ["VALIDATION_FAILED"] * 6
    assert bob.get("/api/tokens/balance").status == 200


def test_a_visitors_fifty_a_minute_are_counted_by_address(limited: Cast) -> None:
    address = new_address()
    with ThreadPoolExecutor(max_workers=8) as pool:
        seen = list(
            pool.map(
                lambda _: visitor(limited, address).get("/api/generations/feed").status, range(54)
            )
        )
    assert sorted(seen) == [200] * 50 + [429] * 4
    assert visitor(limited, new_address()).get("/api/generations/feed").status == 200


def test_a_forged_cookie_does_not_lift_the_visitors_limit(limited: Cast) -> None:
    address = new_address()
    seen = []
    for number in range(52):
        browser = visitor(limited, address)
        browser.cookies["session"] = f"forged-{number}"
        seen.append(browser.get("/api/generations/feed").status)
    assert seen == [200] * 50 + [429] * 2


def test_five_sign_ins_in_five_minutes(limited: Cast) -> None:
    address = new_address()
    seen = [visitor(limited, address).get("/api/auth/google/login") for _ in range(6)]
    assert [answer.status for answer in seen] == [302] * 5 + [429]
    assert 240 <= int(seen[-1].header("Retry-After") or 0) <= 300


def test_machines_and_liveness_are_exempt(limited: Cast) -> None:
    browser = visitor(limited, new_address())
    bearer = {"Authorization": "Bearer wrong", "X-Request-Source": "inference-server"}
    for _ in range(60):
        answer = browser.post("/api/webhooks/inference/failed", headers=bearer)
        assert answer.code == "UNAUTHORIZED"
        assert browser.get("/api/health").status == 200


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", None])
def test_without_dynamodb_the_api_answers_but_nobody_signs_in(
    limited: Cast,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    endpoint: str | None,
) -> None:
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
    else:
        monkeypatch.setenv("LIMITS_TABLE", "gone")
    app_settings.cache_clear()
    limits._client.cache_clear()
    capsys.readouterr()
    browser = visitor(limited, new_address())
    assert browser.get("/api/generations/feed").status == 200
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [metric["RateLimiterUnavailable"] for metric in metrics] == [[1.0]]
    assert browser.get("/api/auth/google/login").code == "UPSTREAM_UNAVAILABLE"
    limits._client.cache_clear()


def test_without_dynamodb_nobody_is_signed_in(
    limited: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = limited.bob
    monkeypatch.setenv("SESSIONS_TABLE", "gone")
    app_settings.cache_clear()
    sessions._table.cache_clear()
    answer = bob.get("/api/tokens/balance")
    assert (answer.status, answer.code) == (503, "UPSTREAM_UNAVAILABLE")
    sessions._table.cache_clear()


@given(
    moments=st.lists(st.integers(0, 400), min_size=1, max_size=60).map(sorted),
    forgetful=st.booleans(),
)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_window_ever_holds_more_than_the_limit(
    limited: Cast, monkeypatch: pytest.MonkeyPatch, moments: list[int], forgetful: bool
) -> None:
    """Any pattern of arrivals, in hundredths of a second, gives what an exact log gives."""
    limit, whom = Limit("test", 4, 1, per="user"), secrets.token_hex(8)
    log: list[int] = []
    start = int(time.time())
    for moment in moments:
        monkeypatch.setattr(limits.time, "time", lambda moment=moment: start + moment / 100)
        if forgetful:
            limits._known.clear()
        expected = len([one for one in log if one > moment - 100]) < 4
        try:
            admit(limit, whom=whom)
            admitted = True
            log.append(moment)
        except RateLimited:
            admitted = False
        assert admitted == expected, (moment, log)
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("proxies", "source", "forwarded", "network"),
    [
        (0, "203.0.113.7", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (1, "130.176.0.1", "198.51.100.1, 130.176.0.1", "198.51.100.1"),
        (1, "130.176.0.1", "1.1.1.1, 198.51.100.1, 130.176.0.1", "198.51.100.1"),
        (1, "130.176.0.1", None, "130.176.0.1"),
        (1, "130.176.0.1", "nonsense, 130.176.0.1", "130.176.0.1"),
        (0, "2001:db8:1:2:3:4:5:6", None, "2001:db8:1:2::/64"),
    ],
)
def test_only_what_our_own_proxies_say_is_believed(
    stores: None,
    monkeypatch: pytest.MonkeyPatch,
    proxies: int,
    source: str,
    forwarded: str | None,
    network: str,
) -> None:
    monkeypatch.setenv("PROXIES_IN_FRONT", str(proxies))
    app_settings.cache_clear()
    assert client_network(source_ip=source, forwarded_for=forwarded) == network
    app_settings.cache_clear()
