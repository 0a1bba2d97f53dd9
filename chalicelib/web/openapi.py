"""The API's description (OpenAPI 3.1), made of what the endpoints declare."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib import errors
from chalicelib.errors import ApiError
from chalicelib.kit import i18n
from chalicelib.web.endpoint import Endpoint
from chalicelib.web.replies import Document, Redirect, WithCookies
from chalicelib.web.viewer import SAFE_METHODS, Who

VERSION = "1.0.0"
_REF = "#/components/schemas/{model}"
_ABOUT = """\
Artists license their own style; everybody else makes signed, licensed images in it.

Every answer is an envelope: `{"success": true, "data": …}`, or
`{"success": false, "error": {"code", "message", "details"}}`. Messages follow `Accept-Language`
(English, Korean). The guide is docs/API.md.
"""
# The rooms as a reader of the API knows them, in the order of their use.
_SUBJECTS = {
    "accounts": "Accounts",
    "leaving": "Accounts",
    "uploads": "Uploads",
    "styles": "Styles",
    "generations": "Generations",
    "ledger": "Tokens",
    "purchases": "Tokens",
    "community": "Community",
    "search": "Search",
    "notifications": "Notifications",
    "dispatch": "GPU workers",
    "operations": "Operators",
    "web": "Health and documents",
}
_SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": "session"},
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRFToken",
        "description": "The value of the cookie `csrftoken`.",
    },
    "machine": {"type": "http", "scheme": "bearer", "description": "A GPU worker's token."},
}
_ERROR = {
    "type": "object",
    "required": ["success", "error"],
    "properties": {
        "success": {"const": False},
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "details": {"type": "object"},
            },
        },
    },
}


def describe(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """The whole description; people's and machines' calls of one path are one operation."""
    declared = [one for one in endpoints if one.path.startswith("/api/")]
    schemas = _Schemas(declared)
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for endpoint in declared:
        method = endpoint.method.lower()
        operation = _operation(endpoint, schemas)
        known = paths[endpoint.path].get(method)
        paths[endpoint.path][method] = _merge(known, operation) if known else operation
    codes = {one for endpoint in declared for one in errors_of(endpoint)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Style License", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(_SUBJECTS.values())],
        "paths": {path: paths[path] for path in sorted(paths)},
        "components": {
            "securitySchemes": _SECURITY,
            "schemas": {"Error": _ERROR, **schemas.definitions},
            "examples": {one.code: _example(one) for one in sorted(codes, key=lambda e: e.code)},
        },
    }


def errors_of(endpoint: Endpoint) -> set[type[ApiError]]:
    """Every error that the endpoint may answer, by its traits and its rules."""
    found: set[type[ApiError]] = {errors.InternalError, *endpoint.errors}
    found |= _errors_of_who(endpoint)
    if endpoint.body:
        found |= {errors.MalformedRequest, errors.PayloadTooLarge, errors.UnsupportedMediaType}
    if endpoint.body or endpoint.query or endpoint.idempotent:
        found.add(errors.ValidationFailed)
    if endpoint.idempotent:
        found.add(errors.IdempotencyKeyReused)
    if "{" in endpoint.path:
        found.add(errors.NotFound)
    return found


def _errors_of_who(endpoint: Endpoint) -> set[type[ApiError]]:
    if endpoint.who is Who.UNASKED:
        return set()
    found: set[type[ApiError]] = {errors.UpstreamUnavailable}
    if endpoint.who is not Who.ANYONE:
        found.add(errors.Unauthorized)
    if endpoint.who is not Who.MACHINE:
        found.add(errors.RateLimited)
        if endpoint.method not in SAFE_METHODS:
            found |= {errors.CsrfFailed, errors.Conflict}
    if endpoint.who is Who.ARTIST:
        found.add(errors.ArtistOnly)
    if endpoint.who is Who.OPERATOR:
        found.add(errors.Forbidden)
    return found


class _Schemas:
    """JSON schemas of every model that comes in or goes out."""

    def __init__(self, endpoints: list[Endpoint]) -> None:
        wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
        for endpoint in endpoints:
            for given in (endpoint.body, endpoint.query):
                if given:
                    wanted[given, "validation"] = None
            for answered in _answered(endpoint):
                wanted[answered, "serialization"] = None
        self._by_model, rest = models_json_schema(list(wanted), ref_template=_REF)
        self.definitions: dict[str, Any] = {
            name: schema
            for name, schema in sorted(rest.get("$defs", {}).items())
            if not name.endswith("Query")
        }
        self._all: dict[str, Any] = rest.get("$defs", {})

    def of(self, model: type[BaseModel], mode: JsonSchemaMode) -> dict[str, Any]:
        """A reference to the model's schema."""
        return self._by_model[model, mode]

    def fields(self, model: type[BaseModel]) -> Iterator[tuple[str, dict[str, Any], bool]]:
        """Name, schema and whether it is required, of a query's fields."""
        schema = self._all[self.of(model, "validation")["$ref"].rsplit("/", 1)[-1]]
        for name, field in schema["properties"].items():
            yield name, field, name in schema.get("required", [])


def _answered(endpoint: Endpoint) -> list[type[BaseModel]]:
    said = get_type_hints(endpoint.view)["return"]
    if get_origin(said) is WithCookies:
        said = get_args(said)[0]
    parts = get_args(said) if get_origin(said) in {Union, UnionType} else (said,)
    return [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]


def _operation(endpoint: Endpoint, schemas: _Schemas) -> dict[str, Any]:
    room = endpoint.view.__module__.split(".")[1]
    operation: dict[str, Any] = {
        "tags": [_SUBJECTS[room]],
        "operationId": f"{room}_{endpoint.view.__name__}",
        "summary": (endpoint.view.__doc__ or "").strip().split("\n")[0],
        "parameters": list(_parameters(endpoint, schemas)),
        "responses": {
            **_successes(endpoint, schemas),
            **_failures(sorted(errors_of(endpoint), key=lambda one: one.code)),
        },
        "security": _security(endpoint),
    }
    if endpoint.body:
        operation["requestBody"] = _json_body(schemas.of(endpoint.body, "validation"))
    return operation


def _parameters(endpoint: Endpoint, schemas: _Schemas) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", endpoint.path):
        schema = {"type": "string", "format": "uuid"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    if endpoint.query:
        for name, field, required in schemas.fields(endpoint.query):
            yield {"name": name, "in": "query", "required": required, "schema": field}
    if endpoint.idempotent:
        schema = {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"}
        yield {"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema}
    if endpoint.who is Who.MACHINE:
        sources = {"enum": ["training-server", "inference-server"]}
        yield {"name": "X-Request-Source", "in": "header", "required": True, "schema": sources}


def _security(endpoint: Endpoint) -> list[dict[str, list[str]]]:
    if endpoint.who is Who.MACHINE:
        return [{"machine": []}]
    signed_in: dict[str, list[str]] = {"session": []}
    if endpoint.method not in SAFE_METHODS:
        signed_in["csrf"] = []
    if endpoint.who is Who.UNASKED:
        return []
    return [{}, signed_in] if endpoint.who is Who.ANYONE else [signed_in]


def _successes(endpoint: Endpoint, schemas: _Schemas) -> dict[str, Any]:
    said = get_type_hints(endpoint.view)["return"]
    if said is Redirect:
        location = {"Location": {"schema": {"type": "string"}}}
        return {"302": {"description": "Found", "headers": location}}
    if said is Document:
        return {"200": {"description": "The document itself, in no envelope"}}
    models = [schemas.of(model, "serialization") for model in _answered(endpoint)]
    envelope = {
        "type": "object",
        "required": ["success", "data"],
        "properties": {
            "success": {"const": True},
            "data": models[0] if len(models) == 1 else {"anyOf": models},
        },
    }
    content = {"application/json": {"schema": envelope}}
    return {str(endpoint.status): {"description": "Success", "content": content}}


def _failures(found: Iterable[type[ApiError]]) -> dict[str, Any]:
    by_status: dict[str, list[type[ApiError]]] = defaultdict(list)
    for one in found:
        by_status[str(one.status)].append(one)
    return {
        status: {
            "description": ", ".join(one.code for one in ones),
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/Error"},
                    "examples": {
                        one.code: {"$ref": f"#/components/examples/{one.code}"} for one in ones
                    },
                }
            },
        }
        for status, ones in sorted(by_status.items())
    }


def _example(error: type[ApiError]) -> dict[str, Any]:
    message = i18n.message("en", error.code, **error.example)
    body = {"code": error.code, "message": message, "details": error.example}
    return {"summary": message, "value": {"success": False, "error": body}}


def _json_body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _merge(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    people, machines = (other, one) if {"machine": []} in one["security"] else (one, other)
    bodies = [
        each["requestBody"]["content"]["application/json"]["schema"] for each in (people, machines)
    ]
    answers = [
        each["responses"]["200"]["content"]["application/json"]["schema"]
        for each in (people, machines)
    ]
    success = {
        "description": "Success",
        "content": {"application/json": {"schema": {"anyOf": answers}}},
    }
    optional = [
        {**parameter, "required": False}
        for parameter in machines["parameters"]
        if parameter["in"] == "header"
    ]
    return {
        **people,
        "summary": f"{people['summary']} A worker's call: {machines['summary']}",
        "parameters": people["parameters"] + optional,
        "requestBody": _json_body({"anyOf": bodies}),
        "responses": {**machines["responses"], **people["responses"], "200": success},
        "security": people["security"] + machines["security"],
    }
