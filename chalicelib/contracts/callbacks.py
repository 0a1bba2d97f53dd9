"""What a worker posts back. Each body names its job, attempt and the attempt's key (`Ticket`)."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contracts.failures import Failure
from chalicelib.contracts.jobs import SAMPLES_MAX, Ticket

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Percent = Annotated[int, Field(strict=True, ge=0, le=100)]
Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
Bytes = Annotated[int, Field(strict=True, gt=0, le=2**40)]
Pixels = Annotated[int, Field(strict=True, gt=0, le=4096)]
Samples = Annotated[int, Field(strict=True, ge=0, le=SAMPLES_MAX)]
Seconds = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Loss = Annotated[float, Field(strict=True, allow_inf_nan=False)]
# PostgreSQL stores no NUL.
Word = Annotated[str, Field(pattern=r"^[^\x00]{0,200}$")]


class TrainingProgress(BaseModel):
    """How far a training is; an epoch is one pass over the artworks."""

    model_config = ConfigDict(extra="ignore")

    current_epoch: Count
    total_epochs: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    progress_percent: Percent
    estimated_seconds: Count | None = None
    samples: Samples = 0


class GenerationProgress(BaseModel):
    """How far a generation is, in denoising steps."""

    model_config = ConfigDict(extra="ignore")

    current_step: Count
    total_steps: Annotated[int, Field(strict=True, ge=1, le=10_000)]
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
    lora_size_bytes: Bytes
    base_model: Word
    base_revision: Word
    steps: Count
    samples: Samples
    final_loss: Loss | None = None
    # On artworks that the training never saw, with the LoRA as it began and as it ended.
    held_out_loss: Loss | None = None
    held_out_loss_before: Loss | None = None
    duration_seconds: Seconds


class ClosestArtwork(BaseModel):
    """The artwork of the style that a picture is most like.

    `similarity` is 1 for the same composition; `hash_distance` counts bits of 256, 0 for the same.
    """

    model_config = ConfigDict(extra="ignore")

    artwork_id: UUID
    similarity: Annotated[float, Field(strict=True, ge=0, le=1)]
    hash_distance: Annotated[int, Field(strict=True, ge=0, le=256)]


class GenerationResult(BaseModel):
    """What a finished generation says of its signed image."""

    model_config = ConfigDict(extra="ignore")

    image_sha256: Sha256
    pixel_sha256: Sha256
    size_bytes: Bytes
    width: Pixels
    height: Pixels
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)]
    steps: Count
    base_model: Word
    base_revision: Word
    signature_rule: Word
    duration_seconds: Seconds
    # None for a style that was trained before artworks were compared.
    closest: ClosestArtwork | None = None


class TrainingCompleted(Ticket):
    """POST /api/webhooks/training/complete, and the training handler's return value."""

    result: TrainingResult


class GenerationCompleted(Ticket):
    """POST /api/webhooks/inference/complete, and the inference handler's return value."""

    result: GenerationResult


class JobFailed(Ticket):
    """POST /api/webhooks/training/failed or /api/webhooks/inference/failed."""

    error: Failure
    # What a picture that is not delivered is a copy of.
    closest: ClosestArtwork | None = None


class Accepted(BaseModel):
    """Our answer to a callback: false when the attempt is superseded and nothing changed."""

    model_config = ConfigDict(frozen=True)

    accepted: bool
