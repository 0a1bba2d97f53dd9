"""API Gateway (REST, Lambda proxy) before the app: events, limits, its own answers."""

import base64
import gzip
import json
import logging
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote
from uuid import uuid4

from chalicelib.web.gateway_responses import gateway_responses
from local.functions import Context

LOG = logging.getLogger("gateway")
REQUEST_BYTES_MAX = 10 * 1024 * 1024
RESPONSE_BYTES_MAX = 6 * 1024 * 1024
STAGE = "v1"

Headers = Mapping[str, str] | Iterable[tuple[str, str]]
Answer = tuple[int, list[tuple[str, str]], bytes]


@dataclass(frozen=True)
class Route:
    """One resource of the API, as API Gateway matches it."""

    pattern: str
    expression: re.Pattern[str]
    methods: frozenset[str]

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Fixed paths before variables, `{proxy+}` last."""
        return "+}" in self.pattern, self.pattern.count("{"), -len(self.pattern)


class Gateway:
    """Answers requests by calling a Chalice app with proxy events; usable from many threads."""

    def __init__(self, app: Any, *, source_ip: str = "127.0.0.1") -> None:
        self._app = _per_thread(app)
        self._source_ip = source_ip
        routes = (
            Route(pattern, _expression(pattern), frozenset(methods))
            for pattern, methods in app.routes.items()
        )
        self._routes = sorted(routes, key=lambda route: route.rank)

    def handle(
        self,
        method: str,
        path: str,
        headers: Headers = (),
        body: bytes = b"",
        query: str = "",
        source_ip: str | None = None,
    ) -> Answer:
        """One request, its path still percent-encoded, to status, headers and body."""
        found = self._match(method, unquote(path))
        if not found:
            return refusal("MISSING_AUTHENTICATION_TOKEN")
        if len(body) > REQUEST_BYTES_MAX:
            return refusal("REQUEST_TOO_LARGE")
        route, variables = found
        context = Context("api_handler")
        event = {
            "resource": route.pattern,
            "path": unquote(path),
            "httpMethod": method,
            "pathParameters": variables or None,
            "stageVariables": None,
            **_header_fields(headers),
            **_query_fields(query),
            **self._body_fields(headers, body),
        }
        event["requestContext"] = _request_context(
            event, context, source_ip=source_ip or self._source_ip
        )
        return _compressed(self._call(event, context), event["headers"])

    def _match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        path = path.rstrip("/") or "/"
        for route in self._routes:
            if match := route.expression.fullmatch(path):
                return (route, match.groupdict()) if method in route.methods else None
        return None

    def _body_fields(self, headers: Headers, body: bytes) -> dict[str, Any]:
        content_type = next(
            (value for name, value in _pairs(headers) if name.lower() == "content-type"), ""
        )
        if not body:
            return {"body": None, "isBase64Encoded": False}
        if content_type.split(";")[0].strip() in self._app.api.binary_types:
            return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
        return {"body": body.decode("utf-8", "replace"), "isBase64Encoded": False}

    def _call(self, event: dict[str, Any], context: Context) -> Answer:
        try:
            answer = self._app(event, context)
            # Lambda turns the answer into JSON, and fails where that fails.
            encoded = json.dumps(answer)
        except Exception:
            LOG.exception("%s %s crashed", event["httpMethod"], event["path"])
            return refusal("INTEGRATION_FAILURE")
        if len(encoded) > RESPONSE_BYTES_MAX:
            LOG.error("%s %s answered more than 6 MB", event["httpMethod"], event["path"])
            return refusal("INTEGRATION_FAILURE")
        return _answer(answer)


def refusal(name: str) -> Answer:
    """What the gateway itself answers, as the deployed one is told to (gateway_responses)."""
    told = gateway_responses()[name]
    request_id = str(uuid4())
    body = told["responseTemplates"]["application/json"].replace("$context.requestId", request_id)
    headers = [("Content-Type", "application/json")]
    for key, value in told["responseParameters"].items():
        header = key.removeprefix("gatewayresponse.header.")
        given = request_id if value == "context.requestId" else value[1:-1]
        headers.append((header, given))
    return int(told["statusCode"]), headers, body.encode()


def _per_thread(app: Any) -> Any:
    # A Lambda serves one request at a time, so Chalice keeps the current one on the app itself.
    slots = threading.local()

    def slot(name: str) -> property:
        return property(
            lambda _: getattr(slots, name, None), lambda _, value: setattr(slots, name, value)
        )

    kept = {name: slot(name) for name in ("current_request", "lambda_context")}
    if not getattr(app.__class__, "per_thread", False):
        app.__class__ = type(app.__class__.__name__, (app.__class__,), {**kept, "per_thread": True})
    return app


def _expression(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)(\+?)\}", pattern)
    expression = re.escape(parts[0])
    for name, greedy, fixed in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        expression += f"(?P<{name}>{'.+' if greedy else '[^/]+'})" + re.escape(fixed)
    return re.compile(expression)


def _compressed(answer: Answer, asked: dict[str, str]) -> Answer:
    status, headers, body = answer
    accepted = {name.lower(): value for name, value in asked.items()}.get("accept-encoding", "")
    if "gzip" not in accepted or len(body) < _compressed_from():
        return answer
    return status, [*headers, ("Content-Encoding", "gzip")], gzip.compress(body, 6, mtime=0)


@cache
def _compressed_from() -> int:
    """Bytes, as the deployed gateway is told."""
    config = json.loads((Path(__file__).parents[1] / ".chalice" / "config.json").read_text())
    return int(config["minimum_compression_size"])


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    return list(headers.items() if isinstance(headers, Mapping) else headers)


def _header_fields(headers: Headers) -> dict[str, Any]:
    several: dict[str, list[str]] = {}
    for name, value in _pairs(headers):
        several.setdefault(name, []).append(value)
    return {
        "headers": {name: values[-1] for name, values in several.items()},
        "multiValueHeaders": several,
    }


def _query_fields(query: str) -> dict[str, Any]:
    several: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        several.setdefault(name, []).append(value)
    return {
        "queryStringParameters": {name: values[-1] for name, values in several.items()} or None,
        "multiValueQueryStringParameters": several or None,
    }


def _request_context(event: dict[str, Any], context: Context, *, source_ip: str) -> dict[str, Any]:
    agent = [value for name, value in event["headers"].items() if name.lower() == "user-agent"]
    return {
        "httpMethod": event["httpMethod"],
        "resourcePath": event["resource"],
        "path": f"/{STAGE}{event['path']}",
        "stage": STAGE,
        "requestId": context.aws_request_id,
        "protocol": "HTTP/1.1",
        "identity": {"sourceIp": source_ip, "userAgent": agent[0] if agent else None},
    }


def _answer(answer: dict[str, Any]) -> Answer:
    text = answer.get("body") or ""
    body = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
    headers = [(name, str(value)) for name, value in (answer.get("headers") or {}).items()]
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        headers += [(name, str(value)) for value in values]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return int(answer["statusCode"]), headers, body
