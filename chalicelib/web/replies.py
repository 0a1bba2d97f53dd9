"""The envelope of SPEC §4: every answer leaves through here."""

import json
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from chalice.app import Response
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from chalicelib.errors import ApiError, MalformedRequest, RateLimited, ValidationFailed
from chalicelib.kit import i18n
from chalicelib.web.headers import SECURITY_HEADERS

# Of pydantic's context, what says nothing to a client.
_INTERNAL = {"field_type", "actual_length", "error"}

Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True)
class Redirect:
    """An answer that sends the browser on."""

    location: str
    cookies: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class WithCookies(Generic[Answer]):
    """An answer that also sets cookies."""

    answer: Answer
    cookies: list[str]


@dataclass(frozen=True)
class Replayed:
    """The first answer of an Idempotency-Key, as it was dumped."""

    content: str


@dataclass(frozen=True)
class Document:
    """An answer outside the envelope: a page, a script, the API's description."""

    content: str
    media_type: str
    headers: dict[str, str] = field(default_factory=dict)


def success(answer: Any, *, status: int, request_id: str) -> Response:
    """The success envelope around a model or plain values; a redirect; a document as it is."""
    cookies: list[str] = []
    extra: dict[str, str] = {}
    if isinstance(answer, Redirect):
        return _response("", 302, request_id, answer.cookies, {"Location": answer.location})
    if isinstance(answer, Document):
        headers = {"Content-Type": answer.media_type, **answer.headers}
        return _response(answer.content, status, request_id, extra=headers)
    if isinstance(answer, WithCookies):
        answer, cookies = answer.answer, answer.cookies
    if isinstance(answer, Replayed):
        content, extra = answer.content, {"Idempotent-Replayed": "true"}
    else:
        content = dump(answer)
    return _response(f'{{"success":true,"data":{content}}}', status, request_id, cookies, extra)


def dump(answer: Any) -> str:
    """A model or plain values as JSON."""
    return answer.model_dump_json() if isinstance(answer, BaseModel) else json.dumps(answer)


def failure(error: ApiError, *, language: str, request_id: str) -> Response:
    """The error envelope in the viewer's language."""
    details = dict(error.details)
    if isinstance(error, ValidationFailed):
        details["fields"] = [_explain(entry, language) for entry in details["fields"]]
    if error.status >= 500:
        details["request_id"] = request_id
    extra = {}
    if isinstance(error, RateLimited):
        extra["Retry-After"] = str(error.details["retry_after_seconds"])
    body = {
        "success": False,
        "error": {
            "code": error.code,
            "message": i18n.message(language, error.code, **error.details),
            "details": details,
        },
    }
    content = json.dumps(body, ensure_ascii=False, default=str)
    return _response(content, error.status, request_id, extra=extra)


def from_validation(error: ValidationError) -> ApiError:
    """Our error for pydantic's: unreadable JSON is malformed, all else names its fields."""
    found = error.errors(include_url=False, include_input=False)
    if any(entry["type"] == "json_invalid" for entry in found):
        return MalformedRequest()
    return ValidationFailed(
        *(
            {
                "field": ".".join(str(part) for part in entry["loc"]),
                "code": _code(entry),
                **{
                    name: value
                    for name, value in entry.get("ctx", {}).items()
                    if name not in _INTERNAL and isinstance(value, str | int | float)
                },
            }
            for entry in found
        )
    )


def _code(entry: ErrorDetails) -> str:
    # pydantic measures text that we clean first as it measures lists.
    of_text = entry.get("ctx", {}).get("field_type") == "Value"
    return f"string_{entry['type']}" if of_text else entry["type"]


def _explain(entry: dict[str, Any], language: str) -> dict[str, Any]:
    key = f"validation.{entry['code']}"
    text = i18n.message(language, key if i18n.has_message(key) else "validation.invalid", **entry)
    return {**entry, "message": text}


def _response(
    body: str,
    status: int,
    request_id: str,
    cookies: list[str] | None = None,
    extra: dict[str, str] | None = None,
) -> Response:
    headers: dict[str, Any] = {
        **SECURITY_HEADERS,
        "Content-Type": "application/json; charset=utf-8",
        "X-Request-Id": request_id,
        **(extra or {}),
    }
    if cookies:
        headers["Set-Cookie"] = cookies
    return Response(body, status_code=status, headers=headers)
