"""A list reads a page through its index, in as many statements whatever the page's size."""

import os
import re

import psycopg
import pytest

from local.gateway import Gateway
from tests.conftest import empty_tables
from tests.factories.crowd import Crowd, make_crowd
from tests.lists.statements import most_rows, scanned, statements
from tests.people import Cast, Person

CROWD = Crowd()
LARGE = 1000
# Some rows are looked at that are not shown: other people's, or of another kind.
PAGES = 5
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)
STYLE, ARTIST = CROWD.style(1), CROWD.user(1)
LISTS = {
    "feed": "/api/generations/feed",
    "feed of a style": f"/api/generations/feed?style_id={STYLE}",
    "feed of a lesser style": f"/api/generations/feed?style_id={CROWD.style(700)}",
    "feed of an artist": f"/api/generations/feed?artist_id={ARTIST}",
    "own images": "/api/generations/me",
    "own public images": "/api/generations/me?is_public=true",
    "own private images": "/api/generations/me?is_public=false",
    "own failed images": "/api/generations/me?status=failed",
    "own completed images": "/api/generations/me?status=completed",
    "styles": "/api/styles",
    "popular styles": "/api/styles?sort=popular",
    "styles by tag": "/api/styles?tag=tag 1",
    "popular styles by tag": "/api/styles?sort=popular&tag=tag 7",
    "styles of an artist": f"/api/styles?artist_id={ARTIST}",
    "styles of followed artists": "/api/styles?following=true",
    "own styles": "/api/styles/me",
    "comments": f"/api/generations/{CROWD.generation(1)}/comments",
    "following": "/api/users/me/following",
    "likes": "/api/users/me/likes",
    "notifications": "/api/notifications",
    "unread notifications": "/api/notifications?unread=true",
    "transactions": "/api/tokens/transactions",
    "usage": "/api/tokens/transactions?type=usage",
    "purchases": "/api/tokens/transactions?type=purchase",
    "tags": "/api/admin/tags",
    "flagged tags": "/api/admin/tags?flagged=true",
    "jobs": "/api/admin/jobs",
    "failed jobs": "/api/admin/jobs?state=failed",
    "done jobs": "/api/admin/jobs?state=done",
}
READS = {
    "profile": f"/api/users/{ARTIST}",
    "generation": f"/api/generations/{CROWD.generation(2)}",
    "style": f"/api/styles/{STYLE}",
    "search": "/api/search?q=tag 7",
    "search of one letter": "/api/search?q=a",
    "search with a typo": "/api/search?q=artits 700",
    "me": "/api/auth/me",
    "balance": "/api/tokens/balance",
}


@pytest.fixture(scope="module")
def buyer(stores: None) -> Person:
    """The buyer and artist who has half of everything, and operates the platform too."""
    import app as application  # noqa: PLC0415 - reads the environment
    from chalicelib.web import sessions  # noqa: PLC0415

    url = os.environ["DATABASE_URL"]
    empty_tables(url)
    with psycopg.connect(url, autocommit=True) as connection:
        make_crowd(CROWD)
        connection.execute("UPDATE auth.users SET is_operator = true WHERE id = %s", (ARTIST,))
    session_id = sessions.open_session(ARTIST)
    cookies = {"session": session_id, "csrftoken": sessions.csrf_token(session_id)}
    return Person(Gateway(application.app), cookies, id=ARTIST, name="first")


@pytest.fixture(scope="module")
def large(buyer: Person) -> set[str]:
    """Tables with so many rows that nobody should read them all."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", (LARGE,)
        )
        return {row[0] for row in rows}


@pytest.mark.parametrize("name", [*LISTS, *READS])
def test_no_large_table_is_read_from_end_to_end(buyer: Person, large: set[str], name: str) -> None:
    path = {**LISTS, **READS}[name]
    with statements() as seen:
        answer = buyer.get(path)
        assert answer.status == 200, answer.content
        if name in LISTS and answer.data["next_cursor"]:
            separator = "&" if "?" in path else "?"
            more = buyer.get(f"{path}{separator}cursor={answer.data['next_cursor']}")
            assert more.status == 200
    assert not [one for one, _ in seen if WRITES.match(one)], "a read must not write"
    for statement in seen:
        if statement[0].lstrip().upper().startswith(("SELECT", "WITH")):
            found = large.intersection(scanned(os.environ["DATABASE_URL"], statement))
            assert not found, (found, statement[0])


@pytest.mark.parametrize("name", LISTS)
def test_a_page_costs_a_page_however_much_there_is(buyer: Person, name: str) -> None:
    with statements() as seen:
        assert buyer.get(LISTS[name]).status == 200
    for statement in seen:
        assert most_rows(os.environ["DATABASE_URL"], statement) <= PAGES * 21, statement[0]


@pytest.mark.parametrize("name", LISTS)
def test_a_larger_page_takes_no_more_statements(buyer: Person, name: str) -> None:
    separator = "&" if "?" in LISTS[name] else "?"
    counts = []
    for limit in (1, 20, 100):
        with statements() as seen:
            assert buyer.get(f"{LISTS[name]}{separator}limit={limit}").status == 200
        counts.append(len(seen))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 4


def test_the_cast_is_gone_afterwards(cast: Cast) -> None:
    """The next file's tests begin with empty tables."""
    assert cast.visitor.get("/api/generations/feed").data["results"] == []
