"""Changing one's profile (SPEC §4.2)."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import Any

import boto3
import requests
from sqlalchemy import select

from chalicelib.kit.db import transaction
from chalicelib.tables import Artist, User
from tests.accounts.uploading import place
from tests.people import Answer, Cast, Person, picture, signature

PATH = "/api/users/me"


def me(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = person.get("/api/auth/me").data
    return found


def stored(person: Person) -> dict[str, Any]:
    with transaction() as db:
        row = db.execute(select(User.__table__).where(User.id == person.id)).one()
    return dict(row._mapping)


def rename(person: Person, username: Any) -> Answer:
    return person.patch(PATH, {"username": username})


def test_what_is_sent_changes_and_the_rest_stays(cast: Cast) -> None:
    bob, before = cast.bob, me(cast.bob)
    answer = bob.patch(PATH, {"bio": "I paint.\n매일."})
    assert answer.status == 200
    assert answer.data == me(bob) == {**before, "bio": "I paint.\n매일."}
    assert rename(bob, "Bob.Ross").data == {
        **before,
        "bio": "I paint.\n매일.",
        "username": "Bob.Ross",
    }
    assert bob.get(f"/api/users/{bob.id}").data["username"] == "Bob.Ross"
    assert bob.patch(PATH, {"bio": ""}).data["bio"] == ""


def test_an_empty_body_changes_nothing(cast: Cast) -> None:
    bob, before = cast.bob, stored(cast.bob)
    assert bob.patch(PATH, {}).data == me(bob)
    assert stored(bob) == before


OURS = [
    *("role", "token_balance", "promotional_balance", "is_operator", "is_active", "id"),
    *("email", "email_verified", "google_sub", "created_at", "profile_image_key"),
    *("profile_image_url", "artist", "follower_count", "earned_token_balance"),
    *("signature_key", "search_name", "__class__", "username "),
]


def test_what_is_ours_cannot_be_assigned(cast: Cast) -> None:
    before = stored(cast.bob)
    for field, value in product(OURS, (True, "artist", None)):
        answer = cast.bob.patch(PATH, {"bio": "changed", field: value})
        assert (answer.status, answer.code) == (422, "VALIDATION_FAILED"), field
        assert answer.details["fields"][0]["code"] == "extra_forbidden", field
    assert stored(cast.bob) == before


def test_markup_in_a_bio_is_stripped(cast: Cast) -> None:
    bio = "<b>Hi</b> <script>alert(1)</script>&lt;img src=x onerror=alert(1)&gt;there\n1 < 2"
    shown = cast.bob.patch(PATH, {"bio": bio}).data["bio"]
    assert shown.startswith("Hi ")
    assert not any(word in shown for word in ("script", "onerror", "<b>", "<img"))


def test_a_bio_has_500_letters_at_most(cast: Cast) -> None:
    assert cast.bob.patch(PATH, {"bio": "글" * 500}).status == 200
    answer = cast.bob.patch(PATH, {"bio": "글" * 501})
    assert (answer.status, answer.code) == (422, "VALIDATION_FAILED")
    assert cast.bob.patch(PATH, {"bio": 7}).status == 422
    assert me(cast.bob)["bio"] == "글" * 500


def test_a_username_is_of_any_script(cast: Cast) -> None:
    for name in ("김다나", "다나_2", "Zoë", "हिन्दी", "ไทยแท้", "李小龍", "a.b-c_d", "x" * 30):
        assert rename(cast.bob, name).data["username"] == name
        assert rename(cast.bob, f"  {name} ").data["username"] == name


BAD_NAMES = {
    "spaces": "bob ross",
    "markup": "<b>bob</b>",
    "an address": "bob@example.com",
    "a path": "../bob",
    "a dot before": ".bob",
    "a hyphen after": "bob-",
    "only punctuation": "...",
    "an emoji": "bob🌊",
    "a zero-width joiner": "bo\u200db",
    "right to left": "bob\u202egnp",
    "a filler that shows nothing": "\u3164\u3164\u3164",
    "a variation selector": "bob\ufe0fby",
    "a mark on nothing": "\u0301bob",
    "a tower of marks": "b" + "\u0335\u0336\u0337\u0338" + "ob",
    "a null": "bob\x00by",
    "a line break": "bob\nby",
    "a symbol": "bob™©",
}


def test_a_username_that_people_cannot_read_is_refused(cast: Cast) -> None:
    for reason, name in BAD_NAMES.items():
        answer = rename(cast.bob, name)
        assert (answer.status, answer.code) == (422, "VALIDATION_FAILED"), reason
        (field,) = answer.details["fields"]
        assert (field["field"], field["code"]) == ("username", "username"), reason
        assert "letters" in field["message"]
    assert me(cast.bob)["username"] == "bob"


def test_a_username_has_3_to_30_letters(cast: Cast) -> None:
    for name, code in (
        ("ab", "string_too_short"),
        ("  a  ", "string_too_short"),
        ("x" * 31, "string_too_long"),
        # One letter that is 18.
        ("\ufdfa\ufdfa", "string_too_long"),
        (7, "string_type"),
        (["bob"], "string_type"),
    ):
        answer = rename(cast.bob, name)
        assert (answer.status, answer.details["fields"][0]["code"]) == (422, code), name


def test_a_name_is_taken_in_any_case_and_width(cast: Cast) -> None:
    assert cast.alice
    for variant in ("alice", "ALICE", "aLiCe", "ａｌｉｃｅ", "Ａlice", "  Alice "):
        answer = rename(cast.bob, variant)
        assert (answer.status, answer.code) == (409, "USERNAME_TAKEN"), variant
    assert me(cast.bob)["username"] == "bob"


def test_composed_and_decomposed_letters_are_one_name(cast: Cast) -> None:
    rename(cast.alice, "김다나")
    assert rename(cast.bob, "\u1100\u1175\u11b7다나").code == "USERNAME_TAKEN"
    rename(cast.alice, "zo\u00eb")
    assert rename(cast.bob, "ZOE\u0308").code == "USERNAME_TAKEN"


def test_ones_own_name_can_be_spelled_anew(cast: Cast) -> None:
    for spelling in ("bob", "BOB", "Bob", "Bob"):
        assert rename(cast.bob, spelling).data["username"] == spelling


def test_a_name_given_up_is_free(cast: Cast) -> None:
    assert rename(cast.bob, "robert").status == 200
    assert rename(cast.carol, "bob").data["username"] == "bob"


LIKE_OURS = [
    *("admin", "Admin", "ADMIN", "ａｄｍｉｎ", "a.d.m.i.n", "аdmin", "adm1n", "adrnin", "ádmin"),
    *("administrator", "operator", "0perator", "support", "Supp0rt", "m-e", "m.e"),
    *("style-license", "StyleLicense", "style_licence", "style.license-help", "sty1e-l1cense"),
]


def test_names_that_look_like_ours_are_taken(cast: Cast) -> None:
    for name in LIKE_OURS:
        answer = rename(cast.bob, name)
        assert (answer.status, answer.code) == (409, "USERNAME_TAKEN"), name
    assert me(cast.bob)["username"] == "bob"


def test_names_that_only_begin_like_ours_are_free(cast: Cast) -> None:
    for name in ("adminton", "mea", "support-my-art", "operatic", "style-lover"):
        assert rename(cast.bob, name).data["username"] == name


def test_of_many_who_take_one_name_at_once_one_gets_it(cast: Cast) -> None:
    people = [cast.person(f"person{n}") for n in range(8)]
    wishes = ["Star.Fish", "STAR.FISH", "star.fish", "ｓｔａｒ.fish"] * 2
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(rename, people, wishes))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    assert {answer.code for answer in answers if answer.status == 409} == {"USERNAME_TAKEN"}
    names = [me(person)["username"].casefold() for person in people]
    assert names.count("star.fish") == 1


def test_a_name_taken_changes_nothing_else_either(cast: Cast) -> None:
    assert cast.alice
    assert cast.bob.patch(PATH, {"username": "Alice", "bio": "changed"}).status == 409
    assert me(cast.bob)["bio"] == ""


def test_an_artist_changes_the_name_they_sign_with(cast: Cast) -> None:
    answer = cast.alice.patch(PATH, {"artist_name": "  <i>Alice</i>  Kim "})
    assert answer.data["artist"]["artist_name"] == "Alice Kim"
    assert cast.visitor.get(f"/api/users/{cast.alice.id}").data["artist"]["artist_name"] == (
        "Alice Kim"
    )
    for name in ("", "   ", "<b></b>", "x" * 61):
        assert cast.alice.patch(PATH, {"artist_name": name}).code == "VALIDATION_FAILED"
    assert me(cast.alice)["artist"]["artist_name"] == "Alice Kim"


def test_only_artists_have_an_artists_name_and_signature(cast: Cast) -> None:
    key = place(cast.bob, signature(), purpose="signature")
    for change in ({"artist_name": "Bob Ross"}, {"signature_upload_key": key}):
        answer = cast.bob.patch(PATH, {**change, "bio": "changed"})
        assert (answer.status, answer.code) == (403, "ARTIST_ONLY")
    assert (me(cast.bob)["bio"], me(cast.bob)["artist"]) == ("", None)


def test_a_replaced_signature_leaves_the_old_one(cast: Cast) -> None:
    alice = cast.alice
    keys, contents = [], []
    for width in (420, 300):
        (upload_key,) = alice.upload("signature", signature(width))
        assert alice.patch(PATH, {"signature_upload_key": upload_key}).status == 200
        with transaction() as db:
            row = db.execute(select(Artist).where(Artist.user_id == alice.id)).scalar_one()
        assert row.signature_changed_at is not None
        keys.append(row.signature_key)
        shown = me(alice)["artist"]["signature_url"]
        contents.append(requests.get(shown, timeout=30).content)
    assert contents[0] != contents[1]
    for key, content in zip(keys, contents, strict=True):
        kept = boto3.client("s3").get_object(Bucket="private", Key=key)["Body"].read()
        assert kept == content


def test_a_bad_signature_keeps_the_old_one(cast: Cast) -> None:
    alice = cast.alice
    before = me(alice)["artist"]["signature_url"].split("?")[0]
    for content, code in ((picture(), "INVALID_IMAGE_FORMAT"), (signature(100), "IMAGE_TOO_SMALL")):
        key = place(alice, content, purpose="signature")
        answer = alice.patch(PATH, {"signature_upload_key": key, "artist_name": "New"})
        assert (answer.status, answer.code) == (422, code)
    foreign = place(cast.bob, signature(), purpose="signature")
    assert alice.patch(PATH, {"signature_upload_key": foreign}).code == "FORBIDDEN"
    after = me(alice)["artist"]
    assert (after["signature_url"].split("?")[0], after["artist_name"]) == (before, "Alice")
    with transaction() as db:
        assert db.execute(select(Artist.signature_changed_at)).scalar_one() is None


def test_visitors_and_other_sites_change_nothing(cast: Cast) -> None:
    assert cast.visitor.patch(PATH, {"bio": "x"}).code == "UNAUTHORIZED"
    forged = cast.bob.patch(PATH, {"bio": "x"}, headers={"X-CSRFToken": "wrong"})
    assert forged.code == "CSRF_FAILED"
    assert me(cast.bob)["bio"] == ""
