"""The edge of a request: one decorator says who may call, what comes in, and what is answered.

Order: request id → viewer → CSRF → body and query → preparation → transaction → view → outbox →
envelope. One request, one transaction; preparation (calls to S3 or Google) has none open.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from chalice.app import Request, Response
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from chalicelib.errors import (
    ApiError,
    InternalError,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
    UpstreamUnavailable,
)
from chalicelib.kit import i18n, outbox
from chalicelib.kit.log import LOG
from chalicelib.web import replies
from chalicelib.web.viewer import (
    Machine,
    Viewer,
    Who,
    find_viewer,
    identify_machine,
    require,
    require_same_site,
)

BODY_BYTES_MAX = 1_000_000
View = Callable[..., Any]
Declared = TypeVar("Declared", bound=View)


@dataclass(frozen=True)
class Endpoint:
    """One method of one path."""

    method: str
    path: str
    who: Who
    view: View
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    prepare: View | None
    status: int
    with_cookies: bool


@dataclass
class Routes:
    """A room's endpoints, gathered by its decorators and mounted by app.py."""

    endpoints: list[Endpoint] = field(default_factory=list)

    def endpoint(
        self,
        method: str,
        path: str,
        *,
        who: Who,
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        prepare: View | None = None,
        status: int = 200,
        with_cookies: bool = False,
    ) -> Callable[[Declared], Declared]:
        """Declare a view `(db, *, viewer, [body], [query], [prepared], [path ids])`.

        `prepare` gets the same but `db`, runs before the transaction begins, and its answer
        arrives as `prepared`. Path variables are ids; one that is no UUID is NOT_FOUND.
        `with_cookies` hands the raw Cookie header to both as `cookies`.
        """

        def declare(view: Declared) -> Declared:
            self.endpoints.append(
                Endpoint(
                    method, f"/api{path}", who, view, body, query, prepare, status, with_cookies
                )
            )
            return view

        return declare


def answer(endpoint: Endpoint, request: Request) -> Response:
    """Serve one request; whatever happens, the answer is an envelope."""
    started = time.monotonic()
    request_id = request.context.get("requestId", "-")
    language = i18n.choose_language(request.headers.get("accept-language"))
    i18n.CURRENT.set(language)
    LOG.thread_safe_append_keys(request_id=request_id)
    try:
        response = replies.success(
            _run(endpoint, request), status=endpoint.status, request_id=request_id
        )
    except Exception as error:
        response = replies.failure(_as_api_error(error), language=language, request_id=request_id)
    LOG.info(
        "request",
        method=endpoint.method,
        path=endpoint.path,
        status=response.status_code,
        duration_ms=round((time.monotonic() - started) * 1000, 1),
    )
    return response


def _run(endpoint: Endpoint, request: Request) -> Any:
    given = _parse_path(request)
    if endpoint.who is Who.MACHINE:
        machine = identify_machine(
            authorization=request.headers.get("authorization"),
            source=request.headers.get("x-request-source"),
        )
        given |= _parse(endpoint, request)
        return _serve(endpoint, given, machine)
    with outbox.committing() as db:
        viewer = find_viewer(db, cookie_header=request.headers.get("cookie"))
        _admit(endpoint, request, viewer)
        given |= _parse(endpoint, request)
        if not endpoint.prepare:
            return endpoint.view(db, viewer=viewer, **given)
    return _serve(endpoint, given, viewer)


def _serve(endpoint: Endpoint, given: dict[str, Any], viewer: Viewer | Machine | None) -> Any:
    if endpoint.prepare:
        given["prepared"] = endpoint.prepare(viewer=viewer, **given)
    with outbox.committing() as db:
        return endpoint.view(db, viewer=viewer, **given)


def _admit(endpoint: Endpoint, request: Request, viewer: Viewer | None) -> None:
    require(endpoint.who, viewer)
    if viewer:
        require_same_site(
            endpoint.method,
            session_id=viewer.session_id,
            token=request.headers.get("x-csrftoken"),
            origin=request.headers.get("origin"),
        )


def _parse_path(request: Request) -> dict[str, Any]:
    try:
        return {name: UUID(value) for name, value in (request.uri_params or {}).items()}
    except ValueError:
        raise NotFound from None


def _parse(endpoint: Endpoint, request: Request) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if endpoint.with_cookies:
        given["cookies"] = request.headers.get("cookie")
    if endpoint.query:
        given["query"] = endpoint.query.model_validate(dict(request.query_params or {}))
    if endpoint.body:
        content = request.raw_body
        if len(content) > BODY_BYTES_MAX:
            raise PayloadTooLarge(size_bytes_max=BODY_BYTES_MAX)
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type != "application/json":
            raise UnsupportedMediaType
        given["body"] = endpoint.body.model_validate_json(content)
    return given


def _as_api_error(error: Exception) -> ApiError:
    if isinstance(error, ApiError):
        return error
    if isinstance(error, ValidationError):
        return replies.from_validation(error)
    LOG.exception("request failed")
    if isinstance(error, OperationalError | InterfaceError):
        return UpstreamUnavailable()
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return UpstreamUnavailable()
    return InternalError()


__all__ = ["Endpoint", "Machine", "Routes", "Session", "Viewer", "Who", "answer"]
