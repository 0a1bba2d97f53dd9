"""A worker's whole input, built at dispatch and carried as `input` of RunPod's /run."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

SAMPLES_MAX = 8
Attempt = Annotated[int, Field(strict=True, ge=1, le=100)]


class JobKind(StrEnum):
    """The two kinds of GPU work; also the names of the RabbitMQ queues' subjects."""

    TRAINING = "training"
    GENERATION = "generation"


class AspectRatio(StrEnum):
    """The ratios a buyer can ask for (SPEC §3, Generations)."""

    SQUARE = "1:1"
    LARGE = "2:2"
    TALL = "1:2"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return {"1:1": (512, 512), "2:2": (1024, 1024), "1:2": (512, 1024)}[self.value]


class JobMessage(BaseModel):
    """The RabbitMQ message: this attempt of this job is due."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    job_id: UUID
    attempt: Attempt


class Ticket(BaseModel):
    """What a worker must echo in every call about a job: a superseded attempt is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    job_id: UUID
    attempt: Attempt
    attempt_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,100}$")]


class Rights(BaseModel):
    """Who made the style and where the licence stands; written into every file."""

    model_config = ConfigDict(frozen=True)

    artist_id: UUID
    artist_name: str
    style_id: UUID
    style_title: str
    licence_url: str
    generation_id: UUID | None = None
    created_at: str
    base_model: str


class TrainingArtwork(BaseModel):
    """One artwork; its file is the read URL named by `artwork_id`."""

    model_config = ConfigDict(frozen=True)

    artwork_id: UUID
    tags: list[str]


class TrainingJob(Ticket):
    """Train a style's LoRA."""

    kind: Literal["training"] = "training"
    style_id: UUID
    base_model: str
    trigger: str
    artworks: Annotated[list[TrainingArtwork], Field(min_length=1, max_length=100)]
    sample_prompts: list[str]
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    deadline_seconds: Annotated[int, Field(gt=0)]
    rights: Rights


class GenerationJob(Ticket):
    """Make one image in a style."""

    kind: Literal["generation"] = "generation"
    generation_id: UUID
    base_model: str
    trigger: str
    prompt_tags: Annotated[list[str], Field(min_length=1, max_length=30)]
    aspect_ratio: AspectRatio
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    lora_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    rights: Rights


class UploadForm(BaseModel):
    """A presigned S3 POST: the fields go before the file, in this order."""

    url: str
    fields: dict[str, str]
    content_type: str
    size_bytes_max: int


class SignedUrls(BaseModel):
    """The answer of POST /api/webhooks/jobs/:id/urls: what this attempt may read and write.

    Training reads each artwork by its id, `signature` and, from the second attempt on, perhaps a
    `checkpoint`; writes `lora`, `sample-0`… and `checkpoint`.
    Generation reads `lora` and `signature`; writes `image`, `preview` and `thumbnail`.
    """

    expires_in_seconds: int
    read: dict[str, str]
    write: dict[str, UploadForm]
