"""Looks at people's records in the database."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import Access
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import access


async def note(connection: AsyncConnection, *looks: Access) -> None:
    """Note looks, one row per person looked at; nothing to note costs nothing."""
    if looks:
        await connection.execute(insert(access).values([_values(look) for look in looks]))


async def note_many(connection: AsyncConnection, looks: Sequence[Access]) -> None:
    """Note a great many looks, one row after the other of one statement."""
    if looks:
        await connection.execute(insert(access), [_values(look) for look in looks])


async def list_accesses(connection: AsyncConnection, researcher_id: UUID, request: PageRequest) -> Page[Access]:
    """The looks at one person's record, oldest first."""
    statement = select(access).where(access.c.researcher_id == researcher_id)
    return await fetch_page(connection, statement, [access.c.id], request, _access)


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
