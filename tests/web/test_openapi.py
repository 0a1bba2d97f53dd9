"""The API's description (OpenAPI 3.1), generated from the models that validate requests."""

import json
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib import errors
from local.openapi import TARGET, description
from tests.people import Cast


@pytest.fixture(scope="module")
def described(stores: None) -> Any:
    return json.loads(description())


def test_it_is_valid_openapi_3_1(described: Any) -> None:
    assert described["openapi"] == "3.1.0"
    assert [str(error) for error in OpenAPIV31SpecValidator(described).iter_errors()] == []


def test_the_committed_copy_is_up_to_date(stores: None) -> None:
    assert TARGET.read_text(encoding="utf-8") == description(), "run `make openapi`"


def test_every_route_is_described(described: Any, cast: Cast) -> None:
    served = {
        (pattern, method.lower())
        for pattern, methods in cast.gateway._app.routes.items()
        for method, entry in methods.items()
        if "_refusing" not in entry.view_function.__qualname__
    }
    told = {(path, method) for path, ones in described["paths"].items() for method in ones}
    assets = {(path, method) for path, method in served if path.startswith("/api/docs/")}
    assert served - assets == told


def test_every_error_has_its_example(described: Any) -> None:
    codes = {
        one.code
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.ApiError) and hasattr(one, "code")
    }
    # A method that a path lacks is no operation, so it is answered by none.
    assert codes - set(described["components"]["examples"]) == {"METHOD_NOT_ALLOWED"}
    for code, example in described["components"]["examples"].items():
        error = example["value"]["error"]
        assert error["code"] == code
        assert "{" not in error["message"], "an example lacks a value"


def test_operations_are_named_once_and_say_what_they_do(described: Any) -> None:
    operations = [one for ones in described["paths"].values() for one in ones.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    assert all(one["summary"] for one in operations)


def test_swagger_ui_comes_from_our_own_origin(cast: Cast) -> None:
    page = cast.visitor.get("/api/docs")
    assert page.status == 200
    assert (page.header("Content-Type") or "").startswith("text/html")
    assert "script-src 'self'" in (page.header("Content-Security-Policy") or "")
    text = page.content.decode()
    assert "http:" not in text
    assert "https:" not in text
    for path in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        asset = cast.visitor.get(f"/api/docs/{path}")
        assert asset.status == 200
        assert f"/api/docs/{path}" in text
