"""Watches of whole rosters: an office is told if any certificate that a roster found is changed later."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.rosters import RosterState
from talent_registry.domain.watches import check_until, ended_before
from talent_registry.services.looks import check_stated_purpose
from talent_registry.services.permissions import Actor, nothing_here
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.rosters import get_roster
from talent_registry.services.watches import BASIS, office_of
from talent_registry.storage import roster_watches, rosters
from talent_registry.storage.roster_watches import NewRosterWatch, RosterWatch
from talent_registry.storage.session import duty


@dataclass(frozen=True, slots=True)
class AskedRosterWatch:
    """Which roster to watch, for what purpose, until which day (inclusive)."""

    roster_id: UUID
    purpose: str
    until: date


async def watch_roster(registry: Registry, actor: Actor, asked: AskedRosterWatch, key: str) -> Done:
    """Watch every credential that a roster of the caller's office found. Answer: `roster_id`, `watches`.

    Watching again ends the roster's watch before. NotFound for another office's roster; Conflict (NOT_DONE,
    NOTHING_FOUND); InvalidInput (PURPOSE, PURPOSE_NOT_GRANTED, TERM).
    """

    async def act(work: Work) -> dict[str, Any]:
        office = office_of(actor)
        purpose = check_stated_purpose(actor, asked.purpose, "input", "purpose")
        until = check_until(asked.until, work.today)
        one = await rosters.lock_roster(work.connection, asked.roster_id)
        if one is None or one.organisation_id != office:
            raise nothing_here(("input", "roster"))
        if one.state is not RosterState.DONE:
            raise _not_done()
        await work.settle_moment()
        await roster_watches.end_all(work.connection, office, one.id, work.now)
        new = NewRosterWatch(one.id, office, actor.account_id, purpose, until, work.now, BASIS, work.command_id)
        async with duty(work.connection, "verify"):
            watches = await roster_watches.watch_all(work.connection, new)
        if not watches:
            raise _nothing_found()
        work.about("roster", one.id)
        work.says(until=until.isoformat(), watches=watches)
        return {"roster_id": str(one.id), "watches": watches}

    return await perform(registry, actor, "watchRoster", key, asked, act)


async def end_roster_watch(registry: Registry, actor: Actor, roster_id: UUID, key: str) -> Done:
    """End the watch of a whole roster. Answer: `roster_id`, `watches`. Conflict (ENDED_BEFORE)."""

    async def act(work: Work) -> dict[str, Any]:
        office = office_of(actor)
        one = await rosters.lock_roster(work.connection, roster_id)
        if one is None or one.organisation_id != office:
            raise nothing_here(("input", "roster"))
        watches = await roster_watches.end_all(work.connection, office, roster_id, work.now)
        if not watches:
            raise ended_before()
        work.about("roster", roster_id)
        work.says(watches=watches)
        return {"roster_id": str(roster_id), "watches": watches}

    return await perform(registry, actor, "endRosterWatch", key, {"roster": roster_id}, act)


async def find_roster_watch(registry: Registry, actor: Actor, roster_id: UUID) -> RosterWatch | None:
    """The watch of a roster that is not ended. NotFound for another office's roster."""
    one = await get_roster(registry, actor, roster_id)
    if one.organisation_id is None or one.organisation_id != actor.organisation_id:
        return None
    async with registry.reading(actor) as connection:
        return await roster_watches.find_open(connection, one.organisation_id, roster_id)


def _not_done() -> Conflict:
    return Conflict(
        Message(
            zh="名册尚未核验完毕，还不能订阅。请待核验完成后再订阅；如核验未完成，请重新提交名册。",
            en="The roster is not done, so it cannot be watched yet. Wait until it is; if it failed, submit it again.",
        ),
        reason="NOT_DONE",
    )


def _nothing_found() -> Conflict:
    return Conflict(
        Message(
            zh="名册中没有查到任何证书，无可订阅。请先改正有问题的行并重新核验。",
            en="The roster found no certificate, so there is nothing to watch. Correct the rows with problems first.",
        ),
        reason="NOTHING_FOUND",
    )
