"""The platform and its model side by side, through everything that takes several transactions."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chalicelib.contracts.failures import FailureCode
from chalicelib.contracts.jobs import JobKind, Ticket
from chalicelib.dispatch import runpod, service, sweep
from chalicelib.dispatch.inputs import build_input
from chalicelib.jobs import service as jobs
from chalicelib.kit.db import transaction
from tests.faults import platform
from tests.faults.acts import Act
from tests.faults.model import AT_WORK, DEAD_MINUTES, SILENT_MINUTES, SLOTS, WAITING, Image, Model
from tests.faults.order import answer_of, at_once, find_orders
from tests.faults.standin import Sent, Standin
from tests.faults.workers import Begin, Complete, RollUp, Run

ROUNDS_MAX = 40
SAYINGS: dict[str, dict[str, Any] | None] = {
    "IN_QUEUE": {"status": "IN_QUEUE"},
    "GARBAGE": {"status": "COMPLETED", "output": {"anything": 1}},
    "REJECTED": {"status": "FAILED", "error": '{"code": "PROMPT_REJECTED", "message": "no"}'},
    "OUT_OF_MEMORY": {"status": "FAILED", "error": '{"code": "CUDA_OOM", "message": "full"}'},
    "TIMED_OUT": {"status": "TIMED_OUT"},
    "LOST": {"status": "LOST"},
    "AWAY": None,
}
# What the sweep makes of it; nothing of IN_QUEUE and AWAY.
MEANINGS = {
    "GARBAGE": FailureCode.WORKER_LOST,
    "REJECTED": FailureCode.PROMPT_REJECTED,
    "OUT_OF_MEMORY": FailureCode.CUDA_OOM,
    "TIMED_OUT": FailureCode.TIMEOUT,
    "LOST": FailureCode.WORKER_LOST,
}


@dataclass
class World:
    standin: Standin
    model: Model = field(default_factory=Model)
    runs: list[Run] = field(default_factory=list)

    def perform(self, act: Act) -> None:
        answer = answer_of(act)
        assert act.fits(self.model, answer), f"{act} was answered {answer!r}"

    def perform_at_once(self, acts: list[Act]) -> None:
        answers = list(zip(acts, at_once(acts), strict=True))
        possible = list(find_orders(self.model, answers))
        assert possible, f"in no order can these have been answered so: {answers}"
        # Of two requests at once, the answers do not tell which took the promotional tokens.
        shown = platform.picture()
        self.model = next((one for one in possible if one.picture() == shown), possible[0])

    def deliver(self, announced: list[platform.Announced], manners: list[str]) -> None:
        """Messages to the desk, in one batch; RunPod takes the jobs in these manners."""
        self.standin.manners[:] = manners
        service.receive([one.message for one in announced])
        self.standin.manners.clear()
        is_news = False
        for one in announced:
            image = self.model.images.get(one.image_id) if one.image_id else None
            if image and image.state in WAITING and image.attempt == one.message.attempt:
                is_news = image.is_due = True
        if is_news:
            self._expect_sent()
        else:
            assert self.standin.collect() == [], "sent for messages that say nothing new"

    def die_at_the_desk(self, *, is_sent: bool) -> None:
        """After the claim, and maybe after RunPod has taken the jobs."""
        with transaction() as db:
            claimed = jobs.admit(db, kind=JobKind.GENERATION)
            inputs = [build_input(db, job=job) for job in claimed]
        self._expect_claims({job.generation_id: job.attempt_key for job in claimed})
        if is_sent:
            for job_input, seconds in inputs:
                runpod.run(JobKind.GENERATION, job_input, execution_seconds=seconds)
            for sent in self.standin.collect():
                self._note_run(sent)

    def work(self, run: Run) -> None:
        """All of one attempt, as it should be."""
        self.perform(Begin(run))
        run.upload()
        self.perform(Complete(run))

    def say(self, run: Run, says: str) -> None:
        """What RunPod answers when it is asked for the run."""
        run.says = says
        output = run.completed.model_dump(mode="json")
        completed = {"status": "COMPLETED", "output": output}
        self.standin.answers[run.id] = SAYINGS.get(says, completed)

    def let_pass(self, minutes: int) -> None:
        """Time, and at its end a sweep."""
        platform.let_pass(minutes)
        for image in self.model.images.values():
            image.silent_minutes += minutes
        silent = [
            one
            for one in sorted(self.model.images.values(), key=lambda one: one.id)
            if one.state in AT_WORK and one.silent_minutes >= SILENT_MINUTES
        ]
        sweep.sweep()
        self._expect_sent()
        for image in silent:
            self._expect_looked_after(image)

    def come_to_rest(self) -> None:
        """Once nothing goes wrong any more, every image ends."""
        self.standin.answers.clear()
        for run in self.runs:
            run.says = "IN_PROGRESS"
        for _ in range(ROUNDS_MAX):
            still_open = [one for one in self.model.images.values() if one.is_open]
            if not still_open:
                break
            self.deliver(platform.messages(), [])
            if not [self._finish(image) for image in still_open if image.state in AT_WORK]:
                self.let_pass(8)
        assert not still_open, "these never end"
        self.perform(RollUp())

    def require_sound_books(self) -> None:
        """The proof holds, and everybody has what the model says."""
        assert platform.broken_invariants() == {}
        assert platform.picture() == self.model.picture()

    def _finish(self, image: Image) -> None:
        run = next((one for one in self.runs if one.ticket.attempt_key == image.key), None)
        if run:
            run.upload()
            self.perform(Complete(run))
        else:
            self.let_pass(8)

    def _expect_sent(self) -> None:
        calls = self.standin.collect()
        self._expect_claims(
            {UUID(sent.input["generation_id"]): sent.input["attempt_key"] for sent in calls}
        )
        for sent in calls:
            run = self._note_run(sent)
            image = self.model.images[run.image_id]
            if sent.manner == "take":
                image.run_id = run.id
            else:
                self.model.fail(image, FailureCode.UPSTREAM_UNAVAILABLE)

    def _expect_claims(self, keys: dict[Any, Any]) -> None:
        """All that the slots allow of what is due, each under a key of its own."""
        images = self.model.images
        due = {one.id for one in images.values() if one.is_due and one.state in WAITING}
        free = SLOTS - sum(one.state in AT_WORK for one in images.values())
        assert len(keys) == min(free, len(due)), f"{len(keys)} claimed of {len(due)}, {free} free"
        assert due.issuperset(keys), "claimed what was not due"
        for image_id, key in keys.items():
            self.model.claim(images[image_id], key)

    def _note_run(self, sent: Sent) -> Run:
        ticket = Ticket.model_validate(sent.input)
        self.runs.append(Run(sent.run_id, UUID(sent.input["generation_id"]), ticket))
        return self.runs[-1]

    def _expect_looked_after(self, image: Image) -> None:
        run = next((one for one in self.runs if one.id == image.run_id), None)
        if run is None:
            self.model.fail(image, FailureCode.WORKER_LOST)
        elif run.says == "COMPLETED" and run.is_uploaded:
            self.model.complete(image)
        elif run.says == "COMPLETED":
            self.model.fail(image, FailureCode.STORAGE_UNAVAILABLE)
        elif run.says == "IN_PROGRESS":
            if image.silent_minutes >= DEAD_MINUTES:
                self.model.fail(image, FailureCode.WORKER_LOST)
                assert run.id in self.standin.canceled, "RunPod was not told to stop it"
        elif code := MEANINGS.get(run.says):
            self.model.fail(image, code)
