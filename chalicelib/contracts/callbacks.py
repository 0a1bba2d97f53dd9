"""What a worker posts back. Each body names its job, attempt and the attempt's key (`Ticket`)."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contracts.failures import Failure
from chalicelib.contracts.jobs import SAMPLES_MAX, Ticket

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Percent = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]


class TrainingProgress(BaseModel):
    """How far a training is; an epoch is one pass over the artworks."""

    model_config = ConfigDict(extra="ignore")

    current_epoch: Count
    total_epochs: Annotated[int, Field(ge=1, le=1_000_000)]
    progress_percent: Percent
    estimated_seconds: Count | None = None
    samples: Annotated[int, Field(ge=0, le=SAMPLES_MAX)] = 0


class GenerationProgress(BaseModel):
    """How far a generation is, in denoising steps."""

    model_config = ConfigDict(extra="ignore")

    current_step: Count
    total_steps: Annotated[int, Field(ge=1, le=10_000)]
    progress_percent: Percent
    estimated_seconds: Count | None = None


class TrainingProgressed(Ticket):
    """PATCH /api/styles/:id with the internal bearer."""

    progress: TrainingProgress


class GenerationProgressed(Ticket):
    """PATCH /api/generations/:id with the internal bearer."""

    progress: GenerationProgress


class TrainingResult(BaseModel):
    """What a finished training says of its LoRA and samples."""

    model_config = ConfigDict(extra="ignore")

    lora_sha256: Sha256
    lora_size_bytes: Annotated[int, Field(gt=0)]
    base_model: str
    base_revision: str
    steps: Count
    samples: Annotated[int, Field(ge=0, le=SAMPLES_MAX)]
    final_loss: float | None = None
    duration_seconds: Annotated[float, Field(ge=0)]


class GenerationResult(BaseModel):
    """What a finished generation says of its signed image."""

    model_config = ConfigDict(extra="ignore")

    image_sha256: Sha256
    pixel_sha256: Sha256
    size_bytes: Annotated[int, Field(gt=0)]
    width: Annotated[int, Field(gt=0, le=4096)]
    height: Annotated[int, Field(gt=0, le=4096)]
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    steps: Count
    base_model: str
    base_revision: str
    signature_rule: str
    duration_seconds: Annotated[float, Field(ge=0)]


class TrainingCompleted(Ticket):
    """POST /api/webhooks/training/complete, and the training handler's return value."""

    result: TrainingResult


class GenerationCompleted(Ticket):
    """POST /api/webhooks/inference/complete, and the inference handler's return value."""

    result: GenerationResult


class JobFailed(Ticket):
    """POST /api/webhooks/training/failed or /api/webhooks/inference/failed."""

    error: Failure
