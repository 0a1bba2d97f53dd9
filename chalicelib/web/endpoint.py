"""The edge of a request: one decorator says who may call, what comes in, and what is answered.

Order: request id → session → rate limit → viewer → CSRF → body and query → idempotency →
preparation → transaction → view → outbox → envelope. One request, one transaction; preparation
(calls to S3 or Google) has none open.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from chalice.app import Request, Response
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chalicelib.errors import (
    ApiError,
    Conflict,
    InternalError,
    MalformedRequest,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
    UpstreamUnavailable,
)
from chalicelib.kit import i18n, outbox
from chalicelib.kit.db import reading
from chalicelib.kit.log import LOG
from chalicelib.web import idempotency, limits, replies, sessions
from chalicelib.web.limits import Limit
from chalicelib.web.viewer import (
    SAFE_METHODS,
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
    raw: bool
    idempotent: bool
    limit: Limit | None
    errors: tuple[type[ApiError], ...]


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
        raw: bool = False,
        idempotent: bool = False,
        limit: Limit | None = None,
        errors: tuple[type[ApiError], ...] = (),
    ) -> Callable[[Declared], Declared]:
        """Declare a view `(db, *, viewer, [body], [query], [prepared], [path ids])`.

        `prepare` gets the same but `db`, runs before the transaction begins, and its answer
        arrives as `prepared`. Path variables are ids; one that is no UUID is NOT_FOUND.
        `with_cookies` hands the raw Cookie header to both as `cookies`, `raw` the body's bytes as
        `content`, whatever they are. `idempotent` honours Idempotency-Key; its view answers a
        model. `limit` takes the place of the general one.
        `errors` are the rules' own, beside those that `who`, `body` and the like bring
        (`openapi.errors_of`). The view of `Who.UNASKED` gets neither db nor viewer.
        """

        def declare(view: Declared) -> Declared:
            self.endpoints.append(
                Endpoint(
                    method=method,
                    path=f"/api{path}",
                    who=who,
                    view=view,
                    body=body,
                    query=query,
                    prepare=prepare,
                    status=status,
                    with_cookies=with_cookies,
                    raw=raw,
                    idempotent=idempotent,
                    limit=limit,
                    errors=errors,
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
    if endpoint.who is Who.UNASKED:
        return endpoint.view(**_parse(endpoint, request))
    if endpoint.who is Who.MACHINE:
        machine = identify_machine(
            authorization=request.headers.get("authorization"),
            source=request.headers.get("x-request-source"),
        )
        given |= _parse(endpoint, request)
        return _serve(endpoint, given, machine)
    session = sessions.find_session(request.headers.get("cookie"))
    _limit(endpoint, request, session)
    with reading() if _only_reads(endpoint) else outbox.committing() as db:
        viewer = find_viewer(db, session=session)
        _admit(endpoint, request, viewer)
        given |= _parse(endpoint, request)
        attempt = _attempt(endpoint, request, viewer)
        first = attempt.find(db) if attempt else None
        if first is not None:
            return replies.Replayed(first)
        if not endpoint.prepare:
            return _call(endpoint, db, attempt, viewer=viewer, **given)
    return _serve(endpoint, given, viewer, attempt)


def _only_reads(endpoint: Endpoint) -> bool:
    return endpoint.method in SAFE_METHODS and not endpoint.prepare


def _serve(
    endpoint: Endpoint,
    given: dict[str, Any],
    viewer: Viewer | Machine | None,
    attempt: idempotency.Attempt | None = None,
) -> Any:
    if endpoint.prepare:
        given["prepared"] = endpoint.prepare(viewer=viewer, **given)
    with outbox.committing() as db:
        return _call(endpoint, db, attempt, viewer=viewer, **given)


def _call(
    endpoint: Endpoint, db: Session, attempt: idempotency.Attempt | None, **given: Any
) -> Any:
    if attempt is None:
        return endpoint.view(db, **given)
    first = attempt.claim(db)
    if first is not None:
        return replies.Replayed(first)
    said = endpoint.view(db, **given)
    attempt.keep(db, replies.dump(said))
    return said


def _attempt(
    endpoint: Endpoint, request: Request, viewer: Viewer | None
) -> idempotency.Attempt | None:
    key = request.headers.get("idempotency-key")
    if not endpoint.idempotent or key is None or viewer is None:
        return None
    return idempotency.Attempt(
        user_id=viewer.user_id,
        key=key,
        method=endpoint.method,
        path=endpoint.path,
        content=_content(request),
    )


def _limit(endpoint: Endpoint, request: Request, session: sessions.Found | None) -> None:
    limit = endpoint.limit or limits.SIGNED_IN
    if limit.per == "user" and session:
        limits.admit(limit, whom=str(session.user_id))
        return
    network = limits.client_network(
        source_ip=request.context.get("identity", {}).get("sourceIp", ""),
        forwarded_for=request.headers.get("x-forwarded-for"),
    )
    limits.admit(limit if limit.per == "ip" else limits.ANONYMOUS, whom=network)


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
    try:
        return _read(endpoint, request)
    except ValidationError as error:
        raise replies.from_validation(error) from error


def _read(endpoint: Endpoint, request: Request) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if endpoint.with_cookies:
        given["cookies"] = request.headers.get("cookie")
    if endpoint.raw:
        given["content"] = _content(request)
    if endpoint.query:
        given["query"] = endpoint.query.model_validate(dict(request.query_params or {}))
    if endpoint.body:
        content = _content(request)
        if len(content) > BODY_BYTES_MAX:
            raise PayloadTooLarge(size_bytes_max=BODY_BYTES_MAX)
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if media_type != "application/json":
            raise UnsupportedMediaType
        given["body"] = endpoint.body.model_validate_json(content)
    return given


def _content(request: Request) -> bytes:
    raw = request.raw_body
    return raw.encode() if isinstance(raw, str) else raw


def _as_api_error(error: Exception) -> ApiError:
    if isinstance(error, ApiError):
        return error
    # The busiest reads ask psycopg itself, all else asks through SQLAlchemy.
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.errors.ForeignKeyViolation):
        # Something that the request builds on went away while it was being served.
        return Conflict()
    LOG.exception("request failed")
    if isinstance(cause, psycopg.DataError):
        # A value that no column can hold got past the models.
        return MalformedRequest()
    if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return UpstreamUnavailable()
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return UpstreamUnavailable()
    return InternalError()


__all__ = ["Endpoint", "Machine", "Routes", "Session", "Viewer", "Who", "answer"]
