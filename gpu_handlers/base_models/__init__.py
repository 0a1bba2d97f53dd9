"""The base models that this project runs."""

from functools import cache

from chalicelib.contracts.failures import FailureCode
from gpu_handlers.base_models.family import Family
from gpu_handlers.base_models.tiny import Tiny
from gpu_handlers.common.failures import JobError

FAMILIES = {"tiny": Tiny}


@cache
def load(base_model: str) -> Family:
    """A base model, loaded once per worker. Raises JobError for one that this worker lacks."""
    return load_fresh(base_model)


def load_fresh(base_model: str) -> Family:
    """A base model of its own: a training changes the one it works on. Raises JobError."""
    if base_model not in FAMILIES:
        raise JobError(FailureCode.MODEL_NOT_FOUND, f"no base model {base_model}")
    return FAMILIES[base_model]()
