"""Search among twenty thousand of everything (SPEC §3 Tags and search, §6)."""

import os
import time
from collections.abc import Iterator

import psycopg
import pytest

from local.gateway import Gateway
from tests.conftest import empty_tables
from tests.lists.statements import scanned, statements
from tests.people import Browser
from tests.search.listings import artists

COUNT = 20_000
LARGE = {"users", "artists", "styles", "tags", "style_tags"}
# Half of all names begin with `sea`, one in a thousand with `lantern`; the most used come last.
_CROWD = f"""
CREATE TEMP TABLE crowd AS
SELECT n, lpad(n::text, 32, '0')::uuid AS id,
    lpad((1 + n * 7 % {COUNT})::text, 32, '0')::uuid AS far,
    CASE WHEN n % 1000 = 0 THEN 'lantern'
         WHEN n % 2 = 0 THEN 'sea' ELSE 'w' || left(md5(n::text), 9) END AS word
FROM generate_series(1, {COUNT}) n;
INSERT INTO auth.users (id, google_sub, email, username, role)
SELECT id, 'crowd-' || n, n || '@example.com', word || '-' || n, 'artist' FROM crowd;
INSERT INTO auth.artists (user_id, artist_name, signature_key, follower_count)
SELECT id, CASE WHEN n = 777 THEN '김초희' ELSE '작가 ' || n END, 'x', n FROM crowd;
INSERT INTO style.styles (id, artist_id, title, description, generation_cost_tokens,
    training_status, rights_name, rights_accepted_at, trigger, generations_count, lora_key,
    lora_sha256, trained_at)
SELECT id, id, 'Style ' || n, 'x', 30, 'completed', 'x', now(), 'x', n, 'x', 'x', now() FROM crowd;
INSERT INTO tagging.tags (id, name, usage_count) SELECT id, word || ' ' || n, n % 89 FROM crowd;
INSERT INTO tagging.style_tags (style_id, tag_id) SELECT id, id FROM crowd;
INSERT INTO tagging.style_tags (style_id, tag_id) SELECT id, far FROM crowd WHERE far <> id;
"""  # noqa: S608


@pytest.fixture(scope="module")
def visitor(stores: None) -> Iterator[Browser]:
    import app as application  # noqa: PLC0415 - reads the environment

    url = os.environ["DATABASE_URL"]
    empty_tables(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(_CROWD)
        connection.execute("VACUUM ANALYZE")
    yield Browser(Gateway(application.app))
    empty_tables(url)


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
    (found,) = visitor.get("/api/search", q="lantern 15000", limit=1).data["styles"]
    assert found["matched_by"] == "tag"
