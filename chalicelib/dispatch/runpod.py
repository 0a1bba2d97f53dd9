"""RunPod's REST API: send a job, ask how it is, stop it."""

import json
from dataclasses import dataclass
from typing import Any

import requests
from pydantic import ValidationError

from chalicelib.contracts.failures import Failure, FailureCode
from chalicelib.contracts.jobs import JobKind
from chalicelib.kit.settings import settings

TIMEOUT_SECONDS = 8
QUEUE_SECONDS = 6 * 3600


class RunpodUnavailable(Exception):
    """RunPod did not take the call; whether it took the job is unknown."""


@dataclass(frozen=True)
class RunState:
    """What RunPod says of a job: `status` as documented, LOST when it knows nothing of it."""

    status: str
    output: dict[str, Any] | None = None
    failure: Failure | None = None


def run(kind: JobKind, job_input: dict[str, Any], *, execution_seconds: int) -> str:
    """Submit a job; answers RunPod's id. Raises RunpodUnavailable."""
    body = {
        "input": job_input,
        "policy": {
            "executionTimeout": execution_seconds * 1000,
            "ttl": (QUEUE_SECONDS + execution_seconds) * 1000,
        },
    }
    answer = _call("POST", kind, "run", body)
    if not isinstance(answer.get("id"), str):
        raise RunpodUnavailable("no id")
    run_id: str = answer["id"]
    return run_id


def ask_status(kind: JobKind, run_id: str) -> RunState:
    """How a job is. Raises RunpodUnavailable."""
    answer = _call("GET", kind, f"status/{run_id}")
    output = answer.get("output")
    status = str(answer.get("status", "LOST"))
    return RunState(
        status,
        output=output if isinstance(output, dict) else None,
        failure=_failure(answer.get("error")) if status == "FAILED" else None,
    )


def cancel(kind: JobKind, run_id: str) -> None:
    """Stop a job if it still runs. Raises RunpodUnavailable."""
    _call("POST", kind, f"cancel/{run_id}")


def _call(
    method: str, kind: JobKind, path: str, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    endpoint = {
        JobKind.TRAINING: settings().runpod_training_endpoint_id,
        JobKind.GENERATION: settings().runpod_inference_endpoint_id,
    }[kind]
    try:
        response = requests.request(
            method,
            f"{settings().runpod_api_url}/{endpoint}/{path}",
            json=body,
            headers={"Authorization": f"Bearer {settings().runpod_api_key.get_secret_value()}"},
            timeout=TIMEOUT_SECONDS,
        )
        if response.status_code == 404 and method == "GET":
            return {"status": "LOST"}
        response.raise_for_status()
        answer = response.json()
    except (requests.RequestException, ValueError) as error:
        raise RunpodUnavailable(str(error)) from error
    return answer if isinstance(answer, dict) else {}


def _failure(error: object) -> Failure:
    """Our handlers answer a JSON string; anything else is RunPod's own and worth another try."""
    try:
        content = json.loads(error) if isinstance(error, str) else error
        return Failure.model_validate(content)
    except (ValueError, ValidationError):
        return Failure(code=FailureCode.WORKER_LOST, message=str(error)[:500])
