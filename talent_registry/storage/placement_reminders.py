"""Placements whose term ends soon, for the clock (duty `consequences`)."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Date, Integer, cast, column, exists, func, literal, select, values
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.placement_states import PlacementState
from talent_registry.storage.tables import command, placement

# The longest notice that is given.
DAYS_BEFORE = (0, 7, 30)
_RUNNING = placement.c.state.in_([PlacementState.ACTIVE.value, PlacementState.SUSPENDED.value])


@dataclass(frozen=True, slots=True)
class DueTerm:
    """A placement, the last day of its term, and of how many days before the end it is to be told."""

    placement_id: UUID
    until: date
    days: int = 0


async def list_ending(connection: AsyncConnection, today: date, caller: str, limit: int) -> list[DueTerm]:
    """Placements that end soon and whose parties were not told yet under the key that `reminder_key` gives."""
    before = values(column("days", Integer), name="before").data([(days,) for days in DAYS_BEFORE])
    left = placement.c.term_until - cast(literal(today), Date)
    days = select(func.min(before.c.days)).where(before.c.days >= left).scalar_subquery()
    key = func.concat("remind:", placement.c.id, ":", placement.c.term_until, ":", days)
    told = exists().where(command.c.caller == caller, command.c.idempotency_key == key)
    latest = today + timedelta(days=max(DAYS_BEFORE))
    statement = (
        select(placement.c.id, placement.c.term_until, days.label("days"))
        .where(_RUNNING, placement.c.term_until.between(today, latest), ~told)
        .order_by(placement.c.term_until, placement.c.id)
        .limit(limit)
    )
    return [DueTerm(row.id, row.term_until, row.days) for row in await connection.execute(statement)]


def reminder_key(due: DueTerm) -> str:
    """The idempotency key of telling the parties so many days before this end."""
    return f"remind:{due.placement_id}:{due.until}:{due.days}"
