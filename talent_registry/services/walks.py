"""Callers who walk through numbers: slowed where their misses use up a minute's, and told to their authority once."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.alerts import AlertKind, AlertNote
from talent_registry.domain.integrity import check_text
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.rosters import Roster
from talent_registry.domain.walks import MOST_MISSES, Walk
from talent_registry.services.alerts import note_of
from talent_registry.services.attempts import HOUR, MINUTE, Allowance, counted, limited
from talent_registry.services.permissions import ANONYMOUS, Actor, Permission, Subject, nothing_here
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import alerts, attempts, ledger, walks
from talent_registry.storage.attempts import Counted
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty

# What a caller may miss in a minute, by verifications and share codes together; looked at before anything is looked up.
MISSES: Final = Allowance("verify-misses", MOST_MISSES, MINUTE)
# One episode is what one caller does within an hour.
_EPISODES: Final = Allowance("verify-walk", 1, HOUR)


def misses_of(registry: Registry, caller: str, now: datetime) -> Counted:
    """What counts the misses of the caller in the minute of an instant."""
    return counted(registry, MISSES, caller, now)


async def count_miss(work: Work, caller: str, *, missed: bool) -> int:
    """Count a miss of the caller, or none by the same statement, in the command that answers; how many that makes (0).

    `Limited`, and so no answer, where a minute's were used up: those that are asked at once are counted one by one.
    """
    await ledger.wait_for_turn(work.connection)
    now = work.registry.clock()
    one = misses_of(work.registry, caller, now)
    used = await attempts.count_one(work.connection, one.scope, one.subject, one.since, int(missed))
    if missed and used > MISSES.limit:
        raise limited(MISSES.retry_after(now))
    return used if missed else 0


async def tell(registry: Registry, actor: Actor, caller: str, misses: int) -> None:
    """Tell the authority of a caller whose misses now use up a minute's; once an episode."""
    if misses != MISSES.limit:
        return
    one = counted(registry, _EPISODES, caller, registry.clock())
    async with registry.noting(ANONYMOUS) as connection:
        if await attempts.count_one(connection, one.scope, one.subject, one.since) > 1:
            return
    await _raise(registry, actor, _walk(actor.account_id, actor.organisation_id, None, misses, misses, registry))


async def tell_of_roster(registry: Registry, worker: Actor, one: Roster, misses: int) -> None:
    """Tell the authority of whoever gave the roster that it walks through numbers; once, however often it is asked."""
    await _raise(registry, worker, _walk(one.account_id, one.organisation_id, one.id, misses, one.rows, registry))


async def list_walks(
    registry: Registry, actor: Actor, request: PageRequest, *, unnoted: bool
) -> Page[tuple[Walk, tuple[AlertNote, ...]]]:
    """The walks of callers of the actor's province with what officers wrote on each, newest first (authority alone)."""
    _must_be_told(actor)
    async with registry.reading(actor) as connection:
        page = await walks.list_walks(connection, request, unnoted=unnoted)
        subjects = [str(one.id) for one in page.items]
        notes = await alerts.list_notes(connection, AlertKind.WALK, subjects) if subjects else []
    return page.of(lambda walk: (walk, tuple(note for note in notes if note.subject == str(walk.id))))


async def acknowledge(registry: Registry, actor: Actor, walk_id: UUID, text: str, key: str) -> Done:
    """Acknowledge a walk with a note (authority of the caller's province, by an account). Answer: `note_id`.

    As often as officers have something to add. NotFound for a walk of another province; InvalidInput for the note.
    """

    async def act(work: Work) -> dict[str, Any]:
        _must_be_told(actor)
        note = note_of(work, AlertKind.WALK, str(walk_id), check_text(text, "note"))
        if await walks.find_walk(work.connection, walk_id) is None:
            raise nothing_here(("input", "walk"))
        await alerts.add_note(work.connection, note, work.command_id)
        return {"note_id": str(note.id)}

    return await perform(registry, actor, "acknowledgeAlert", key, {"walk": str(walk_id), "note": text}, act)


def _must_be_told(actor: Actor) -> None:
    own = frozenset[str]() if actor.province is None else frozenset({actor.province})
    actor.must(Permission.READ_ALERT, Subject(provinces=own), hidden=False)


def _walk(
    account_id: UUID | None, unit_id: UUID | None, roster_id: UUID | None, misses: int, tried: int, registry: Registry
) -> Walk:
    return Walk(
        id=new_id(),
        account_id=account_id,
        organisation_id=unit_id,
        roster_id=roster_id,
        province="",
        misses=misses,
        tried=tried,
        raised_at=registry.clock(),
    )


async def _raise(registry: Registry, actor: Actor, walk: Walk) -> None:
    async with registry.noting(actor) as connection, duty(connection, "verify"):
        await walks.add_walk(connection, walk)
