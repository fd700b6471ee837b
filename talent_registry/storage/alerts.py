"""Notes on alerts in the database: added once, final."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.alerts import AlertKind, AlertNote
from talent_registry.storage.tables import alert_note


async def add_note(connection: AsyncConnection, note: AlertNote, command_id: UUID) -> None:
    """Keep a note."""
    await connection.execute(
        insert(alert_note).values(
            id=note.id,
            kind=note.kind.value,
            subject=note.subject,
            province=note.province,
            note=note.note,
            account_id=note.account_id,
            organisation_id=note.organisation_id,
            noted_at=note.noted_at,
            command_id=command_id,
        )
    )


async def list_notes(connection: AsyncConnection, kind: AlertKind, subjects: Sequence[str]) -> list[AlertNote]:
    """The notes on these alerts that the caller's transaction may see, oldest first."""
    statement = select(alert_note).where(alert_note.c.kind == kind.value, alert_note.c.subject.in_(subjects))
    return [
        AlertNote(
            id=row.id,
            kind=AlertKind(row.kind),
            subject=row.subject,
            province=row.province,
            note=row.note,
            account_id=row.account_id,
            organisation_id=row.organisation_id,
            noted_at=row.noted_at,
        )
        for row in await connection.execute(statement.order_by(alert_note.c.id))
    ]
