"""The API as API Gateway takes it."""

import json
import re
from collections import defaultdict

import pytest

from chalicelib.web import gateway_responses
from chalicelib.web.headers import SECURITY_HEADERS

VARIABLE = re.compile(r"\{(\w+)\}")


@pytest.fixture(scope="module")
def paths() -> list[str]:
    import app  # noqa: PLC0415 - the other tests here do without its settings

    return list(app.app.routes)


def test_each_position_of_a_path_has_one_variable_name(paths):
    # API Gateway refuses /styles/{id} beside /styles/{style_id}/images; Chalice and moto do not.
    names = defaultdict(set)
    for path in paths:
        parts = path.split("/")
        for position, part in enumerate(parts):
            if found := VARIABLE.fullmatch(part):
                names["/".join(parts[:position])].add(found[1])
    assert {before: found for before, found in names.items() if len(found) > 1} == {}


def test_variables_fill_a_whole_segment(paths):
    for path in paths:
        assert all(VARIABLE.fullmatch(part) for part in path.split("/") if "{" in part), path


def test_everything_is_under_api(paths):
    assert [path for path in paths if not path.startswith("/api/")] == []


def test_the_gateways_own_answers_carry_our_headers():
    for answer in gateway_responses.gateway_responses().values():
        sent = answer["responseParameters"]
        for name, value in SECURITY_HEADERS.items():
            assert sent[f"gatewayresponse.header.{name}"] == f"'{value}'"


def test_the_gateways_own_failures_name_the_request():
    for answer in gateway_responses.gateway_responses().values():
        body = json.loads(answer["responseTemplates"]["application/json"])
        failed = answer.get("statusCode", "400") >= "500"
        assert ("request_id" in body["error"]["details"]) is failed
