"""What workers and the sweep do, each in one transaction."""

import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from chalicelib.contracts import object_keys
from chalicelib.contracts.callbacks import (
    GenerationCompleted,
    GenerationProgress,
    GenerationResult,
)
from chalicelib.contracts.failures import Failure, FailureCode
from chalicelib.contracts.jobs import JobKind, Ticket
from chalicelib.dispatch import service as desk
from chalicelib.kit import storage
from chalicelib.kit.db import transaction
from chalicelib.ledger import service as ledger
from tests.faults.model import AT_WORK, Image, Model

PICTURE = b"a picture"


PICTURE_SHA256 = hashlib.sha256(PICTURE).hexdigest()


@dataclass
class Run:
    """One attempt as a worker got it."""

    id: str
    image_id: UUID
    ticket: Ticket
    is_uploaded: bool = False
    says: str = "IN_PROGRESS"

    @property
    def completed(self) -> GenerationCompleted:
        result = GenerationResult(
            image_sha256=PICTURE_SHA256,
            pixel_sha256="2" * 64,
            size_bytes=len(PICTURE),
            width=512,
            height=512,
            seed=1,
            steps=20,
            base_model="tiny",
            base_revision="r1",
            signature_rule="sl-sig/1",
            duration_seconds=1.5,
        )
        return GenerationCompleted(**self.ticket.model_dump(), result=result)

    def upload(self) -> None:
        key = object_keys.generation_image(generation_id=self.image_id, attempt=self.ticket.attempt)
        storage.write("images", key, PICTURE, content_type="image/png")
        self.is_uploaded = True

    def heard_by(self, model: Model) -> Image | None:
        return model.hear(self.image_id, self.ticket.attempt, self.ticket.attempt_key)


@dataclass(frozen=True)
class Begin:
    """A worker asks for its URLs."""

    run: Run

    def do(self) -> bool:
        with transaction() as db:
            signed = desk.hand_out_urls(db, ticket=self.run.ticket, kind=JobKind.GENERATION)
        return signed is not None

    def fits(self, model: Model, answer: Any) -> bool:
        image = self.run.heard_by(model)
        if image:
            image.status = "processing"
        return answer is (image is not None)


@dataclass(frozen=True)
class Progress:
    run: Run
    wanted: ClassVar = GenerationProgress(current_step=3, total_steps=20, progress_percent=15)

    def do(self) -> bool:
        with transaction() as db:
            return desk.note_generation_progress(
                db, ticket=self.run.ticket, generation_id=self.run.image_id, progress=self.wanted
            )

    def fits(self, model: Model, answer: Any) -> bool:
        image = self.run.heard_by(model)
        if image:
            image.status = "processing"
        return answer is (image is not None)


@dataclass(frozen=True)
class Complete:
    run: Run

    def do(self) -> bool:
        failure = desk.verify_objects(self.run.completed)
        with transaction() as db:
            return desk.complete(db, done=self.run.completed, failure=failure)

    def fits(self, model: Model, answer: Any) -> bool:
        image = self.run.heard_by(model)
        if image and self.run.is_uploaded:
            model.complete(image)
            return answer is True
        if image:
            model.fail(image, FailureCode.STORAGE_UNAVAILABLE)
        return answer is False


@dataclass(frozen=True)
class Fail:
    run: Run
    code: FailureCode

    def do(self) -> bool:
        failure = Failure(code=self.code, message="as told")
        with transaction() as db:
            return desk.note_failure(
                db, ticket=self.run.ticket, kind=JobKind.GENERATION, failure=failure
            )

    def fits(self, model: Model, answer: Any) -> bool:
        image = self.run.heard_by(model)
        if image:
            model.fail(image, self.code)
        return answer is (image is not None)


@dataclass(frozen=True)
class Lose:
    """The sweep takes an attempt for dead, maybe one that is no longer at work."""

    run: Run

    def do(self) -> None:
        ticket = self.run.ticket
        failure = Failure(code=FailureCode.WORKER_LOST, message="as told")
        desk.fail_attempt(job_id=ticket.job_id, attempt=ticket.attempt, failure=failure)

    def fits(self, model: Model, answer: Any) -> bool:
        image = model.images.get(self.run.image_id)
        is_its_own = image and image.attempt == self.run.ticket.attempt
        if image and is_its_own and image.state in AT_WORK:
            model.fail(image, FailureCode.WORKER_LOST)
        return answer is None


@dataclass(frozen=True)
class EndAgain:
    """What has ended is settled or refunded once more, whoever may ask for that."""

    image_id: UUID

    def do(self) -> tuple[bool, bool]:
        with transaction() as db:
            return (
                ledger.settle_hold(db, generation_id=self.image_id),
                ledger.refund_hold(db, generation_id=self.image_id),
            )

    def fits(self, _: Model, answer: Any) -> bool:
        return answer == (False, False)


@dataclass(frozen=True)
class RollUp:
    def do(self) -> None:
        with transaction() as db:
            ledger.roll_up_credits(db)

    def fits(self, _: Model, answer: Any) -> bool:
        return answer is None
