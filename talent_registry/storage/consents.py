"""Consents in the database."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import Consent
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import consent


async def add_consent(connection: AsyncConnection, given: Consent, command_id: UUID) -> None:
    """Record a consent."""
    await connection.execute(
        insert(consent).values(
            id=given.id,
            researcher_id=given.researcher_id,
            recipient_id=given.recipient_id,
            purpose=given.purpose,
            fields=[field.value for field in given.fields],
            valid_from=given.valid_from,
            valid_until=given.valid_until,
            granted_at=given.granted_at,
            command_id=command_id,
        )
    )


async def withdraw(connection: AsyncConnection, consent_id: UUID, at: datetime) -> None:
    """Close a consent."""
    await connection.execute(update(consent).where(consent.c.id == consent_id).values(withdrawn_at=at))


async def lock_consent(connection: AsyncConnection, consent_id: UUID) -> Consent | None:
    """The consent with this id, kept from other commands until this one ends."""
    row = (await connection.execute(select(consent).where(consent.c.id == consent_id).with_for_update())).first()
    return None if row is None else _consent(row)


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Consent | None]:
    """The consents with these ids that the caller may see, in their order."""
    rows = await connection.execute(select(consent).where(consent.c.id.in_(ids)))
    found = {row.id: _consent(row) for row in rows}
    return [found.get(consent_id) for consent_id in ids]


async def list_given(connection: AsyncConnection, researcher_id: UUID, request: PageRequest) -> Page[Consent]:
    """The consents a person gave, withdrawn and past ones included, oldest first."""
    statement = select(consent).where(consent.c.researcher_id == researcher_id)
    return await fetch_page(connection, statement, [consent.c.id], request, _consent)


async def list_received(
    connection: AsyncConnection, recipient_id: UUID, request: PageRequest, today: date
) -> Page[Consent]:
    """The consents that an organisation may use on `today`, oldest first."""
    statement = select(consent).where(
        consent.c.recipient_id == recipient_id,
        consent.c.withdrawn_at.is_(None),
        consent.c.valid_from <= today,
        consent.c.valid_until >= today,
    )
    return await fetch_page(connection, statement, [consent.c.id], request, _consent)


async def list_purposes(
    connection: AsyncConnection, researcher_id: UUID, recipient_id: UUID, field: PersonField, today: date
) -> list[tuple[str, date]]:
    """For which purposes a person opened a field to a recipient, each with its last day."""
    statement = (
        select(consent.c.purpose, consent.c.valid_until)
        .where(
            consent.c.researcher_id == researcher_id,
            consent.c.recipient_id == recipient_id,
            consent.c.withdrawn_at.is_(None),
            consent.c.valid_from <= today,
            consent.c.valid_until >= today,
            consent.c.fields.contains([field.value]),
        )
        .order_by(consent.c.purpose, consent.c.valid_until)
    )
    return [(row.purpose, row.valid_until) for row in await connection.execute(statement)]


def _consent(row: Row[Any]) -> Consent:
    return Consent(
        row.id,
        row.researcher_id,
        row.recipient_id,
        row.purpose,
        tuple(PersonField(field) for field in row.fields),
        row.valid_from,
        row.valid_until,
        row.granted_at,
        row.withdrawn_at,
    )
