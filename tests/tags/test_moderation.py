"""A flagged or inactive tag shows nowhere and matches nothing (SPEC §3 Tags and search)."""

import pytest
from sqlalchemy import update

from chalicelib.kit.db import transaction
from chalicelib.tables import Style
from tests.factories.styles import make_style
from tests.factories.submissions import place_artworks, submission
from tests.people import Cast
from tests.tags.counting import add, ask, counts, moderate

HIDDEN = [{"is_flagged": True}, {"is_active": False}, {"is_flagged": True, "is_active": False}]


@pytest.mark.parametrize("columns", HIDDEN, ids=str)
def test_it_shows_nowhere_until_it_is_let_in_again(cast: Cast, columns: dict[str, bool]) -> None:
    alice, bob = cast.alice, cast.bob
    own = alice.post("/api/styles", submission(place_artworks(alice))).data["id"]
    completed = {"training_status": "completed", "lora_key": "x", "lora_sha256": "x"}
    with transaction() as db:
        db.execute(update(Style).values(**completed, trained_at=Style.created_at))
    asked = ask(bob, own, "fox", "Sea", "moon").data["id"]

    def shown() -> list[object]:
        style = alice.get(f"/api/styles/{own}").data
        return [
            cast.visitor.get(f"/api/styles/{own}").data["tags"],
            {tuple(artwork["tags"]) for artwork in style["artworks"]},
            bob.get(f"/api/generations/{asked}").data["prompt_tags"],
            len(cast.visitor.get("/api/styles", tag="sea").data["results"]),
            len(cast.visitor.get("/api/search", q="sea").data["styles"]),
        ]

    before = shown()
    title = "water dreams"
    assert before == [["sea", title], {("sea", title)}, ["fox", "sea", "moon"], 1, 1]
    moderate("sea", **columns)
    assert shown() == [[title], {(title,)}, ["fox", "moon"], 0, 0]
    moderate("sea", is_flagged=False, is_active=True)
    assert shown() == before


def test_the_answer_to_a_request_hides_it_too(cast: Cast) -> None:
    add("sea", is_active=False)
    made = ask(cast.bob, make_style(cast.alice), "moon", "sea").data
    assert made["prompt_tags"] == ["moon"]
    public = cast.bob.post(f"/api/generations/{made['id']}/cancel").data
    assert public["prompt_tags"] == ["moon"]


@pytest.mark.parametrize(
    "spelling", ["bad word", "BAD  Word", " bad word\t", "ｂａｄ ｗｏｒｄ", "Ｂad\u3000word"]
)
def test_a_flagged_tag_is_refused_in_prompts_in_every_spelling(cast: Cast, spelling: str) -> None:
    add("bad word", is_flagged=True)
    style_id = make_style(cast.alice)
    answer = ask(cast.bob, style_id, "sea", spelling)
    assert (answer.status, answer.code) == (422, "TAG_NOT_ALLOWED")
    assert answer.details == {"tag": "bad word"}
    assert cast.bob.balance == 100
    assert counts() == {"bad word": 0}


def test_an_inactive_tag_may_be_used_in_prompts(cast: Cast) -> None:
    add("sea", is_active=False)
    assert ask(cast.bob, make_style(cast.alice), "Sea").status == 201
    assert counts() == {"sea": 1}
