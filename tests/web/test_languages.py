"""English and Korean, complete (SPEC §3 Languages)."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

from chalicelib import errors
from chalicelib.kit import i18n
from tests.people import Cast

ROOT = Path(__file__).parents[2] / "chalicelib"
CODES = {
    one.code
    for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, errors.ApiError) and hasattr(one, "code")
}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def literals() -> Iterator[str]:
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_both_catalogues_have_the_same_keys_and_placeholders() -> None:
    english, korean = i18n.catalogue("en"), i18n.catalogue("ko")
    assert english.keys() == korean.keys()
    for key, text in english.items():
        assert placeholders(text) == placeholders(korean[key]), key
        assert any("가" <= letter <= "힣" for letter in korean[key]), key


def test_every_error_has_a_message_that_its_details_fill() -> None:
    for error in (one for one in vars(errors).values() if isinstance(one, type)):
        if issubclass(error, errors.ApiError) and hasattr(error, "code"):
            for language in i18n.LANGUAGES:
                assert i18n.message(language, error.code, **error.example)


def test_no_message_is_unused() -> None:
    written = {*literals(), "invalid"}  # written `validation.invalid`
    ours = set(get_args(ErrorType))
    for key in i18n.catalogue("en"):
        kind, _, name = key.rpartition(".")
        known = {
            "": CODES,
            "failure": written,
            "transaction": written,
            "validation": ours | written,
        }[kind]
        assert name in known, key


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/styles?limit=many", "int_parsing"),
        ("/api/styles?limit=0", "greater_than_equal"),
        ("/api/styles?limit=101", "less_than_equal"),
        ("/api/styles?limit=1e400", "int_parsing"),
        ("/api/styles?limit=99999999999999999999999999", "less_than_equal"),
        ("/api/styles?sort=random", "enum"),
        ("/api/styles?artist_id=nobody", "uuid_parsing"),
        ("/api/styles?cursor=abc", "cursor"),
        ("/api/styles?tag=" + "x" * 90, "string_pattern_mismatch"),
        ("/api/generations/me?is_public=maybe", "bool_type"),
    ],
)
def test_a_wrong_query_is_explained_in_both_languages(cast: Cast, path: str, code: str) -> None:
    said = []
    for language in ("en", "ko"):
        bob = cast.bob
        bob.language = language
        answer = bob.get(path)
        assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")
        [field] = answer.details["fields"]
        assert field["code"] == code
        assert field["message"] != i18n.message(language, "validation.invalid")
        said.append(field["message"])
    assert said[0] != said[1]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"style_id": 1, "prompt_tags": ["a"], "aspect_ratio": "1:1"}, "uuid_type"),
        ({"style_id": "x", "prompt_tags": ["a"], "aspect_ratio": "1:1"}, "uuid_parsing"),
        ({"style_id": "X", "prompt_tags": "a", "aspect_ratio": "1:1"}, "list_type"),
        ({"style_id": "X", "prompt_tags": [1], "aspect_ratio": "1:1"}, "string_type"),
        ({"style_id": "X", "prompt_tags": [], "aspect_ratio": "1:1"}, "too_short"),
        ({"style_id": "X", "prompt_tags": ["a"] * 31, "aspect_ratio": "1:1"}, "too_long"),
        ({"style_id": "X", "prompt_tags": ["a"], "aspect_ratio": "3:1"}, "enum"),
        ({"style_id": "X", "prompt_tags": ["a"]}, "missing"),
        ({"style_id": "X", "prompt_tags": ["a"], "seed": 2**32}, "less_than"),
        ({"style_id": "X", "prompt_tags": ["a"], "seed": 1.5}, "int_type"),
        ([], "model_type"),
        ("text", "model_type"),
    ],
)
def test_a_wrong_body_is_explained_in_both_languages(cast: Cast, body: object, code: str) -> None:
    if isinstance(body, dict) and body.get("style_id") == "X":
        body = {**body, "style_id": "01a20600-0000-7000-8000-0000000057e1"}
    for language in ("en", "ko"):
        bob = cast.bob
        bob.language = language
        answer = bob.post("/api/generations", body)
        assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")
        field = next(one for one in answer.details["fields"] if one["code"] == code)
        assert field["message"] != i18n.message(language, "validation.invalid")
