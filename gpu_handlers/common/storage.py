"""Objects by signed URL: a worker holds no credentials."""

import hashlib
import time
from collections.abc import Callable

import requests

from chalicelib.contracts.failures import FailureCode
from chalicelib.contracts.jobs import UploadForm
from gpu_handlers.common.failures import JobError

TIMEOUT_SECONDS = 60
PAUSES_SECONDS = (0.5, 1, 2, 4)
MISSING = {403, 404}


def download(url: str, *, size_bytes_max: int, sha256: str | None = None) -> bytes:
    """An object's content. Raises JobError: missing, too large, altered, or storage away."""
    content = _with_retries(lambda: _get(url, size_bytes_max))
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise JobError(FailureCode.MODEL_CORRUPT, "content does not match its hash")
    return content


def upload(form: UploadForm, content: bytes) -> None:
    """Send a file by presigned POST. Raises JobError when too large or storage is away."""
    if len(content) > form.size_bytes_max:
        raise JobError(FailureCode.INTERNAL, "result is larger than allowed")
    _with_retries(lambda: _post(form, content))


def _with_retries(call: Callable[[], bytes]) -> bytes:
    for pause in (*PAUSES_SECONDS, None):
        try:
            return call()
        except requests.RequestException:
            if pause is None:
                raise JobError(FailureCode.STORAGE_UNAVAILABLE, "storage does not answer") from None
            time.sleep(pause)
    raise AssertionError("the last pause is None")


def _get(url: str, size_bytes_max: int) -> bytes:
    with requests.get(url, stream=True, timeout=TIMEOUT_SECONDS) as response:
        if response.status_code in MISSING:
            raise JobError(FailureCode.MODEL_NOT_FOUND, "object is not there")
        response.raise_for_status()
        content = bytearray()
        for piece in response.iter_content(1 << 20):
            content += piece
            if len(content) > size_bytes_max:
                raise JobError(FailureCode.INVALID_INPUT, "object is larger than allowed")
    return bytes(content)


def _post(form: UploadForm, content: bytes) -> bytes:
    files = {"file": ("file", content, form.content_type)}
    response = requests.post(form.url, data=form.fields, files=files, timeout=TIMEOUT_SECONDS)
    response.raise_for_status()
    return b""
