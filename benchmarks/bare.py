"""The least anybody could do for a read: its SQL, rows as tuples, `json.dumps`.

One connection that stays open, autocommit, statements prepared; no URLs are built, no names given
to columns, nobody is asked who they are.
"""

import json
from collections.abc import Callable
from typing import Any

import psycopg

from benchmarks.dataset import Marks
from benchmarks.serving import CONNECTION_OPTIONS

Statement = tuple[str, Any]

_CARD = """
SELECT g.id, g.style_id, s.title, s.artist_id, a.artist_name, g.buyer_id, u.username,
    u.profile_image_key, g.description, g.aspect_ratio, g.status, g.is_public, g.like_count,
    g.comment_count, g.image_key, g.preview_key, g.thumbnail_key, g.public_nonce, g.created_at,
    g.completed_at
"""
_IN_STYLE = """
FROM generation.generations g
JOIN style.styles s ON s.id = g.style_id
JOIN auth.artists a ON a.user_id = s.artist_id
JOIN auth.users u ON u.id = g.buyer_id
WHERE g.is_public
"""
_HIDDEN_TAGS = """
(SELECT array_agg(t.name) FROM tagging.tags t
    WHERE t.name = ANY (g.prompt_tags) AND (t.is_flagged OR NOT t.is_active))
"""
_STYLE = """
SELECT s.id, s.title, s.artist_id, a.artist_name, s.generation_cost_tokens, s.generations_count,
    s.public_sample_keys, s.training_status, s.created_at
"""
_VISIBLE = """
FROM style.styles s
JOIN auth.artists a ON a.user_id = s.artist_id
JOIN auth.users u ON u.id = s.artist_id
WHERE s.training_status = 'completed' AND s.is_active AND u.is_active
"""
_TAGS = """
(SELECT array_agg(t.name ORDER BY t.name) FROM tagging.style_tags l
    JOIN tagging.tags t ON t.id = l.tag_id
    WHERE l.style_id = s.id AND t.is_active AND NOT t.is_flagged)
"""


def reads(marks: Marks, *, search: list[Statement]) -> dict[str, list[Statement]]:
    """The statements of each read, by the endpoint's name."""
    return {
        "feed": [(f"{_CARD} {_IN_STYLE} ORDER BY g.id DESC LIMIT %s", (21,))],
        "style list": [(f"{_STYLE} {_VISIBLE} ORDER BY s.id DESC LIMIT %s", (21,))],
        "style detail": [
            (
                f"{_STYLE}, s.description, s.is_active, s.trained_at, {_TAGS}"
                f" {_VISIBLE} AND s.id = %s",
                (marks.style,),
            )
        ],
        "search": search,
        "generation detail": [
            (
                f"{_CARD}, g.prompt_tags, g.seed, g.retry_count, g.progress, {_HIDDEN_TAGS}"
                f" {_IN_STYLE} AND g.id = %s",
                (marks.generation,),
            )
        ],
    }


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """The one connection."""
    return psycopg.connect(url, autocommit=True, options=CONNECTION_OPTIONS)


def reader(
    connection: psycopg.Connection[tuple[Any, ...]], statements: list[Statement]
) -> Callable[[], str]:
    """A call that runs them and dumps what they found."""

    def read() -> str:
        found = [
            connection.execute(statement, given, prepare=True).fetchall()
            for statement, given in statements
        ]
        return json.dumps(found, default=str)

    return read
