"""The columns that every recorded fact shares: who wrote it by which command, when it holds, when it was known."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, MetaData, Table, Uuid
from sqlalchemy.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def identity() -> Column[object]:
    """The internal id: a UUID of version 7, made by the application."""
    return Column("id", Uuid, primary_key=True)


def written_by() -> Column[object]:
    """The command that wrote the row."""
    return Column("command_id", Uuid, ForeignKey("command.id"), nullable=False, index=True)


def recorded_time() -> tuple[SchemaItem, ...]:
    """From when until when the registry held the fact to be true; an open end means it still does."""
    return (
        Column("recorded_at", DateTime(timezone=True), nullable=False),
        Column("superseded_at", DateTime(timezone=True)),
        CheckConstraint("superseded_at >= recorded_at", name="recorded_time_runs_forward"),
    )


def valid_time() -> tuple[SchemaItem, ...]:
    """The days on which the fact holds, both inclusive; an open end means until further notice."""
    return (
        Column("valid_from", Date, nullable=False),
        Column("valid_until", Date),
        CheckConstraint("valid_until >= valid_from", name="valid_time_runs_forward"),
    )


def fact_table(name: str, *items: SchemaItem) -> Table:
    """A table of facts with valid time and recorded time: rows are added and superseded, never changed."""
    # Columns first: an index may name any of them.
    columns = [one for one in items if isinstance(one, Column)]
    others = [one for one in items if not isinstance(one, Column)]
    return Table(name, metadata, identity(), *columns, *valid_time(), *recorded_time(), written_by(), *others)
