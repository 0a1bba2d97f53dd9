"""Exceptions of a worker, and the failure that each becomes."""

import errno

import requests
import torch
from pydantic import ValidationError

from chalicelib.contracts.callbacks import ClosestArtwork
from chalicelib.contracts.failures import Failure, FailureCode


class JobError(Exception):
    """A cause that the code itself found; `code` says what, the message is for operators."""

    def __init__(self, code: FailureCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class CopyOfArtwork(JobError):
    """What was made is too like an artwork to be delivered; another seed may not be."""

    def __init__(self, closest: ClosestArtwork) -> None:
        super().__init__(FailureCode.COPY_OF_ARTWORK, f"like artwork {closest.artwork_id}")
        self.closest = closest


class Superseded(Exception):
    """Our attempt counts no more: stop quietly, report nothing."""


class Cancelled(Exception):
    """RunPod or a shutdown asked us to stop."""


def failure_of(error: BaseException) -> Failure:
    """The failure to report; its message never holds a traceback, a path or a signed URL."""
    if isinstance(error, JobError):
        return Failure(code=error.code, message=str(error)[:500])
    for kind, code in (
        (torch.cuda.OutOfMemoryError, FailureCode.CUDA_OOM),
        (ValidationError, FailureCode.INVALID_INPUT),
        (requests.RequestException, FailureCode.UPSTREAM_UNAVAILABLE),
        (TimeoutError, FailureCode.TIMEOUT),
        (Cancelled, FailureCode.CANCELED),
    ):
        if isinstance(error, kind):
            return Failure(code=code, message=type(error).__name__)
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Failure(code=FailureCode.DISK_FULL, message="no space left")
    if isinstance(error, RuntimeError) and "CUDA" in str(error):
        return Failure(code=FailureCode.GPU_FAULT, message="CUDA error")
    return Failure(code=FailureCode.INTERNAL, message=type(error).__name__)
