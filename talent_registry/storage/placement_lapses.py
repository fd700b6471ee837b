"""The placements whose terms wait for signatures, as the clock looks through them, in the database."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection


async def list_waiting(connection: AsyncConnection, today: date, after: UUID | None, number: int) -> Sequence[UUID]:
    """The placements with terms that were proposed before today and wait, by id, `after` one.

    For the duty `clock` alone.
    """
    waiting = func.placements_waiting(today, after, number).column_valued("id")
    return (await connection.execute(select(waiting))).scalars().all()
