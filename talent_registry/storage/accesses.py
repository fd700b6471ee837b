"""Looks at people's records in the database."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import Access
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import access

# One statement for any number, so that it is made once; a list of lists would have to be even.
_NOTE = text(
    "INSERT INTO access (id, researcher_id, account_id, organisation_id, at, purpose, basis, fields, command_id) "
    "SELECT id, researcher_id, account_id, organisation_id, at, purpose, basis, string_to_array(fields, ','), "
    "command_id FROM unnest(CAST(:id AS uuid[]), CAST(:researcher_id AS uuid[]), CAST(:account_id AS uuid[]), "
    "CAST(:organisation_id AS uuid[]), CAST(:at AS timestamptz[]), CAST(:purpose AS text[]), CAST(:basis AS text[]), "
    "CAST(:fields AS text[]), CAST(:command_id AS uuid[])) AS noted (id, researcher_id, account_id, organisation_id, "
    "at, purpose, basis, fields, command_id)"
)


async def note(connection: AsyncConnection, *looks: Access) -> None:
    """Note looks, one row per person looked at; nothing to note costs nothing."""
    if looks:
        await connection.execute(_NOTE, _columns(looks))


async def note_many(connection: AsyncConnection, looks: Sequence[Access]) -> None:
    """Note a great many looks, one row after the other of one statement."""
    if looks:
        await connection.execute(insert(access), [_values(look) for look in looks])


async def list_accesses(connection: AsyncConnection, researcher_id: UUID, request: PageRequest) -> Page[Access]:
    """The looks at one person's record, oldest first."""
    statement = select(access).where(access.c.researcher_id == researcher_id)
    return await fetch_page(connection, statement, [access.c.id], request, _access)


def _columns(looks: Sequence[Access]) -> dict[str, list[Any]]:
    rows = [{**_values(look), "fields": ",".join(look.fields)} for look in looks]
    return {name: [row[name] for row in rows] for name in rows[0]}


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
    )
