"""What an artist earned (SPEC 4.4): per day and per style, as it settled."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.factories.styles import make_style
from tests.ledger.moving import ask, deliver, give_up, run
from tests.people import Answer, Cast


def earnings(cast: Cast, **query: object) -> Answer:
    return cast.alice.get("/api/tokens/earnings", **query)


def settle_on(generation_id: UUID, when: datetime) -> None:
    """As if its image had come then."""
    run(
        "UPDATE token.transactions SET settled_at = :at, created_at = :at"
        " WHERE related_generation_id = :id",
        id=generation_id,
        at=when,
    )


def test_only_what_settled_is_earned_by_its_day_and_by_its_style(cast: Cast) -> None:
    style_id = make_style(cast.alice, price=30)
    first, second, third = (ask(cast.bob, style_id) for _ in range(3))
    deliver(first)
    deliver(second)
    give_up(third)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    settle_on(second, yesterday)
    shown = earnings(cast).data
    assert shown["by_day"] == [
        {"date": f"{datetime.now(UTC):%Y-%m-%d}", "tokens": 30, "images": 1},
        {"date": f"{yesterday:%Y-%m-%d}", "tokens": 30, "images": 1},
    ]
    [by_style] = shown["by_style"]
    assert (by_style["style_id"], by_style["tokens"], by_style["images"]) == (str(style_id), 60, 2)
    assert (shown["total"], shown["images"], shown["earned_token_balance"]) == (60, 2, 60)
    assert shown["not_rolled_up"] == 60


def test_days_count_from_today_back(cast: Cast) -> None:
    style_id = make_style(cast.alice, price=10)
    for days in (0, 1, 2):
        made = ask(cast.bob, style_id)
        deliver(made)
        settle_on(made, datetime.now(UTC) - timedelta(days=days))
    assert [earnings(cast, days=days).data["total"] for days in (1, 2, 3, 90)] == [10, 20, 30, 30]


@pytest.mark.parametrize("days", [0, 366, -1, "x"])
def test_a_stretch_of_days_has_its_limits(cast: Cast, days: object) -> None:
    assert earnings(cast, days=days).code == "VALIDATION_FAILED"


def test_who_has_earned_nothing_sees_nothing(cast: Cast) -> None:
    make_style(cast.alice, price=10)
    shown = earnings(cast).data
    assert (shown["by_day"], shown["by_style"], shown["total"]) == ([], [], 0)


def test_an_artist_without_a_style_has_earned_nothing(cast: Cast) -> None:
    shown = earnings(cast).data
    assert (shown["total"], shown["by_day"], shown["by_style"]) == (0, [], [])


def test_earnings_are_the_artists_own(cast: Cast) -> None:
    assert cast.bob.get("/api/tokens/earnings").code == "ARTIST_ONLY"
    assert cast.visitor.get("/api/tokens/earnings").code == "UNAUTHORIZED"
