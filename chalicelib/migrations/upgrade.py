"""Bring a database to the schema of `chalicelib.tables`, or take it all away again."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from chalicelib.kit.settings import settings


def upgrade_database(url: str | None = None) -> str:
    """Run every migration that the database (by default the settings') lacks.

    Answers the revision it now has; harmless when there is nothing to do.
    """
    config = alembic_config(url or settings().database_url.get_secret_value())
    command.upgrade(config, "head")
    return str(ScriptDirectory.from_config(config).get_current_head())


def downgrade_database(url: str) -> None:
    """Undo every migration; all data goes with its tables."""
    command.downgrade(alembic_config(url), "base")


def alembic_config(url: str) -> Config:
    """Alembic's settings in code: a Lambda has no working directory with an ini file in it."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config
