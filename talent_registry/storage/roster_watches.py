"""Watches of whole rosters in the database: begun set by set as the answers are kept, ended by the set."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.researchers import PersonField
from talent_registry.storage.ids import new_id
from talent_registry.storage.tables import credential_watch, roster, roster_answer

# No statement takes long, however large the roster is.
_AT_ONCE: Final = 20_000
_STAMP: Final = 15
# The look that each holder sees is noted with the watch, in one statement.
_WATCH: Final = text(f"""
    WITH made AS MATERIALIZED (
        SELECT watch_found(:roster, :source, :line, :account, :purpose, :until, :at, :stamp, :command)
            AS credential_id),
    looks AS (
        INSERT INTO access (id, researcher_id, account_id, organisation_id, at, purpose, basis, fields, command_id)
        SELECT overlay(gen_random_uuid()::text PLACING :stamp FROM 1 FOR {_STAMP})::uuid, credential.researcher_id,
            :account, :organisation, :at, :purpose, :basis, ARRAY['{PersonField.CREDENTIALS}'], :command
        FROM credential WHERE id = ANY (ARRAY(SELECT credential_id FROM made)))
    SELECT count(*) FROM made
""")


@dataclass(frozen=True, slots=True)
class NewRosterWatch:
    """What is written of each watch of a roster, and on what the look rests that each holder sees."""

    roster_id: UUID
    organisation_id: UUID
    account_id: UUID | None
    purpose: str
    until: date
    at: datetime
    basis: str
    command_id: UUID


@dataclass(frozen=True, slots=True)
class RosterWatch:
    """The watch of a roster that goes on: on how many certificates, for what purpose, since when, its last day."""

    watches: int
    purpose: str
    started_at: datetime
    until: date


async def watch_all(connection: AsyncConnection, new: NewRosterWatch) -> int:
    """Watch every credential that the roster, or one that corrects it, found; how many there are.

    The caller has the duty to verify.
    """
    values: dict[str, Any] = {
        "roster": new.roster_id,
        "organisation": new.organisation_id,
        "account": new.account_id,
        "purpose": new.purpose,
        "until": new.until,
        "at": new.at,
        "basis": new.basis,
        "command": new.command_id,
        "stamp": str(new_id())[:_STAMP],
    }
    answer, own = roster_answer.c, or_(roster.c.id == new.roster_id, roster.c.corrects_id == new.roster_id)
    sets = select(answer.roster_id, answer.first_line).join(roster, roster.c.id == answer.roster_id).where(own)
    made = 0
    for source, line in (await connection.execute(sets)).all():
        made += (await connection.execute(_WATCH, values | {"source": source, "line": line})).scalar_one()
    return made


async def end_all(connection: AsyncConnection, organisation_id: UUID, roster_id: UUID, at: datetime) -> int:
    """End the watch of a roster; how many credentials were watched."""
    watch, ended = credential_watch.c, 0
    some = select(watch.id).where(*_open(organisation_id, roster_id)).limit(_AT_ONCE)
    statement = update(credential_watch).where(watch.id.in_(some)).values(ended_at=at)
    while more := (await connection.execute(statement)).rowcount:
        ended += more
    return ended


async def find_open(connection: AsyncConnection, organisation_id: UUID, roster_id: UUID) -> RosterWatch | None:
    """The watch of a roster that is not ended; None where there is none."""
    watch = credential_watch.c
    statement = select(
        func.count().label("watches"),
        func.min(watch.purpose).label("purpose"),
        func.min(watch.started_at).label("started_at"),
        func.min(watch.valid_until).label("until"),
    ).where(*_open(organisation_id, roster_id))
    row = (await connection.execute(statement)).one()
    return RosterWatch(row.watches, row.purpose, row.started_at, row.until) if row.watches else None


def _open(organisation_id: UUID, roster_id: UUID) -> tuple[Any, ...]:
    watch = credential_watch.c
    return watch.organisation_id == organisation_id, watch.roster_id == roster_id, watch.ended_at.is_(None)
