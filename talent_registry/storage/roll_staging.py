"""The rows of a roll on their way into the database: staged by COPY in a table of the transaction's own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection as Driver
from psycopg.sql import SQL, Identifier
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_STEP = 1_000


@dataclass(slots=True)
class StagedRow:
    """One row of a roll as it is staged: what it says, and the ids and seals for whatever of it proves to be new.

    `digests` are the document's under every known key, `digest` the current one. Fields stand in the order of columns.
    """

    place: int
    line: int
    digest: bytes = field(repr=False)
    digests: list[bytes] = field(repr=False)
    name_zh: str = field(repr=False)
    pinyin: str = field(repr=False)
    sort_key: str = field(repr=False)
    search_keys: list[str] = field(repr=False)
    document_kind: str
    document_id: UUID
    number_sealed: bytes = field(repr=False)
    key_id: str
    number_masked: str = field(repr=False)
    person_id: UUID
    name_id: UUID
    household_id: UUID
    relation_id: UUID
    household: str | None = field(repr=False)
    number: str = field(repr=False)
    credential_id: UUID
    version_id: UUID
    status_id: UUID
    title_code: str
    title_name: str
    series: str
    level: str
    specialty: str | None
    route: str
    issuer_kind: str
    issuer_division: str
    filing_number: str | None
    approval_date: date
    valid_from: date
    valid_until: date | None
    status: str
    defaulted: list[str]
    # Set when the roll's organisations are settled.
    issuer_id: UUID | None = None
    home_unit_id: UUID | None = None


_TYPES = {
    **dict.fromkeys(("place", "line"), "int4"),
    **dict.fromkeys(("digest", "number_sealed"), "bytea"),
    "digests": "bytea[]",
    "key_id": "text",
    **dict.fromkeys(("search_keys", "defaulted"), "text[]"),
    **dict.fromkeys(("approval_date", "valid_from", "valid_until"), "date"),
}
_COLUMNS = {
    item.name: _TYPES.get(item.name, "uuid" if item.name.endswith("_id") else "text") for item in fields(StagedRow)
}
_VALUES = attrgetter(*_COLUMNS)

# person: whose row it is, known or new. recorded, issued, stood: the credential recorded before, its day of issue and
# its last status. changed: the row says something else than the record.
_TABLES = (
    f"""
    CREATE TEMP TABLE roll_row (
        {", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())},
        PRIMARY KEY (place), person uuid, matched bool NOT NULL DEFAULT false, recorded uuid, issued date, stood text,
        changed bool NOT NULL DEFAULT false, refusal text
    ) ON COMMIT DROP
    """,
    """
    CREATE TEMP TABLE roll_number (
        place int PRIMARY KEY, sequence bigint NOT NULL, public_number text NOT NULL
    ) ON COMMIT DROP
    """,
)
_NUMBERS = {"place": "int4", "sequence": "int8", "public_number": "text"}
_NEWCOMERS = text("""
    SELECT place, nextval(pg_get_serial_sequence('researcher', 'sequence')) AS sequence
    FROM (SELECT min(place) AS place FROM roll_row WHERE NOT matched AND refusal IS NULL GROUP BY digest ORDER BY 1)
        AS newcomer
""")


async def stage(connection: AsyncConnection, rows: Sequence[StagedRow], wrote: Callable[[int], None]) -> None:
    """Bring the rows into the transaction's own table; `wrote` is told how many are there, about every thousand."""
    for statement in _TABLES:
        await connection.execute(text(statement))
    await _copy(connection, "roll_row", _COLUMNS, map(_VALUES, rows), wrote)
    await connection.execute(text("ANALYZE roll_row"))


async def number_newcomers(connection: AsyncConnection, number: Callable[[int], str]) -> int:
    """Give each new person of the rows kept a place in the sequence and the public number made of it; how many."""
    newcomers = (await connection.execute(_NEWCOMERS)).all()
    numbers = ((row.place, row.sequence, number(row.sequence)) for row in newcomers)
    await _copy(connection, "roll_number", _NUMBERS, numbers, lambda _: None)
    await connection.execute(text("ANALYZE roll_number"))
    return len(newcomers)


async def _copy(
    connection: AsyncConnection,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[tuple[Any, ...]],
    wrote: Callable[[int], None],
) -> None:
    """Copy the rows in binary form: what fails in it is reported without the row, in the server's log as well."""
    driver = (await connection.get_raw_connection()).driver_connection
    if not isinstance(driver, Driver):
        raise TypeError("rolls are copied through psycopg")
    statement = SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(
        Identifier(table), SQL(", ").join(map(Identifier, columns))
    )
    done = 0
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(list(columns.values()))
        for done, row in enumerate(rows, 1):
            await copy.write_row(row)
            if done % _STEP == 0:
                wrote(done)
    wrote(done)
