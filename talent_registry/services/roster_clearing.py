"""Rosters whose time is over: rows and answers go, the record of them and the ledger stay."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.services.permissions import Actor, ActorKind, Permission
from talent_registry.services.registry import Done, Registry, Work, new_key, perform
from talent_registry.storage import rosters
from talent_registry.storage.session import duty

_AT_ONCE: Final = 20
_CLOCK: Final = Actor(ActorKind.CLOCK)


async def clear_due(registry: Registry) -> int:
    """Clear rosters that were asked for more than `registry.roster_days` ago, some at a time; how many there were."""
    async with registry.reading(_CLOCK) as connection, duty(connection, "verify"):
        due = await rosters.list_old(connection, registry.clock() - timedelta(days=registry.roster_days), _AT_ONCE)
    cleared = 0
    for roster_id in due:
        try:
            await clear(registry, _CLOCK, roster_id, new_key())
        except Conflict:  # another worker was quicker
            continue
        cleared += 1
    return cleared


async def clear(registry: Registry, actor: Actor, roster_id: UUID, key: str) -> Done:
    """Remove the rows and answers of a roster whose time is over. Answer: `roster_id`. Conflict (NOT_DUE)."""
    actor.must(Permission.RUN_CLOCKS, hidden=False)

    async def act(work: Work) -> dict[str, Any]:
        before = registry.clock() - timedelta(days=registry.roster_days)
        async with duty(work.connection, "verify"):
            if not await rosters.clear_roster(work.connection, roster_id, before, work.now):
                raise _not_due()
        work.about("roster", roster_id)
        return {"roster_id": str(roster_id)}

    return await perform(registry, actor, "clearRoster", key, {"roster": roster_id}, act)


def _not_due() -> Conflict:
    return Conflict(
        Message(
            zh="该名册的保存期限尚未届满，或已清除。无须清除。",
            en="The time of this roster is not over, or it is cleared already. There is nothing to clear.",
        ),
        reason="NOT_DUE",
    )
