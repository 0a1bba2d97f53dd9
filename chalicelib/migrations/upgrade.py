"""Bring a database to the schema of `chalicelib.tables`, or take it all away again."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def upgrade_database(url: str) -> None:
    """Run every migration that the database lacks; harmless when there is none."""
    command.upgrade(alembic_config(url), "head")


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
