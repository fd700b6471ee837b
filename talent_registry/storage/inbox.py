"""Inboxes in the database: what its receivers are told, newest first, and what of it they have read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.inbox import InboxFilter, InboxItem, prefix_of
from talent_registry.domain.notices import Receiver
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.storage.events import event_of
from talent_registry.storage.paging import WINDOW, foreign_cursor

MOST_COUNTED: Final = 1000
_BIGGEST: Final = 2**63 - 1


async def page_inbox(
    connection: AsyncConnection, request: PageRequest, to: Sequence[Receiver], asked: InboxFilter
) -> Page[InboxItem]:
    """A page of what is told to these receivers, newest first.

    Where little fits, no more than `WINDOW` items are looked through: a page may be short and more still follow.
    """
    narrow = asked.unread or asked.kind is not None
    size = WINDOW if narrow else request.first + 1
    values: dict[str, Any] = {"after": _place(request), "size": size, "first": request.first + 1, **_values(to)}
    within = ""
    if asked.about is not None:
        within = "AND told.position IN (SELECT one.position FROM event one WHERE one.subject = :about)"
        values["about"] = asked.about
    fits = "true" if not asked.unread else "read_at IS NULL"
    if asked.kind is not None:
        fits += " AND starts_with(event.type, :prefix)"
        values["prefix"] = f"{prefix_of(asked.kind)}."
    seen = f"WITH seen AS ({_seen(to, within)})"
    last = None
    if narrow:
        looked = (
            await connection.execute(
                text(f"{seen} SELECT min(position) AS oldest, count(*) AS items FROM seen"), values
            )
        ).one()
        last = None if looked.items < WINDOW else (str(looked.oldest),)
    statement = f"""
        {seen} SELECT event.*, seen.read_at FROM seen JOIN event USING (position)
        WHERE {fits} ORDER BY seen.position DESC LIMIT :first
    """
    rows = (await connection.execute(text(statement), values)).all()
    shown, more = rows[: request.first], len(rows) > request.first
    places = tuple((str(row.position),) for row in shown)
    items = tuple(InboxItem(event_of(row), row.read_at) for row in shown)
    return Page(items, places, more or last is not None, left_off=places[-1] if more else last)


async def count_unread(connection: AsyncConnection, to: Sequence[Receiver]) -> int:
    """How many items are unread; `MOST_COUNTED` where there are as many or more."""
    parts = " UNION ".join(
        f"""(SELECT told.position FROM event_receiver told WHERE told.{column} = :to_{number}
            AND told.position > coalesce((SELECT max(mark.position) FROM inbox_reading mark
                WHERE mark.{column} = :to_{number} AND mark.and_before), 0)
            AND NOT EXISTS (SELECT FROM inbox_reading one WHERE one.{column} = :to_{number}
                AND NOT one.and_before AND one.position = told.position) LIMIT :most)"""
        for number, (column, _) in enumerate(_columns(to))
    )
    statement = f"SELECT count(*) FROM (SELECT position FROM ({parts}) unread LIMIT :most) counted"
    return int((await connection.execute(text(statement), {"most": MOST_COUNTED, **_values(to)})).scalar_one())


async def find_positions(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Where the events of these ids stand that the caller's transaction may see."""
    rows = await connection.execute(text("SELECT id, position FROM event WHERE id = ANY (:ids)"), {"ids": list(ids)})
    return {row.id: row.position for row in rows}


async def mark_items(
    connection: AsyncConnection, to: Sequence[Receiver], positions: Sequence[int], at: datetime, command_id: UUID
) -> None:
    """Mark the items at these positions as read by these receivers, as far as each is told of them."""
    for column, value in _columns(to):
        statement = f"""
            INSERT INTO inbox_reading (position, {column}, and_before, at, command_id)
            SELECT told.position, told.{column}, false, :at, :command FROM event_receiver told
            WHERE told.{column} = :to AND told.position = ANY (:positions) ON CONFLICT DO NOTHING
        """
        values = {"to": value, "positions": list(positions), "at": at, "command": command_id}
        await connection.execute(text(statement), values)


async def mark_up_to(
    connection: AsyncConnection, to: Sequence[Receiver], position: int, at: datetime, command_id: UUID
) -> None:
    """Mark everything up to a position as read by these receivers; a mark never goes back."""
    for column, value in _columns(to):
        statement = f"""
            INSERT INTO inbox_reading (position, {column}, and_before, at, command_id)
            SELECT :position, :to, true, :at, :command WHERE NOT EXISTS (
                SELECT FROM inbox_reading mark WHERE mark.{column} = :to AND mark.and_before
                AND mark.position >= :position) ON CONFLICT DO NOTHING
        """
        values = {"to": value, "position": position, "at": at, "command": command_id}
        await connection.execute(text(statement), values)


def _seen(to: Sequence[Receiver], within: str) -> str:
    """The next items of all the receivers: where each stands, and when the last of them had read it."""
    parts = " UNION ALL ".join(
        f"""(SELECT told.position, least(
                (SELECT one.at FROM inbox_reading one WHERE one.{column} = :to_{number} AND NOT one.and_before
                    AND one.position = told.position),
                (SELECT mark.at FROM inbox_reading mark WHERE mark.{column} = :to_{number} AND mark.and_before
                    AND mark.position >= told.position ORDER BY mark.position LIMIT 1)) AS read_at
            FROM event_receiver told WHERE told.{column} = :to_{number} AND told.position < :after {within}
            ORDER BY told.position DESC LIMIT :size)"""
        for number, (column, _) in enumerate(_columns(to))
    )
    return f"""
        SELECT position, CASE WHEN bool_and(read_at IS NOT NULL) THEN max(read_at) END AS read_at
        FROM ({parts}) each GROUP BY position ORDER BY position DESC LIMIT :size
    """


def _columns(to: Sequence[Receiver]) -> list[tuple[str, UUID | str]]:
    return [
        (column, value)
        for one in to
        for column, value in (
            ("organisation_id", one.organisation_id),
            ("researcher_id", one.researcher_id),
            ("province", one.province),
        )
        if value is not None
    ]


def _values(to: Sequence[Receiver]) -> dict[str, Any]:
    return {f"to_{number}": value for number, (_, value) in enumerate(_columns(to))}


def _place(request: PageRequest) -> int:
    """The position from which the page goes back."""
    if request.after is None:
        return _BIGGEST
    try:
        (position,) = request.after
        return min(int(position), _BIGGEST)
    except ValueError as failure:
        raise foreign_cursor() from failure
