"""What must be true before a worker takes jobs; RunPod replaces one that fails."""

import shutil
import tempfile

import runpod
import torch

from gpu_handlers.base_models.descriptions import DESCRIPTIONS
from gpu_handlers.base_models.weights import find_folder
from gpu_handlers.common.settings import settings

DISK_BYTES_MIN = 2_000_000_000


def require_gpu() -> None:
    """A worker that is said to have a GPU has one. Raises RuntimeError."""
    if settings().require_gpu and not torch.cuda.is_available():
        raise RuntimeError("no GPU")


def require_disk() -> None:
    """LoRAs and uploads have room. Raises RuntimeError."""
    if shutil.disk_usage(tempfile.gettempdir()).free < DISK_BYTES_MIN:
        raise RuntimeError("no space left")


def require_weights() -> None:
    """The base model that this endpoint serves is here. Raises RuntimeError."""
    wanted = settings().base_model
    if wanted not in DESCRIPTIONS:
        raise RuntimeError(f"no base model {wanted}")
    find_folder(DESCRIPTIONS[wanted])


def register() -> None:
    """Have RunPod's SDK check before the first job; it does so on RunPod alone."""
    for check in (require_gpu, require_disk, require_weights):
        runpod.serverless.register_fitness_check(check)
