"""The only reader of a worker's environment."""

import os
import tempfile
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, SecretStr


class Settings(BaseModel):
    """Every setting by its environment variable's name, lower case."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    api_url: str
    internal_api_token: SecretStr
    adapter_cache: Path = Path(tempfile.gettempdir()) / "style-license-adapters"
    # The base model that this endpoint serves, known before its first job asks for it.
    base_model: str = "sdxl"
    require_gpu: bool = False
    # Base models: baked into the image, or in RunPod's cache on a volume.
    model_dir: Path = Path("/models")
    model_cache: Path = Path("/runpod-volume/huggingface-cache/hub")
    # Prompts of one style that wait are made together, up to so many; 0 asks the device.
    generation_batch: int = 0
    # Inference compiles the denoiser's blocks; needs a C compiler in the image.
    compile_denoiser: bool = False
    # How much of a training a lost worker may cost.
    checkpoint_seconds: float = 120
    # Caps for machines without a GPU and for tests; 0 leaves the recipe alone.
    training_steps: int = 0
    generation_steps: int = 0


@cache
def settings() -> Settings:
    """The settings, read once; raises pydantic.ValidationError when one is missing."""
    return Settings.model_validate({name.lower(): value for name, value in os.environ.items()})
