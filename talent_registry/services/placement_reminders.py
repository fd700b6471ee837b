"""The parties of a placement are told 30, 7 and 0 days before its term ends; each time once, whoever runs the clock.

Telling is a command of the clock under a key made of placement, end and days: a worker that is killed, a clock that is
run twice or jumps, and a term extended meanwhile leave the same end state.
"""

from typing import Any

from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.placements import Placement
from talent_registry.services.permissions import Actor, ActorKind, Permission, nothing_here
from talent_registry.services.registry import Registry, Work, perform
from talent_registry.storage import placement_reminders, placements
from talent_registry.storage.placement_reminders import DueTerm, reminder_key
from talent_registry.storage.session import duty

CLOCK = Actor(ActorKind.CLOCK)
_PAGE = 100
_RUNNING = (PlacementState.ACTIVE, PlacementState.SUSPENDED)


async def run_reminders(registry: Registry, actor: Actor = CLOCK) -> int:
    """Tell of the terms that end in 30, 7 or 0 days, each once; of how many was told here.

    A clock that comes late tells once, of the days that are left, and not of notices that were missed.
    """
    actor.must(Permission.RUN_CLOCKS, hidden=False)
    caller = str(actor.account_id or actor.kind.value)
    seen: set[DueTerm] = set()
    told = 0
    while fresh := [one for one in await _list_ending(registry, actor, caller) if one not in seen]:
        for one in fresh:
            told += await remind(registry, actor, one)
        seen.update(fresh)
    return told


async def _list_ending(registry: Registry, actor: Actor, caller: str) -> list[DueTerm]:
    async with registry.reading(actor) as connection, duty(connection, "consequences"):
        return await placement_reminders.list_ending(connection, registry.today(), caller, _PAGE)


async def remind(registry: Registry, actor: Actor, due: DueTerm) -> bool:
    """Tell the parties that a term ends in so many days or fewer; False where it ends otherwise by now."""

    async def act(work: Work) -> dict[str, Any]:
        async with duty(work.connection, "consequences"):
            record = await _running(work, due)
        work.about("placement", record.id)
        work.about("researcher", record.researcher_id)
        work.says(until=due.until.isoformat(), days=due.days)
        return {"placement_id": str(due.placement_id)}

    actor.must(Permission.RUN_CLOCKS, hidden=False)
    try:
        done = await perform(registry, actor, "remindOfTerm", reminder_key(due), due, act)
    except Conflict:
        return False
    return not done.replayed


async def _running(work: Work, due: DueTerm) -> Placement:
    """The placement, locked, if it still runs with the end that was found."""
    record = await placements.lock_placement(work.connection, due.placement_id)
    if record is None:
        raise nothing_here()
    await work.settle_moment()
    if record.state not in _RUNNING or record.term.until != due.until:
        raise _not_due()
    return record


def _not_due() -> Conflict:
    return Conflict(
        Message(
            zh="该柔性流动已结束、已延期或尚未到期。",
            en="The placement has ended, was extended, or its term is not over.",
        ),
        reason="NOT_DUE",
    )
