"""Integrity records in the database: rows are added and superseded, never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.integrity import IntegrityAct, IntegrityEntry, IntegrityFinding
from talent_registry.storage.tables import integrity_record


async def add_entry(connection: AsyncConnection, entry: IntegrityEntry, command_id: UUID) -> None:
    """Record an act on an integrity record; the row before, if any, is superseded."""
    table, found = integrity_record, entry.finding
    await connection.execute(
        update(table)
        .where(table.c.record_id == entry.record_id, table.c.superseded_at.is_(None))
        .values(superseded_at=entry.recorded_at)
    )
    await connection.execute(
        insert(table).values(
            id=entry.id,
            record_id=entry.record_id,
            researcher_id=entry.researcher_id,
            act=entry.act.value,
            found_on=found.found_on,
            valid_from=found.since,
            valid_until=found.until,
            ground=found.ground,
            legal_basis=found.legal_basis,
            because=entry.because,
            source_id=entry.source_id,
            recorded_at=entry.recorded_at,
            command_id=command_id,
        )
    )


async def find_entry(connection: AsyncConnection, record_id: UUID) -> IntegrityEntry | None:
    """A record as its last act left it."""
    return (await list_entries(connection, [record_id]))[0]


async def list_entries(connection: AsyncConnection, record_ids: Sequence[UUID]) -> list[IntegrityEntry | None]:
    """Records as their last acts left them, in the order of the ids; None where there is none."""
    table = integrity_record
    statement = select(table).where(table.c.record_id.in_(record_ids), table.c.superseded_at.is_(None))
    found = {row.record_id: _entry(row) for row in await connection.execute(statement)}
    return [found.get(one) for one in record_ids]


async def list_of_person(
    connection: AsyncConnection, researcher_id: UUID, known_at: datetime | None = None
) -> list[IntegrityEntry]:
    """A person's records as held now, or at `known_at`; the oldest first."""
    return (await list_of_people(connection, [researcher_id], known_at))[0]


async def list_of_people(
    connection: AsyncConnection, researcher_ids: Sequence[UUID], known_at: datetime | None = None
) -> list[list[IntegrityEntry]]:
    """The records of each person, in the order of the ids, as held now, or at `known_at`; the oldest first."""
    table = integrity_record
    held: ColumnElement[bool] = table.c.superseded_at.is_(None)
    if known_at is not None:
        held = and_(table.c.recorded_at <= known_at, or_(held, table.c.superseded_at > known_at))
    statement = select(table).where(table.c.researcher_id.in_(researcher_ids), held).order_by(table.c.record_id)
    of: dict[UUID, list[IntegrityEntry]] = {}
    for row in await connection.execute(statement):
        of.setdefault(row.researcher_id, []).append(_entry(row))
    return [of.get(one, []) for one in researcher_ids]


def _entry(row: Row[Any]) -> IntegrityEntry:
    return IntegrityEntry(
        id=row.id,
        record_id=row.record_id,
        researcher_id=row.researcher_id,
        act=IntegrityAct(row.act),
        finding=IntegrityFinding(row.found_on, row.valid_from, row.valid_until, row.ground, row.legal_basis),
        because=row.because,
        source_id=row.source_id,
        recorded_at=row.recorded_at,
    )
