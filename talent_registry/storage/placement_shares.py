"""What placements take of a person's days: the shares that are added up."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, literal, or_, select, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.placement_states import PlacementEventKind, PlacementState
from talent_registry.domain.workload import Share, ShareState
from talent_registry.storage.tables import placement, placement_event, placement_round

_STOPS = (PlacementEventKind.SUSPENDED, PlacementEventKind.SUSPENDED_WITH_CREDENTIAL)
_ONE_DAY = timedelta(days=1)
# The day of the suspension that nothing resumed: from it on, no day of the placement is worked.
SUSPENDED_SINCE = (
    select(case((placement_event.c.event != PlacementEventKind.RESUMED, placement_event.c.on_day)))
    .where(
        placement_event.c.placement_id == placement.c.id,
        placement_event.c.event.in_((*_STOPS, PlacementEventKind.RESUMED)),
    )
    .order_by(placement_event.c.id.desc())
    .limit(1)
    .correlate(placement)
    .scalar_subquery()
    .label("suspended_since")
)


async def list_shares(
    connection: AsyncConnection,
    researcher_id: UUID,
    today: date,
    *,
    but: UUID | None = None,
    agreed_by: datetime | None,
) -> list[Share]:
    """What a person's placements take from `today` on: those worked on that day or later, and those agreed.

    `but` leaves one placement out; of the agreed ones only those count whose three signatures were complete before
    `agreed_by`, at the same instant the one with the lower id (None: none of them).
    """
    statement = (
        select(placement, placement_round.c.agreed_at, SUSPENDED_SINCE)
        .join(
            placement_round,
            and_(placement_round.c.placement_id == placement.c.id, placement_round.c.round == placement.c.round),
        )
        .where(
            placement.c.researcher_id == researcher_id,
            or_(may_work(today), and_(placement.c.state == PlacementState.AGREED, _agreed_before(agreed_by, but))),
        )
        .order_by(placement_round.c.agreed_at, placement.c.id)
    )
    if but is not None:
        statement = statement.where(placement.c.id != but)
    return shares_of(await connection.execute(statement), today)


def may_work(today: date) -> ColumnElement[bool]:
    """Which placements may have days of work from `today` on; of what is suspended, `shares_of` says the days."""
    begun = (PlacementState.SUSPENDED, PlacementState.ENDED)
    return or_(
        placement.c.state == PlacementState.ACTIVE,
        and_(
            placement.c.state.in_(begun),
            placement.c.activated_on.isnot(None),
            or_(placement.c.ended_on.is_(None), placement.c.ended_on >= today),
        ),
    )


def shares_of(rows: Iterable[Row[Any]], today: date) -> list[Share]:
    """The shares of placements read with `SUSPENDED_SINCE`, without those of which no day is left from `today` on."""
    return [share for share in map(_share, rows) if share.state is ShareState.AGREED or share.until >= today]


def _agreed_before(instant: datetime | None, but: UUID | None) -> ColumnElement[bool]:
    if instant is None:
        return false()
    agreed = placement_round.c.agreed_at
    return agreed < instant if but is None else tuple_(agreed, placement.c.id) < tuple_(literal(instant), literal(but))


def _share(row: Row[Any]) -> Share:
    stopped = None if row.suspended_since is None else row.suspended_since - _ONE_DAY
    if row.state == PlacementState.ACTIVE:
        stopped = None
    until = min(day for day in (row.term_until, row.ended_on, row.ends_on, stopped) if day is not None)
    state = ShareState.AGREED if row.state == PlacementState.AGREED else ShareState.ACTIVE
    since = row.term_from if row.activated_on is None else max(row.term_from, row.activated_on)
    return Share(row.id, row.workload_percent, since, until, state)
