"""The clock of placements: an end whose day is over is recorded, and so is what rests on an expired credential.

What it records is what every reader sees already.
"""

from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_ends import end_come
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.placements import Placement
from talent_registry.services.permissions import Actor, Permission
from talent_registry.services.placement_ends import end_in
from talent_registry.services.placement_life import rest_in
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import placement_ends, placements
from talent_registry.storage.session import duty

_PAGE = 100


async def end_due(registry: Registry, actor: Actor) -> list[UUID]:
    """Record every placement whose last day or whose credential's is over, each by its own command; those recorded.

    Running it again, or twice at once, records nothing twice.
    """
    actor.must(Permission.RUN_CLOCKS, hidden=False)
    recorded: list[UUID] = []
    after: UUID | None = None
    while True:
        async with registry.reading(actor) as connection, duty(connection, "clock"):
            due = await placement_ends.list_due(connection, registry.today(), after, _PAGE)
        recorded += [one for one in due if await _recorded(registry, actor, one)]
        if len(due) < _PAGE:
            return recorded
        after = due[-1]


async def close_due(registry: Registry, actor: Actor, placement_id: UUID, key: str) -> Done:
    """End a placement whose last day is over, or suspend one whose credential's is. Answer: `placement_id`, `state`.

    Conflict (NOT_DUE) where neither is so, or where it is recorded already.
    """
    actor.must(Permission.RUN_CLOCKS, hidden=False)

    async def act(work: Work) -> dict[str, Any]:
        async with duty(work.connection, "clock"):
            record = await placements.lock_placement(work.connection, placement_id)
            await work.settle_moment()
            after = None if record is None else await _brought_about(work, record)
        if after is None:
            raise Conflict(
                Message(
                    zh="该柔性流动尚未到期，或已作记录。",
                    en="The placement's last day is not over, or that is recorded already.",
                ),
                reason="NOT_DUE",
            )
        return {"placement_id": str(after.id), "state": after.state.value}

    return await perform(registry, actor, "closeDuePlacement", key, {"placement": placement_id}, act)


async def _brought_about(work: Work, record: Placement) -> Placement | None:
    """What the passing of days has made of the placement, recorded; None where it has made nothing of it."""
    come = end_come(record, work.today)
    if come is not None:
        return await end_in(work, record, come[1], come[0])
    if record.state is PlacementState.ACTIVE and await _has_expired(work, record):
        return await rest_in(work, record, "CREDENTIAL_EXPIRED")
    return None


async def _has_expired(work: Work, record: Placement) -> bool:
    async with duty(work.connection, "recognise"):
        last_days = await placements.list_last_days(work.connection, [record.credential_id])
    last = last_days.get(record.credential_id)
    return last is not None and last < work.today


async def _recorded(registry: Registry, actor: Actor, placement_id: UUID) -> bool:
    """False where somebody else recorded it first."""
    try:
        done = await close_due(registry, actor, placement_id, f"due:{placement_id}:{registry.today()}")
    except Conflict:
        return False
    return not done.replayed
