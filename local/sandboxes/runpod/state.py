"""Jobs, workers and their clocks, as RunPod's documentation describes them; no HTTP here."""

import asyncio
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

RESULT_SECONDS = 30 * 60
EXECUTION_SECONDS = 600.0
TTL_SECONDS = 24 * 3600.0
LOST_REQUEUES_MAX = 1
# A worker that asks for work within this time of taking a job may not have begun it yet.
SETTLING_SECONDS = 3.0


class Status(StrEnum):
    """Where a job is."""

    IN_QUEUE = "IN_QUEUE"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    TIMED_OUT = "TIMED_OUT"


OPEN = frozenset({Status.IN_QUEUE, Status.IN_PROGRESS})


@dataclass
class Job:
    """One request to an endpoint."""

    endpoint: str
    input: Any
    webhook: str | None = None
    execution_seconds: float = EXECUTION_SECONDS
    ttl_seconds: float = TTL_SECONDS
    id: str = field(default_factory=lambda: f"{uuid.uuid4()}-u1")
    status: Status = Status.IN_QUEUE
    created: float = field(default_factory=time.time)
    started: float | None = None
    ended: float | None = None
    worker: str | None = None
    output: Any = None
    error: Any = None
    retried: int = 0

    def public(self) -> dict[str, Any]:
        """As `/status` answers."""
        shown: dict[str, Any] = {"id": self.id, "status": self.status.value}
        if self.started is not None:
            shown["delayTime"] = int((self.started - self.created) * 1000)
            shown["workerId"] = self.worker
        if self.started is not None and self.ended is not None:
            shown["executionTime"] = int((self.ended - self.started) * 1000)
        if self.output is not None:
            shown["output"] = self.output
        if self.error is not None:
            shown["error"] = self.error
        return shown


@dataclass
class Worker:
    """One worker as we hear of it."""

    endpoint: str
    heard: float = field(default_factory=time.time)
    polls: int = 0
    to_stop: list[str] = field(default_factory=list)
    stop_news: asyncio.Event = field(default_factory=asyncio.Event)

    def stop(self, job_id: str) -> None:
        """Tell it at its next, or waiting, poll."""
        self.to_stop.append(job_id)
        self.stop_news.set()


class State:
    """All endpoints; every change of a job to an end goes to the `ended` queue, for webhooks."""

    def __init__(self, *, lost_seconds: float = 12.0) -> None:
        self.jobs: dict[str, Job] = {}
        self.workers: dict[str, Worker] = {}
        self.ended: asyncio.Queue[Job] = asyncio.Queue()
        self.queued = asyncio.Condition()
        self._queues: dict[str, deque[str]] = {}
        self._lost_seconds = lost_seconds

    def worker(self, endpoint: str, name: str) -> Worker:
        """The worker, heard of just now."""
        known = self.workers.setdefault(name, Worker(endpoint))
        known.heard = time.time()
        return known

    async def add(self, job: Job) -> None:
        """Queue a job, new or again."""
        self.jobs[job.id] = job
        async with self.queued:
            self._queues.setdefault(job.endpoint, deque()).append(job.id)
            self.queued.notify_all()

    def take(self, endpoint: str, worker: str, count: int) -> list[Job]:
        """The oldest waiting jobs, now the worker's."""
        taken: list[Job] = []
        queue = self._queues.get(endpoint, deque())
        while queue and len(taken) < count:
            job = self.jobs.get(queue.popleft())
            if job and job.status is Status.IN_QUEUE:
                job.status, job.started, job.worker = Status.IN_PROGRESS, time.time(), worker
                taken.append(job)
        return taken

    def finish(self, job: Job, status: Status, *, output: Any = None, error: Any = None) -> None:
        """End an open job and let its webhook know."""
        if job.status is Status.IN_PROGRESS and status in {Status.CANCELLED, Status.TIMED_OUT}:
            self._stop_worker(job)
        job.status, job.ended, job.error = status, time.time(), error
        job.output = output if output is not None else None
        self.ended.put_nowait(job)

    async def retry(self, job: Job) -> None:
        """Queue an ended job again under its own id."""
        job.status, job.started, job.ended, job.worker = Status.IN_QUEUE, None, None, None
        job.output, job.error, job.created = None, None, time.time()
        job.retried += 1
        await self.add(job)

    def purge(self, endpoint: str) -> int:
        """Forget what waits; what runs goes on."""
        queue = self._queues.get(endpoint, deque())
        removed = [job_id for job_id in queue if self.jobs.pop(job_id, None)]
        queue.clear()
        return len(removed)

    def health(self, endpoint: str) -> dict[str, dict[str, int]]:
        """As `/health` answers."""
        jobs = [job for job in self.jobs.values() if job.endpoint == endpoint]

        def count(*statuses: Status) -> int:
            return sum(job.status in statuses for job in jobs)

        busy = {job.worker for job in jobs if job.status is Status.IN_PROGRESS}
        alive = {
            name
            for name, worker in self.workers.items()
            if worker.endpoint == endpoint and not self._is_lost(worker)
        }
        return {
            "jobs": {
                "completed": count(Status.COMPLETED),
                "failed": count(Status.FAILED, Status.TIMED_OUT),
                "inProgress": count(Status.IN_PROGRESS),
                "inQueue": count(Status.IN_QUEUE),
                "retried": sum(job.retried for job in jobs),
            },
            "workers": {"idle": len(alive - busy), "running": len(alive & busy)},
        }

    async def forget_unfinished(self, worker: str) -> None:
        """The worker says it has nothing in hand: what we think it has died with its forerunner."""
        now = time.time()
        for job in list(self.jobs.values()):
            mine = job.status is Status.IN_PROGRESS and job.worker == worker
            if mine and now - (job.started or now) > SETTLING_SECONDS:
                await self._lose(job)

    async def tick(self) -> None:
        """Apply every time limit."""
        now = time.time()
        for job in list(self.jobs.values()):
            if job.ended is not None:
                if now - job.ended > RESULT_SECONDS:
                    del self.jobs[job.id]
            elif now - job.created > job.ttl_seconds:
                self._stop_worker(job)
                del self.jobs[job.id]
            elif job.started is not None:
                await self._tick_running(job, now - job.started)

    async def _tick_running(self, job: Job, seconds: float) -> None:
        worker = self.workers.get(job.worker or "")
        if seconds > job.execution_seconds:
            self.finish(job, Status.TIMED_OUT, error="job timed out after its execution timeout")
        elif worker and self._is_lost(worker):
            await self._lose(job)

    async def _lose(self, job: Job) -> None:
        if job.retried < LOST_REQUEUES_MAX:
            await self.retry(job)
        else:
            self.finish(job, Status.FAILED, error="worker lost")

    def _is_lost(self, worker: Worker) -> bool:
        return not worker.polls and time.time() - worker.heard > self._lost_seconds

    def _stop_worker(self, job: Job) -> None:
        if job.worker in self.workers:
            self.workers[job.worker].stop(job.id)
