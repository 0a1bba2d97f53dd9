# ruff: noqa: S608 - made of constants only
"""Many people and what they made, by SQL, as skewed as such platforms are.

A power law makes few styles, buyers and images popular: among a million images the first style
has one in fifty, the first buyer one in three hundred. Tables that no measured read touches
(jobs, ledger entries, artworks) stay empty.
"""

import time
from dataclasses import dataclass
from uuid import UUID

import psycopg

FIRST_WORDS = ["quiet", "amber", "hollow", "paper", "northern", "velvet", "salted", "early"]
SECOND_WORDS = ["harbour", "orchard", "lantern", "meadow", "granite", "atlas", "willow", "signal"]
TAGS = ["ink", "watercolor", "portrait", "sky", "forest", "city", "pastel", "night", "flowers"]


@dataclass(frozen=True)
class Size:
    """How many images; a tenth as many people, a tenth of whom are artists with a style each."""

    generations: int

    @property
    def users(self) -> int:
        return self.generations // 10

    @property
    def artists(self) -> int:
        return self.users // 10


@dataclass(frozen=True)
class Marks:
    """Rows that the benchmarks ask for: of each kind the one with the most of everything."""

    buyer: UUID
    artist: UUID
    style: UUID
    generation: UUID


# As uuidv7: sorted by time, 16 hexadecimal digits of which say the kind and the number.
_FUNCTIONS = """
CREATE FUNCTION pg_temp.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(1767225600000 + n), 12, '0') || '70008' || kind
        || lpad(to_hex(n), 14, '0'))::uuid $$;
CREATE FUNCTION pg_temp.at(n bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT timestamptz '2026-01-01 00:00Z' + n * interval '3 s' $$;
CREATE FUNCTION pg_temp.any_of(things bigint, skew int) RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT 1 + floor(power(random(), skew) * things)::bigint $$;
CREATE FUNCTION pg_temp.word_of(words text[], n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT words[1 + n % cardinality(words)] $$;
"""

_USER = "pg_temp.id('a', {})"
_STYLE = "pg_temp.id('b', {})"
_IMAGE = "pg_temp.id('c', {})"
# Numbers. Picked in a subquery: only so can PostgreSQL write the function that makes an id of one
# into the statement, instead of calling it for each row.
_ANY_USER = "1 + %(users)s - pg_temp.any_of(%(users)s, 2)"
_ANY_ARTIST = "pg_temp.any_of(%(artists)s, 3)"
# Of three images one is private; these are never among those.
_ANY_PUBLIC_IMAGE = "3 * pg_temp.any_of(%(generations)s / 3, 3) - 2"
_TITLE = (
    "initcap(pg_temp.word_of(%(first)s, n)) || ' '"
    " || initcap(pg_temp.word_of(%(second)s, n / 8)) || ' ' || n"
)

_PEOPLE = [
    f"""INSERT INTO auth.users (id, google_sub, email, username, profile_image_key, role,
            created_at)
        SELECT {_USER.format("n")}, 'sub-' || n, 'person-' || n || '@example.com', 'person-' || n,
            CASE WHEN n %% 2 = 0 THEN 'public/people/' || n || '/face.webp' END,
            CASE WHEN n <= %(artists)s THEN 'artist' ELSE 'user' END, pg_temp.at(n)
        FROM generate_series(1, %(users)s) n""",
    f"""INSERT INTO community.follows (follower_id, artist_id, created_at)
        SELECT {_USER.format("follower")}, {_USER.format("artist")}, pg_temp.at(n)
        FROM (SELECT {_ANY_USER} AS follower, {_ANY_ARTIST} AS artist, n
            FROM generate_series(1, 5 * %(users)s) n) AS pairs
        WHERE follower <> artist ON CONFLICT DO NOTHING""",
    f"""INSERT INTO auth.artists (user_id, artist_name, signature_key, follower_count)
        SELECT {_USER.format("n")}, {_TITLE}, 'signatures/x.png',
            (SELECT count(*) FROM community.follows f WHERE f.artist_id = {_USER.format("n")})
        FROM generate_series(1, %(artists)s) n""",
]
_IMAGES = [
    f"""INSERT INTO community.comments (id, generation_id, author_id, body, created_at)
        SELECT pg_temp.id('d', n), {_IMAGE.format("image")}, {_USER.format("author")},
            'What a light in this one, number ' || n, pg_temp.at(n)
        FROM (SELECT {_ANY_PUBLIC_IMAGE} AS image, {_ANY_USER} AS author, n
            FROM generate_series(1, %(generations)s / 2) n) AS picked""",
    f"""INSERT INTO community.comments (id, generation_id, author_id, parent_id, body, created_at)
        SELECT pg_temp.id('e', n), c.generation_id, {_USER.format("author")}, c.id, 'It is!',
            pg_temp.at(n)
        FROM (SELECT {_ANY_USER} AS author, n
            FROM generate_series(1, %(generations)s / 2, 4) n) AS picked
        JOIN community.comments c ON c.id = pg_temp.id('d', n)""",
    f"""INSERT INTO community.likes (user_id, generation_id, created_at)
        SELECT {_USER.format("fan")}, {_IMAGE.format("image")}, pg_temp.at(n)
        FROM (SELECT {_ANY_USER} AS fan, {_ANY_PUBLIC_IMAGE} AS image, n
            FROM generate_series(1, %(generations)s) n) AS picked
        ON CONFLICT DO NOTHING""",
    f"""INSERT INTO generation.generations (id, style_id, buyer_id, prompt_tags, description,
            aspect_ratio, seed, price_tokens, status, failure, is_public, public_nonce, like_count,
            comment_count, image_key, preview_key, thumbnail_key, image_sha256, pixel_sha256,
            result, created_at, completed_at)
        SELECT id, {_STYLE.format("style")}, {_USER.format("buyer")},
            (%(tags)s::text[])[1 + n %% 5 : 4 + n %% 5], 'Picture number ' || n, '1:1', n, 30,
            CASE WHEN failed THEN 'failed' ELSE 'completed' END,
            CASE WHEN failed THEN '{{"code": "GENERATION_FAILED", "details": {{}}}}'::jsonb END,
            n %% 3 <> 0, CASE WHEN n %% 3 <> 0 THEN left(sum, 16) END,
            coalesce(l.count, 0), coalesce(c.count, 0),
            CASE WHEN NOT failed THEN 'generations/' || id || '/1/image.png' END,
            CASE WHEN NOT failed THEN 'generations/' || id || '/1/preview.webp' END,
            CASE WHEN NOT failed THEN 'generations/' || id || '/1/thumbnail.webp' END,
            CASE WHEN NOT failed THEN sum END, CASE WHEN NOT failed THEN reverse(sum) END,
            CASE WHEN NOT failed THEN jsonb_build_object('seed', n, 'steps', 24, 'width', 512,
                'height', 512, 'base_model', 'sdxl', 'image_sha256', sum, 'size_bytes', 300000) END,
            pg_temp.at(n), CASE WHEN NOT failed THEN pg_temp.at(n + 4) END
        FROM (SELECT n, {_IMAGE.format("n")} AS id, n %% 60 = 0 AS failed,
                {_ANY_ARTIST} AS style, {_ANY_USER} AS buyer,
                encode(sha256(n::text::bytea), 'hex') AS sum
            FROM generate_series(1, %(generations)s) n) AS g
        LEFT JOIN (SELECT generation_id AS id, count(*) FROM community.likes GROUP BY 1) AS l
            USING (id)
        LEFT JOIN (SELECT generation_id AS id, count(*) FROM community.comments GROUP BY 1) AS c
            USING (id)
        ORDER BY n""",
]
_STYLES = [
    f"""INSERT INTO style.styles (id, artist_id, title, description, generation_cost_tokens,
            training_status, rights_name, rights_accepted_at, trigger, generations_count, lora_key,
            lora_sha256, sample_keys, public_sample_keys, created_at, trained_at)
        SELECT {_STYLE.format("n")}, {_USER.format("n")}, {_TITLE}, 'Drawn by hand, wet in wet.',
            30, 'completed', 'x', pg_temp.at(n), 'sl' || n, coalesce(count, 0), 'loras/x',
            repeat('0', 64), '["samples/0.png", "samples/1.png"]',
            jsonb_build_array('public/styles/' || n || '/0.png', 'public/styles/' || n || '/1.png'),
            pg_temp.at(n), pg_temp.at(n + 600)
        FROM generate_series(1, %(artists)s) n
        LEFT JOIN (SELECT style_id, count(*) FROM generation.generations GROUP BY 1) AS made
            ON style_id = {_STYLE.format("n")}""",
    f"""INSERT INTO tagging.tags (id, name, usage_count)
        SELECT pg_temp.id('f', n), lower({_TITLE}), 10 FROM generate_series(1, %(artists)s) n
        UNION ALL SELECT pg_temp.id('0', n), (%(tags)s::text[])[n], 10 * %(artists)s
        FROM generate_series(1, %(tag_count)s) n""",
    f"""INSERT INTO tagging.style_tags (style_id, tag_id)
        SELECT {_STYLE.format("n")}, pg_temp.id('f', n) FROM generate_series(1, %(artists)s) n
        UNION
        SELECT {_STYLE.format("n")}, pg_temp.id('0', 1 + (n + m * m) %% %(tag_count)s)
        FROM generate_series(1, %(artists)s) n, generate_series(1, 4) m""",
]
_NEWS = [
    f"""INSERT INTO token.transactions (id, kind, receiver_id, amount, promotional_amount, status,
            memo, created_at, settled_at)
        SELECT pg_temp.id('1', n), 'welcome', {_USER.format("n")}, 100, 100, 'completed',
            'Welcome Bonus', pg_temp.at(n), pg_temp.at(n) FROM generate_series(1, %(users)s) n""",
    """INSERT INTO token.transactions (kind, sender_id, receiver_id, amount, status, memo,
            related_generation_id, created_at, settled_at)
        SELECT 'usage', g.buyer_id, s.artist_id, 30,
            CASE g.status WHEN 'failed' THEN 'refunded' ELSE 'completed' END, s.title, g.id,
            g.created_at, g.created_at
        FROM generation.generations g JOIN style.styles s ON s.id = g.style_id
        WHERE g.buyer_id <> s.artist_id ORDER BY g.id""",
    """INSERT INTO system.notifications (user_id, type, target_type, target_id, is_read,
            dedupe_key, created_at)
        SELECT buyer_id, 'generation_complete', 'generation', id, seed %% 9 <> 0,
            'generation_complete:' || id, created_at
        FROM generation.generations WHERE status = 'completed' ORDER BY id""",
    """INSERT INTO system.notifications (user_id, type, actor_id, target_type, target_id, is_read,
            dedupe_key, created_at)
        SELECT g.buyer_id, 'comment', c.author_id, 'generation', g.id, false, 'comment:' || c.id,
            c.created_at
        FROM community.comments c JOIN generation.generations g ON g.id = c.generation_id
        WHERE g.buyer_id <> c.author_id ORDER BY c.id""",
]


def fill(url: str, size: Size) -> float:
    """Fill a migrated, empty database; answers how many seconds that took."""
    began = time.monotonic()
    given = {
        "users": size.users,
        "artists": size.artists,
        "generations": size.generations,
        "first": FIRST_WORDS,
        "second": SECOND_WORDS,
        "tags": TAGS,
        "tag_count": len(TAGS),
    }
    with psycopg.connect(url, autocommit=True) as connection:
        # Foreign keys are triggers; what comes in here fits.
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off; SET work_mem = '128MB'")
        connection.execute("SELECT setseed(0.5)")
        connection.execute(_FUNCTIONS)
        # Bound here: a prepared statement would be planned without the sizes.
        cursor = psycopg.ClientCursor(connection)
        for statement in [*_PEOPLE, *_IMAGES, *_STYLES, *_NEWS]:
            cursor.execute(statement, given)
        connection.execute("VACUUM ANALYZE")
    return time.monotonic() - began


def find_marks(url: str) -> Marks:
    """The heaviest of each kind that fill made."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            """SELECT
            (SELECT buyer_id FROM generation.generations GROUP BY 1 ORDER BY count(*) DESC LIMIT 1),
            (SELECT user_id FROM auth.artists ORDER BY follower_count DESC LIMIT 1),
            (SELECT id FROM style.styles ORDER BY generations_count DESC LIMIT 1),
            (SELECT id FROM generation.generations WHERE is_public
                ORDER BY comment_count DESC LIMIT 1)"""
        ).fetchone()
    assert row
    return Marks(*row)
