"""Opportunities in the database: the record, its versions, and the windows in which open ones are looked through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.opportunities import Need, Opportunity, OpportunityFilter, levels_that_take
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.periods import Period
from talent_registry.storage.paging import fetch_page, fetch_window
from talent_registry.storage.tables import opportunity, opportunity_version, organisation

_VERSION = [
    opportunity_version.c.id.label("version_id"),
    opportunity_version.c.recorded_at.label("edited_at"),
    *(
        opportunity_version.c[name]
        for name in (
            "kind",
            "post",
            "post_series",
            "series",
            "level",
            "term_from",
            "term_until",
            "workload_percent",
            "text",
            "open_until",
        )
    ),
]


@dataclass(frozen=True, slots=True)
class Held:
    """A title that somebody holds, as far as opportunities are pre-selected by it; `series` None: not stated."""

    series: str | None
    level: str


async def add_opportunity(connection: AsyncConnection, new: Opportunity, command_id: UUID) -> None:
    """Record a new opportunity with its first version."""
    await connection.execute(
        insert(opportunity).values(
            id=new.id, host_unit_id=new.host_unit_id, posted_at=new.posted_at, command_id=command_id
        )
    )
    await add_version(connection, new, command_id)


async def add_version(connection: AsyncConnection, changed: Opportunity, command_id: UUID) -> None:
    """Record how the need reads from now on; the version before is superseded, not erased."""
    need, table = changed.need, opportunity_version
    await connection.execute(
        update(table)
        .where(table.c.opportunity_id == changed.id, table.c.superseded_at.is_(None))
        .values(superseded_at=changed.edited_at)
    )
    await connection.execute(
        insert(table).values(
            id=changed.version_id,
            opportunity_id=changed.id,
            kind=need.kind,
            post=need.post,
            post_series=need.post_series,
            series=need.series,
            level=need.level,
            term_from=need.term.start,
            term_until=need.term.until,
            workload_percent=need.workload_percent,
            text=need.text,
            open_until=need.open_until,
            recorded_at=changed.edited_at,
            command_id=command_id,
        )
    )


async def close(connection: AsyncConnection, opportunity_id: UUID, at: datetime) -> None:
    """Close an opportunity for good."""
    await connection.execute(update(opportunity).where(opportunity.c.id == opportunity_id).values(closed_at=at))


async def lock_opportunity(connection: AsyncConnection, opportunity_id: UUID) -> Opportunity | None:
    """The host unit's own opportunity as it now reads, kept from its other commands until this one ends."""
    statement = select(opportunity.c.id).where(opportunity.c.id == opportunity_id).with_for_update()
    await connection.execute(statement)
    return await find_opportunity(connection, opportunity_id)


async def find_opportunity(connection: AsyncConnection, opportunity_id: UUID) -> Opportunity | None:
    """The opportunity with this id as it now reads."""
    return (await list_by_ids(connection, [opportunity_id]))[0]


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Opportunity | None]:
    """The opportunities with these ids as they now read, in their order; None where there is none."""
    rows = await connection.execute(_current().where(opportunity.c.id.in_(ids)))
    found = {row.id: _opportunity(row) for row in rows}
    return [found.get(opportunity_id) for opportunity_id in ids]


async def list_opportunities(
    connection: AsyncConnection, request: PageRequest, asked: OpportunityFilter, today: date
) -> Page[Opportunity]:
    """The opportunities that fit, oldest first: those open today, or all of one unit."""
    statement = _current()
    if asked.host_unit_id is None:
        statement = statement.where(*_open(today))
    else:
        statement = statement.where(opportunity.c.host_unit_id == asked.host_unit_id)
    for column, value in ((opportunity_version.c.series, asked.series), (opportunity_version.c.level, asked.level)):
        if value is not None:
            statement = statement.where(column == value)
    if asked.kind is not None:
        statement = statement.where(opportunity_version.c.kind == asked.kind)
    if asked.province is not None:
        statement = statement.where(_host_province() == asked.province)
    return await fetch_page(connection, statement, [opportunity.c.id], request, _opportunity)


async def list_open_for(
    connection: AsyncConnection, request: PageRequest, held: Sequence[Held], home_province: str, near: int, today: date
) -> Page[Opportunity]:
    """Of the next open opportunities outside the home province those that one of the held titles may meet.

    Each page looks through a bounded number of open ones, so it may be short, or empty, and more still follow. A level
    falls short by at most `near` ranks.
    """
    window = select(opportunity.c.id).where(opportunity.c.closed_at.is_(None))
    version = opportunity_version.c
    takes: list[ColumnElement[bool]] = [
        and_(
            or_(version.series.is_(None), version.series == one.series),
            version.level.in_(levels_that_take(one.level, near)),
        )
        for one in dict.fromkeys(held)
    ]
    fitting = _current().where(*_open(today), _host_province() != home_province, or_(false(), *takes))
    return await fetch_window(connection, window, opportunity.c.id, fitting, request, _opportunity)


def _current() -> Select[Any]:
    joined = opportunity_version.c.opportunity_id == opportunity.c.id
    return (
        select(opportunity, *_VERSION)
        .join(opportunity_version, joined)
        .where(opportunity_version.c.superseded_at.is_(None))
    )


def _open(today: date) -> tuple[ColumnElement[bool], ...]:
    return opportunity.c.closed_at.is_(None), opportunity_version.c.open_until >= today


def _host_province() -> ColumnElement[str]:
    province = select(organisation.c.province).where(organisation.c.id == opportunity.c.host_unit_id)
    return func.coalesce(province.correlate(opportunity).scalar_subquery(), "")


def _opportunity(row: Row[Any]) -> Opportunity:
    return Opportunity(
        row.id,
        row.host_unit_id,
        row.posted_at,
        row.closed_at,
        row.version_id,
        row.edited_at,
        Need(
            kind=row.kind,
            post=row.post,
            post_series=row.post_series,
            series=row.series,
            level=row.level,
            term=Period(row.term_from, row.term_until),
            workload_percent=row.workload_percent,
            text=row.text,
            open_until=row.open_until,
        ),
    )
