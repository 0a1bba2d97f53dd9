"""Asking for an image (SPEC §3, Generations): all or nothing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from chalicelib.kit.db import transaction
from chalicelib.kit.outbox import Outbox
from chalicelib.ledger.proof import prove_ledger
from chalicelib.tables import Base, Generation, Job, Tag, Transaction
from tests.factories.styles import make_style
from tests.people import Cast


def wanted(style_id: object, **changes: object) -> dict[str, object]:
    body = {
        "style_id": str(style_id),
        "prompt_tags": ["Red  House", "ｓｅａ"],
        "aspect_ratio": "1:1",
    }
    return {**body, **changes}


def count(table: type[Base]) -> int:
    with transaction() as db:
        return db.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_request_holds_the_price_and_queues_a_job(cast: Cast) -> None:
    style_id = make_style(cast.alice, price=30)
    answer = cast.bob.post(
        "/api/generations", wanted(style_id, seed=7, description="<b>hi</b> 안녕")
    )
    assert answer.status == 201
    made = answer.data
    assert made["status"] == "queued"
    assert made["prompt_tags"] == ["red house", "sea"]
    assert made["description"] == "hi 안녕"
    assert (made["width"], made["height"], made["seed"]) == (512, 512, 7)
    assert made["place_in_line"] == {"position": 1, "estimated_start_seconds": None}
    assert made["is_public"] is False
    balance = cast.bob.get("/api/tokens/balance").data
    assert balance == {
        "token_balance": 70,
        "promotional_balance": 70,
        "held_tokens": 30,
        "earned_token_balance": None,
    }
    with transaction() as db:
        assert not any(prove_ledger(db).values())
        job = db.execute(select(Job)).scalar_one()
        message = db.execute(select(Outbox.payload)).scalar_one()
        assert message["payload"] == {"job_id": str(job.id), "attempt": 1}


def test_without_enough_tokens_nothing_is_written(cast: Cast) -> None:
    style_id = make_style(cast.alice, price=101)
    answer = cast.bob.post("/api/generations", wanted(style_id))
    assert (answer.status, answer.code) == (402, "INSUFFICIENT_TOKENS")
    assert answer.details == {"required": 101, "available": 100}
    assert [count(table) for table in (Generation, Job, Outbox, Tag)] == [0, 0, 0, 0]
    assert count(Transaction) == 2
    assert cast.bob.balance == 100


def test_racing_requests_never_spend_more_than_there_is(cast: Cast) -> None:
    style_id, bob = make_style(cast.alice, price=30), cast.bob
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: bob.post("/api/generations", wanted(style_id)), range(8)))
    assert sorted(answer.status for answer in answers) == [201] * 3 + [402] * 5
    assert bob.balance == 10
    with transaction() as db:
        assert not any(prove_ledger(db).values())


@pytest.mark.parametrize("status", ["pending", "training", "failed"])
def test_an_unfinished_style_is_not_ready_for_its_artist_nor_there_for_others(
    cast: Cast, status: str
) -> None:
    style_id = make_style(cast.alice, status=status)
    answer = cast.alice.post("/api/generations", wanted(style_id))
    assert (answer.status, answer.code) == (422, "STYLE_NOT_READY")
    answer = cast.bob.post("/api/generations", wanted(style_id))
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
    assert cast.alice.balance == cast.bob.balance == 100


def test_a_style_that_is_not_there_is_not_found(cast: Cast) -> None:
    answer = cast.bob.post("/api/generations", wanted("01a20649-0000-7000-8000-000000000000"))
    assert (answer.status, answer.code) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"prompt_tags": []}, "VALIDATION_FAILED"),
        ({"prompt_tags": ["a"] * 31}, "VALIDATION_FAILED"),
        ({"prompt_tags": ["x" * 61]}, "VALIDATION_FAILED"),
        ({"prompt_tags": [""]}, "VALIDATION_FAILED"),
        ({"prompt_tags": ["붉은 집"]}, "NON_ENGLISH_TAG"),
        ({"prompt_tags": ["a\x00b"]}, "NON_ENGLISH_TAG"),
        ({"aspect_ratio": "16:9"}, "VALIDATION_FAILED"),
        ({"seed": -1}, "VALIDATION_FAILED"),
        ({"seed": 2**32}, "VALIDATION_FAILED"),
        ({"seed": "7"}, "VALIDATION_FAILED"),
        ({"seed": 1.5}, "VALIDATION_FAILED"),
        ({"description": "x" * 501}, "VALIDATION_FAILED"),
        ({"price_tokens": 1}, "VALIDATION_FAILED"),
        ({"style_id": "nonsense"}, "VALIDATION_FAILED"),
    ],
)
def test_bad_input_changes_nothing(cast: Cast, change: dict[str, object], code: str) -> None:
    style_id = make_style(cast.alice)
    answer = cast.bob.post("/api/generations", {**wanted(style_id), **change})
    assert (answer.status, answer.code) == (422, code)
    assert cast.bob.balance == 100
    assert count(Generation) == 0


def test_a_flagged_tag_is_refused(cast: Cast) -> None:
    style_id = make_style(cast.alice)
    with transaction() as db:
        db.add(Tag(name="forbidden thing", is_flagged=True))
    answer = cast.bob.post("/api/generations", wanted(style_id, prompt_tags=["Forbidden  Thing"]))
    assert (answer.status, answer.code) == (422, "TAG_NOT_ALLOWED")
    assert answer.details == {"tag": "forbidden thing"}


def test_artists_pay_for_their_own_style_too(cast: Cast) -> None:
    style_id = make_style(cast.alice, price=30)
    assert cast.alice.post("/api/generations", wanted(style_id)).status == 201
    assert cast.alice.balance == 70


def test_requests_with_the_same_tags_in_other_orders_do_not_deadlock(cast: Cast) -> None:
    style_id = make_style(cast.alice, price=1)
    people = [cast.person(f"buyer{number}") for number in range(6)]
    tags = ["sea", "moon", "house", "tree"]

    def ask(number: int) -> int:
        turned = tags[number % 4 :] + tags[: number % 4]
        return (
            people[number % 6].post("/api/generations", wanted(style_id, prompt_tags=turned)).status
        )

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(ask, range(48))) == {201}
