"""The gateway hands the app what API Gateway would, and refuses what API Gateway would."""

import gzip
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chalice import Chalice, Response

from local.gateway import Gateway


@pytest.fixture(scope="module")
def gateway() -> Gateway:
    app = Chalice("test")
    barrier = threading.Barrier(4, timeout=30)

    @app.route("/api/event", methods=["GET", "POST"])
    def event() -> Any:
        return app.current_request.to_original_event()

    @app.route("/api/things/{thing_id}")
    def thing(thing_id: str) -> dict[str, str]:
        return {"thing": thing_id}

    @app.route("/api/things/new")
    def fixed() -> dict[str, str]:
        return {"thing": "fixed"}

    @app.route("/api/cookies")
    def cookies() -> Response:
        return Response("", {"Set-Cookie": ["a=1; Path=/", "b=2; Path=/"]}, 204)

    @app.route("/api/picture", methods=["GET", "POST"], content_types=["image/png"])
    def picture() -> Response:
        assert app.current_request.method == "GET" or app.current_request.raw_body == b"\x00\xff"
        return Response(b"\x89PNG\0\xff", {"Content-Type": "image/png"})

    @app.route("/api/unsayable")
    def unsayable() -> Response:
        return Response(b"\xff", {"Content-Type": "text/plain"})

    @app.route("/api/mixed/{name}")
    def mixed(name: str) -> dict[str, bool]:
        barrier.wait()
        return {"same": app.current_request.uri_params["name"] == name}

    return Gateway(app)


def ask(gateway: Gateway, path: str, method: str = "GET", **rest: Any) -> tuple[int, Any]:
    status, _, body = gateway.handle(method, path, **rest)
    return status, json.loads(body)


def test_the_event_carries_every_value_of_headers_and_query(gateway: Gateway) -> None:
    _, event = ask(
        gateway,
        "/api/event",
        headers=[("X-Many", "1"), ("X-Many", "2"), ("User-Agent", "test")],
        query="a=1&a=%ED%95%9C&b=",
        source_ip="203.0.113.9",
    )
    assert event["multiValueHeaders"]["X-Many"] == ["1", "2"]
    assert event["headers"]["X-Many"] == "2"
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "한"], "b": [""]}
    assert event["queryStringParameters"] == {"a": "한", "b": ""}
    assert event["requestContext"]["identity"] == {"sourceIp": "203.0.113.9", "userAgent": "test"}
    assert event["requestContext"]["resourcePath"] == "/api/event"


def test_text_bodies_travel_as_text_and_absent_ones_as_null(gateway: Gateway) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    _, event = ask(gateway, "/api/event", "POST", headers=headers, body=b'{"a": "\xed\x95\x9c"}')
    assert (event["body"], event["isBase64Encoded"]) == ('{"a": "한"}', False)
    _, event = ask(gateway, "/api/event")
    assert event["body"] is None
    assert event["queryStringParameters"] is None


def test_binary_travels_as_base64_both_ways(gateway: Gateway) -> None:
    status, headers, body = gateway.handle(
        "POST",
        "/api/picture",
        headers={"Content-Type": "image/png", "Accept": "image/png"},
        body=b"\x00\xff",
    )
    assert (status, body) == (200, b"\x89PNG\0\xff")
    assert ("Content-Type", "image/png") in headers


def test_fixed_paths_win_over_variables(gateway: Gateway) -> None:
    assert ask(gateway, "/api/things/new") == (200, {"thing": "fixed"})
    assert ask(gateway, "/api/things/7/") == (200, {"thing": "7"})


def test_each_cookie_is_a_header_of_its_own(gateway: Gateway) -> None:
    status, headers, _ = gateway.handle("GET", "/api/cookies")
    assert status == 204
    assert [value for name, value in headers if name == "Set-Cookie"] == [
        "a=1; Path=/",
        "b=2; Path=/",
    ]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/nothing"), ("PUT", "/api/event"), ("GET", "/api/things/a/b")]
)
def test_unknown_addresses_and_methods_get_the_gateways_404(
    gateway: Gateway, method: str, path: str
) -> None:
    status, answer = ask(gateway, path, method)
    assert status == 404
    assert answer["success"] is False
    assert answer["error"]["code"] == "NOT_FOUND"


def test_a_request_over_10_mb_is_refused(gateway: Gateway) -> None:
    status, answer = ask(gateway, "/api/event", "POST", body=b"x" * (10 * 1024 * 1024 + 1))
    assert (status, answer["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_an_answer_that_lambda_could_not_send_is_an_upstream_error(gateway: Gateway) -> None:
    status, answer = ask(gateway, "/api/unsayable", headers={"Accept": "*/*"})
    assert (status, answer["error"]["code"]) == (503, "UPSTREAM_UNAVAILABLE")


def test_long_answers_are_compressed_for_whoever_takes_that(gateway: Gateway) -> None:
    def sent(query: str, **headers: str) -> tuple[bytes, str | None]:
        _, told, body = gateway.handle("GET", "/api/event", headers=headers, query=query)
        return body, dict(told).get("Content-Encoding")

    long = "q=" + "long" * 300
    body, encoding = sent(long, **{"accept-encoding": "br, gzip"})
    assert encoding == "gzip"
    assert json.loads(gzip.decompress(body))["queryStringParameters"]["q"] == long[2:]
    assert sent(long)[1] is None
    assert sent("", **{"Accept-Encoding": "gzip"})[1] is None


def test_requests_at_the_same_time_do_not_mix(gateway: Gateway) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: ask(gateway, f"/api/mixed/{n}"), range(4)))
    assert answers == [(200, {"same": True})] * 4
