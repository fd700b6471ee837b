"""Consents to being found, in the database."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.matching_consents import MatchingConsent
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import matching_consent


async def add_consent(connection: AsyncConnection, given: MatchingConsent, command_id: UUID) -> None:
    """Record a consent; none of the person's may be open."""
    await connection.execute(
        insert(matching_consent).values(
            id=given.id,
            researcher_id=given.researcher_id,
            fields=[one.value for one in given.fields],
            valid_from=given.valid_from,
            valid_until=given.valid_until,
            granted_at=given.granted_at,
            command_id=command_id,
        )
    )


async def withdraw(connection: AsyncConnection, researcher_id: UUID, at: datetime) -> list[MatchingConsent]:
    """Close the person's consent, if one is open; what was closed."""
    table = matching_consent
    statement = update(table).where(table.c.researcher_id == researcher_id, table.c.withdrawn_at.is_(None))
    rows = await connection.execute(statement.values(withdrawn_at=at).returning(*table.c))
    return [consent_of(row) for row in rows]


async def list_given(connection: AsyncConnection, researcher_id: UUID, request: PageRequest) -> Page[MatchingConsent]:
    """Every consent a person ever gave, oldest first."""
    table = matching_consent
    return await fetch_page(
        connection, select(table).where(table.c.researcher_id == researcher_id), [table.c.id], request, consent_of
    )


def consent_of(row: Row[Any]) -> MatchingConsent:
    """The consent in a row of its table."""
    return MatchingConsent(
        row.id,
        row.researcher_id,
        tuple(PersonField(one) for one in row.fields),
        row.valid_from,
        row.valid_until,
        row.granted_at,
        row.withdrawn_at,
    )
