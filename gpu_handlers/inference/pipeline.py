"""One image from a job: adapter, steps, signature, metadata."""

import hashlib
import io
import threading
import time
from dataclasses import dataclass

from PIL import Image

from chalicelib.contracts.callbacks import GenerationProgress, GenerationResult
from chalicelib.contracts.failures import FailureCode
from chalicelib.contracts.fingerprint import pixel_sha256
from chalicelib.contracts.jobs import GenerationJob
from gpu_handlers.base_models.family import Family, StepDone
from gpu_handlers.common import metadata, signature
from gpu_handlers.common.failures import Cancelled, JobError
from gpu_handlers.common.progress import Clock, ProgressSender
from gpu_handlers.inference.adapters import Adapters


@dataclass(frozen=True)
class Made:
    """A finished image: what is uploaded, and what is said of it."""

    image: bytes
    thumbnail: bytes
    result: GenerationResult


def make_image(
    family: Family,
    adapters: Adapters,
    job: GenerationJob,
    *,
    lora: bytes,
    signature_png: bytes,
    progress: ProgressSender,
    stop: threading.Event,
) -> Made:
    """Generate, sign, describe. Raises JobError, or Cancelled within one step of `stop`."""
    began = time.monotonic()
    signing = read_signature(signature_png)
    adapters.use(job.lora_sha256, lora)
    steps = family.steps(job.aspect_ratio.size)
    step_done = _reporting(progress, stop)
    step_done(0, steps)
    picture = family.generate(
        family.caption(job.trigger, job.prompt_tags),
        size=job.aspect_ratio.size,
        seed=job.seed,
        steps=steps,
        step_done=step_done,
    )
    signed = signature.stamp(picture, signing).image
    image = metadata.write_png(signed, job.rights)
    return Made(
        image=image,
        thumbnail=metadata.write_thumbnail(signed, job.rights),
        result=GenerationResult(
            image_sha256=hashlib.sha256(image).hexdigest(),
            pixel_sha256=pixel_sha256(signed),
            size_bytes=len(image),
            width=signed.width,
            height=signed.height,
            seed=job.seed,
            steps=steps,
            base_model=family.name,
            base_revision=family.revision,
            signature_rule=signature.RULE,
            duration_seconds=round(time.monotonic() - began, 3),
        ),
    )


def _reporting(progress: ProgressSender, stop: threading.Event) -> StepDone:
    pace = Clock()

    def step_done(step: int, total: int) -> None:
        if stop.is_set():
            raise Cancelled
        done = min(step, total) / total
        progress.show(
            GenerationProgress(
                current_step=min(step, total),
                total_steps=total,
                progress_percent=min(99, int(100 * done)),
                estimated_seconds=pace.left(done),
            )
        )

    return step_done


def read_signature(content: bytes) -> Image.Image:
    """The artist's signature, decoded. Raises JobError when it can't be stamped."""
    try:
        image = Image.open(io.BytesIO(content), formats=["PNG"])
        image.load()
        signature.strokes_of(image)
    except (OSError, ValueError) as error:
        raise JobError(FailureCode.IMAGE_UNREADABLE, "the signature cannot be read") from error
    return image
