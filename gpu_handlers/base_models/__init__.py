"""The base models that this project runs."""

from functools import cache

from chalicelib.contracts.failures import FailureCode
from gpu_handlers.base_models.descriptions import DESCRIPTIONS
from gpu_handlers.base_models.family import Family
from gpu_handlers.base_models.latent_diffusion import LatentDiffusion
from gpu_handlers.common.failures import JobError


@cache
def load(base_model: str) -> Family:
    """A base model, loaded once per worker. Raises JobError for one that this worker lacks."""
    return load_fresh(base_model)


def load_fresh(base_model: str) -> Family:
    """A base model of its own: a training changes the one it works on. Raises JobError."""
    if base_model not in DESCRIPTIONS:
        raise JobError(FailureCode.MODEL_NOT_FOUND, f"no base model {base_model}")
    return LatentDiffusion(DESCRIPTIONS[base_model])
