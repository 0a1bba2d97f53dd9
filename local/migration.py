"""`python -m local.migration "add a column"`: draft a migration from how the tables now differ."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from chalicelib.migrations.upgrade import alembic_config, upgrade_database
from local.postgres import Postgres


def draft(message: str) -> None:
    """Write the next migration, compared with a database that has all the others."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Postgres(Path(folder) / "postgres", durable=False) as server,
    ):
        upgrade_database(server.url())
        command.revision(alembic_config(server.url()), message, autogenerate=True)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit('Say what it does: make migration MESSAGE="add a column"')
    draft(sys.argv[1])
