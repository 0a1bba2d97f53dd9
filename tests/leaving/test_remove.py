"""Somebody without a used style leaves (SPEC §3 Accounts): all of theirs goes, nobody else's."""

from uuid import UUID

import pytest
from sqlalchemy import select, text

from chalicelib.accounts.google import Identity
from chalicelib.accounts.service import sign_in
from chalicelib.kit import outbox
from chalicelib.kit.db import transaction
from chalicelib.tables import Entry, Tag, Transaction
from tests.community.images import comments, say
from tests.factories.styles import make_style
from tests.leaving.belongings import (
    faults,
    license_image,
    make_full_style,
    make_image,
    objects,
    put_object,
    put_own_files,
    request,
    rows,
)
from tests.people import Cast, Person

ABOUT_A_USER = {
    "auth.users": "id = :id",
    "auth.artists": "user_id = :id",
    "style.styles": "artist_id = :id",
    "generation.generations": "buyer_id = :id",
    "community.likes": "user_id = :id",
    "community.comments": "author_id = :id",
    "community.follows": "follower_id = :id OR artist_id = :id",
    "system.notifications": "user_id = :id OR actor_id = :id",
    "system.jobs": "owner_id = :id",
    "system.idempotent_answers": "user_id = :id",
}


def left_of(person: Person) -> dict[str, int]:
    found = {name: rows(name, where, id=person.id) for name, where in ABOUT_A_USER.items()}
    return {name: count for name, count in found.items() if count}


def identity(name: str) -> Identity:
    return Identity(
        sub=f"sub-{name}", email=f"{name}@example.com", email_verified=True, name=name.title()
    )


def test_a_buyer_goes_with_everything_and_the_others_keep_theirs(cast: Cast) -> None:
    alice, bob, carol = cast.alice, cast.bob, cast.carol
    style_id = make_full_style(alice, price=20)
    his = [make_image(bob, style_id, "sea", "moon", is_public=True), make_image(bob, style_id)]
    hers = make_image(carol, style_id, "moon", is_public=True)
    for person in (bob, carol, alice):
        put_own_files(person)
        for image in (his[0], hers):
            person.post(f"/api/generations/{image}/like")
            top = say(person, image)["id"]
            for writer in (carol, bob):
                say(writer, image, parent_id=top)
    for person in (bob, carol):
        person.post(f"/api/users/{alice.id}/follow")
    kept = {key for key in objects() if str(bob.id) not in key and str(his[0]) not in key}
    kept = {key for key in kept if str(his[1]) not in key}
    answer = bob.delete("/api/users/me")
    assert answer.data == {"left": "removed", "tokens_written_off": 60}
    assert left_of(bob) == {}
    assert faults() == []
    shown = carol.get(f"/api/generations/{hers}").data
    assert (shown["like_count"], shown["comment_count"]) == (2, 4)
    assert {one["author"]["username"] for one in comments(carol, hers)} == {"alice", "carol"}
    assert carol.get(f"/api/generations/{his[0]}").code == "NOT_FOUND"
    assert rows("auth.artists", "follower_count = 1") == 1
    outbox.relay()
    assert objects() == kept
    assert len(kept) == 15


def test_leaving_ends_the_session_and_forgets_its_cookies(cast: Cast) -> None:
    bob = cast.bob
    session = dict(bob.cookies)
    answer = bob.delete("/api/users/me")
    assert answer.cookies() == {"session": "", "csrftoken": ""}
    bob.cookies = session
    for again in (bob.delete("/api/users/me"), bob.get("/api/auth/me")):
        assert (again.status, again.code) == (401, "UNAUTHORIZED")


def test_visitors_and_foreign_pages_remove_nobody(cast: Cast) -> None:
    assert cast.visitor.delete("/api/users/me").code == "UNAUTHORIZED"
    bob = cast.bob
    forged = bob.delete("/api/users/me", headers={"X-CSRFToken": "wrong"})
    assert (forged.status, forged.code) == (403, "CSRF_FAILED")
    assert bob.get("/api/auth/me").status == 200


def test_tokens_left_are_written_off_and_the_ledger_keeps_its_rows(cast: Cast) -> None:
    bob, style_id = cast.bob, make_style(cast.alice, price=30)
    make_image(bob, style_id)
    before = rows("token.transactions")
    assert bob.delete("/api/users/me").data["tokens_written_off"] == 70
    assert rows("token.transactions") == before + 1
    with transaction() as db:
        closed = db.execute(
            select(Transaction).where(Transaction.kind == "adjustment")
        ).scalar_one()
        legs = db.execute(
            select(Entry.account, Entry.owner_id, Entry.delta)
            .where(Entry.transaction_id == closed.id)
            .order_by(Entry.account)
        ).all()
    assert (closed.sender_id, closed.receiver_id) == (bob.id, None)
    assert (closed.amount, closed.promotional_amount) == (70, 70)
    assert (closed.status, closed.memo) == ("completed", "Account closed")
    assert [tuple(leg) for leg in legs] == [("adjustment", None, 70), ("user", bob.id, -70)]
    assert faults() == []
    earned = cast.alice.get("/api/tokens/balance").data["earned_token_balance"]
    assert earned == 30


def test_who_has_no_tokens_leaves_without_a_write_off(cast: Cast) -> None:
    make_image(cast.bob, make_style(cast.alice, price=100))
    assert cast.bob.delete("/api/users/me").data["tokens_written_off"] == 0
    assert rows("token.transactions", "kind = 'adjustment'") == 0
    assert faults() == []


def test_who_comes_back_is_a_new_account_and_not_welcomed_again(cast: Cast) -> None:
    old = cast.bob.id
    cast.bob.delete("/api/users/me")
    with transaction() as db:
        new = sign_in(db, identity=identity("bob"))
    assert new != old
    assert rows("auth.users", "id = :id AND token_balance = 0 AND username = 'bob'", id=new) == 1
    assert faults() == []


def test_licences_outlive_their_buyer(cast: Cast) -> None:
    alice, bob, carol = cast.alice, cast.bob, cast.carol
    style_id = make_style(alice)
    for buyer in (bob, carol):
        image_id = make_image(buyer, style_id)
        license_image(image_id, buyer=buyer, style_id=style_id, artist=alice)
    with transaction() as db:
        before = db.execute(text("SELECT * FROM generation.licences ORDER BY 1")).all()
        bob.delete("/api/users/me")
        assert db.execute(text("SELECT * FROM generation.licences ORDER BY 1")).all() == before
    assert len(before) == 2


def test_an_artist_whose_style_nobody_used_goes_with_it(cast: Cast) -> None:
    alice, bob, other = cast.alice, cast.bob, cast.person("anna", artist=True)
    failed = make_full_style(alice, status="failed")
    style_id, kept_style = make_full_style(alice), make_full_style(other)
    image = make_image(bob, kept_style, is_public=True)
    for person in (alice, other, bob):
        put_own_files(person)
    bob.post(f"/api/users/{alice.id}/follow")
    for artist in (alice, other):
        artist.post(f"/api/generations/{image}/like")
    assert alice.delete("/api/users/me").data == {"left": "removed", "tokens_written_off": 100}
    assert left_of(alice) == {}
    assert rows("style.artworks") == 1
    assert faults() == []
    with transaction() as db:
        assert db.execute(select(Tag.usage_count).where(Tag.name == "sea")).scalar_one() == 2
    assert bob.get("/api/users/me/following").data["results"] == []
    assert bob.get(f"/api/styles/{style_id}").status == 404
    outbox.relay()
    gone = (str(alice.id), str(style_id), str(failed))
    assert not [key for key in objects() if any(part in key for part in gone)]
    assert len([key for key in objects() if str(kept_style) in key]) == 5
    assert len([key for key in objects() if str(other.id) in key or str(bob.id) in key]) == 6


def test_a_style_whose_only_user_has_left_before_it_was_made_is_unused(cast: Cast) -> None:
    style_id = make_style(cast.alice)
    asked = request(cast.bob, style_id).data["id"]
    assert cast.bob.post(f"/api/generations/{asked}/cancel").status == 200
    cast.bob.delete("/api/users/me")
    assert cast.alice.delete("/api/users/me").data["left"] == "removed"
    assert faults() == []


def test_while_a_generation_is_in_flight_nothing_changes(cast: Cast) -> None:
    bob, style_id = cast.bob, make_style(cast.alice)
    asked = request(bob, style_id).data["id"]
    answer = bob.delete("/api/users/me")
    assert (answer.status, answer.code) == (409, "JOB_IN_FLIGHT")
    assert answer.cookies() == {}
    assert bob.get(f"/api/generations/{asked}").status == 200
    assert bob.balance == 70
    assert faults() == []
    assert bob.post(f"/api/generations/{asked}/cancel").status == 200
    assert bob.delete("/api/users/me").data["tokens_written_off"] == 100
    assert faults() == []


def test_while_a_training_is_in_flight_nothing_changes(cast: Cast) -> None:
    style_id = make_style(cast.alice, status="training")
    with transaction() as db:
        db.execute(
            text(
                "INSERT INTO system.jobs (kind, style_id, owner_id, announced_at)"
                " VALUES ('training', :style_id, :owner_id, now())"
            ),
            {"style_id": style_id, "owner_id": cast.alice.id},
        )
    assert cast.alice.delete("/api/users/me").code == "JOB_IN_FLIGHT"
    assert cast.alice.get("/api/users/me/leaving").data["outcome"] == "job_in_flight"
    assert cast.alice.get(f"/api/styles/{style_id}").status == 200


def test_what_is_told_before_leaving_is_what_happens(cast: Cast) -> None:
    bob, style_id = cast.bob, make_style(cast.alice)
    told = {"token_balance": 100, "generations_count": 0, "styles_count": 0}
    assert bob.get("/api/users/me/leaving").data == {"outcome": "removed", **told}
    asked = request(bob, style_id).data["id"]
    told |= {"token_balance": 70, "generations_count": 1}
    assert bob.get("/api/users/me/leaving").data == {"outcome": "job_in_flight", **told}
    bob.post(f"/api/generations/{asked}/cancel")
    told["token_balance"] = 100
    assert bob.get("/api/users/me/leaving").data == {"outcome": "removed", **told}
    told = {"token_balance": 100, "generations_count": 0, "styles_count": 1}
    assert cast.alice.get("/api/users/me/leaving").data == {"outcome": "deactivated", **told}
    assert cast.visitor.get("/api/users/me/leaving").status == 401


def test_files_go_though_the_process_dies_after_the_commit(cast: Cast) -> None:
    bob = cast.bob
    put_own_files(bob)
    put_object(f"uploads/{UUID(int=0)}/artwork/0.png", bucket="private")
    assert len(objects()) == 4
    bob.delete("/api/users/me")
    # Nothing of it is done by the request, so nothing is lost with it.
    assert len(objects()) == 4
    outbox.relay()
    assert objects() == {f"uploads/{UUID(int=0)}/artwork/0.png"}


@pytest.mark.parametrize("count", [300])
def test_a_person_of_many_images_leaves_in_one_request(cast: Cast, count: int) -> None:
    bob, style_id = cast.bob, make_style(cast.alice)
    with transaction() as db:
        db.execute(
            text(
                "INSERT INTO generation.generations (style_id, buyer_id, prompt_tags,"
                " aspect_ratio, seed, price_tokens, status) SELECT :style_id, :buyer_id, '{sea}',"
                " '1:1', 1, 30, 'failed' FROM generate_series(1, :count)"
            ),
            {"style_id": style_id, "buyer_id": bob.id, "count": count},
        )
    assert bob.delete("/api/users/me").status == 200
    assert left_of(bob) == {}
    prefixes = "jsonb_array_length(payload->'prefixes')"
    assert rows("system.outbox", f"topic = 'delete_prefix' AND {prefixes} = 100") == 6
