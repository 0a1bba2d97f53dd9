"""RunPod's stand-in, and a worker that the tests move step by step."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from chalicelib.kit.settings import settings
from local.gateway import Gateway
from local.ports import free_port
from tests.people import Answer, Browser, picture

SOURCES = {"training": "training-server", "inference": "inference-server"}


@dataclass
class Runpod:
    url: str

    def get(self, path: str) -> Any:
        return requests.get(
            f"{self.url}{path}", headers={"Authorization": "runpod-key"}, timeout=30
        )

    def set_faults(self, **faults: Any) -> None:
        requests.post(f"{self.url}/sandbox/faults", json=faults, timeout=30).raise_for_status()

    def jobs(self) -> list[dict[str, Any]]:
        return self.get("/sandbox/jobs").json()


@pytest.fixture(scope="session")
def runpod_server() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "local.sandboxes.runpod.server",
            "--port",
            str(port),
            "--endpoints",
            "training,inference",
        ],
        env={**os.environ, "RUNPOD_API_KEY": "runpod-key"},
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            requests.get(f"{url}/sandbox/jobs", timeout=30)
            break
        except requests.RequestException:
            time.sleep(0.05)
    yield url
    process.send_signal(signal.SIGTERM)
    process.wait(60)


@pytest.fixture
def runpod(runpod_server: str, db_clean: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runpod]:
    monkeypatch.setenv("RUNPOD_API_URL", f"{runpod_server}/v2")
    settings.cache_clear()
    sandbox = Runpod(runpod_server)
    # What an earlier test left would be given to this one's workers.
    for job in sandbox.jobs():
        for endpoint in SOURCES:
            requests.post(
                f"{runpod_server}/v2/{endpoint}/cancel/{job['id']}",
                headers={"Authorization": "Bearer runpod-key"},
                timeout=30,
            )
    yield sandbox
    settings.cache_clear()


class Worker:
    """A GPU worker of the tests: takes jobs from RunPod, calls our API."""

    def __init__(self, gateway: Gateway, runpod: Runpod, endpoint: str) -> None:
        self.browser = Browser(gateway)
        self.runpod = runpod
        self.endpoint = endpoint
        self.token = os.environ["INTERNAL_API_TOKEN"]

    def take(self) -> dict[str, Any]:
        answer = self.runpod.get(f"/v2/{self.endpoint}/job-take/w1?job_in_progress=0")
        assert answer.status_code == 200, answer.text
        job = answer.json()
        return job["input"] | {"run_id": job["id"]}

    def call(self, method: str, path: str, job: dict[str, Any], **body: Any) -> Answer:
        ticket = {name: job[name] for name in ("job_id", "attempt", "attempt_key")}
        return self.browser.call(
            method,
            path,
            {**ticket, **body},
            headers={
                "Authorization": f"Bearer {self.token}",
                "X-Request-Source": SOURCES[self.endpoint],
            },
        )

    def urls(self, job: dict[str, Any]) -> dict[str, Any]:
        return self.call("POST", f"/api/webhooks/jobs/{job['job_id']}/urls", job).data

    def put(self, form: dict[str, Any], content: bytes) -> None:
        requests.post(
            form["url"], data=form["fields"], files={"file": content}, timeout=30
        ).raise_for_status()

    def make_image(self, job: dict[str, Any]) -> dict[str, Any]:
        """Upload image, preview and thumbnail; answers the result to report."""
        urls, content = self.urls(job), picture(seed=job["seed"] % 200)
        self.put(urls["write"]["image"], content)
        self.put(urls["write"]["preview"], b"webp")
        self.put(urls["write"]["thumbnail"], b"webp")
        return {
            "image_sha256": hashlib.sha256(content).hexdigest(),
            "pixel_sha256": "2" * 64,
            "size_bytes": len(content),
            "width": 512,
            "height": 512,
            "seed": job["seed"],
            "steps": 20,
            "base_model": "tiny",
            "base_revision": "r1",
            "signature_rule": "sl-sig/1",
            "duration_seconds": 1.5,
        }

    def complete(self, job: dict[str, Any], result: dict[str, Any]) -> Answer:
        return self.call("POST", f"/api/webhooks/{self.endpoint}/complete", job, result=result)

    def fail(self, job: dict[str, Any], code: str) -> Answer:
        return self.call(
            "POST",
            f"/api/webhooks/{self.endpoint}/failed",
            job,
            error={"code": code, "message": "as told", "retryable": True},
        )

    def finish_run(self, job: dict[str, Any], **answer: Any) -> None:
        """Tell RunPod that the handler returned, as the SDK's loop does."""
        requests.post(
            f"{self.runpod.url}/v2/{self.endpoint}/job-done/w1/{job['run_id']}",
            json=answer,
            headers={"Authorization": "runpod-key"},
            timeout=30,
        ).raise_for_status()


@pytest.fixture
def inference(gateway: Gateway, runpod: Runpod) -> Worker:
    return Worker(gateway, runpod, "inference")


@pytest.fixture
def training(gateway: Gateway, runpod: Runpod) -> Worker:
    return Worker(gateway, runpod, "training")
