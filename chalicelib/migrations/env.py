"""What Alembic runs: one connection, one transaction, one runner at a time."""

from typing import Any

from alembic import context
from sqlalchemy import create_engine, pool, text

from chalicelib.tables import SCHEMAS, Base

# The version table lives in it, so it comes before the first migration and goes after the last.
VERSION_SCHEMA = "system"
# Any number that nothing else takes: two deployments must not migrate at once.
LOCK = 7_031_994


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "schema" or name in SCHEMAS


def _migrate() -> None:
    url = context.config.attributes["url"].replace("postgresql://", "postgresql+psycopg://", 1)
    # A database user named like one of our schemas would make it the default one.
    engine = create_engine(
        url, poolclass=pool.NullPool, connect_args={"options": "-c search_path=public"}
    )
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {VERSION_SCHEMA}"))
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            version_table_schema=VERSION_SCHEMA,
            include_schemas=True,
            include_name=_is_ours,
            compare_server_default=True,
        )
        context.run_migrations()
        if not context.get_context().get_current_heads():
            connection.execute(text(f"DROP SCHEMA {VERSION_SCHEMA} CASCADE"))


_migrate()
