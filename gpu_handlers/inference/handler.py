"""The inference worker: one image a job, two jobs at a time around one GPU.

While one job computes, the next one's LoRA comes in and the last one's image goes out.
"""

import threading
from typing import Any

import runpod

from chalicelib.contracts.callbacks import GenerationCompleted
from chalicelib.contracts.jobs import GenerationJob, JobKind
from gpu_handlers.base_models import load
from gpu_handlers.common import storage
from gpu_handlers.common.backend import Backend
from gpu_handlers.common.failures import Cancelled
from gpu_handlers.common.progress import ProgressSender
from gpu_handlers.common.running import run_job
from gpu_handlers.inference.adapters import Adapters
from gpu_handlers.inference.pipeline import make_image

JOBS_AT_ONCE = 2
SIGNATURE_BYTES_MAX = 20_000_000
_GPU = threading.Lock()
_ADAPTERS: dict[str, Adapters] = {}


async def handler(job: dict[str, Any]) -> dict[str, Any]:
    """RunPod's entry: a GenerationJob in, GenerationCompleted or `{"error": …}` out."""
    return await run_job(JobKind.GENERATION, GenerationJob, job.get("input"), generate)


def generate(job: GenerationJob, backend: Backend, stop: threading.Event) -> GenerationCompleted:
    """One generation from URLs to uploaded image."""
    urls = backend.ask_urls()
    with _GPU:
        family = load(job.base_model)
        adapters = _ADAPTERS.setdefault(job.base_model, Adapters(family))
    lora = adapters.fetch(urls.read["lora"], job.lora_sha256)
    signature = storage.download(urls.read["signature"], size_bytes_max=SIGNATURE_BYTES_MAX)
    # The sender ends after the lock: its last call must not keep the next job from the GPU.
    with (
        ProgressSender(backend, job.generation_id, stop=stop, every_seconds=0.5) as progress,
        _GPU,
    ):
        if stop.is_set():
            raise Cancelled
        made = make_image(
            family,
            adapters,
            job,
            lora=lora,
            signature_png=signature,
            progress=progress,
            stop=stop,
        )
    fresh = backend.ask_urls()
    storage.upload(fresh.write["image"], made.image)
    storage.upload(fresh.write["thumbnail"], made.thumbnail)
    return GenerationCompleted(
        job_id=job.job_id, attempt=job.attempt, attempt_key=job.attempt_key, result=made.result
    )


def main() -> None:
    """Serve jobs until RunPod says otherwise."""
    runpod.serverless.start({"handler": handler, "concurrency_modifier": lambda _: JOBS_AT_ONCE})


if __name__ == "__main__":
    main()
