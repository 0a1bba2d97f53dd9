"""From a job to its image: adapter, steps, signature, metadata."""

import hashlib
import io
import threading
import time
from dataclasses import dataclass
from functools import cache

from PIL import Image

from chalicelib.contracts.callbacks import ClosestArtwork, GenerationProgress, GenerationResult
from chalicelib.contracts.failures import FailureCode
from chalicelib.contracts.fingerprint import pixel_sha256
from chalicelib.contracts.jobs import GenerationJob
from gpu_handlers.base_models import load
from gpu_handlers.base_models.family import Family, StepDone
from gpu_handlers.common import metadata, signature
from gpu_handlers.common.failures import Cancelled, CopyOfArtwork, JobError
from gpu_handlers.common.likeness import closest, is_copy
from gpu_handlers.common.progress import Clock, ProgressSender
from gpu_handlers.inference.adapters import Adapters


@dataclass(frozen=True)
class Made:
    """A finished image: what is uploaded, and what is said of it."""

    image: bytes
    preview: bytes
    thumbnail: bytes
    result: GenerationResult


@dataclass(frozen=True)
class Asked:
    """One prompt that waits for the GPU."""

    job: GenerationJob
    lora: bytes
    progress: ProgressSender
    stop: threading.Event


@dataclass(frozen=True)
class Picture:
    """What the model made, unsigned."""

    image: Image.Image
    steps: int
    base_model: str
    base_revision: str
    seconds: float
    closest: ClosestArtwork | None


@cache
def _adapters(base_model: str) -> tuple[Family, Adapters]:
    family = load(base_model)
    return family, Adapters(family)


def make_pictures(batch: list[Asked]) -> list[Picture | BaseException]:
    """A picture for each, all of one style and size; Cancelled for those told to stop.

    Raises JobError, and Cancelled within a step of the last one's `stop`.
    """
    wanted = [one for one in batch if not one.stop.is_set()]
    drawn = iter(_draw(wanted) if wanted else [])
    return [next(drawn) if one in wanted else Cancelled() for one in batch]


def _draw(batch: list[Asked]) -> list[Picture | BaseException]:
    began = time.monotonic()
    job = batch[0].job
    family, adapters = _adapters(job.base_model)
    references = adapters.use(job.lora_sha256, batch[0].lora)
    size = job.aspect_ratio.size
    steps = family.steps(size)
    step_done = _reporting(batch)
    step_done(0, steps)
    images = family.generate(
        [family.caption(one.job.trigger, one.job.prompt_tags) for one in batch],
        size=size,
        seeds=[one.job.seed for one in batch],
        step_done=step_done,
    )
    made: list[Picture | BaseException] = []
    for one, image in zip(batch, images, strict=True):
        found = closest(image, references) if references else None
        seconds = time.monotonic() - began
        if one.stop.is_set():
            made.append(Cancelled())
        elif found and is_copy(found):
            made.append(CopyOfArtwork(found))
        else:
            made.append(Picture(image, steps, family.name, family.revision, seconds, found))
    return made


def finish(job: GenerationJob, picture: Picture, signing: Image.Image) -> Made:
    """Sign, describe, encode."""
    began = time.monotonic()
    signed = signature.stamp(picture.image, signing).image
    image = metadata.write_png(signed, job.rights)
    return Made(
        image=image,
        preview=metadata.write_webp(signed, job.rights, metadata.PREVIEW),
        thumbnail=metadata.write_webp(signed, job.rights, metadata.THUMBNAIL),
        result=GenerationResult(
            image_sha256=hashlib.sha256(image).hexdigest(),
            pixel_sha256=pixel_sha256(signed),
            size_bytes=len(image),
            width=signed.width,
            height=signed.height,
            seed=job.seed,
            steps=picture.steps,
            base_model=picture.base_model,
            base_revision=picture.base_revision,
            signature_rule=signature.RULE,
            duration_seconds=round(picture.seconds + time.monotonic() - began, 3),
            closest=picture.closest,
        ),
    )


def _reporting(batch: list[Asked]) -> StepDone:
    pace = Clock()

    def step_done(step: int, total: int) -> None:
        if all(one.stop.is_set() for one in batch):
            raise Cancelled
        done = min(step, total) / total
        said = GenerationProgress(
            current_step=min(step, total),
            total_steps=total,
            progress_percent=min(99, int(100 * done)),
            estimated_seconds=pace.left(done),
        )
        for one in batch:
            one.progress.show(said)

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
