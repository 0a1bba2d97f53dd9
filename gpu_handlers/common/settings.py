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
    # Caps for machines without a GPU and for tests; 0 leaves the recipe alone.
    training_steps: int = 0
    generation_steps: int = 0


@cache
def settings() -> Settings:
    """The settings, read once; raises pydantic.ValidationError when one is missing."""
    return Settings.model_validate({name.lower(): value for name, value in os.environ.items()})
