"""The files under events/, and the model of each that both sides use."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from chalicelib.contracts.callbacks import (
    Accepted,
    GenerationCompleted,
    GenerationProgressed,
    JobFailed,
    TrainingCompleted,
    TrainingProgressed,
)
from chalicelib.contracts.jobs import GenerationJob, JobMessage, SignedUrls, Ticket, TrainingJob

EVENTS = Path(__file__).resolve().parents[2] / "events"
MODELS: dict[str, type[BaseModel]] = {
    "queue/job.json": JobMessage,
    "runpod/training_input.json": TrainingJob,
    "runpod/generation_input.json": GenerationJob,
    "runpod/training_output.json": TrainingCompleted,
    "runpod/generation_output.json": GenerationCompleted,
    "callbacks/urls_request.json": Ticket,
    "callbacks/urls_response.json": SignedUrls,
    "callbacks/response.json": Accepted,
    "callbacks/training_progress.json": TrainingProgressed,
    "callbacks/generation_progress.json": GenerationProgressed,
    "callbacks/training_complete.json": TrainingCompleted,
    "callbacks/inference_complete.json": GenerationCompleted,
    "callbacks/training_failed.json": JobFailed,
    "callbacks/inference_failed.json": JobFailed,
}
# A failed handler answers an object with the failure as JSON text, which is RunPod's custom.
FAILED_OUTPUT = "runpod/failed_output.json"
TRIGGERS = {
    f"lambda/{name}.json"
    for name in ("rabbitmq", "sqs_artworks", "s3_test_event_in_sqs", "schedule", "api_gateway")
}


def read_example(name: str) -> Any:
    return json.loads((EVENTS / name).read_text(encoding="utf-8"))
