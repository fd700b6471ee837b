"""The ends of placements of which notice was given, and the placements whose last day is over, in the database."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.placement_ends import DeclaredEnd
from talent_registry.domain.placement_states import EndReason
from talent_registry.storage.tables import placement_end


async def add_end(connection: AsyncConnection, new: DeclaredEnd, command_id: UUID) -> None:
    """Record that notice of an end was given."""
    await connection.execute(
        insert(placement_end).values(
            id=new.id,
            placement_id=new.placement_id,
            reason=new.reason.value,
            on_day=new.on,
            declared_at=new.declared_at,
            command_id=command_id,
        )
    )


async def withdraw_end(connection: AsyncConnection, end_id: UUID, at: datetime) -> None:
    """Note that the notice was taken back."""
    await connection.execute(update(placement_end).where(placement_end.c.id == end_id).values(withdrawn_at=at))


async def list_ends(connection: AsyncConnection, placement_ids: Sequence[UUID]) -> dict[UUID, list[DeclaredEnd]]:
    """The ends declared of each placement, the first first, those whose notice was taken back included."""
    statement = (
        select(placement_end).where(placement_end.c.placement_id.in_(placement_ids)).order_by(placement_end.c.id)
    )
    of: dict[UUID, list[DeclaredEnd]] = {placement_id: [] for placement_id in placement_ids}
    for row in await connection.execute(statement):
        of[row.placement_id].append(_end(row))
    return of


async def list_due(connection: AsyncConnection, today: date, after: UUID | None, number: int) -> list[UUID]:
    """The placements that the passing of days has ended or stopped and that are not recorded so, by id, `after` one.

    Those that began and whose last day is over, and active ones whose credential was valid until a day before today.
    For the duty `clock` alone.
    """
    due = func.placements_due(today, after, number).column_valued("id")
    return list((await connection.execute(select(due))).scalars())


def _end(row: Row[Any]) -> DeclaredEnd:
    return DeclaredEnd(row.id, row.placement_id, EndReason(row.reason), row.on_day, row.declared_at, row.withdrawn_at)
