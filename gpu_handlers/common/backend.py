"""Our side of the API: what a worker asks of the platform and tells it."""

import time
from typing import Any
from uuid import UUID

import requests
from pydantic import BaseModel, ValidationError

from chalicelib.contracts.callbacks import GenerationProgressed, JobFailed, TrainingProgressed
from chalicelib.contracts.failures import FailureCode
from chalicelib.contracts.jobs import JobKind, SignedUrls, Ticket
from gpu_handlers.common.failures import JobError, Superseded
from gpu_handlers.common.settings import settings

TIMEOUT_SECONDS = 20
PAUSES_SECONDS = (0.5, 1, 2, 4, 8)
SERVERS = {JobKind.TRAINING: "training", JobKind.GENERATION: "inference"}


class Backend:
    """One job's line to the API; every call carries the attempt's ticket."""

    def __init__(self, kind: JobKind, ticket: Ticket) -> None:
        self._server = SERVERS[kind]
        self._ticket = Ticket.model_validate(ticket.model_dump())

    def ask_urls(self) -> SignedUrls:
        """Fresh signed URLs. Raises Superseded."""
        path = f"/api/webhooks/jobs/{self._ticket.job_id}/urls"
        answer = self._call("POST", path, self._ticket)
        if answer.get("accepted") is False:
            raise Superseded
        try:
            return SignedUrls.model_validate(answer)
        except ValidationError as error:
            raise JobError(FailureCode.UPSTREAM_UNAVAILABLE, "odd answer to urls") from error

    def report_progress(self, subject_id: UUID, progress: BaseModel) -> None:
        """How far it is; tried once, since the next report is near. Raises Superseded."""
        training = self._server == "training"
        model = TrainingProgressed if training else GenerationProgressed
        body = model.model_validate({**self._ticket.model_dump(), "progress": progress})
        path = f"/api/{'styles' if training else 'generations'}/{subject_id}"
        self._require_accepted(self._call("PATCH", path, body, pauses=()))

    def report_complete(self, done: BaseModel) -> None:
        """The result. Raises Superseded when it does not count."""
        path = f"/api/webhooks/{self._server}/complete"
        self._require_accepted(self._call("POST", path, done))

    def report_failure(self, failed: JobFailed) -> None:
        """Why it failed; a superseded attempt's failure interests nobody."""
        self._call("POST", f"/api/webhooks/{self._server}/failed", failed)

    def _require_accepted(self, answer: dict[str, Any]) -> None:
        if not answer.get("accepted"):
            raise Superseded

    def _call(
        self, method: str, path: str, body: BaseModel, pauses: tuple[float, ...] = PAUSES_SECONDS
    ) -> dict[str, Any]:
        for pause in (*pauses, None):
            try:
                return self._call_once(method, path, body)
            except (requests.RequestException, _TryAgain):
                if pause is None:
                    raise JobError(
                        FailureCode.UPSTREAM_UNAVAILABLE, "the API does not answer"
                    ) from None
                time.sleep(pause)
        raise AssertionError("the last pause is None")

    def _call_once(self, method: str, path: str, body: BaseModel) -> dict[str, Any]:
        response = requests.request(
            method,
            f"{settings().api_url}{path}",
            data=body.model_dump_json(),
            headers={
                "Authorization": f"Bearer {settings().internal_api_token.get_secret_value()}",
                "X-Request-Source": f"{self._server}-server",
                "Content-Type": "application/json",
            },
            timeout=TIMEOUT_SECONDS,
        )
        if response.status_code >= 500 or response.status_code == 429:
            raise _TryAgain
        if response.status_code >= 400:
            raise JobError(
                FailureCode.UPSTREAM_UNAVAILABLE, f"the API answered {response.status_code}"
            )
        answer: dict[str, Any] = response.json()["data"]
        return answer


class _TryAgain(Exception):
    """The API is there but not well."""
