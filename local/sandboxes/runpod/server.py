"""RunPod's HTTP: `python -m local.sandboxes.runpod.server --port N --endpoints a,b`.

The key is RUNPOD_API_KEY. POST /sandbox/faults sets faults; GET /sandbox/jobs lists all jobs.
"""

import argparse
import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from local.sandboxes.runpod.faults import Faults
from local.sandboxes.runpod.state import EXECUTION_SECONDS, OPEN, TTL_SECONDS, Job, State, Status

PAYLOAD_BYTES_MAX = 10 * 1024 * 1024
# RunPod holds a poll for longer; the SDK ends only between polls, and people wait for Ctrl-C.
POLL_SECONDS = 1.0
WEBHOOK_TRIES = 3
WEBHOOK_PAUSE_SECONDS = 10.0
TICK_SECONDS = 0.2

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)


class Sandbox:
    """The handlers; one instance serves every endpoint."""

    def __init__(self, *, endpoints: set[str], key: str, state: State, faults: Faults) -> None:
        self._endpoints = endpoints
        self._key = key
        self._state = state
        self._faults = faults

    def application(self) -> web.Application:
        """The routes, checked for key and endpoint."""
        app = web.Application(client_max_size=PAYLOAD_BYTES_MAX, middlewares=[self._admit])
        base = "/v2/{endpoint}"
        app.add_routes(
            [
                web.post(f"{base}/run", self._run),
                web.get(f"{base}/status/{{job}}", self._status),
                web.post(f"{base}/cancel/{{job}}", self._cancel),
                web.post(f"{base}/retry/{{job}}", self._retry),
                web.post(f"{base}/purge-queue", self._purge),
                web.get(f"{base}/health", self._health),
                web.get(f"{base}/job-take/{{worker}}", self._take),
                web.get(f"{base}/job-take-batch/{{worker}}", self._take),
                web.post(f"{base}/job-done/{{worker}}/{{job}}", self._done),
                web.get(f"{base}/job-stop/{{worker}}", self._stop),
                web.get(f"{base}/ping/{{worker}}", self._ping),
                web.post("/sandbox/faults", self._set_faults),
                web.get("/sandbox/jobs", self._list_jobs),
            ]
        )
        app.cleanup_ctx.append(self._background)
        return app

    @web.middleware
    async def _admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/sandbox/"):
            return await handler(request)
        # Clients send `Bearer key`, the SDK's workers the bare key.
        if request.headers.get("Authorization", "").removeprefix("Bearer ") != self._key:
            return _error(401, "Unauthorized")
        endpoint = request.match_info.get("endpoint")
        if endpoint is not None and endpoint not in self._endpoints:
            return _error(404, "endpoint not found")
        return await handler(request)

    async def _run(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self._faults.run_delay_seconds)
        if self._faults.happens("refuse_run"):
            return _error(self._faults.refuse_run_status, "refused on demand")
        try:
            asked = await request.json()
        except ValueError:
            return _error(400, "body is not JSON")
        if not isinstance(asked, dict) or asked.get("input") is None:
            return _error(400, "input is required")
        policy = asked.get("policy") or {}
        job = Job(
            endpoint=request.match_info["endpoint"],
            input=asked["input"],
            webhook=asked.get("webhook"),
            execution_seconds=policy.get("executionTimeout", EXECUTION_SECONDS * 1000) / 1000,
            ttl_seconds=policy.get("ttl", TTL_SECONDS * 1000) / 1000,
        )
        await self._state.add(job)
        return web.json_response({"id": job.id, "status": job.status})

    def _job(self, request: web.Request) -> Job:
        job = self._state.jobs.get(request.match_info["job"])
        if job is None or job.endpoint != request.match_info["endpoint"]:
            body = json.dumps({"error": "request does not exist"})
            raise web.HTTPNotFound(text=body, content_type="application/json")
        return job

    async def _status(self, request: web.Request) -> web.Response:
        return web.json_response(self._job(request).public())

    async def _cancel(self, request: web.Request) -> web.Response:
        job = self._job(request)
        if job.status in OPEN:
            self._state.finish(job, Status.CANCELLED)
        return web.json_response({"id": job.id, "status": job.status})

    async def _retry(self, request: web.Request) -> web.Response:
        job = self._job(request)
        if job.status not in {Status.FAILED, Status.TIMED_OUT}:
            return _error(400, "only failed and timed out jobs can be retried")
        await self._state.retry(job)
        return web.json_response({"id": job.id, "status": job.status})

    async def _purge(self, request: web.Request) -> web.Response:
        removed = self._state.purge(request.match_info["endpoint"])
        return web.json_response({"removed": removed, "status": "completed"})

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response(self._state.health(request.match_info["endpoint"]))

    async def _take(self, request: web.Request) -> web.Response:
        endpoint, name = request.match_info["endpoint"], request.match_info["worker"]
        batch = "job-take-batch" in request.path
        count = int(request.query.get("batch_size", "1")) if batch else 1
        if request.query.get("job_in_progress") == "0":
            await self._state.forget_unfinished(name)
        jobs = await self._wait_for_jobs(endpoint, name, count)
        if not jobs:
            return web.Response(status=204)
        taken = [{"id": job.id, "input": job.input, "webhook": job.webhook} for job in jobs]
        return web.json_response(taken if batch else taken[0])

    async def _wait_for_jobs(self, endpoint: str, name: str, count: int) -> list[Job]:
        jobs: list[Job] = []
        worker = self._state.worker(endpoint, name)
        worker.polls += 1
        try:
            async with asyncio.timeout(POLL_SECONDS), self._state.queued:
                while not (jobs := self._state.take(endpoint, name, count)):
                    await self._state.queued.wait()
        except TimeoutError:
            pass
        finally:
            worker.polls -= 1
            self._state.worker(endpoint, name)
        return jobs

    async def _done(self, request: web.Request) -> web.Response:
        self._state.worker(request.match_info["endpoint"], request.match_info["worker"])
        job = self._job(request)
        # The SDK labels its JSON as a form.
        result = json.loads(await request.read())
        if job.status is not Status.IN_PROGRESS or job.worker != request.match_info["worker"]:
            return web.json_response({})
        if result.get("status") == Status.IN_PROGRESS:
            job.output = result.get("output")
        elif not self._faults.happens("lose_result"):
            status = Status.FAILED if result.get("error") else Status.COMPLETED
            self._state.finish(job, status, output=result.get("output"), error=result.get("error"))
        return web.json_response({})

    async def _stop(self, request: web.Request) -> web.Response:
        worker = self._state.worker(request.match_info["endpoint"], request.match_info["worker"])
        worker.polls += 1
        try:
            await asyncio.wait_for(worker.stop_news.wait(), POLL_SECONDS)
        except TimeoutError:
            return web.Response(status=204)
        finally:
            worker.polls -= 1
        jobs, worker.to_stop = worker.to_stop, []
        worker.stop_news.clear()
        return web.json_response({"jobsToStop": jobs})

    async def _ping(self, request: web.Request) -> web.Response:
        self._state.worker(request.match_info["endpoint"], request.match_info["worker"])
        return web.json_response({})

    async def _set_faults(self, request: web.Request) -> web.Response:
        try:
            self._faults = Faults.model_validate(await request.json())
        except ValueError as error:
            return _error(400, str(error))
        return web.json_response(self._faults.model_dump())

    async def _list_jobs(self, _: web.Request) -> web.Response:
        return web.json_response([job.public() for job in self._state.jobs.values()])

    async def _background(self, _: web.Application) -> AsyncIterator[None]:
        async with (
            ClientSession(timeout=ClientTimeout(total=15)) as session,
            _running(self._tick()),
            _running(self._announce(session)),
        ):
            yield

    async def _tick(self) -> None:
        while True:
            await self._state.tick()
            await asyncio.sleep(TICK_SECONDS)

    async def _announce(self, session: ClientSession) -> None:
        async with asyncio.TaskGroup() as posts:
            while True:
                job = await self._state.ended.get()
                if not job.webhook or self._faults.happens("lose_webhook"):
                    continue
                for _ in range(2 if self._faults.happens("duplicate_result") else 1):
                    body = {**job.public(), "input": job.input, "webhook": job.webhook}
                    posts.create_task(_post_webhook(session, job.webhook, body))


@asynccontextmanager
async def _running(work: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _post_webhook(session: ClientSession, url: str, body: dict[str, Any]) -> None:
    for attempt in range(WEBHOOK_TRIES):
        if attempt:
            await asyncio.sleep(WEBHOOK_PAUSE_SECONDS)
        with suppress(ClientError, TimeoutError, ValueError):
            async with session.post(url, json=body) as answer:
                if answer.status == 200:
                    return


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--endpoints", default="training,inference")
    parser.add_argument("--lost-seconds", type=float, default=12.0)
    options = parser.parse_args()

    async def application() -> web.Application:
        return Sandbox(
            endpoints=set(options.endpoints.split(",")),
            key=os.environ["RUNPOD_API_KEY"],
            state=State(lost_seconds=options.lost_seconds),
            faults=Faults.model_validate_json(os.environ.get("RUNPOD_FAULTS", "{}")),
        ).application()

    # A worker that hangs up must not be given a job, so its poll ends with its connection.
    web.run_app(
        application(),
        host="127.0.0.1",
        port=options.port,
        print=None,
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=1,
    )


if __name__ == "__main__":
    main()
