"""Looks at people's records in the database."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import EVERY_LOOK, Access, Looker, LookFilter
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.session import Caller, Database
from talent_registry.storage.tables import access

_NOTED = (
    ("id", "uuid"),
    ("researcher_id", "uuid"),
    ("account_id", "uuid"),
    ("organisation_id", "uuid"),
    ("at", "timestamptz"),
    ("purpose", "text"),
    ("basis", "text"),
    ("fields", "text"),
    ("command_id", "uuid"),
    ("share_code_id", "uuid"),
)
_LISTED = "string_to_array(fields, ',')"
_NAMES = ", ".join(name for name, _ in _NOTED)
# One statement for any number, so that it is made once; a list of lists would have to be even.
_INSERT = (
    f"INSERT INTO access ({_NAMES}) SELECT {_NAMES.replace('fields', _LISTED)} FROM unnest(%s) AS noted ({_NAMES})"
)
_NOTE = text(_INSERT % ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in _NOTED))
NOTE_AT_ONCE = _INSERT % ", ".join(f"${place}::{kind}[]" for place, (_, kind) in enumerate(_NOTED, 1))


async def note(connection: AsyncConnection, *looks: Access) -> None:
    """Note looks, however many, one row for each; nothing to note costs nothing."""
    if looks:
        await connection.execute(_NOTE, _columns(looks))


async def note_nobody(connection: AsyncConnection) -> None:
    """Note no look, by the statement that would note one."""
    await connection.execute(_NOTE, _columns(()))


async def note_at_once(database: Database, caller: Caller, today: date, looks: Sequence[Access]) -> None:
    """Note looks in a transaction of their own, sent in one go."""
    await database.at_once(caller, today, NOTE_AT_ONCE, note_values(looks), writes=True)


def note_values(looks: Sequence[Access]) -> list[list[Any]]:
    """The values of `NOTE_AT_ONCE`."""
    return list(_columns(looks).values())


async def list_accesses(
    connection: AsyncConnection,
    researcher_id: UUID,
    request: PageRequest,
    asked: LookFilter = EVERY_LOOK,
    *,
    newest_first: bool = False,
) -> Page[Access]:
    """The looks at one person's record that are asked for, oldest or newest first."""
    statement = select(access).where(access.c.researcher_id == researcher_id, *_conditions(asked))
    return await fetch_page(connection, statement, [access.c.id], request, _access, descending=newest_first)


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Access | None]:
    """The looks with these ids, in their order; None for each that the caller's transaction may not see."""
    rows = await connection.execute(select(access).where(access.c.id.in_(ids)))
    found = {row.id: _access(row) for row in rows}
    return [found.get(one) for one in ids]


async def list_lookers(connection: AsyncConnection, researcher_id: UUID, most: int) -> list[Looker]:
    """Who looked at one person's record for which purposes, each pair once, at most so many."""
    statement = (
        select(access.c.organisation_id, access.c.purpose)
        .where(access.c.researcher_id == researcher_id)
        .distinct()
        .order_by(access.c.organisation_id, access.c.purpose)
        .limit(most)
    )
    return [Looker(row.organisation_id, row.purpose) for row in await connection.execute(statement)]


def _conditions(asked: LookFilter) -> list[ColumnElement[bool]]:
    seen = access.c
    day = func.date(func.timezone("Asia/Shanghai", seen.at))
    stated: list[ColumnElement[bool] | None] = [
        None if asked.organisation_id is None else seen.organisation_id == asked.organisation_id,
        seen.organisation_id.is_(None) if asked.by_people else None,
        seen.purpose.in_(asked.purposes) if asked.purposes else None,
        None if asked.since is None else day >= asked.since,
        None if asked.until is None else day <= asked.until,
        None if asked.field is None else seen.fields.contains([asked.field.value]),
        func.cardinality(seen.fields) == 0 if asked.nothing_shown else None,
    ]
    return [one for one in stated if one is not None]


def _columns(looks: Sequence[Access]) -> dict[str, list[Any]]:
    rows = [{**_values(look), "fields": ",".join(look.fields)} for look in looks]
    return {name: [row[name] for row in rows] for name, _ in _NOTED}


async def list_of_share_code(connection: AsyncConnection, share_code_id: UUID, most: int) -> list[Access]:
    """The last `most` tries at a share code that the caller may see, latest first."""
    statement = select(access).where(access.c.share_code_id == share_code_id).order_by(access.c.id.desc()).limit(most)
    return [_access(row) for row in await connection.execute(statement)]


def _values(look: Access) -> dict[str, Any]:
    return {
        "id": look.id,
        "researcher_id": look.researcher_id,
        "account_id": look.account_id,
        "organisation_id": look.organisation_id,
        "at": look.at,
        "purpose": look.purpose,
        "basis": look.basis,
        "fields": [field.value for field in look.fields],
        "command_id": look.command_id,
        "share_code_id": look.share_code_id,
    }


def _access(row: Row[Any]) -> Access:
    fields = tuple(PersonField(field) for field in row.fields)
    return Access(
        row.id,
        row.researcher_id,
        row.account_id,
        row.organisation_id,
        row.at,
        row.purpose,
        row.basis,
        fields,
        row.command_id,
        row.share_code_id,
    )
