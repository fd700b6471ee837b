"""Placements in the database: the record, its rounds of terms, signatures and events."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.pages import OfPerson, Page, PageRequest
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_states import EndReason, PlacementState
from talent_registry.domain.placements import Placement, PlacementFilter
from talent_registry.storage.paging import fetch_page, fetch_pages_of_people
from talent_registry.storage.tables import (
    credential,
    credential_version,
    personnel_relation,
    placement,
    researcher,
)

_AGREED_ON = (PlacementState.AGREED, PlacementState.ACTIVE, PlacementState.SUSPENDED)


async def lock_person(connection: AsyncConnection, researcher_id: UUID) -> None:
    """Whoever else changes this person's placements, or what they rest on, waits until this transaction ends."""
    # The key stays readable for rows that refer to it.
    statement = select(researcher.c.id).where(researcher.c.id == researcher_id).with_for_update(key_share=True)
    await connection.execute(statement)


async def lock_holder(connection: AsyncConnection, credential_id: UUID) -> None:
    """Lock the person who holds the credential, as `lock_person` does."""
    holder = select(credential.c.researcher_id).where(credential.c.id == credential_id).scalar_subquery()
    statement = select(researcher.c.id).where(researcher.c.id == holder).with_for_update(key_share=True)
    await connection.execute(statement)


async def lock_holders(connection: AsyncConnection, credential_ids: Sequence[UUID]) -> None:
    """Lock everyone who holds one of these credentials, in the order in which all do."""
    holders = select(credential.c.researcher_id).where(credential.c.id.in_(credential_ids))
    statement = select(researcher.c.id).where(researcher.c.id.in_(holders)).order_by(researcher.c.id)
    await connection.execute(statement.with_for_update(key_share=True))


async def list_placed_citing(connection: AsyncConnection, filing_numbers: Sequence[str]) -> list[UUID]:
    """The credentials that cite one of these filings and that a placement under way rests on (`consequences`)."""
    statement = (
        select(credential_version.c.credential_id)
        .where(
            credential_version.c.filing_number.in_(filing_numbers),
            credential_version.c.superseded_at.is_(None),
            exists().where(
                placement.c.credential_id == credential_version.c.credential_id,
                placement.c.state.in_((PlacementState.ACTIVE, PlacementState.SUSPENDED)),
            ),
        )
        .order_by(credential_version.c.credential_id)
    )
    return list((await connection.execute(statement)).scalars())


async def add_placement(connection: AsyncConnection, new: Placement, command_id: UUID) -> None:
    """Record a new placement."""
    await connection.execute(
        insert(placement).values(
            id=new.id,
            researcher_id=new.researcher_id,
            home_unit_id=new.home_unit_id,
            host_unit_id=new.host_unit_id,
            kind=new.kind,
            post=new.post,
            post_series=new.post_series,
            proposed_at=new.proposed_at,
            command_id=command_id,
            **_changing(new),
        )
    )


async def save_placement(connection: AsyncConnection, changed: Placement) -> None:
    """Write what may change of a placement: term and share in force, state, rounds, what it rests on, its end."""
    await connection.execute(update(placement).where(placement.c.id == changed.id).values(**_changing(changed)))


async def find_placement(connection: AsyncConnection, placement_id: UUID) -> Placement | None:
    """The placement with this id."""
    return (await list_by_ids(connection, [placement_id]))[0]


async def lock_placement(connection: AsyncConnection, placement_id: UUID) -> Placement | None:
    """The placement as it now stands, its person locked first: every command takes locks in this order."""
    before = await find_placement(connection, placement_id)
    if before is None:
        return None
    await lock_person(connection, before.researcher_id)
    row = (await connection.execute(select(placement).where(placement.c.id == placement_id).with_for_update())).first()
    return None if row is None else _placement(row)


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Placement | None]:
    """The placements with these ids, in their order; None where there is none that the caller's transaction may see."""
    rows = await connection.execute(select(placement).where(placement.c.id.in_(ids)))
    found = {row.id: _placement(row) for row in rows}
    return [found.get(placement_id) for placement_id in ids]


async def list_placements(connection: AsyncConnection, request: PageRequest, asked: PlacementFilter) -> Page[Placement]:
    """The placements that fit and that the caller's transaction may see, oldest first."""
    return await fetch_page(connection, _fitting(asked), [placement.c.id], request, _placement)


async def list_of_people(connection: AsyncConnection, asked: Sequence[OfPerson]) -> dict[OfPerson, Page[Placement]]:
    """The placements of each person that the caller's transaction may see, oldest first."""
    return await fetch_pages_of_people(connection, placement, asked, _placement)


async def list_resting_on(
    connection: AsyncConnection, credential_id: UUID, states: Sequence[PlacementState]
) -> list[Placement]:
    """The placements in these states that rest on a credential, oldest first, each locked."""
    return await _lock(connection, placement.c.credential_id == credential_id, states)


async def list_resting_of(
    connection: AsyncConnection, researcher_id: UUID, states: Sequence[PlacementState]
) -> list[Placement]:
    """The person's placements in these states that rest on a credential, oldest first, each locked."""
    theirs = and_(placement.c.researcher_id == researcher_id, placement.c.credential_id.is_not(None))
    return await _lock(connection, theirs, states)


async def _lock(
    connection: AsyncConnection, which: ColumnElement[bool], states: Sequence[PlacementState]
) -> list[Placement]:
    statement = select(placement).where(which, placement.c.state.in_(states)).order_by(placement.c.id)
    return [_placement(row) for row in await connection.execute(statement.with_for_update())]


async def list_under_way(connection: AsyncConnection, researcher_id: UUID) -> list[Placement]:
    """The person's active and suspended placements, oldest first."""
    statement = select(placement).where(
        placement.c.researcher_id == researcher_id,
        placement.c.state.in_((PlacementState.ACTIVE, PlacementState.SUSPENDED)),
    )
    return [_placement(row) for row in await connection.execute(statement.order_by(placement.c.id))]


async def list_begun(connection: AsyncConnection, researcher_id: UUID) -> list[Placement]:
    """The person's placements that began, over or not, oldest first."""
    statement = select(placement).where(
        placement.c.researcher_id == researcher_id, placement.c.activated_on.isnot(None)
    )
    return [_placement(row) for row in await connection.execute(statement.order_by(placement.c.id))]


async def is_agreed_on(connection: AsyncConnection, researcher_id: UUID, host_unit_id: UUID) -> bool:
    """Whether the three parties agreed on a placement of the person at this host that is not over yet."""
    return await _is_there(connection, researcher_id, host_unit_id, _AGREED_ON)


async def is_proposed(connection: AsyncConnection, researcher_id: UUID, host_unit_id: UUID) -> bool:
    """Whether a proposal for the person at this host waits for signatures."""
    return await _is_there(connection, researcher_id, host_unit_id, (PlacementState.PROPOSED,))


async def _is_there(
    connection: AsyncConnection, researcher_id: UUID, host_unit_id: UUID, states: Sequence[PlacementState]
) -> bool:
    statement = select(placement.c.id).where(
        placement.c.researcher_id == researcher_id,
        placement.c.host_unit_id == host_unit_id,
        placement.c.state.in_(states),
    )
    return (await connection.execute(statement.limit(1))).first() is not None


async def list_last_days(connection: AsyncConnection, credential_ids: Sequence[UUID]) -> dict[UUID, date | None]:
    """The last valid day of each credential as now recorded, None = without end; only those the caller may see."""
    version = credential_version
    statement = select(version.c.credential_id, version.c.valid_until).where(
        version.c.credential_id.in_(credential_ids), version.c.superseded_at.is_(None)
    )
    return {row.credential_id: row.valid_until for row in await connection.execute(statement)}


async def find_home_unit(connection: AsyncConnection, researcher_id: UUID, on: date) -> UUID | None:
    """The unit with which the person's personnel relation is on the day, as now recorded."""
    statement = select(personnel_relation.c.home_unit_id).where(
        personnel_relation.c.researcher_id == researcher_id,
        personnel_relation.c.superseded_at.is_(None),
        personnel_relation.c.valid_from <= on,
        or_(personnel_relation.c.valid_until.is_(None), personnel_relation.c.valid_until >= on),
    )
    return (await connection.execute(statement)).scalar_one_or_none()


def _changing(record: Placement) -> dict[str, Any]:
    return {
        "term_from": record.term.start,
        "term_until": record.term.until,
        "workload_percent": record.workload_percent,
        "state": record.state.value,
        "round": record.round,
        "open_round": record.open_round,
        "decision_id": record.decision_id,
        "credential_id": record.credential_id,
        "activated_on": record.activated_on,
        "ended_on": record.ended_on,
        "end_reason": record.end_reason,
        "ends_on": record.ends_on,
        "ends_reason": record.ends_reason,
    }


def _fitting(asked: PlacementFilter) -> Select[Any]:
    statement = select(placement)
    if asked.researcher_id is not None:
        statement = statement.where(placement.c.researcher_id == asked.researcher_id)
    if asked.unit_id is not None:
        either = or_(placement.c.home_unit_id == asked.unit_id, placement.c.host_unit_id == asked.unit_id)
        statement = statement.where(either)
    if asked.credential_id is not None:
        statement = statement.where(placement.c.credential_id == asked.credential_id)
    if asked.state is not None:
        statement = statement.where(placement.c.state == asked.state)
    return statement


def _placement(row: Row[Any]) -> Placement:
    return Placement(
        id=row.id,
        researcher_id=row.researcher_id,
        home_unit_id=row.home_unit_id,
        host_unit_id=row.host_unit_id,
        kind=row.kind,
        post=row.post,
        post_series=row.post_series,
        term=Period(row.term_from, row.term_until),
        workload_percent=row.workload_percent,
        state=PlacementState(row.state),
        round=row.round,
        open_round=row.open_round,
        decision_id=row.decision_id,
        credential_id=row.credential_id,
        activated_on=row.activated_on,
        ended_on=row.ended_on,
        end_reason=None if row.end_reason is None else EndReason(row.end_reason),
        proposed_at=row.proposed_at,
        ends_on=row.ends_on,
        ends_reason=None if row.ends_reason is None else EndReason(row.ends_reason),
    )
