"""The RunPod sandbox keeps RunPod's contract, driven by the real SDK's worker loop."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from local.ports import free_port
from local.programs import listens
from local.sandboxes.runpod.worker import worker_environment
from tests.local.waiting import await_true

ROOT = Path(__file__).parents[2]
KEY = "test-key"
WORKER = """
import asyncio, json, runpod
async def handler(job):
    given = job["input"]
    if given.get("fail"):
        return {"error": json.dumps({"code": "INVALID_INPUT"})}
    if given.get("progress"):
        runpod.serverless.progress_update(job, {"percent": 50})
    await asyncio.sleep(given.get("seconds", 0))
    return {"echo": given.get("say")}
runpod.serverless.start({"handler": handler, "concurrency_modifier": lambda _: 2})
"""


@dataclass
class Sandbox:
    origin: str
    headers: dict[str, str] = field(default_factory=lambda: {"Authorization": f"Bearer {KEY}"})

    def post(self, path: str, body: Any = None) -> requests.Response:
        return requests.post(f"{self.origin}{path}", json=body, headers=self.headers, timeout=30)

    def run(self, given: dict[str, Any], **more: Any) -> str:
        answer = self.post("/v2/inference/run", {"input": given, **more})
        assert answer.json()["status"] == "IN_QUEUE"
        job_id: str = answer.json()["id"]
        return job_id

    def status(self, job_id: str) -> Any:
        url = f"{self.origin}/v2/inference/status/{job_id}"
        answer = requests.get(url, headers=self.headers, timeout=30)
        return answer.json() if answer.ok else answer.status_code

    def await_status(self, job_id: str, wanted: str, seconds: float = 90) -> Any:
        return await_true(
            lambda: (s := self.status(job_id)) and s["status"] == wanted and s, seconds
        )


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    port = free_port()
    argv = [sys.executable, "-m", "local.sandboxes.runpod.server", "--port", str(port)]
    environment = {**os.environ, "RUNPOD_API_KEY": KEY}
    server = subprocess.Popen([*argv, "--lost-seconds", "4"], cwd=ROOT, env=environment)
    await_true(listens(port))
    yield Sandbox(f"http://127.0.0.1:{port}")
    server.terminate()
    assert server.wait(60) == 0


def start_worker(sandbox: Sandbox, name: str = "worker-1") -> subprocess.Popen[bytes]:
    variables = worker_environment(
        origin=sandbox.origin, endpoint="inference", worker=name, key=KEY
    )
    return subprocess.Popen(
        [sys.executable, "-c", WORKER],
        env={**os.environ, **variables, "RUNPOD_PING_INTERVAL": "1000"},
        start_new_session=True,
    )


def kill(worker: subprocess.Popen[bytes]) -> None:
    os.killpg(worker.pid, 9)
    worker.wait()


@pytest.fixture(scope="module")
def worker(sandbox: Sandbox) -> Iterator[None]:
    process = start_worker(sandbox)
    yield
    kill(process)


@pytest.fixture
def faults(sandbox: Sandbox) -> Iterator[Callable[..., None]]:
    yield lambda **wanted: sandbox.post("/sandbox/faults", wanted).raise_for_status()
    sandbox.post("/sandbox/faults", {})


@pytest.mark.usefixtures("worker")
class TestWithAWorker:
    def test_a_job_runs_and_its_result_can_be_read(self, sandbox: Sandbox) -> None:
        done = sandbox.await_status(sandbox.run({"say": "hello"}), "COMPLETED")
        assert done["output"] == {"echo": "hello"}
        assert done["workerId"] == "worker-1"
        assert done["executionTime"] >= 0
        assert done["delayTime"] >= 0

    def test_a_handlers_error_is_the_jobs_error(self, sandbox: Sandbox) -> None:
        failed = sandbox.await_status(sandbox.run({"fail": True}), "FAILED")
        assert failed["error"] == '{"code": "INVALID_INPUT"}'

    def test_progress_shows_while_the_job_runs(self, sandbox: Sandbox) -> None:
        job = sandbox.run({"progress": True, "seconds": 3})
        await_true(lambda: sandbox.status(job).get("output") == {"percent": 50})
        assert sandbox.status(job)["status"] == "IN_PROGRESS"

    def test_a_cancelled_job_stops_on_the_worker(self, sandbox: Sandbox) -> None:
        jobs = [sandbox.run({"seconds": 60}) for _ in range(2)]
        for job in jobs:
            sandbox.await_status(job, "IN_PROGRESS")
            sandbox.post(f"/v2/inference/cancel/{job}")
            assert sandbox.status(job)["status"] == "CANCELLED"
        # Both places are taken until the worker lets go.
        sandbox.await_status(sandbox.run({"say": "next"}), "COMPLETED", 10)

    def test_a_job_over_its_execution_timeout_is_timed_out(self, sandbox: Sandbox) -> None:
        job = sandbox.run({"seconds": 60}, policy={"executionTimeout": 700})
        sandbox.await_status(job, "TIMED_OUT")
        retried = sandbox.post(f"/v2/inference/retry/{job}").json()
        assert retried == {"id": job, "status": "IN_QUEUE"}
        sandbox.post(f"/v2/inference/cancel/{job}")

    def test_a_lost_result_leaves_the_job_running(
        self, sandbox: Sandbox, faults: Callable[..., None]
    ) -> None:
        faults(lose_result=1)
        job = sandbox.run({"say": "lost"}, policy={"executionTimeout": 2500})
        sandbox.await_status(job, "IN_PROGRESS")
        time.sleep(0.5)
        assert sandbox.status(job)["status"] == "IN_PROGRESS"

    def test_the_webhook_is_told_and_can_be_doubled(
        self, sandbox: Sandbox, faults: Callable[..., None]
    ) -> None:
        heard: list[str] = []

        class Listener(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                heard.append(body.decode())
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        with HTTPServer(("127.0.0.1", 0), Listener) as listener:
            threading.Thread(target=listener.serve_forever, daemon=True).start()
            faults(duplicate_result=1)
            sandbox.run({"say": "x"}, webhook=f"http://127.0.0.1:{listener.server_port}/hook")
            await_true(lambda: len(heard) == 2)
            listener.shutdown()
        assert '"COMPLETED"' in heard[0]
        assert heard[0] == heard[1]

    def test_health_counts_jobs_and_workers(self, sandbox: Sandbox) -> None:
        sandbox.await_status(sandbox.run({"say": "well"}), "COMPLETED")
        url = f"{sandbox.origin}/v2/inference/health"
        health = requests.get(url, headers=sandbox.headers, timeout=30).json()
        assert health["jobs"]["completed"] >= 1
        assert sum(health["workers"].values()) == 1


def test_a_wrong_key_an_unknown_endpoint_and_an_unknown_job_are_refused(sandbox: Sandbox) -> None:
    bare = requests.get(f"{sandbox.origin}/v2/inference/health", timeout=30)
    assert bare.status_code == 401
    assert sandbox.post("/v2/elsewhere/run", {"input": {"a": 1}}).status_code == 404
    assert sandbox.status("no-such-job") == 404
    assert sandbox.post("/v2/inference/run", {"no": "input"}).status_code == 400


def test_run_can_be_refused_on_demand(sandbox: Sandbox, faults: Callable[..., None]) -> None:
    faults(refuse_run=1, refuse_run_status=429)
    assert sandbox.post("/v2/training/run", {"input": {"a": 1}}).status_code == 429
    assert sandbox.post("/v2/training/run", {"input": {"a": 1}}).status_code == 200
    assert sandbox.post("/v2/training/purge-queue").json() == {"removed": 1, "status": "completed"}


def test_a_job_expires_with_its_ttl(sandbox: Sandbox) -> None:
    answer = sandbox.post("/v2/training/run", {"input": {"a": 1}, "policy": {"ttl": 300}})
    url = f"{sandbox.origin}/v2/training/status/{answer.json()['id']}"
    await_true(lambda: requests.get(url, headers=sandbox.headers, timeout=30).status_code == 404)


def test_the_job_of_a_killed_worker_goes_to_another(sandbox: Sandbox) -> None:
    first = start_worker(sandbox, "doomed")
    jobs = [sandbox.run({"seconds": 6, "say": "again"}) for _ in range(4)]
    held = await_true(
        lambda: [job for job in jobs if sandbox.status(job).get("workerId") == "doomed"]
    )
    kill(first)
    second = start_worker(sandbox, "heir")
    try:
        done = sandbox.await_status(held[0], "COMPLETED")
        assert done["workerId"] != "doomed"
    finally:
        kill(second)
