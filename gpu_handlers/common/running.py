"""How a handler runs a job: in a thread that can be stopped, its end reported and returned.

Errors are returned, never raised: RunPod would publish the traceback.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.contracts.callbacks import ClosestArtwork, JobFailed
from chalicelib.contracts.failures import Failure, FailureCode
from chalicelib.contracts.jobs import JobKind, Ticket
from gpu_handlers.common.backend import Backend
from gpu_handlers.common.failures import Cancelled, CopyOfArtwork, JobError, Superseded, failure_of

LOG = logging.getLogger("worker")
Job = TypeVar("Job", bound=Ticket)
Answer = dict[str, Any]


async def run_job(
    kind: JobKind,
    model: type[Job],
    job_input: object,
    work: Callable[[Job, Backend, threading.Event], BaseModel],
) -> Answer:
    """Parse the input, do the work in a thread, report; answers what RunPod keeps as output."""
    try:
        job = model.model_validate(job_input)
    except ValidationError as error:
        return _refuse(failure_of(error))
    stop = threading.Event()
    running = asyncio.create_task(asyncio.to_thread(_attempt, kind, job, work, stop))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        # The GPU is free only when the thread has ended.
        await asyncio.wait([running])
        raise


def _attempt(
    kind: JobKind,
    job: Job,
    work: Callable[[Job, Backend, threading.Event], BaseModel],
    stop: threading.Event,
) -> Answer:
    backend = Backend(kind, job)
    try:
        done = work(job, backend, stop)
        try:
            backend.report_complete(done)
        except JobError:
            # RunPod keeps what we return; the platform's sweep reads it there.
            LOG.warning("completion of job %s left to the sweep", job.job_id)
        return done.model_dump(mode="json")
    except Superseded:
        return _refuse(Failure(code=FailureCode.CANCELED, message="superseded"))
    except Cancelled as error:
        return _refuse(failure_of(error))
    except Exception as error:
        LOG.exception("job %s attempt %s failed", job.job_id, job.attempt)
        failure = failure_of(error)
        _report(backend, job, failure, error.closest if isinstance(error, CopyOfArtwork) else None)
        return _refuse(failure)


def _report(
    backend: Backend, job: Ticket, failure: Failure, closest: ClosestArtwork | None
) -> None:
    try:
        backend.report_failure(
            JobFailed(
                job_id=job.job_id,
                attempt=job.attempt,
                attempt_key=job.attempt_key,
                error=failure,
                closest=closest,
            )
        )
    except Exception:
        LOG.warning("failure of job %s left to the sweep", job.job_id)


def _refuse(failure: Failure) -> Answer:
    return {"error": failure.model_dump_json()}
