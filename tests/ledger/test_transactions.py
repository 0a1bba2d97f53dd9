"""The transactions list (SPEC 4.4): three filters, words that a person understands, and links."""

from uuid import UUID

import pytest

from chalicelib.kit.db import transaction
from chalicelib.ledger import service
from tests.factories.styles import make_style
from tests.ledger.moving import ask, buy, deliver, give_up
from tests.people import Cast, Person

FILTERS = {
    "all": [
        "Image in {title}, being made",
        "Refund: image in {title}",
        "Image in {title}",
        "Purchase canceled: 40 tokens taken back",
        "Bought 100 tokens",
        "Welcome bonus",
    ],
    "usage": [
        "Image in {title}, being made",
        "Refund: image in {title}",
        "Image in {title}",
    ],
    "purchase": ["Purchase canceled: 40 tokens taken back", "Bought 100 tokens"],
}


@pytest.fixture
def bought(cast: Cast) -> UUID:
    """Bob bought, had a part canceled, and asked for three images: one came, one failed."""
    purchase_id = buy(cast.bob)
    with transaction() as db:
        service.reverse_purchase(db, purchase_id=purchase_id, canceled_amount=4000)
    style_id = make_style(cast.alice, price=10)
    first, second, _running = (ask(cast.bob, style_id) for _ in range(3))
    deliver(first)
    give_up(second)
    return purchase_id


def texts(person: Person, **query: object) -> list[str]:
    return [row["text"] for row in person.get("/api/tokens/transactions", **query).data["results"]]


@pytest.mark.parametrize("name", FILTERS)
def test_each_filter_shows_its_movements_newest_first(cast: Cast, bought: UUID, name: str) -> None:
    title = cast.visitor.get("/api/styles").data["results"][0]["title"]
    assert texts(cast.bob, type=name) == [one.format(title=title) for one in FILTERS[name]]


def test_without_a_filter_everything_shows(cast: Cast, bought: UUID) -> None:
    assert texts(cast.bob) == texts(cast.bob, type="all")


def test_each_movement_links_to_its_image_or_its_purchase(cast: Cast, bought: UUID) -> None:
    rows = cast.bob.get("/api/tokens/transactions").data["results"]
    for row in rows:
        image, purchase = row["related_generation_id"], row["related_purchase_id"]
        if row["kind"] == "usage":
            assert cast.bob.get(f"/api/generations/{image}").status == 200
        elif row["kind"] == "welcome":
            assert (image, purchase) == (None, None)
        else:
            assert cast.bob.get(f"/api/tokens/purchases/{purchase}").data["id"] == str(bought)


def test_the_words_are_in_the_readers_language(cast: Cast, bought: UUID) -> None:
    answer = cast.bob.get("/api/tokens/transactions", headers={"Accept-Language": "ko"})
    english = texts(cast.bob)
    korean = [row["text"] for row in answer.data["results"]]
    assert len(korean) == len(english)
    assert not set(korean) & set(english)


def test_an_artist_sees_what_came_in_once_it_has(cast: Cast, bought: UUID) -> None:
    title = cast.visitor.get("/api/styles").data["results"][0]["title"]
    assert texts(cast.alice) == [f"Earned: image in {title}", "Welcome bonus"]


@pytest.mark.parametrize("name", ["refund", "ALL", "", "usage,purchase"])
def test_another_filter_is_refused(cast: Cast, name: str) -> None:
    assert cast.bob.get("/api/tokens/transactions", type=name).code == "VALIDATION_FAILED"
