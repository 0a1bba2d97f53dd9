"""Every message between Lambda and GPU workers has an example that both sides' model reads."""

import inspect
import json

import pytest
from pydantic import BaseModel

from chalicelib.contracts import callbacks, jobs
from chalicelib.contracts.failures import Failure, FailureCode
from chalicelib.dispatch import routes
from chalicelib.dispatch.runpod import _failure
from gpu_handlers.common.running import _refuse
from tests.contracts.examples import EVENTS, FAILED_OUTPUT, MODELS, TRIGGERS, read_example


@pytest.mark.parametrize("name", MODELS)
def test_an_example_survives_its_model_unchanged(name):
    example = read_example(name)
    assert MODELS[name].model_validate(example).model_dump(mode="json") == example


def test_every_example_has_a_model_and_every_model_an_example():
    files = {path.relative_to(EVENTS).as_posix() for path in EVENTS.rglob("*.json")}
    assert files == {*MODELS, FAILED_OUTPUT, *TRIGGERS}


def _whole_messages() -> set[type[BaseModel]]:
    """The contracts' models that are no part of another."""
    models = {
        model
        for module in (callbacks, jobs)
        for _, model in inspect.getmembers(module, inspect.isclass)
        if issubclass(model, BaseModel) and model is not BaseModel
    }
    parts = {
        part
        for model in models
        for field in model.model_fields.values()
        for part in models
        if part.__name__ in str(field.annotation)
    }
    return models - parts - {Failure}


def test_every_contract_is_shown_by_an_example():
    assert _whole_messages() == set(MODELS.values())


def test_every_body_that_a_machine_sends_is_shown_by_an_example():
    bodies = {
        getattr(routes, name)
        for name in vars(routes)
        if inspect.isclass(getattr(routes, name)) and issubclass(getattr(routes, name), jobs.Ticket)
    }
    shown = {model for name, model in MODELS.items() if name.startswith("callbacks/")}
    assert bodies <= shown


def test_a_handler_returns_what_it_also_calls_back_with():
    assert read_example("runpod/training_output.json") == read_example(
        "callbacks/training_complete.json"
    )
    assert read_example("runpod/generation_output.json") == read_example(
        "callbacks/inference_complete.json"
    )


def test_a_failed_handler_is_understood_by_the_dispatch_desk():
    example = read_example(FAILED_OUTPUT)
    failure = Failure(code=FailureCode.CUDA_OOM, message="CUDA out of memory")
    worker, desk = _refuse(failure), _failure(example["error"])
    assert json.loads(worker["error"]) == json.loads(example["error"])
    assert desk == failure


@pytest.mark.parametrize("name", MODELS)
def test_an_example_lacking_a_needed_field_is_refused(name):
    example = read_example(name)
    for field, about in MODELS[name].model_fields.items():
        if about.is_required():
            with pytest.raises(ValueError, match=field):
                MODELS[name].model_validate({k: v for k, v in example.items() if k != field})


def test_every_ratio_has_the_size_that_people_are_promised():
    sizes = {ratio.value: ratio.size for ratio in jobs.AspectRatio}
    assert sizes == {"1:1": (512, 512), "2:2": (1024, 1024), "1:2": (512, 1024)}
