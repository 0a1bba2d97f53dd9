"""An inference worker that draws noise: the real SDK, protocol and uploads, without the model."""

import hashlib
import io
import random
import threading
import time
from typing import Any

import runpod
from PIL import Image

from chalicelib.contracts.callbacks import (
    GenerationCompleted,
    GenerationProgress,
    GenerationResult,
)
from chalicelib.contracts.failures import FailureCode
from chalicelib.contracts.jobs import GenerationJob, JobKind
from gpu_handlers.common import storage
from gpu_handlers.common.backend import Backend
from gpu_handlers.common.failures import JobError
from gpu_handlers.common.running import run_job

JOBS_AT_ONCE = 4
SIDE = 64


def generate(job: GenerationJob, backend: Backend, _: threading.Event) -> GenerationCompleted:
    urls = backend.ask_urls()
    dice = random.Random(str(job.attempt_key))
    time.sleep(dice.uniform(0, 0.8))
    if dice.random() < 0.1:
        raise JobError(FailureCode.CUDA_OOM, "as the dice say")
    progress = GenerationProgress(current_step=1, total_steps=2, progress_percent=50)
    backend.report_progress(job.generation_id, progress)
    picture = Image.frombytes("L", (SIDE, SIDE), dice.randbytes(SIDE * SIDE))
    file = io.BytesIO()
    picture.save(file, "PNG")
    image = file.getvalue()
    for name in ("image", "preview", "thumbnail"):
        storage.upload(urls.write[name], image)
    result = GenerationResult(
        image_sha256=hashlib.sha256(image).hexdigest(),
        pixel_sha256=hashlib.sha256(picture.tobytes()).hexdigest(),
        size_bytes=len(image),
        width=SIDE,
        height=SIDE,
        seed=job.seed,
        steps=2,
        base_model=job.base_model,
        base_revision="none",
        signature_rule="sl-sig/1",
        duration_seconds=0.1,
    )
    return GenerationCompleted(
        job_id=job.job_id, attempt=job.attempt, attempt_key=job.attempt_key, result=result
    )


async def handler(job: dict[str, Any]) -> dict[str, Any]:
    return await run_job(JobKind.GENERATION, GenerationJob, job.get("input"), generate)


if __name__ == "__main__":
    runpod.serverless.start({"handler": handler, "concurrency_modifier": lambda _: JOBS_AT_ONCE})
