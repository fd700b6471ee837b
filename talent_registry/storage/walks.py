"""Walks through numbers in the database: each noted once, for the authority of the caller's province."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.walks import Walk
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import alert_note, number_walk

# A caller without a province, such as one without an account, has no authority that could be told.
_ADD = text("""
    INSERT INTO number_walk (id, account_id, organisation_id, roster_id, province, misses, tried, raised_at)
    SELECT :id, :account_id, :organisation_id, :roster_id, caller.province, :misses, :tried, :raised_at
    FROM (SELECT coalesce(
        (SELECT unit.province FROM organisation unit WHERE unit.id = :organisation_id),
        (SELECT province_of_person(holder.researcher_id) FROM account holder WHERE holder.id = :account_id)
    ) AS province) caller
    WHERE caller.province IS NOT NULL
    ON CONFLICT DO NOTHING
""")


async def add_walk(connection: AsyncConnection, walk: Walk) -> None:
    """Note a walk in the province of its caller, whatever `province` says; one roster is noted once."""
    values = {
        "id": walk.id,
        "account_id": walk.account_id,
        "organisation_id": walk.organisation_id,
        "roster_id": walk.roster_id,
        "misses": walk.misses,
        "tried": walk.tried,
        "raised_at": walk.raised_at,
    }
    await connection.execute(_ADD, values)


async def list_walks(connection: AsyncConnection, request: PageRequest, *, unnoted: bool) -> Page[Walk]:
    """The walks that the caller's transaction may see, newest first; `unnoted`: those without a note."""
    statement = select(number_walk)
    if unnoted:
        noted = select(alert_note.c.subject).where(
            alert_note.c.kind == "WALK", alert_note.c.subject == number_walk.c.id.cast(alert_note.c.subject.type)
        )
        statement = statement.where(~noted.exists())
    return await fetch_page(connection, statement, [number_walk.c.id], request, _walk, descending=True)


async def find_walk(connection: AsyncConnection, walk_id: UUID) -> Walk | None:
    """One walk that the caller's transaction may see."""
    row = (await connection.execute(select(number_walk).where(number_walk.c.id == walk_id))).one_or_none()
    return None if row is None else _walk(row)


def _walk(row: Row[Any]) -> Walk:
    return Walk(
        id=row.id,
        account_id=row.account_id,
        organisation_id=row.organisation_id,
        roster_id=row.roster_id,
        province=row.province,
        misses=row.misses,
        tried=row.tried,
        raised_at=row.raised_at,
    )
