"""Writing a sample: rows brought in by COPY, then added to their tables set by set, past no guard.

COPY cannot write to tables under row security, not even for their owner: rows go through tables of the transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from psycopg import AsyncConnection as Driver
from psycopg.sql import SQL, Identifier
from sqlalchemy import Table, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.organisations import Organisation
from talent_registry.storage.tables import (
    account,
    committee_filing,
    credential,
    credential_status,
    credential_version,
    household_registration,
    identity_document,
    organisation,
    personnel_relation,
    placement,
    placement_event,
    placement_round,
    placement_signature,
    recognition_decision,
    researcher,
    researcher_name,
)

Row = Mapping[str, Any]
Rows = Mapping[Table, Sequence[Row]]

# In the order in which one refers to the other.
_ORDER: Final = (
    organisation,
    committee_filing,
    researcher,
    researcher_name,
    identity_document,
    household_registration,
    personnel_relation,
    account,
    credential,
    credential_version,
    credential_status,
    recognition_decision,
)
# Added last, for no household is written once a placement was; and in one statement, at the end of which the guard of
# active placements asks for the signatures.
_TOGETHER: Final = (placement, placement_round, placement_signature, placement_event)
ALL_TABLES: Final = (*_ORDER, *_TOGETHER)
_DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call]  # so declared by SQLAlchemy
_OWNS = text("""
    SELECT pg_has_role(current_user, tableowner, 'USAGE') FROM pg_tables
    WHERE schemaname = current_schema() AND tablename = 'researcher'
""")
_COUNT_EARLIER = text(
    "SELECT coalesce(sum((result ->> 'people')::bigint), 0) FROM command WHERE name = 'generateSample'"
)
_SEQUENCES = text(
    "SELECT nextval(pg_get_serial_sequence('researcher', 'sequence')) FROM generate_series(1, :people) ORDER BY 1"
)
_TAKEN = text("""
    SELECT EXISTS (SELECT FROM sample_identity_document JOIN identity_document known USING (number_digest)
        WHERE known.superseded_at IS NULL)
""")


async def owns_tables(connection: AsyncConnection) -> bool:
    """Whether the connection is that of the role that owns the tables."""
    return bool((await connection.execute(_OWNS)).scalar_one())


async def count_earlier_people(connection: AsyncConnection) -> int:
    """How many people earlier samples hold; whoever asks holds the lock of the filings, as every sample does."""
    return int((await connection.execute(_COUNT_EARLIER)).scalar_one())


async def find_units(connection: AsyncConnection, names: Sequence[str]) -> dict[tuple[str, str], Organisation]:
    """The organisations of these names, by name and division."""
    statement = select(organisation).where(organisation.c.name_zh.in_(names))
    rows = await connection.execute(statement)
    return {
        (row.name_zh, row.division): Organisation(
            row.id, row.name_zh, row.name_en, row.kind, row.division, row.social_credit_code, row.ror_id
        )
        for row in rows
    }


async def next_sequences(connection: AsyncConnection, people: int) -> list[int]:
    """Places in the sequence of researchers, rising."""
    return list((await connection.execute(_SEQUENCES, {"people": people})).scalars())


async def numbers_are_taken(connection: AsyncConnection) -> bool:
    """Whether somebody who was there before has one of the documents staged last."""
    return bool((await connection.execute(_TAKEN)).scalar_one())


async def analyse(connection: AsyncConnection) -> None:
    """Let the planner know what the tables now hold."""
    for table in ALL_TABLES:
        await connection.execute(text(f"ANALYZE {table.name}"))


class SampleTables:
    """The transaction's own tables through which the rows of a sample go, chunk by chunk."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._columns: dict[Table, tuple[str, ...]] = {}

    async def stage(self, rows: Rows) -> None:
        """Bring a chunk in by COPY; what was staged before is gone, placements apart.

        All rows of a table name the same columns.
        """
        for table in self._columns:
            if table not in _TOGETHER:
                await self._connection.execute(text(f"TRUNCATE {_staged(table)}"))
        for table, of_table in rows.items():
            if not of_table:
                continue
            if table not in self._columns:
                await self._prepare(table, of_table[0])
            await copy_rows(self._connection, _staged(table), table, self._columns[table], of_table)

    async def add(self) -> None:
        """Add what is staged, but for placements; every guard and constraint has its say."""
        for table in _ORDER:
            if table in self._columns:
                await self._connection.execute(text(self._added(table)))
        # Asked now, not all at the commit: the questions that wait are kept in memory.
        for when in ("IMMEDIATE", "DEFERRED"):
            await self._connection.execute(text(f"SET CONSTRAINTS nothing_rests_on_it {when}"))

    async def add_placements(self) -> None:
        """Add the placements of all chunks, and what hangs on them."""
        if placement in self._columns:
            *first, last = (self._added(table) for table in _TOGETHER if table in self._columns)
            parts = ", ".join(f"part_{place} AS ({statement})" for place, statement in enumerate(first))
            await self._connection.execute(text(f"WITH {parts} {last}"))

    async def _prepare(self, table: Table, row: Row) -> None:
        columns = self._columns[table] = tuple(row)
        await self._connection.execute(
            text(
                f"CREATE TEMP TABLE {_staged(table)} ON COMMIT DROP AS "
                f"SELECT {', '.join(columns)} FROM {table.name} WITH NO DATA"
            )
        )

    def _added(self, table: Table) -> str:
        columns = ", ".join(self._columns[table])
        return f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {_staged(table)}"


def _staged(table: Table) -> str:
    return f"sample_{table.name}"


async def copy_rows(
    connection: AsyncConnection, into: str, table: Table, columns: Sequence[str], rows: Iterable[Row]
) -> None:
    """Copy rows in binary form into a table with these columns of `table`."""
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, Driver):
        raise TypeError("samples are copied through psycopg")
    statement = SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        Identifier(into), SQL(", ").join(map(Identifier, columns))
    )
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([table.c[name].type.compile(dialect=_DIALECT).lower() for name in columns])
        for row in rows:
            await copy.write_row([row[name] for name in columns])
