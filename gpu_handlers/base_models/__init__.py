"""The base models that this project runs."""

from functools import cache

from chalicelib.contracts.failures import FailureCode
from gpu_handlers.base_models.compiled import Compiled
from gpu_handlers.base_models.descriptions import DESCRIPTIONS, Description
from gpu_handlers.base_models.family import Family
from gpu_handlers.base_models.latent_diffusion import LatentDiffusion
from gpu_handlers.common.failures import JobError
from gpu_handlers.common.settings import settings


@cache
def load(base_model: str) -> Family:
    """A base model to make images with, loaded once per worker. Raises JobError for one that this
    worker lacks."""
    return (
        Compiled(_described(base_model)) if settings().compile_denoiser else load_fresh(base_model)
    )


def load_fresh(base_model: str) -> Family:
    """A base model of its own: a training changes the one it works on. Raises JobError."""
    return LatentDiffusion(_described(base_model))


def _described(base_model: str) -> Description:
    if base_model not in DESCRIPTIONS:
        raise JobError(FailureCode.MODEL_NOT_FOUND, f"no base model {base_model}")
    return DESCRIPTIONS[base_model]
