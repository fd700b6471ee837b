"""What placements take of a person's days: the shares that are added up."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, literal, or_, select, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.workload import Share, ShareState
from talent_registry.storage.tables import placement, placement_round


async def list_shares(
    connection: AsyncConnection,
    researcher_id: UUID,
    today: date,
    *,
    but: UUID | None = None,
    agreed_by: datetime | None,
) -> list[Share]:
    """What a person's placements take from `today` on: the active ones, those that ended today, and those agreed.

    `but` leaves one placement out; of the agreed ones only those count whose three signatures were complete before
    `agreed_by`, at the same instant the one with the lower id (None: none of them).
    """
    statement = (
        select(placement, placement_round.c.agreed_at)
        .join(
            placement_round,
            and_(placement_round.c.placement_id == placement.c.id, placement_round.c.round == placement.c.round),
        )
        .where(
            placement.c.researcher_id == researcher_id,
            or_(
                placement.c.state == PlacementState.ACTIVE,
                and_(
                    placement.c.state == PlacementState.ENDED,
                    placement.c.activated_on.isnot(None),
                    placement.c.ended_on >= today,
                ),
                and_(placement.c.state == PlacementState.AGREED, _agreed_before(agreed_by, but)),
            ),
        )
        .order_by(placement_round.c.agreed_at, placement.c.id)
    )
    if but is not None:
        statement = statement.where(placement.c.id != but)
    return [_share(row) for row in await connection.execute(statement)]


def _agreed_before(instant: datetime | None, but: UUID | None) -> ColumnElement[bool]:
    if instant is None:
        return false()
    agreed = placement_round.c.agreed_at
    return agreed < instant if but is None else tuple_(agreed, placement.c.id) < tuple_(literal(instant), literal(but))


def _share(row: Row[Any]) -> Share:
    until = min(day for day in (row.term_until, row.ended_on, row.ends_on) if day is not None)
    state = ShareState.AGREED if row.state == PlacementState.AGREED else ShareState.ACTIVE
    since = row.term_from if row.activated_on is None else max(row.term_from, row.activated_on)
    return Share(row.id, row.workload_percent, since, until, state)
