"""Names, settings and rights of what is deployed; a name never changes once deployed."""

import ast
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHALICE = ROOT / ".chalice"
CONFIG = json.loads((CHALICE / "config.json").read_text())
API = "api_handler"
# Each with what starts it, as app.py says it.
TRIGGERS = {
    "dispatch_jobs": "lambda_function",
    "inspect_artworks": "on_sqs_message",
    "relay_outbox": "schedule",
    "sweep_jobs": "schedule",
    "prepare_deployment": "lambda_function",
}
STAGES = ("dev", "prod")
# API Gateway gives up after 29 s.
API_TIMEOUT_SECONDS = 29
ACTIONS_WITHOUT_A_RESOURCE = ("ec2:", "mq:DescribeBroker")


def _triggers() -> dict[str, str]:
    found = {}
    for function in ast.parse((ROOT / "app.py").read_text()).body:
        if isinstance(function, ast.FunctionDef):
            for decorator in function.decorator_list:
                if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
                    found[function.name] = decorator.func.attr
    return found


def _policy(stage: str, function: str) -> str:
    named = CONFIG["stages"][stage]["lambda_functions"][function]["iam_policy_file"]
    return (CHALICE / named).read_text()


def test_every_trigger_is_declared_in_app_py():
    # In a room's module it would start without app.py, that is without our settings and logs.
    assert _triggers() == TRIGGERS


def test_app_py_stays_a_table_of_contents():
    assert len((ROOT / "app.py").read_text().splitlines()) <= 100


@pytest.mark.parametrize("stage", STAGES)
def test_every_function_has_its_own_memory_time_and_rights(stage):
    functions = CONFIG["stages"][stage]["lambda_functions"]
    assert set(functions) == {API, *TRIGGERS}
    for settings in functions.values():
        assert set(settings) == {"iam_policy_file", "lambda_memory_size", "lambda_timeout"}
    assert functions[API]["lambda_timeout"] <= API_TIMEOUT_SECONDS


def test_rights_come_from_the_policy_files_alone():
    assert CONFIG["autogen_policy"] is False


def test_stages_differ_by_name_only():
    for function in [API, *TRIGGERS]:
        dev, prod = (_policy(stage, function) for stage in STAGES)
        assert dev.replace("-dev", "-prod").replace("/dev", "/prod") == prod


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("function", [API, *TRIGGERS])
def test_rights_are_named_one_by_one_and_reach_this_stage_only(stage, function):
    for statement in json.loads(_policy(stage, function))["Statement"]:
        actions, resources = statement["Action"], statement["Resource"]
        actions = [actions] if isinstance(actions, str) else actions
        resources = [resources] if isinstance(resources, str) else resources
        assert not [action for action in actions if "*" in action]
        if resources == ["*"]:
            assert all(action.startswith(ACTIONS_WITHOUT_A_RESOURCE) for action in actions)
        elif actions == ["kms:Decrypt"]:
            assert f"/style-license/{stage}/" in json.dumps(statement["Condition"])
        else:
            assert all(
                f"style-license-{stage}" in resource or f"style-license/{stage}" in resource
                for resource in resources
            )


@pytest.mark.parametrize("stage", STAGES)
def test_the_environment_holds_no_secrets(stage):
    assert set(CONFIG["stages"][stage]["environment_variables"]) == {
        "STAGE",
        "SSM_PATH",
        "ARTWORK_QUEUE",
        "POWERTOOLS_LOG_LEVEL",
    }
