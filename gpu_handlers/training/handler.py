"""The training worker: artworks in, LoRA and signed samples out."""

import hashlib
import logging
import math
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self

import runpod

from chalicelib.contracts.callbacks import TrainingCompleted, TrainingProgress, TrainingResult
from chalicelib.contracts.failures import FailureCode
from chalicelib.contracts.jobs import JobKind, SignedUrls, TrainingJob
from gpu_handlers.base_models import load_fresh
from gpu_handlers.base_models.family import Family
from gpu_handlers.common import fitness, metadata, signature, storage
from gpu_handlers.common.backend import Backend
from gpu_handlers.common.failures import Cancelled, JobError, Superseded
from gpu_handlers.common.progress import Clock, ProgressSender
from gpu_handlers.common.running import run_job
from gpu_handlers.common.settings import settings
from gpu_handlers.inference.pipeline import read_signature
from gpu_handlers.training.checkpoint import Checkpoint, identity, pack, unpack
from gpu_handlers.training.dataset import load_dataset
from gpu_handlers.training.lora import Plan, Step, save_lora, train
from gpu_handlers.training.recipe import Recipe

LOG = logging.getLogger("worker")
SAMPLE_SIZE = (512, 512)
SIGNATURE_BYTES_MAX = 20_000_000
CHECKPOINT_BYTES_MAX = 2_000_000_000


async def handler(job: dict[str, Any]) -> dict[str, Any]:
    """RunPod's entry: a TrainingJob in, TrainingCompleted or `{"error": …}` out."""
    return await run_job(JobKind.TRAINING, TrainingJob, job.get("input"), train_style)


def train_style(job: TrainingJob, backend: Backend, stop: threading.Event) -> TrainingCompleted:
    """One training from URLs to uploaded LoRA."""
    began = time.monotonic()
    urls = backend.ask_urls()
    recipe = Recipe()
    steps = recipe.steps(len(job.artworks), settings().training_steps)
    with (
        ProgressSender(backend, job.style_id, stop=stop, every_seconds=2) as sender,
        _Shelf(backend) as shelf,
    ):
        report = _Report(job, backend, sender, stop, recipe)
        report.show(Step(0, steps, 0, max(1, steps * recipe.batch_size // len(job.artworks))))
        family = load_fresh(job.base_model)
        dataset = load_dataset(family, job, urls, recipe)
        report.family = family
        training = identity(family, job, recipe)
        plan = Plan(
            steps=steps,
            seed=job.seed,
            deadline_seconds=job.deadline_seconds - (time.monotonic() - began),
            stop=stop,
            step_done=report.step_done,
            identity=training,
            resumed=shelf.find(urls, training),
            keep=shelf.keep,
            checkpoint_seconds=settings().checkpoint_seconds,
        )
        trained = train(family, dataset, recipe, plan)
        report.render_samples()
        lora = save_lora(
            family, dataset.references, job_id=str(job.job_id), style_id=str(job.style_id)
        )
    storage.upload(backend.ask_urls().write["lora"], lora)
    return TrainingCompleted(
        job_id=job.job_id,
        attempt=job.attempt,
        attempt_key=job.attempt_key,
        result=TrainingResult(
            lora_sha256=hashlib.sha256(lora).hexdigest(),
            lora_size_bytes=len(lora),
            base_model=family.name,
            base_revision=family.revision,
            steps=report.steps,
            samples=report.samples,
            final_loss=_rounded(trained.loss),
            held_out_loss=_rounded(trained.held_out),
            held_out_loss_before=_rounded(trained.held_out_before),
            duration_seconds=round(time.monotonic() - began, 1),
        ),
    )


def _rounded(loss: float | None) -> float | None:
    return round(loss, 5) if loss is not None and math.isfinite(loss) else None


class _Shelf:
    """Where checkpoints lie: sent while training goes on, at most one on its way."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._sender = ThreadPoolExecutor(max_workers=1)
        self._sending: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sender.shutdown(wait=True, cancel_futures=True)

    def find(self, urls: SignedUrls, training: str) -> Checkpoint | None:
        """What an earlier attempt of the same training left; None to begin anew."""
        url = urls.read.get("checkpoint")
        if url is None:
            return None
        try:
            content = storage.download(url, size_bytes_max=CHECKPOINT_BYTES_MAX)
        except JobError as error:
            if error.code is FailureCode.STORAGE_UNAVAILABLE:
                raise
            return None
        return unpack(content, training)

    def keep(self, checkpoint: Checkpoint) -> None:
        """Send it beside the training; skipped while the last one is still on its way."""
        if self._sending is None or self._sending.done():
            self._sending = self._sender.submit(self._send, checkpoint)

    def _send(self, checkpoint: Checkpoint) -> None:
        try:
            form = self._backend.ask_urls().write.get("checkpoint")
            if form is not None:
                storage.upload(form, pack(checkpoint))
        except (JobError, Superseded) as error:
            # Training needs no checkpoint; the next one is near.
            LOG.warning("checkpoint not kept: %s", error)


class _Report:
    """What the artist sees while training runs: progress, and samples at checkpoints."""

    def __init__(
        self,
        job: TrainingJob,
        backend: Backend,
        sender: ProgressSender,
        stop: threading.Event,
        recipe: Recipe,
    ) -> None:
        self._job, self._backend, self._sender, self._stop = job, backend, sender, stop
        self._pace = Clock()
        self._last: Step | None = None
        self._due = list(recipe.sampled_at)
        self.family: Family | None = None
        self.samples = 0
        self.steps = 0

    def show(self, where: Step) -> None:
        """Report where the loop is; the last percent is kept for samples and upload."""
        self._last, self.steps = where, where.step
        done = where.step / where.steps
        self._sender.show(
            TrainingProgress(
                current_epoch=min(where.epoch, where.epochs),
                total_epochs=where.epochs,
                progress_percent=min(99, int(100 * done)),
                estimated_seconds=self._pace.left(done * 0.97),
                samples=self.samples,
            )
        )

    def step_done(self, where: Step) -> None:
        """After each step: progress, and samples when a checkpoint is reached."""
        self.show(where)
        if self._due and where.step / where.steps >= self._due[0] and where.step < where.steps:
            self._due.pop(0)
            self.render_samples()

    def render_samples(self) -> None:
        """A signed sample of each prompt, uploaded as it comes."""
        if self.family is None:
            return
        urls = self._backend.ask_urls()
        signing = read_signature(
            storage.download(urls.read["signature"], size_bytes_max=SIGNATURE_BYTES_MAX)
        )
        for number, prompt in enumerate(self._job.sample_prompts):
            form = urls.write.get(f"sample-{self.samples}")
            if form is None:
                return
            [picture] = self.family.generate(
                [self.family.caption(self._job.trigger, [prompt])],
                size=SAMPLE_SIZE,
                seeds=[(self._job.seed + number) % 2**32],
                step_done=self._stop_if_asked,
            )
            signed = signature.stamp(picture, signing).image
            storage.upload(form, metadata.write_webp(signed, self._job.rights, metadata.SAMPLE))
            self.samples += 1
            if self._last:
                self.show(self._last)

    def _stop_if_asked(self, _step: int, _steps: int) -> None:
        if self._stop.is_set():
            raise Cancelled


def main() -> None:
    """Serve jobs until RunPod says otherwise."""
    fitness.register()
    runpod.serverless.start({"handler": handler})


if __name__ == "__main__":
    main()
