"""Idempotency-Key (SPEC §4)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from chalicelib.kit import clock
from chalicelib.kit.db import transaction
from chalicelib.tables import Generation, IdempotentAnswer
from chalicelib.web import idempotency
from tests.factories.styles import make_style
from tests.people import Answer, Cast, Person


@pytest.fixture
def style_id(cast: Cast) -> UUID:
    return make_style(cast.alice, price=30)


def ask(person: Person, style_id: UUID, key: str | None, *, tag: str = "sky") -> Answer:
    body = {"style_id": str(style_id), "prompt_tags": [tag], "aspect_ratio": "1:1", "seed": 7}
    return person.post("/api/generations", body, headers={"Idempotency-Key": key} if key else {})


def generations() -> int:
    with transaction() as db:
        return db.execute(select(func.count()).select_from(Generation)).scalar_one()


def test_the_same_key_and_body_give_the_first_answer_again(cast: Cast, style_id: UUID) -> None:
    first = ask(cast.bob, style_id, "k-1")
    again = ask(cast.bob, style_id, "k-1")
    assert (first.status, again.status) == (201, 201)
    assert again.data == first.data
    assert first.header("Idempotent-Replayed") is None
    assert again.header("Idempotent-Replayed") == "true"
    assert generations() == 1
    assert cast.bob.balance == 70


def test_the_same_key_with_another_body_is_a_conflict(cast: Cast, style_id: UUID) -> None:
    ask(cast.bob, style_id, "k-1")
    answer = ask(cast.bob, style_id, "k-1", tag="sea")
    assert (answer.status, answer.code) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert cast.bob.balance == 70


def test_a_key_is_one_persons_own(cast: Cast, style_id: UUID) -> None:
    assert ask(cast.bob, style_id, "k").data["id"] != ask(cast.carol, style_id, "k").data["id"]


def test_of_concurrent_requests_with_one_key_one_does_the_work(cast: Cast, style_id: UUID) -> None:
    bob = cast.bob
    with ThreadPoolExecutor(max_workers=12) as pool:
        answers = list(pool.map(lambda _: ask(bob, style_id, "race"), range(24)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.data["id"] for answer in answers}) == 1
    assert generations() == 1
    assert bob.balance == 70


def test_a_refused_request_does_not_use_its_key_up(cast: Cast, style_id: UUID) -> None:
    assert ask(cast.bob, style_id, "k", tag="수채화").code == "NON_ENGLISH_TAG"
    assert ask(cast.bob, style_id, "k").status == 201


def test_a_crash_after_the_work_undoes_both(
    cast: Cast, style_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(idempotency.Attempt, "keep", lambda *_: 1 / 0)
        assert ask(cast.bob, style_id, "k").code == "INTERNAL_ERROR"
    assert cast.bob.balance == 100
    assert ask(cast.bob, style_id, "k").status == 201
    assert cast.bob.balance == 70


@pytest.mark.parametrize("key", ["", " ", "a b", "ü", "x" * 256, "a\x00b"])
def test_a_key_is_visible_ascii(cast: Cast, style_id: UUID, key: str) -> None:
    answer = cast.bob.post(
        "/api/generations", {"style_id": str(style_id)}, headers={"Idempotency-Key": key}
    )
    assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")


def test_answers_are_kept_for_a_day(cast: Cast, style_id: UUID) -> None:
    ask(cast.bob, style_id, "old")
    ask(cast.bob, style_id, "new")
    with transaction() as db:
        db.execute(
            update(IdempotentAnswer)
            .where(IdempotentAnswer.key == "old")
            .values(created_at=clock.now() - timedelta(hours=25))
        )
    with transaction() as db:
        assert idempotency.forget_old(db) == 1
    assert ask(cast.bob, style_id, "old").header("Idempotent-Replayed") is None
    assert ask(cast.bob, style_id, "new").header("Idempotent-Replayed") == "true"
