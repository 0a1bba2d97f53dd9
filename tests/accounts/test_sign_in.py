"""Coming in and going out (SPEC §3 Accounts, §5)."""

import hashlib
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import boto3
import pytest
from sqlalchemy import select, update

from chalicelib.accounts import usernames
from chalicelib.accounts.google import Identity
from chalicelib.accounts.service import remember_leaver, sign_in
from chalicelib.kit.db import transaction
from chalicelib.kit.settings import settings
from chalicelib.ledger.proof import prove_ledger
from chalicelib.tables import FormerUser, Transaction, User
from tests.accounts.provider import Provider
from tests.people import Answer, Browser, Cast

DAYS_14 = 14 * 24 * 3600


def someone(name: str, /, **changes: Any) -> Identity:
    values = {"sub": f"sub-{name}", "email": f"{name}@example.com", "email_verified": True}
    return Identity(**{**values, "name": name, **changes})


def come_in(identity: Identity) -> UUID | None:
    with transaction() as db:
        return sign_in(db, identity=identity)


def user(user_id: UUID | None) -> User:
    with transaction() as db:
        return db.execute(select(User).where(User.id == user_id)).scalar_one()


def walk_in(browser: Browser, provider: Provider, identity: Identity) -> Answer:
    """The whole way over the provider."""
    login = browser.get("/api/auth/google/login")
    back = provider.visit(login.header("Location") or "", **identity.model_dump())
    return browser.get("/api/auth/google/callback", **back)


def stored_session(session_id: str) -> dict[str, Any] | None:
    table = boto3.resource("dynamodb").Table(os.environ["SESSIONS_TABLE"])
    return table.get_item(Key={"id": hashlib.sha256(session_id.encode()).hexdigest()}).get("Item")


def set_cookies(answer: Answer) -> dict[str, set[str]]:
    """Cookies with their flags."""
    lines = [value for name, value in answer.headers if name.lower() == "set-cookie"]
    found = {}
    for line in lines:
        pair, *flags = line.split("; ")
        found[pair.split("=")[0]] = set(flags)
    return found


def assert_welcomed_once() -> None:
    with transaction() as db:
        made = db.execute(select(User.token_balance, User.promotional_balance)).all()
        assert made == [(100, 100)]
        (row,) = db.execute(select(Transaction)).scalars()
        assert (row.kind, row.sender_id, row.amount) == ("welcome", None, 100)
        assert (row.status, row.memo) == ("completed", "Welcome Bonus")
        assert not any(prove_ledger(db).values())


def test_the_first_sign_in_makes_the_user_and_later_ones_find_them(db_clean: None) -> None:
    first = come_in(someone("dana"))
    assert [come_in(someone("dana")) for _ in range(3)] == [first] * 3
    assert_welcomed_once()
    assert (user(first).username, user(first).role) == ("dana", "user")


def test_racing_callbacks_of_one_person_make_one_user(cast: Cast, provider: Provider) -> None:
    browsers = [cast.visitor for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda b: walk_in(b, provider, someone("dana")), browsers))
    assert {answer.header("Location") for answer in answers} == {"/"}
    assert len({browser.get("/api/auth/me").data["id"] for browser in browsers}) == 1
    assert_welcomed_once()


def test_racing_people_of_one_name_get_one_user_each(db_clean: None) -> None:
    people = [someone(f"d{n}", name="Dana") for n in range(12)]
    with ThreadPoolExecutor(12) as pool:
        made = list(pool.map(come_in, people))
    assert len(set(made)) == 12
    names = [user(one).username for one in made]
    assert len({name.casefold() for name in names}) == 12
    assert all(name.startswith("dana") for name in names)
    with transaction() as db:
        assert not any(prove_ledger(db).values())


def test_usernames_differ_by_more_than_case(db_clean: None) -> None:
    first = come_in(someone("dana"))
    with transaction() as db:
        db.execute(update(User).where(User.id == first).values(username="DaNa"))
    second = user(come_in(someone("other", name="Dana")))
    assert second.username.startswith("dana-")


def test_any_name_gives_a_username_of_3_to_30_letters(db_clean: None) -> None:
    for wish in ("", "A", "..", "김다나", "x" * 200, "D a n a", "<b>", "-", "USER", "\x00", "🌊"):
        made = [come_in(someone(f"{wish!r}{n}", name=wish)) for n in range(3)]
        names = [user(one).username for one in made]
        assert len({name.casefold() for name in names}) == 3
        assert all(3 <= len(name) <= 30 and name.isprintable() for name in names)
        assert not any(letter in name for name in names for letter in " <>@/")


def test_a_username_made_for_somebody_is_one_they_could_have_chosen(db_clean: None) -> None:
    for name in (
        *(
            "Admin",
            "Style License",
            "ａｄｍｉｎ",
            "Me",
            "\u3164" * 3,
            "_dana_",
            "dana-" * 9,
            "Dana 🌊",
        ),
        *("हिन्दी", "Ｄａｎａ", "İsim", "D\u0335\u0336\u0337\u0338ana"),
    ):
        for number in range(2):
            made = user(come_in(someone(f"{name}{number}", name=name))).username
            assert usernames.is_well_formed(made), name
            assert usernames.clean(made) == made, name
            assert not usernames.looks_like_ours(made), name
            assert "admin" not in made


def test_who_comes_back_after_leaving_is_not_welcomed_again(db_clean: None) -> None:
    with transaction() as db:
        for _ in range(2):
            remember_leaver(db, google_sub="sub-dana")
    back, new = user(come_in(someone("dana"))), user(come_in(someone("other")))
    assert (back.token_balance, back.promotional_balance) == (0, 0)
    assert new.token_balance == 100
    assert user(come_in(someone("dana"))).token_balance == 0
    with transaction() as db:
        assert db.execute(select(Transaction.receiver_id)).scalars().all() == [new.id]
        assert not any(prove_ledger(db).values())


def test_who_left_is_kept_only_as_a_seal(db_clean: None) -> None:
    with transaction() as db:
        remember_leaver(db, google_sub="sub-dana")
    with transaction() as db:
        kept = db.execute(select(FormerUser.subject_hmac)).scalar_one()
    assert kept != hashlib.sha256(b"former:sub-dana").hexdigest()
    assert (len(kept), "dana" in kept) == (64, False)


def test_a_username_tells_nothing_of_the_address(db_clean: None) -> None:
    made = user(come_in(someone("dana", email="secret.self@example.com")))
    assert "secret" not in made.username
    nameless = user(come_in(someone("other", name="", email="hidden@example.com")))
    assert "hidden" not in nameless.username


def test_a_sign_in_without_an_address_keeps_the_known_one(db_clean: None) -> None:
    first = come_in(someone("dana"))
    come_in(someone("dana", email="", email_verified=False))
    assert (user(first).email, user(first).email_verified) == ("dana@example.com", True)


def test_the_deactivated_cannot_come_in(cast: Cast, provider: Provider) -> None:
    bob = cast.bob
    assert bob.get("/api/auth/me").status == 200
    with transaction() as db:
        db.execute(update(User).where(User.id == bob.id).values(is_active=False))
    assert bob.get("/api/auth/me").code == "UNAUTHORIZED"
    browser = cast.visitor
    answer = walk_in(browser, provider, someone("bob"))
    assert (answer.status, answer.header("Location")) == (302, "/login?error=inactive")
    assert "session" not in answer.cookies()


def test_every_sign_in_has_a_new_session_and_the_old_one_ends(
    cast: Cast, provider: Provider
) -> None:
    browser = cast.visitor
    walk_in(browser, provider, someone("dana"))
    first = browser.cookies["session"]
    old = Browser(cast.gateway, dict(browser.cookies))
    walk_in(browser, provider, someone("dana"))
    assert browser.cookies["session"] != first
    assert browser.get("/api/auth/me").status == 200
    assert old.get("/api/auth/me").code == "UNAUTHORIZED"
    assert stored_session(first) is None


def test_a_session_id_brought_along_is_not_taken(cast: Cast, provider: Provider) -> None:
    browser = Browser(cast.gateway, {"session": "chosen-by-an-attacker"})
    walk_in(browser, provider, someone("dana"))
    planted = Browser(cast.gateway, {"session": "chosen-by-an-attacker"})
    assert browser.cookies["session"] != "chosen-by-an-attacker"
    assert planted.get("/api/auth/me").code == "UNAUTHORIZED"


def test_the_table_holds_a_hash_for_14_days(cast: Cast) -> None:
    session_id = cast.bob.cookies["session"]
    table = boto3.resource("dynamodb").Table(os.environ["SESSIONS_TABLE"])
    assert session_id not in str(table.scan()["Items"])
    item = stored_session(session_id)
    assert item
    assert item["user_id"] == str(cast.bob.id)
    assert abs(int(item["expires_at"]) - time.time() - DAYS_14) < 60
    stolen = Browser(cast.gateway, {"session": item["id"]})
    assert stolen.get("/api/auth/me").code == "UNAUTHORIZED"


def test_a_session_over_its_time_is_nobody(cast: Cast) -> None:
    bob = cast.bob
    boto3.resource("dynamodb").Table(os.environ["SESSIONS_TABLE"]).update_item(
        Key={"id": hashlib.sha256(bob.cookies["session"].encode()).hexdigest()},
        UpdateExpression="SET expires_at = :past",
        ExpressionAttributeValues={":past": int(time.time()) - 1},
    )
    assert (bob.get("/api/auth/me").status, bob.get("/api/auth/me").code) == (401, "UNAUTHORIZED")


def test_signing_out_ends_the_session_on_the_server(cast: Cast) -> None:
    bob = cast.bob
    kept = Browser(cast.gateway, dict(bob.cookies))
    answer = bob.post("/api/auth/logout")
    assert answer.status == 200
    assert answer.cookies() == {"session": "", "csrftoken": ""}
    assert all("Max-Age=0" in flags for flags in set_cookies(answer).values())
    assert kept.get("/api/auth/me").code == "UNAUTHORIZED"
    assert stored_session(kept.cookies["session"]) is None


def test_signing_out_leaves_other_sessions(cast: Cast, provider: Provider) -> None:
    phone, laptop = cast.visitor, cast.visitor
    for browser in (phone, laptop):
        walk_in(browser, provider, someone("dana"))
    phone.post("/api/auth/logout")
    assert laptop.get("/api/auth/me").status == 200


def test_operators_are_named_by_verified_addresses(db_clean: None) -> None:
    claimed = someone("o1", email="oscar@example.com", email_verified=False)
    assert not user(come_in(claimed)).is_operator
    oscar = someone("o2", email=" Oscar@Example.com")
    assert user(come_in(oscar)).is_operator
    assert not user(come_in(someone("bob"))).is_operator
    moved = oscar.model_copy(update={"email": "elsewhere@example.com"})
    assert not user(come_in(moved)).is_operator


def test_no_address_is_no_operator(db_clean: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPERATOR_EMAILS", " , ,oscar@example.com, ")
    settings.cache_clear()
    assert not user(come_in(someone("o1", email=""))).is_operator
    assert user(come_in(someone("o2", email="oscar@example.com"))).is_operator
    monkeypatch.undo()
    settings.cache_clear()


def test_cookies_are_kept_from_scripts_and_other_sites(cast: Cast, provider: Provider) -> None:
    cookies = set_cookies(walk_in(cast.visitor, provider, someone("dana")))
    assert cookies["session"] == {"Path=/", "SameSite=Lax", f"Max-Age={DAYS_14}", "HttpOnly"}
    assert cookies["csrftoken"] == {"Path=/", "SameSite=Lax", f"Max-Age={DAYS_14}"}
    assert cookies["oidc"] == {"Path=/", "SameSite=Lax", "Max-Age=0", "HttpOnly"}


@pytest.fixture
def https(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PUBLIC_URL", "https://style.example")
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_over_tls_cookies_are_bound_to_the_host(
    cast: Cast, provider: Provider, https: None
) -> None:
    browser = cast.visitor
    assert {"Secure", "HttpOnly"} <= set_cookies(browser.get("/api/auth/google/login"))[
        "__Host-oidc"
    ]
    cookies = set_cookies(walk_in(browser, provider, someone("dana")))
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= cookies["__Host-session"]
    assert "Secure" in cookies["csrftoken"]
    assert browser.get("/api/auth/me").status == 200
    plain = Browser(cast.gateway, {"session": browser.cookies["__Host-session"]})
    assert plain.get("/api/auth/me").code == "UNAUTHORIZED"
