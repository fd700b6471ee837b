"""The clock of placements: a term that is over ends, one that ends soon is told of; each once, whoever runs the clock.

Each act is a command of the clock under a key made of placement, act and day: a worker that is killed, a clock that is
run twice or jumps, and a term extended meanwhile leave the same end state.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.placements import EndReason, Placement, PlacementState
from talent_registry.services.permissions import Actor, ActorKind, Permission, nothing_here
from talent_registry.services.placement_life import end_in
from talent_registry.services.registry import Registry, Work, perform
from talent_registry.storage import placement_terms, placements
from talent_registry.storage.placement_terms import DueTerm, reminder_key
from talent_registry.storage.session import duty

CLOCK = Actor(ActorKind.CLOCK)
_PAGE = 100
_RUNNING = (PlacementState.ACTIVE, PlacementState.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Passed:
    """How many terms were ended, and of how many ends the parties were told."""

    ended: int
    reminded: int


async def run_terms(registry: Registry, actor: Actor = CLOCK) -> Passed:
    """End every term that is over and tell of those that end in 30, 7 or 0 days; nothing is done twice.

    A clock that comes late tells once, of the days that are left, and not of notices that were missed.
    """
    actor.must(Permission.RUN_CLOCKS, hidden=False)

    async def over(limit: int) -> list[DueTerm]:
        async with registry.reading(actor) as connection, duty(connection, "consequences"):
            return await placement_terms.list_over(connection, registry.today(), limit)

    async def ending(limit: int) -> list[DueTerm]:
        async with registry.reading(actor) as connection, duty(connection, "consequences"):
            return await placement_terms.list_ending(connection, registry.today(), _caller(actor), limit)

    ended = await _each(over, lambda due: end_term(registry, actor, due))
    return Passed(ended, await _each(ending, lambda due: remind(registry, actor, due)))


async def end_term(registry: Registry, actor: Actor, due: DueTerm) -> bool:
    """End a placement whose term is over, on its last day; False where it was ended or extended meanwhile."""

    async def act(work: Work) -> dict[str, Any]:
        async with duty(work.connection, "consequences"):
            record = await _running(work, due)
            if work.today <= due.until:
                raise _not_due()
            await end_in(work, record, EndReason.TERM, due.until)
        return {"placement_id": str(due.placement_id), "ended_on": str(due.until)}

    return await _once(registry, actor, "endTerm", f"term:{due.placement_id}:{due.until}", due, act)


async def remind(registry: Registry, actor: Actor, due: DueTerm) -> bool:
    """Tell the parties that a term ends in so many days or fewer; False where it ends otherwise by now."""

    async def act(work: Work) -> dict[str, Any]:
        async with duty(work.connection, "consequences"):
            record = await _running(work, due)
        work.about("placement", record.id)
        work.about("researcher", record.researcher_id)
        work.says(until=due.until.isoformat(), days=due.days)
        return {"placement_id": str(due.placement_id)}

    return await _once(registry, actor, "remindOfTerm", reminder_key(due), due, act)


async def _once(
    registry: Registry,
    actor: Actor,
    name: str,
    key: str,
    due: DueTerm,
    act: Callable[[Work], Awaitable[dict[str, Any]]],
) -> bool:
    actor.must(Permission.RUN_CLOCKS, hidden=False)
    try:
        done = await perform(registry, actor, name, key, due, act)
    except Conflict:
        return False
    return not done.replayed


async def _running(work: Work, due: DueTerm) -> Placement:
    """The placement, locked, if it still runs with the end that was found."""
    record = await placements.lock_placement(work.connection, due.placement_id)
    if record is None:
        raise nothing_here()
    work.settle_moment()
    if record.state not in _RUNNING or record.term.until != due.until:
        raise _not_due()
    return record


async def _each(due: Callable[[int], Awaitable[list[DueTerm]]], act: Callable[[DueTerm], Awaitable[bool]]) -> int:
    """Act on all that is due, a page after the other, until nothing new is found; how often it was done here."""
    seen: set[DueTerm] = set()
    done = 0
    while fresh := [one for one in await due(_PAGE) if one not in seen]:
        for one in fresh:
            done += await act(one)
        seen.update(fresh)
    return done


def _caller(actor: Actor) -> str:
    return str(actor.account_id or actor.kind.value)


def _not_due() -> Conflict:
    return Conflict(
        Message(
            zh="该柔性流动已结束、已延期或尚未到期。",
            en="The placement has ended, was extended, or its term is not over.",
        ),
        reason="NOT_DUE",
    )
