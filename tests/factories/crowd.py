# ruff: noqa: S608 - made of constants only
"""Many people and what they made, by SQL: enough for PostgreSQL to choose its indexes."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from chalicelib.kit.db import engine, transaction

# A kind of row and its number make its id; numbers rise with time, as uuidv7 does.
_ID = "format('00000000-0000-7000-8000-%s%s', '{kind}', lpad(to_hex({number}), 11, '0'))::uuid"


def _id(kind: str, number: str) -> str:
    return _ID.format(kind=kind, number=number)


@dataclass(frozen=True)
class Crowd:
    """How many of each; the first of each kind is the one with the most of everything."""

    users: int = 8000
    artists: int = 5000
    generations: int = 20_000

    def user(self, number: int) -> UUID:
        return UUID(f"00000000-0000-7000-8000-a{number:011x}")

    def style(self, number: int) -> UUID:
        return UUID(f"00000000-0000-7000-8000-b{number:011x}")

    def generation(self, number: int) -> UUID:
        return UUID(f"00000000-0000-7000-8000-c{number:011x}")


def make_crowd(crowd: Crowd) -> None:
    """Fill the empty tables.

    Half of all images are the first buyer's, in the first style; every style has the first tag.
    """
    values = {"users": crowd.users, "artists": crowd.artists, "generations": crowd.generations}
    user, style, generation = _id("a", "n"), _id("b", "n"), _id("c", "n")
    buyer = _id("a", "CASE WHEN n % 2 = 0 THEN 1 ELSE 1 + n % :users END")
    seller = _id("a", "CASE WHEN n % 2 = 0 THEN 1 ELSE 1 + n % :artists END")
    used = _id("b", "CASE WHEN n % 2 = 0 THEN 1 ELSE 1 + n % :artists END")
    statements = [
        f"""INSERT INTO auth.users (id, google_sub, email, username, role, token_balance)
            SELECT {user}, 'crowd-' || n, n || '@example.com', 'person-' || n,
                   CASE WHEN n <= :artists THEN 'artist' ELSE 'user' END, 0
            FROM generate_series(1, :users) n""",
        f"""INSERT INTO auth.artists (user_id, artist_name, signature_key)
            SELECT {user}, 'Artist ' || n, 'signatures/x.png'
            FROM generate_series(1, :artists) n""",
        f"""INSERT INTO style.styles (id, artist_id, title, description, generation_cost_tokens,
                training_status, rights_name, rights_accepted_at, trigger, generations_count,
                lora_key, lora_sha256, trained_at)
            SELECT {style}, {user}, 'Style ' || n, 'Drawn by hand.', 30, 'completed', 'x', now(),
                   'sl' || n, n % 97, 'loras/x', repeat('0', 64), now()
            FROM generate_series(1, :artists) n""",
        f"""INSERT INTO style.styles (artist_id, title, description, generation_cost_tokens,
                training_status, rights_name, rights_accepted_at, trigger)
            SELECT {_id("a", "1")}, 'Failed ' || n, 'Once.', 30, 'failed', 'x', now(), 'slf' || n
            FROM generate_series(1, 5) n""",
        f"""INSERT INTO generation.generations (id, style_id, buyer_id, prompt_tags, aspect_ratio,
                seed, price_tokens, status, image_key, thumbnail_key, image_sha256, is_public,
                public_nonce)
            SELECT {generation}, {used}, {buyer}, '{{sky}}', '1:1', n, 30, 'completed',
                   'generations/' || n || '/1/image.png',
                   'generations/' || n || '/1/thumbnail.webp',
                   repeat('0', 64), n % 3 <> 0, CASE WHEN n % 3 <> 0 THEN 'abcdef' END
            FROM generate_series(1, :generations) n""",
        f"""INSERT INTO tagging.tags (id, name, usage_count, is_flagged)
            SELECT {_id("d", "n")}, 'tag ' || n, n % 89, n % 50 = 0
            FROM generate_series(1, :artists) n""",
        f"""INSERT INTO tagging.style_tags (style_id, tag_id)
            SELECT {style}, {_id("d", "1 + (n * m) % :artists")}
            FROM generate_series(1, :artists) n, generate_series(0, 3) m ON CONFLICT DO NOTHING""",
        f"""INSERT INTO community.comments (generation_id, author_id, body, parent_id)
            SELECT {_id("c", "1 + n % 50 * 2")}, {_id("a", "1 + n % :users")}, 'Lovely', NULL
            FROM generate_series(1, :generations) n""",
        f"""INSERT INTO community.follows (follower_id, artist_id, created_at)
            SELECT {_id("a", "1 + (n % 100) * 50")}, {user}, now() - n * interval '1 s'
            FROM generate_series(1, :artists) n WHERE n <> 1 + (n % 100) * 50""",
        f"""INSERT INTO system.notifications (user_id, type, target_type, target_id, dedupe_key)
            SELECT {_id("a", "1 + n % 20")}, 'generation_complete', 'generation', {generation}, n
            FROM generate_series(1, :generations) n""",
        f"""INSERT INTO token.transactions (kind, sender_id, receiver_id, amount, status, memo,
                related_generation_id, settled_at)
            SELECT 'usage', {buyer}, {seller}, 30, 'completed', 'Image', {generation}, now()
            FROM generate_series(1, :generations) n""",
        f"""INSERT INTO system.jobs (kind, generation_id, owner_id, state, announced_at, ended_at)
            SELECT 'generation', {generation}, {buyer}, 'done', now(), now()
            FROM generate_series(1, :generations) n""",
    ]
    with transaction() as db:
        for statement in statements:
            db.execute(text(statement), values)
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
