"""How often a tag is used: once a style that carries it, once a generation that asks for it."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from sqlalchemy import insert, select

from chalicelib.kit.db import transaction
from chalicelib.tables import Generation, Tag, generation_tags, style_tags
from chalicelib.tags import service
from tests.factories.artworks import make_artworks
from tests.factories.styles import make_style
from tests.factories.submissions import place_artworks, submission
from tests.people import Cast, Person
from tests.tags.counting import add, ask, counts

TAGS = ["sea", "moon", "house", "tree", "red fox"]


def submit(artist: Person, title: str, *names: str) -> str:
    body = submission(place_artworks(artist), title=title)
    for artwork in body["artworks"]:
        artwork["tags"] = list(names)
    answer = artist.post("/api/styles", body)
    assert answer.status == 201, answer.body
    style_id: str = answer.data["id"]
    return style_id


def untitled(artist: Person) -> UUID:
    """A style that waits for training, with artworks and without tags."""
    style_id = make_style(artist, status="pending", title="Old")
    make_artworks(style_id, None, None)
    return style_id


def retitle(artist: Person, style_id: object, title: str) -> int:
    return artist.patch(f"/api/styles/{style_id}", {"title": title}).status


def test_a_tag_counts_once_a_style_and_once_a_generation(cast: Cast) -> None:
    submit(cast.alice, "Sea Dreams", "sea", "Sea", "moon")
    style_id = make_style(cast.person("anna", artist=True), price=1)
    assert ask(cast.bob, style_id, "Sea", "ｓｅａ", "fox").status == 201
    assert ask(cast.carol, style_id, "sea").status == 201
    assert counts() == {"sea": 3, "sea dreams": 1, "moon": 1, "fox": 1}


def test_a_request_that_fails_counts_nothing(cast: Cast) -> None:
    style_id = make_style(cast.alice, price=101)
    assert ask(cast.bob, style_id, "sea").code == "INSUFFICIENT_TOKENS"
    assert counts() == {}


def test_everybody_at_once_is_counted_exactly_and_nobody_waits_for_ever(cast: Cast) -> None:
    style_id = make_style(cast.alice, price=1)
    buyers = [cast.person(f"buyer{n}") for n in range(4)]
    submitters = [cast.person(f"artist{n}", artist=True) for n in range(3)]
    retitlers = [
        (artist, submit(artist, "Sea", *TAGS))
        for artist in (cast.person("anna", artist=True), cast.person("bea", artist=True))
    ]

    def turned(number: int) -> list[str]:
        return TAGS[number % 5 :] + TAGS[: number % 5]

    def generate(number: int) -> int:
        return ask(buyers[number % 4], style_id, *turned(number), f"new {number % 7}").status

    def register(number: int) -> int:
        submit(submitters[number], TAGS[-1 - number], *turned(number), f"new {6 - number}")
        return 201

    def rename(number: int) -> int:
        artist, own = retitlers[number % 2]
        return retitle(artist, own, ("Moon", "New 3", "Sea", "Tree")[number % 4])

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(generate, n) for n in range(32)]
        made = [pool.submit(register, n) for n in range(3)]
        renamed = [pool.submit(rename, n) for n in range(16)]
        assert {one.result() for one in asked} == {201}
        assert {one.result() for one in made} == {201}
        assert {one.result() for one in renamed} == {200}
    assert counts()["house"] == 32 + 3 + 2


def test_styles_that_exchange_their_titles_do_not_deadlock(cast: Cast) -> None:
    artists = [cast.person(name, artist=True) for name in ("anna", "bea", "cleo", "dora")]
    own = [(artist, untitled(artist)) for artist in artists]
    titles = ("Sea", "Moon", "Tree")

    def exchange(number: int) -> set[int]:
        artist, style_id = own[number]
        return {retitle(artist, style_id, titles[(number + turn) % 3]) for turn in range(1, 13)}

    with ThreadPoolExecutor(4) as pool:
        assert set.union(*pool.map(exchange, range(4))) == {200}
    assert sum(counts().values()) == 4


def test_a_new_title_takes_its_tag_and_gives_the_old_one_back(cast: Cast) -> None:
    alice = cast.alice
    style_id = submit(alice, "Water Dreams", "sea")
    for title, expected in (
        ("Fire Dreams", {"water dreams": 0, "fire dreams": 1, "sea": 1}),
        ("Sea", {"water dreams": 0, "fire dreams": 0, "sea": 1}),
        ("SEA", {"water dreams": 0, "fire dreams": 0, "sea": 1}),
        ("Water Dreams", {"water dreams": 1, "fire dreams": 0, "sea": 0}),
    ):
        assert retitle(alice, style_id, title) == 200
        assert counts() == expected


def test_a_title_that_was_never_a_tag_of_the_style_gives_nothing_back(cast: Cast) -> None:
    style_id = untitled(cast.alice)
    ask(cast.bob, make_style(cast.person("anna", artist=True)), "old")
    assert retitle(cast.alice, style_id, "Fire Dreams") == 200
    assert counts() == {"old": 1, "fire dreams": 1}


def test_released_tags_are_used_less_by_each_link(cast: Cast) -> None:
    style_id = submit(cast.alice, "Water Dreams", "sea", "moon")
    other = make_style(cast.person("anna", artist=True), price=1)
    mine = [ask(cast.bob, other, *names).data["id"] for names in (["sea", "fox"], ["sea"])]
    ask(cast.carol, other, "sea", "moon")
    with transaction() as db:
        service.release_tags(db, style_ids=[style_id], generation_ids=mine)
    assert counts() == {"sea": 1, "moon": 1, "fox": 0, "water dreams": 0}
    with transaction() as db:
        # Nothing is left to give back.
        service.release_tags(db, style_ids=[style_id], generation_ids=mine)
        service.release_tags(db, style_ids=[], generation_ids=[])
        assert db.execute(select(style_tags)).all() == []
        assert len(db.execute(select(generation_tags)).all()) == 2
    assert counts() == {"sea": 1, "moon": 1, "fox": 0, "water dreams": 0}


def test_more_generations_than_a_statement_takes_parameters_are_released(cast: Cast) -> None:
    style_id = make_style(cast.alice)
    made = 70_000
    add("sea", usage_count=made)
    with transaction() as db:
        sea = db.execute(select(Tag.id)).scalar_one()
        values = {
            "style_id": style_id,
            "buyer_id": cast.bob.id,
            "prompt_tags": ["sea"],
            "aspect_ratio": "1:1",
            "seed": 1,
            "price_tokens": 1,
        }
        ids = [
            db.execute(insert(Generation).values(**values).returning(Generation.id)).scalar_one()
        ]
        # The rest are gone already.
        ids += [style_id] * (made - 1)
        db.execute(insert(generation_tags).values(generation_id=ids[0], tag_id=sea))
        service.release_tags(db, style_ids=[], generation_ids=ids)
        assert db.execute(select(Tag.usage_count)).scalar_one() == made - 1


def test_people_who_leave_and_people_who_ask_do_not_deadlock(cast: Cast) -> None:
    style_id = make_style(cast.alice, price=1)
    made = [ask(cast.bob, style_id, *TAGS).data["id"] for _ in range(8)]
    buyers = [cast.person(f"buyer{n}") for n in range(4)]

    def release(number: int) -> int:
        with transaction() as db:
            service.release_tags(db, style_ids=[], generation_ids=[made[number]])
        return 201

    def generate(number: int) -> int:
        return ask(buyers[number % 4], style_id, *TAGS[::-1]).status

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit((release, generate)[n % 2], n // 2) for n in range(16)]
        assert {one.result() for one in done} == {201}
    assert set(counts().values()) == {8}
