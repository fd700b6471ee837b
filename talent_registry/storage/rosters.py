"""Rosters in the database: added once, claimed by one worker at a time, answered part by part."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, Text, Uuid, and_, column, delete, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.rosters import Answer, Roster, RosterState, Told
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import roster, roster_answer, roster_part

# Each part answered holds the roster for so long; a part takes about a second.
LEASE = timedelta(seconds=15)
_ADDED = (
    "id",
    "actor_kind",
    "account_id",
    "organisation_id",
    "province",
    "purpose",
    "legal_basis",
    "file_digest",
    "rows",
    "requested_at",
    "head_sealed",
    "key_id",
    "command_id",
    "corrects_id",
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some consecutive rows of a roster, sealed; `answered` where they have their answers."""

    number: int
    content_sealed: bytes = field(repr=False)
    key_id: str
    answered: bool = False


async def add_roster(connection: AsyncConnection, one: Roster, parts: Sequence[Part]) -> None:
    """Record a roster that waits, with its parts."""
    values = {name: getattr(one, name) for name in _ADDED} | {"state": RosterState.QUEUED.value}
    await connection.execute(insert(roster).values(values))
    rows = [
        {"roster_id": one.id, "number": part.number, "content_sealed": part.content_sealed, "key_id": part.key_id}
        for part in parts
    ]
    await connection.execute(insert(roster_part), rows)


async def find_roster(connection: AsyncConnection, roster_id: UUID) -> Roster | None:
    """The roster with this id, if the caller's transaction may see it."""
    row = (await connection.execute(select(roster).where(roster.c.id == roster_id))).first()
    return None if row is None else _roster(row)


async def lock_roster(connection: AsyncConnection, roster_id: UUID) -> Roster | None:
    """The roster with this id, if the caller's office may see it, kept from other commands of the kind until the end.

    An office may not change a roster, so its lock is one by name.
    """
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"roster:{roster_id}", 0))))
    return await find_roster(connection, roster_id)


async def list_rosters(connection: AsyncConnection, request: PageRequest) -> Page[Roster]:
    """The rosters that the caller's transaction may see, oldest first."""
    return await fetch_page(connection, select(roster), [roster.c.id], request, _roster)


async def list_corrections(connection: AsyncConnection, roster_id: UUID) -> list[Roster]:
    """The rosters that correct this one, in the order in which they were handed in."""
    statement = select(roster).where(roster.c.corrects_id == roster_id).order_by(roster.c.id)
    return [_roster(row) for row in await connection.execute(statement)]


async def list_old(connection: AsyncConnection, before: datetime, most: int) -> list[UUID]:
    """Rosters that ended and were asked for before this instant, and are not cleared yet; no more than `most`."""
    statement = select(roster.c.id).where(*_is_old(before)).order_by(roster.c.requested_at).limit(most)
    return list((await connection.execute(statement)).scalars())


async def clear_roster(connection: AsyncConnection, roster_id: UUID, before: datetime, now: datetime) -> bool:
    """Remove the rows and answers of a roster; False where it is not old, or cleared already."""
    cleared = update(roster).where(roster.c.id == roster_id, *_is_old(before)).values(cleared_at=now)
    if not (await connection.execute(cleared)).rowcount:
        return False
    for table in (roster_answer, roster_part):
        await connection.execute(delete(table).where(table.c.roster_id == roster_id))
    return True


def _is_old(before: datetime) -> tuple[Any, ...]:
    ended = roster.c.state.in_([RosterState.DONE.value, RosterState.FAILED.value])
    return ended, roster.c.cleared_at.is_(None), roster.c.requested_at < before


async def list_parts(connection: AsyncConnection, roster_id: UUID) -> list[Part]:
    """The parts of a roster in their order."""
    statement = select(roster_part).where(roster_part.c.roster_id == roster_id).order_by(roster_part.c.number)
    return [
        Part(row.number, bytes(row.content_sealed), row.key_id, row.answered_at is not None)
        for row in await connection.execute(statement)
    ]


async def list_answers(connection: AsyncConnection, roster_id: UUID) -> dict[int, Answer]:
    """What became of the rows so far, by line."""
    statement = select(roster_answer).where(roster_answer.c.roster_id == roster_id)
    return {
        line: Answer(line, verdict, reason, credential_id, row.at)
        for row in await connection.execute(statement)
        for line, verdict, reason, credential_id in zip(
            row.lines, row.verdicts, row.reasons, row.credential_ids, strict=True
        )
    }


async def list_told(connection: AsyncConnection, roster_id: UUID) -> dict[int, Told]:
    """What each row is told in the result, by line; without the credentials."""
    kept = roster_answer.c
    statement = select(kept.at, kept.lines, kept.verdicts, kept.reasons).where(kept.roster_id == roster_id)
    told: dict[int, Told] = {}
    for at, lines, verdicts, reasons in await connection.execute(statement):
        said: dict[tuple[str, str], Told] = {}
        for line, *each in zip(lines, verdicts, reasons, strict=True):
            key = (each[0], each[1])
            told[line] = said.get(key) or said.setdefault(key, Told(*key, at))
    return told


async def page_answers(connection: AsyncConnection, roster_id: UUID, request: PageRequest) -> Page[Answer]:
    """What became of the rows so far, in their order."""
    kept = roster_answer.c
    row = func.unnest(kept.lines, kept.verdicts, kept.reasons, kept.credential_ids).table_valued(
        column("line", Integer), column("verdict", Text), column("reason", Text), column("credential_id", Uuid)
    )
    # Beside a table that it takes its rows from, a function stands as if LATERAL.
    each = row.render_derived(name="each")
    listed = select(each.c.line, each.c.verdict, each.c.reason, each.c.credential_id, kept.at)
    statement = listed.select_from(roster_answer.join(each, true())).where(kept.roster_id == roster_id)
    return await fetch_page(
        connection,
        statement,
        [each.c.line],
        request,
        lambda one: Answer(one.line, one.verdict, one.reason, one.credential_id, one.at),
    )


async def claim_roster(connection: AsyncConnection, now: datetime) -> Roster | None:
    """The oldest roster that waits, or whose worker is silent, held from now on for `LEASE`."""
    silent = and_(roster.c.state == RosterState.RUNNING.value, roster.c.claimed_until < now)
    next_one = (
        select(roster.c.id)
        .where(or_(roster.c.state == RosterState.QUEUED.value, silent))
        .order_by(roster.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claim = (
        update(roster)
        .where(roster.c.id == next_one)
        .values(state=RosterState.RUNNING.value, attempts=roster.c.attempts + 1, claimed_until=now + LEASE)
        .returning(roster)
    )
    row = (await connection.execute(claim)).first()
    return None if row is None else _roster(row)


async def hold_roster(connection: AsyncConnection, one: Roster, now: datetime) -> Roster | None:
    """Lock the roster and hold it further, before a part is answered; None where another worker has taken it over."""
    held = update(roster).where(*_still(one)).values(claimed_until=now + LEASE).returning(roster)
    row = (await connection.execute(held)).first()
    return None if row is None else _roster(row)


async def keep_answers(connection: AsyncConnection, roster_id: UUID, answers: Sequence[Answer]) -> None:
    """Record the answers of some lines, all of one instant."""
    if answers:
        first = min(each.line for each in answers)
        values = {
            "roster_id": roster_id,
            "first_line": first,
            "at": answers[0].at,
            "lines": [each.line for each in answers],
            "verdicts": [each.verdict for each in answers],
            "reasons": [each.reason for each in answers],
            "credential_ids": [each.credential_id for each in answers],
        }
        await connection.execute(insert(roster_answer).values(values))


async def go_on(connection: AsyncConnection, one: Roster, number: int, now: datetime, counts: dict[str, int]) -> None:
    """Say that a part is answered and how far the roster is, within the transaction that holds it."""
    part = roster_part.c
    answered = update(roster_part).where(part.roster_id == one.id, part.number == number)
    await connection.execute(answered.values(answered_at=now))
    done = {"done": sum(counts.values()), "counts": counts}
    await connection.execute(update(roster).where(*_still(one)).values(done))


async def end_roster(
    connection: AsyncConnection, one: Roster, now: datetime, failure: dict[str, Any] | None = None
) -> None:
    """End it, with why it failed if it did."""
    state = RosterState.DONE if failure is None else RosterState.FAILED
    values = {"state": state.value, "finished_at": now, "claimed_until": None, "failure": failure}
    await connection.execute(update(roster).where(*_still(one)).values(values))


async def let_go(connection: AsyncConnection, one: Roster, now: datetime) -> None:
    """Leave a roster to whoever comes next."""
    await connection.execute(update(roster).where(*_still(one)).values(claimed_until=now - LEASE))


def _still(one: Roster) -> tuple[Any, ...]:
    return (roster.c.id == one.id, roster.c.state == RosterState.RUNNING.value, roster.c.attempts == one.attempts)


def _roster(row: Row[Any]) -> Roster:
    return Roster(
        id=row.id,
        state=RosterState(row.state),
        actor_kind=row.actor_kind,
        account_id=row.account_id,
        organisation_id=row.organisation_id,
        province=row.province,
        purpose=row.purpose,
        legal_basis=row.legal_basis,
        file_digest=row.file_digest,
        rows=row.rows,
        done=row.done,
        counts=row.counts,
        requested_at=row.requested_at,
        attempts=row.attempts,
        finished_at=row.finished_at,
        failure=row.failure,
        head_sealed=bytes(row.head_sealed),
        key_id=row.key_id,
        command_id=row.command_id,
        corrects_id=row.corrects_id,
        cleared_at=row.cleared_at,
    )
