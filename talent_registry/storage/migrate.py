"""Bringing the tables to the state this program expects, and asking whether they are there."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from talent_registry.installation import project_folder

# Two processes that start together must not migrate together; any fixed number of ours will do.
_LOCK = 0x7A1E47


def upgrade(migrator_url: str, revision: str = "head") -> None:
    """Run the migrations up to `revision`; waits for another process that is at it, then has nothing left to do."""
    engine = create_engine(migrator_url, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as guard:
            guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            guard.commit()
            command.upgrade(alembic_config(migrator_url), revision)
    finally:
        engine.dispose()


def downgrade(migrator_url: str, revision: str) -> None:
    """Undo migrations down to `revision` (`"-1"` for the newest alone)."""
    command.downgrade(alembic_config(migrator_url), revision)


def head() -> str | None:
    """The newest migration this program carries; None while there is none."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def current(url: str) -> str | None:
    """The newest migration the database has run; None before the first. Any role that may read it will do."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether the database has run exactly the migrations this program carries."""
    return current(url) == head()


def alembic_config(migrator_url: str | None = None) -> Config:
    """Alembic's configuration for the project's own history, wherever it is installed."""
    config = Config()
    config.set_main_option("script_location", str(project_folder("alembic")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = migrator_url
    return config
