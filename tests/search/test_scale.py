"""Search among fifty thousand of everything (SPEC §3 Tags and search, §6)."""

import os
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from chalicelib.kit.db import engine, transaction
from local.gateway import Gateway
from tests.conftest import empty_tables
from tests.lists.statements import scanned, statements
from tests.people import Browser
from tests.search.listings import artists

COUNT = 50_000
LARGE = {"users", "artists", "styles", "tags", "style_tags"}
# Half of all names begin with `sea`; one in a thousand holds `lantern`; a few are their own.
_WORD = """
CASE WHEN n % 1000 = 0 THEN 'lantern' WHEN n % 2 = 0 THEN 'sea' ELSE 'w' || left(md5(n::text), 9) END
"""
_MADE = (
    f"""INSERT INTO auth.users (google_sub, email, username, role)
        SELECT 'crowd-' || n, n || '@example.com', {_WORD} || '-' || n, 'artist'
        FROM generate_series(1, :count) n""",  # noqa: S608
    """INSERT INTO auth.artists (user_id, artist_name, signature_key, follower_count)
       SELECT id, CASE WHEN n = 777 THEN '김초희' ELSE '작가 ' || n END, 'x', n
       FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM auth.users) AS numbered""",
    """INSERT INTO style.styles (artist_id, title, description, generation_cost_tokens,
           training_status, rights_name, rights_accepted_at, trigger, generations_count,
           lora_key, lora_sha256, trained_at)
       SELECT user_id, 'Style ' || follower_count, 'x', 30, 'completed', 'x', now(), 'x',
           follower_count, 'x', 'x', now() FROM auth.artists""",
    f"""INSERT INTO tagging.tags (name, usage_count)
        SELECT {_WORD} || ' ' || n, n % 89 FROM generate_series(1, :count) n""",  # noqa: S608
    """INSERT INTO tagging.style_tags (style_id, tag_id)
       SELECT s.id, t.id
       FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM style.styles) AS s
       JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM tagging.tags) AS t
           ON t.n IN (s.n, 1 + (s.n * 7) % :count)
       ON CONFLICT DO NOTHING""",
)


@pytest.fixture(scope="module")
def visitor(stores: None) -> Iterator[Browser]:
    import app as application  # noqa: PLC0415 - reads the environment

    empty_tables(os.environ["DATABASE_URL"])
    with transaction() as db:
        for statement in _MADE:
            db.execute(text(statement), {"count": COUNT})
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    yield Browser(Gateway(application.app))
    empty_tables(os.environ["DATABASE_URL"])


@pytest.mark.parametrize(
    "q",
    ["s", "se", "sea", "sea 4", "lantern", "lantren", "latern", "작", "김초", "xyzzy", "%", "7"],
)
def test_no_large_table_is_read_from_end_to_end(visitor: Browser, q: str) -> None:
    with statements() as seen:
        for _ in range(8):
            # The ninth time the plan is the one that serves every question.
            started = time.monotonic()
            assert visitor.get("/api/search", q=q, limit=50).status == 200
        assert time.monotonic() - started < 1
    asked = [one for one in seen if one[0].lstrip().startswith("WITH")]
    assert len(asked) == 16
    for statement in asked[:2]:
        assert not LARGE.intersection(scanned(os.environ["DATABASE_URL"], statement))


@pytest.mark.parametrize("q", ["s", "se", "sea"])
def test_of_a_common_beginning_the_most_used_are_found(visitor: Browser, q: str) -> None:
    found = visitor.get("/api/search", q=q).data
    assert [hit["name"] for hit in found["styles"]][:3] == [f"Style {COUNT - n}" for n in (1, 2, 3)]
    assert found["artists"][0]["username"].endswith(f"-{COUNT - 2}")
    counts = [hit["follower_count"] for hit in found["artists"]]
    assert counts == sorted(counts, reverse=True)
    assert len(found["artists"]) == len(found["styles"]) == 20


@pytest.mark.parametrize("q", ["lantern", "lanterm", "lan"])
def test_what_few_names_hold_is_found_by_the_most_used_too(visitor: Browser, q: str) -> None:
    found = visitor.get("/api/search", q=q).data["artists"]
    assert [hit["follower_count"] for hit in found] == [COUNT - 1000 * n for n in range(20)]


def test_one_among_all_is_found(visitor: Browser) -> None:
    for q in ("김초희", "김", "김초", "김초의"):
        assert len(artists(visitor, q)) == 1
    (found,) = visitor.get("/api/search", q="lantern 25000", limit=1).data["styles"]
    assert found["matched_by"] == "tag"
