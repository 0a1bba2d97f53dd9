"""An artist whose style was used leaves (SPEC §3 Accounts): hidden, and nothing is lost."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, text, update

from chalicelib.accounts.google import Identity
from chalicelib.accounts.service import sign_in
from chalicelib.kit import outbox
from chalicelib.kit.db import transaction
from chalicelib.ledger.service import roll_up_credits
from chalicelib.tables import ArtistCredit, Generation, Style
from tests.leaving.belongings import (
    faults,
    finish,
    license_image,
    make_full_style,
    make_image,
    objects,
    put_own_files,
    request,
    rows,
)
from tests.people import Cast, Person

DEACTIVATED = {"left": "deactivated", "tokens_written_off": 0}


def change(statement: str, **values: Any) -> None:
    with transaction() as db:
        db.execute(text(statement), values)


def forget_all_but(cast: Cast, style_id: UUID, *, kept: str) -> None:
    """Bob's image is gone with Bob; of its traces in Alice's account one is left."""
    image_id = make_image(cast.bob, style_id)
    if kept == "licence":
        license_image(image_id, buyer=cast.bob, style_id=style_id, artist=cast.alice)
    cast.bob.delete("/api/users/me")
    with transaction() as db:
        if kept == "earned":
            roll_up_credits(db)
        elif kept != "credit":
            db.execute(delete(ArtistCredit))
        if kept != "count":
            db.execute(update(Style).values(generations_count=0))


@pytest.mark.parametrize("kept", ["count", "licence", "earned", "credit"])
def test_each_trace_of_use_keeps_the_artist(cast: Cast, kept: str) -> None:
    style_id = make_full_style(cast.alice)
    forget_all_but(cast, style_id, kept=kept)
    assert cast.alice.delete("/api/users/me").data == DEACTIVATED
    assert rows("style.styles", "NOT is_active") == 1
    assert rows("auth.users", "id = :id AND NOT is_active", id=cast.alice.id) == 1


def test_without_a_trace_the_artist_goes(cast: Cast) -> None:
    forget_all_but(cast, make_full_style(cast.alice), kept="nothing")
    assert cast.alice.delete("/api/users/me").data["left"] == "removed"


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_an_image_that_was_never_made_is_a_use_too(cast: Cast, status: str) -> None:
    style_id = make_full_style(cast.alice)
    asked = request(cast.bob, style_id).data["id"]
    cast.bob.post(f"/api/generations/{asked}/cancel")
    with transaction() as db:
        db.execute(update(Generation).values(status=status))
    assert cast.alice.delete("/api/users/me").data == DEACTIVATED
    assert faults() == []


def test_profile_and_style_are_hidden_and_sign_in_is_blocked(cast: Cast) -> None:
    alice, bob, style_id = cast.alice, cast.bob, make_full_style(cast.alice)
    make_image(bob, style_id)
    session = dict(alice.cookies)
    answer = alice.delete("/api/users/me")
    assert answer.data == DEACTIVATED
    assert answer.cookies() == {"session": "", "csrftoken": ""}
    alice.cookies = session
    assert alice.get("/api/auth/me").status == 401
    assert alice.delete("/api/users/me").status == 401
    assert bob.get("/api/styles").data["results"] == []
    assert bob.get(f"/api/styles/{style_id}").status == 404
    assert bob.get(f"/api/users/{alice.id}").status == 404
    assert request(bob, style_id).code == "NOT_FOUND"
    identity = Identity(
        sub="sub-alice", email="alice@example.com", email_verified=True, name="Alice"
    )
    with transaction() as db:
        assert sign_in(db, identity=identity) is None


def test_everything_else_stays(cast: Cast) -> None:
    alice, bob, style_id = cast.alice, cast.bob, make_full_style(cast.alice)
    his, hers = make_image(bob, style_id, is_public=True), make_image(alice, style_id)
    bob.post(f"/api/users/{alice.id}/follow")
    for person in (alice, bob):
        put_own_files(person)
        person.post(f"/api/generations/{his}/like")
    balance, before = alice.balance, objects()
    assert alice.delete("/api/users/me").data == DEACTIVATED
    assert faults() == []
    image = bob.get(f"/api/generations/{his}").data
    assert (image["status"], image["like_count"]) == ("completed", 2)
    assert rows("auth.users", "token_balance = :n AND NOT is_active", n=balance) == 1
    assert rows("auth.artists", "follower_count = 1") == 1
    assert rows("generation.generations", "id = :id", id=hers) == 1
    outbox.relay()
    assert before - objects() == {f"public/styles/{style_id}/n/0.png"}
    with transaction() as db:
        style = db.execute(select(Style).where(Style.id == style_id)).scalar_one()
    assert (style.public_sample_keys, style.lora_key) == ([], "loras/x.safetensors")


def test_a_buyers_job_under_way_completes_and_pays_the_artist(cast: Cast) -> None:
    alice, bob, style_id = cast.alice, cast.bob, make_full_style(cast.alice, price=30)
    asked = UUID(request(bob, style_id).data["id"])
    assert alice.delete("/api/users/me").data == DEACTIVATED
    finish(asked)
    assert bob.get(f"/api/generations/{asked}").data["status"] == "completed"
    with transaction() as db:
        roll_up_credits(db)
    assert rows("auth.artists", "user_id = :id AND earned_token_balance = 30", id=alice.id) == 1
    assert rows("style.styles", "generations_count = 1") == 1
    assert faults() == []


def test_ones_own_job_in_flight_comes_first(cast: Cast) -> None:
    alice, style_id = cast.alice, make_full_style(cast.alice)
    request(alice, style_id)
    assert alice.delete("/api/users/me").code == "JOB_IN_FLIGHT"
    assert rows("style.styles", "is_active") == 1


def test_somebody_elses_style_is_left_alone(cast: Cast) -> None:
    other = cast.person("anna", artist=True)
    style_id, kept = make_full_style(cast.alice), make_full_style(other)
    make_image(cast.bob, style_id)
    cast.alice.delete("/api/users/me")
    outbox.relay()
    assert cast.bob.get(f"/api/styles/{kept}").data["sample_urls"]
    assert f"public/styles/{kept}/n/0.png" in objects()
    assert request(cast.bob, kept).status == 201


def open_jobs(person: Person) -> int:
    return rows("system.jobs", "owner_id = :id AND ended_at IS NULL", id=person.id)


def test_ended_jobs_hold_nobody_up(cast: Cast) -> None:
    style_id = make_full_style(cast.alice)
    make_image(cast.alice, style_id)
    with transaction() as db:
        db.execute(
            text(
                "INSERT INTO system.jobs (kind, style_id, owner_id, state, announced_at, ended_at)"
                " VALUES ('training', :style_id, :owner_id, 'failed', now(), now())"
            ),
            {"style_id": style_id, "owner_id": cast.alice.id},
        )
    assert open_jobs(cast.alice) == 0
    assert cast.alice.delete("/api/users/me").data == DEACTIVATED
