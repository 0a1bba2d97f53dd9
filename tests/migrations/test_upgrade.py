"""Migrations and chalicelib.tables say the same, there and back."""

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, pool, text

from chalicelib.migrations.upgrade import alembic_config, downgrade_database, upgrade_database
from chalicelib.tables import SCHEMAS, Base

# What autogenerate does not compare: the text of checks, index expressions and predicates.
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace::regnamespace::text = ANY(%(schemas)s) AND conrelid <> 0
"""
INDEXES = (
    "SELECT schemaname, indexname, indexdef FROM pg_indexes WHERE schemaname = ANY(%(schemas)s)"
)
COLUMNS = """
SELECT table_schema, table_name, column_name, udt_name, character_maximum_length, is_nullable,
       column_default, is_identity, identity_generation
FROM information_schema.columns WHERE table_schema = ANY(%(schemas)s)
"""
ALL_THAT_IS_OURS = """
SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
UNION ALL SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT extname FROM pg_extension
"""


def _engine(url: str) -> Engine:
    # The server's user may be named like one of our schemas, which would make it the default one.
    return create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        poolclass=pool.NullPool,
        connect_args={"options": "-c search_path=public"},
    )


def _rows(url: str, query: str) -> set[tuple[object, ...]]:
    with psycopg.connect(url, options="-c search_path=public") as connection:
        found = connection.execute(query, {"schemas": list(SCHEMAS)}).fetchall()
    return {row for row in found if "alembic_version" not in " ".join(map(str, row))}


@pytest.fixture(scope="module")
def created_url(make_database) -> str:
    """A database made from the tables themselves."""
    url = make_database()
    with _engine(url).begin() as connection:
        for schema in SCHEMAS:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        connection.execute(text("CREATE EXTENSION pg_trgm"))
        Base.metadata.create_all(connection)
    return url


def test_autogenerate_finds_nothing_to_add(migrated_url):
    with _engine(migrated_url).connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "version_table_schema": "system",
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize(
    "query", [CONSTRAINTS, INDEXES, COLUMNS], ids=["constraints", "indexes", "columns"]
)
def test_migrations_make_what_the_tables_declare(migrated_url, created_url, query):
    declared, made = _rows(created_url, query), _rows(migrated_url, query)
    assert declared
    assert made - declared == set()
    assert declared - made == set()


def test_the_way_back_leaves_nothing_and_leads_up_again(make_database):
    url = make_database()
    before = _rows(url, ALL_THAT_IS_OURS)
    upgrade_database(url)
    assert _rows(url, ALL_THAT_IS_OURS) > before
    downgrade_database(url)
    assert _rows(url, ALL_THAT_IS_OURS) == before
    upgrade_database(url)
    upgrade_database(url)
    assert _rows(url, CONSTRAINTS)


def test_a_failing_migration_leaves_the_database_as_it_was(make_database):
    url = make_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA tagging")
    before = _rows(url, ALL_THAT_IS_OURS)
    with pytest.raises(Exception, match="already exists"):
        upgrade_database(url)
    assert _rows(url, ALL_THAT_IS_OURS) == before


def test_revisions_form_one_line():
    script = ScriptDirectory.from_config(alembic_config("postgresql://nowhere/"))
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert len(script.get_heads()) == 1
    assert revisions == sorted(revisions, reverse=True)
