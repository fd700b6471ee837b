"""Events in the database: written by the command that made the change, read in the order of their positions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.events import Event
from talent_registry.domain.notices import Receiver
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import event, event_receiver

_BIGGEST = 2**63 - 1


async def announce(connection: AsyncConnection, command_id: UUID) -> int:
    """Write the events of this transaction's command, after its entry; how many there are."""
    return int((await connection.execute(select(func.announce(command_id)))).scalar_one())


async def list_events(connection: AsyncConnection, to: Sequence[Receiver], *, after: int, limit: int) -> list[Event]:
    """The events told to any of these receivers beyond position `after`, oldest first."""
    statement = (
        select(event)
        .where(event.c.position.in_(_positions(to)), event.c.position > min(after, _BIGGEST))
        .order_by(event.c.position)
        .limit(limit)
    )
    return [event_of(row) for row in await connection.execute(statement)]


async def page_events(connection: AsyncConnection, request: PageRequest, to: Sequence[Receiver]) -> Page[Event]:
    """A page of the events told to any of these receivers, oldest first."""
    statement = select(event).where(event.c.position.in_(_positions(to)))
    return await fetch_page(connection, statement, [event.c.position], request, event_of)


async def find_position(connection: AsyncConnection, event_id: UUID) -> int | None:
    """The position of an event that the caller's transaction may see."""
    found = await connection.execute(select(event.c.position).where(event.c.id == event_id))
    return found.scalar_one_or_none()


async def last_position(connection: AsyncConnection, to: Sequence[Receiver]) -> int:
    """The position of the newest event told to any of these receivers; 0 where there is none."""
    newest = select(func.max(event_receiver.c.position)).where(_told(to))
    return int((await connection.execute(newest)).scalar_one() or 0)


async def newest_position(connection: AsyncConnection) -> int:
    """The position of the newest event of all (duty `deliver`); 0 where there is none."""
    return int((await connection.execute(select(func.max(event.c.position)))).scalar_one() or 0)


def _positions(to: Sequence[Receiver]) -> Any:  # noqa: ANN401 - a subquery of one column
    return select(event_receiver.c.position).where(_told(to))


def _told(to: Sequence[Receiver]) -> Any:  # noqa: ANN401 - a condition
    return or_(
        *(
            column == value
            for one in to
            for column, value in (
                (event_receiver.c.organisation_id, one.organisation_id),
                (event_receiver.c.researcher_id, one.researcher_id),
                (event_receiver.c.province, one.province),
            )
            if value is not None
        )
    )


def event_of(row: Row[Any]) -> Event:
    """The event in a row of its table."""
    return Event(row.position, row.id, row.type, row.subject, row.at, row.data)
