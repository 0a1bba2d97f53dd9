"""Reads of search: one statement a kind, bounded however much there is.

The most used are read first, in order: what many names begin with is answered from them. Only
when they leave room is the trigram index asked. Hits are ranked: the whole name, the beginning
of the name or of a word in it, a word that is nearly so, and one that is less so.
"""

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from chalicelib.kit.db import AnyRow, rows, sql

STYLES_WALKED = 200
ARTISTS_WALKED = 1000
HITS_MAX = 2000
# Shared trigrams to all of both: one wrong letter in a word of five passes, another word doesn't.
SIMILARITY_MIN = 0.33
SIMILARITY_OF_NEARLY = 0.5

# What is asked stands in a row of its own, so that PostgreSQL plans alike for all letters: a
# plan made for `a` would read whole tables. The threshold is set before any name is compared,
# since the comparison needs that row.
_ASKED = f"""
asked AS MATERIALIZED (
    SELECT {{name}} AS name, {{start}} || '%' AS start, '% ' || {{start}} || '%' AS word,
        CAST(:has_letters AS boolean) AS has_letters,
        set_config('pg_trgm.strict_word_similarity_threshold', '{SIMILARITY_MIN}', true)
)"""
_EXACT = "{name} = (SELECT name FROM asked)"
_BEGINS = "({name} LIKE (SELECT start FROM asked) OR {name} LIKE (SELECT word FROM asked))"
# Of one letter or two, any word that begins so would be a typo.
_NEARLY = "(SELECT name FROM asked) <<% {name} AND length((SELECT name FROM asked)) > 2"
_RANK = "CASE WHEN {name} = (SELECT name FROM asked) THEN 0 ELSE 1 END"
_NEARNESS = f"""
CASE WHEN strict_word_similarity((SELECT name FROM asked), n.name) >= {SIMILARITY_OF_NEARLY}
    THEN 2 ELSE 3 END"""  # noqa: S608 - made of constants only
# Nothing in the trigram index stands for a name without letters and digits.
_INDEXED = "(SELECT has_letters FROM asked)"

_STATEMENT = """
WITH {asked},
walked AS MATERIALIZED ({walked} ORDER BY used DESC, id DESC LIMIT :limit),
whole AS MATERIALIZED ({whole}),
begun AS MATERIALIZED ({begun}),
near AS MATERIALIZED (
    SELECT * FROM walked
    UNION ALL ({hits_of_whole})
    UNION ALL ({hits_of_begun})
),
alike AS MATERIALIZED ({alike}),
best AS (
    SELECT DISTINCT ON (id) * FROM (SELECT * FROM near UNION ALL ({hits_of_alike})) AS hits
    ORDER BY id, rank, matched_by
),
found AS (SELECT * FROM best ORDER BY rank, used DESC, id DESC LIMIT :limit)
{shown}
ORDER BY found.rank, found.used DESC, found.id DESC
"""

_VISIBLE = "s.training_status = 'completed' AND s.is_active"
_MATCHED_TITLE = (
    "CASE WHEN lower(normalize(s.title, NFKC)) = {name} THEN 'name' ELSE 'tag' END AS matched_by"
)
_STYLES_WALKED = f"""
SELECT s.id, s.generations_count AS used, best.rank, best.matched_by
FROM (
    SELECT * FROM style.styles s WHERE {_VISIBLE}
    ORDER BY generations_count DESC, id DESC LIMIT {STYLES_WALKED}
) AS s
CROSS JOIN LATERAL (
    SELECT {_RANK.format(name="t.name")} AS rank, {_MATCHED_TITLE.format(name="t.name")}
    FROM auth.users u
    JOIN tagging.style_tags l ON l.style_id = s.id
    JOIN tagging.tags t ON t.id = l.tag_id AND t.is_active AND NOT t.is_flagged
    WHERE u.id = s.artist_id AND u.is_active AND {_BEGINS.format(name="t.name")}
    ORDER BY rank, matched_by LIMIT 1
) AS best
"""  # noqa: S608 - made of constants only
_TAGS = """
SELECT t.id, t.name FROM tagging.tags t
WHERE {match} AND t.is_active AND NOT t.is_flagged
"""
# The inner LIMIT keeps PostgreSQL from joining all there is before it looks at the hits.
_TAGGED = f"""
SELECT hit.id, hit.used, {{rank}} AS rank, hit.matched_by
FROM {{names}} AS n
CROSS JOIN LATERAL (
    SELECT s.id, s.generations_count AS used, {_MATCHED_TITLE.format(name="n.name")}
    FROM tagging.style_tags l
    JOIN style.styles s ON s.id = l.style_id AND {_VISIBLE}
    JOIN auth.users u ON u.id = s.artist_id AND u.is_active
    WHERE l.tag_id = n.id LIMIT {HITS_MAX}
) AS hit
LIMIT {HITS_MAX}
"""  # noqa: S608 - made of constants only
_STYLES_SHOWN = """
SELECT s.id, s.title, s.public_sample_keys, s.artist_id, a.artist_name, found.matched_by
FROM found
JOIN style.styles s ON s.id = found.id
JOIN auth.artists a ON a.user_id = s.artist_id
"""

_ARTISTS_WALKED = f"""
SELECT a.user_id AS id, a.follower_count AS used, best.rank, best.matched_by
FROM (
    SELECT * FROM auth.artists ORDER BY follower_count DESC, user_id DESC LIMIT {ARTISTS_WALKED}
) AS a
CROSS JOIN LATERAL (
    SELECT {_RANK.format(name="n.name")} AS rank, n.matched_by
    FROM auth.users u
    CROSS JOIN LATERAL (
        VALUES (a.search_name, 'artist_name'), (u.search_name, 'username')
    ) AS n (name, matched_by)
    WHERE u.id = a.user_id AND u.is_active AND {_BEGINS.format(name="n.name")}
    ORDER BY rank, matched_by LIMIT 1
) AS best
"""  # noqa: S608 - made of constants only
_NAMES = """
SELECT user_id AS id, search_name AS name, 'artist_name' AS matched_by
FROM auth.artists WHERE {match}
UNION ALL
SELECT id, search_name, 'username' FROM auth.users WHERE role = 'artist' AND {match}
"""
_NAMED = f"""
SELECT hit.id, hit.used, {{rank}} AS rank, n.matched_by
FROM {{names}} AS n
CROSS JOIN LATERAL (
    SELECT a.user_id AS id, a.follower_count AS used
    FROM auth.artists a JOIN auth.users u ON u.id = a.user_id AND u.is_active
    WHERE a.user_id = n.id LIMIT 1
) AS hit
LIMIT {HITS_MAX}
"""  # noqa: S608 - made of constants only
_ARTISTS_SHOWN = """
SELECT a.user_id AS id, u.username, a.artist_name, a.follower_count, u.profile_image_key,
    found.matched_by
FROM found
JOIN auth.artists a ON a.user_id = found.id
JOIN auth.users u ON u.id = found.id
"""


def _statement(*, folded: str, walked: str, names: str, name: str, hits: str, shown: str) -> str:
    def matching(match: str, room_in: str = "0") -> str:
        return names.format(
            match=f"{match.format(name=name)} AND {_INDEXED} AND ({room_in}) < :limit"
        )

    return sql(
        _STATEMENT.format(
            asked=_ASKED.format(name=folded.format(":asked"), start=folded.format(":start")),
            walked=walked,
            whole=matching(_EXACT),
            begun=matching(_BEGINS, "SELECT count(*) FROM walked"),
            alike=matching(_NEARLY, "SELECT count(DISTINCT id) FROM near"),
            hits_of_whole=hits.format(names="whole", rank=0),
            hits_of_begun=hits.format(names="begun", rank=1),
            hits_of_alike=hits.format(names="alike", rank=_NEARNESS),
            shown=shown,
        )
    )


_STYLES = _statement(
    folded="CAST({} AS text)",
    walked=_STYLES_WALKED,
    names=_TAGS,
    name="t.name",
    hits=_TAGGED,
    shown=_STYLES_SHOWN,
)
_ARTISTS = _statement(
    folded="casefold(normalize(CAST({} AS text), NFKC))",
    walked=_ARTISTS_WALKED,
    names=_NAMES,
    name="search_name",
    hits=_NAMED,
    shown=_ARTISTS_SHOWN,
)


def styles_like(db: Session, *, asked: str, limit: int) -> Sequence[AnyRow]:
    """Styles with their artists by the visible tags that they carry, best match first."""
    return _search(db, _STYLES, asked, limit)


def artists_like(db: Session, *, asked: str, limit: int) -> Sequence[AnyRow]:
    """Active artists by artist name or username, best match first."""
    return _search(db, _ARTISTS, asked, limit)


def _search(db: Session, statement: str, asked: str, limit: int) -> Sequence[AnyRow]:
    given = {
        "asked": asked,
        "start": re.sub(r"([\\%_])", r"\\\1", asked),
        "has_letters": any(letter.isalnum() for letter in asked),
        "limit": limit,
    }
    return rows(db, statement, given)
