"""How migrations reach the database: one connection as the migrator, one transaction per migration."""

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from talent_registry.settings import load_settings
from talent_registry.storage.tables import metadata


def _address() -> str:
    """The migrator's address: handed over by the caller, else from the settings."""
    given = context.config.attributes.get("url")
    if isinstance(given, str):
        return given
    address = load_settings("migrator_database_url").migrator_database_url
    if address is None:  # load_settings has refused already; this tells the type checker
        raise RuntimeError("TALENT_REGISTRY_MIGRATOR_DATABASE_URL is not set")
    return address.get_secret_value()


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _run_offline() -> None:
    context.configure(
        dialect_name="postgresql",
        target_metadata=metadata,
        literal_binds=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    _run_offline()
else:
    connectable = create_engine(_address(), poolclass=NullPool, hide_parameters=True)
    with connectable.connect() as connection:
        _run(connection)
    connectable.dispose()
