"""The clock of proposals: what not all parties replied to in time lapses, by a command of its own, and all are told."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from talent_registry.domain.agreements import Agreement, agreement_version_in_force
from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.placement_lapses import NO_REPLY, lapsed_on
from talent_registry.domain.placement_states import PlacementEventKind, PlacementState
from talent_registry.domain.placements import Placement, TermsRound
from talent_registry.services.agreements import agreement_known
from talent_registry.services.permissions import Actor, Permission
from talent_registry.services.placement_questions import version_on
from talent_registry.services.placement_signing import waiting_of
from talent_registry.services.placements import happened
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import placement_lapses, placement_rounds, placements
from talent_registry.storage.session import duty

_PAGE = 100


async def lapse_due(registry: Registry, actor: Actor) -> list[UUID]:
    """Record every proposal and extension that lapsed by silence, each by its own command; the placements recorded.

    Running it again, or twice at once, records nothing twice.
    """
    actor.must(Permission.RUN_CLOCKS, hidden=False)
    recorded: list[UUID] = []
    after: UUID | None = None
    while True:
        async with registry.reading(actor) as connection, duty(connection, "clock"):
            waiting = await placement_lapses.list_waiting(connection, registry.today(), after, _PAGE)
            records = [one for one in await placements.list_by_ids(connection, waiting) if one is not None]
            rounds = await placement_rounds.list_rounds(connection, waiting)
            agreement = await agreement_known(connection, registry)
        due = [one for one in records if _is_due(registry, agreement, one, rounds[one.id])]
        recorded += [one.id for one in due if await _recorded(registry, actor, one)]
        if len(waiting) < _PAGE:
            return recorded
        after = waiting[-1]


async def close_silent(registry: Registry, actor: Actor, placement_id: UUID, key: str) -> Done:
    """Let terms lapse to which not all replied in time. Answer: `placement_id`, `state`, `round`.

    A proposal lapses; of an extension the terms alone, and the placement stays as it was. Conflict (NOT_DUE) where the
    agreement says nothing of the kind, the day is not over, or it is recorded already.
    """
    actor.must(Permission.RUN_CLOCKS, hidden=False)

    async def act(work: Work) -> dict[str, Any]:
        async with duty(work.connection, "clock"):
            record = await placements.lock_placement(work.connection, placement_id)
            await work.settle_moment()
            if record is None or record.open_round is None:
                raise _not_due()
            waiting, _ = await waiting_of(work, record)
            version = await version_on(work, shanghai_today(waiting.proposed_at))
            last = lapsed_on(record, waiting, version, work.today)
            if last is None:
                raise _not_due()
            lapsed = await _lapsed(work, record)
        work.says(round=waiting.number, reply_by=last.isoformat(), reason=NO_REPLY)
        return {"placement_id": str(lapsed.id), "state": lapsed.state.value, "round": waiting.number}

    return await perform(registry, actor, "closeSilentPlacement", key, {"placement": placement_id}, act)


async def _lapsed(work: Work, record: Placement) -> Placement:
    proposed = record.state is PlacementState.PROPOSED
    lapsed = replace(record, state=PlacementState.LAPSED if proposed else record.state, open_round=None)
    await placements.save_placement(work.connection, lapsed)
    event = PlacementEventKind.LAPSED if proposed else PlacementEventKind.EXTENSION_LAPSED
    await happened(work, lapsed, event, reason=NO_REPLY)
    return lapsed


def _is_due(registry: Registry, agreement: Agreement, record: Placement, rounds: list[TermsRound]) -> bool:
    waiting = next((one for one in rounds if one.number == record.open_round), None)
    if waiting is None:
        return False
    version = agreement_version_in_force(agreement, shanghai_today(waiting.proposed_at))
    return lapsed_on(record, waiting, version, registry.today()) is not None


async def _recorded(registry: Registry, actor: Actor, record: Placement) -> bool:
    """False where somebody else recorded it first, or replied meanwhile."""
    try:
        done = await close_silent(registry, actor, record.id, f"silent:{record.id}:{record.open_round}")
    except Conflict:
        return False
    return not done.replayed


def _not_due() -> Conflict:
    return Conflict(
        Message(
            zh="该柔性流动没有因逾期未答复而失效的条款，或已作记录。",
            en="No terms of the placement lapsed by silence, or that is recorded already.",
        ),
        reason="NOT_DUE",
    )
