"""The history of the tables. A migration never imports the models: they move on, history does not."""
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text

ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(20261124)")  # several servers may start at once


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest form, all or nothing; does nothing when it is there already."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(ONE_AT_A_TIME)
        command.upgrade(_config(connection), "head")


def is_current(engine: Engine) -> bool:
    """Whether the tables are those this code was written for."""
    newest = ScriptDirectory.from_config(_config(None)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


def differences(engine: Engine, metadata: MetaData) -> list[Any]:
    """Where the tables of the database and those of the models are not the same."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))


def write(engine: Engine, metadata: MetaData, words: str) -> None:
    """A new migration file from what the models have and this (migrated) database has not; read it before you believe it."""
    with engine.begin() as connection:
        command.revision(_config(connection, metadata), words, autogenerate=True)


def _config(connection: Connection | None, metadata: MetaData | None = None) -> Config:
    config = Config(attributes={"connection": connection, "metadata": metadata})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.set_main_option("path_separator", "os")
    return config
