"""Why a piece of GPU work failed, and whether trying again can help (SPEC §3, Generations)."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class FailureCode(StrEnum):
    """The causes a worker or the dispatch desk can name."""

    CUDA_OOM = "CUDA_OOM"
    TIMEOUT = "TIMEOUT"
    STORAGE_UNAVAILABLE = "STORAGE_UNAVAILABLE"
    UPSTREAM_UNAVAILABLE = "UPSTREAM_UNAVAILABLE"
    WORKER_LOST = "WORKER_LOST"
    GPU_FAULT = "GPU_FAULT"
    DISK_FULL = "DISK_FULL"
    INTERNAL = "INTERNAL"
    INVALID_INPUT = "INVALID_INPUT"
    PROMPT_REJECTED = "PROMPT_REJECTED"
    MODEL_NOT_FOUND = "MODEL_NOT_FOUND"
    MODEL_INCOMPATIBLE = "MODEL_INCOMPATIBLE"
    MODEL_CORRUPT = "MODEL_CORRUPT"
    TOO_FEW_IMAGES = "TOO_FEW_IMAGES"
    IMAGE_UNREADABLE = "IMAGE_UNREADABLE"
    CANCELED = "CANCELED"
    COPY_OF_ARTWORK = "COPY_OF_ARTWORK"


RETRYABLE = frozenset(
    {
        FailureCode.CUDA_OOM,
        FailureCode.TIMEOUT,
        FailureCode.STORAGE_UNAVAILABLE,
        FailureCode.UPSTREAM_UNAVAILABLE,
        FailureCode.WORKER_LOST,
        FailureCode.GPU_FAULT,
        FailureCode.DISK_FULL,
        FailureCode.INTERNAL,
        # With another seed.
        FailureCode.COPY_OF_ARTWORK,
    }
)


class Failure(BaseModel):
    """One failure as it travels: in a callback, and as the JSON string in RunPod's `error`."""

    model_config = ConfigDict(extra="ignore")

    code: FailureCode
    # PostgreSQL stores no NUL.
    message: str = Field(pattern=r"^[^\x00]{0,500}$")

    @property
    def retryable(self) -> bool:
        """Whether another attempt can help; decided by the code alone, never by the sender."""
        return self.code in RETRYABLE
