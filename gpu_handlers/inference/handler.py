"""The inference worker: an image a job, a few jobs around one GPU.

While some compute, the next ones' LoRAs come in and the last ones' images go out.
"""

import threading
from typing import Any

import runpod

from chalicelib.contracts.callbacks import GenerationCompleted
from chalicelib.contracts.jobs import GenerationJob, JobKind
from gpu_handlers.common import fitness, storage
from gpu_handlers.common.backend import Backend
from gpu_handlers.common.failures import Cancelled
from gpu_handlers.common.progress import ProgressSender
from gpu_handlers.common.running import run_job
from gpu_handlers.inference.adapters import fetch
from gpu_handlers.inference.batches import Batches, together_max
from gpu_handlers.inference.pipeline import Asked, finish, make_pictures, read_signature

SIGNATURE_BYTES_MAX = 20_000_000
_BATCHES = Batches(make_pictures)


async def handler(job: dict[str, Any]) -> dict[str, Any]:
    """RunPod's entry: a GenerationJob in, GenerationCompleted or `{"error": …}` out."""
    return await run_job(JobKind.GENERATION, GenerationJob, job.get("input"), generate)


def generate(job: GenerationJob, backend: Backend, stop: threading.Event) -> GenerationCompleted:
    """One generation from URLs to uploaded image."""
    urls = backend.ask_urls()
    lora = fetch(urls.read["lora"], job.lora_sha256)
    signing = read_signature(
        storage.download(urls.read["signature"], size_bytes_max=SIGNATURE_BYTES_MAX)
    )
    if stop.is_set():
        raise Cancelled
    with ProgressSender(backend, job.generation_id, stop=stop, every_seconds=0.5) as progress:
        asked = Asked(job, lora, progress, stop)
        picture = _BATCHES.take((job.base_model, job.lora_sha256, job.aspect_ratio), asked)
    made = finish(job, picture, signing)
    fresh = backend.ask_urls()
    for name in ("image", "preview", "thumbnail"):
        storage.upload(fresh.write[name], getattr(made, name))
    return GenerationCompleted(
        job_id=job.job_id, attempt=job.attempt, attempt_key=job.attempt_key, result=made.result
    )


def main() -> None:
    """Serve jobs until RunPod says otherwise."""
    fitness.register()
    # One more than are made at once: its transfers fill the time of the others' steps.
    at_once = together_max() + 1
    runpod.serverless.start({"handler": handler, "concurrency_modifier": lambda _: at_once})


if __name__ == "__main__":
    main()
