"""The clock of cases: silence that counts as granted is recorded; what it records is what every reader sees already."""

from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import PageRequest
from talent_registry.services.permissions import Actor, Permission
from talent_registry.services.proceeding_acts import answer_of, lock_case
from talent_registry.services.proceeding_openings import record_lapse, see_cases
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import proceedings
from talent_registry.storage.session import duty

_PAGE = 100


async def run_clocks(registry: Registry, actor: Actor) -> list[UUID]:
    """Record every case in which silence has counted as granted, each by a command of its own; the cases recorded.

    Running it again, or twice at once, records nothing twice.
    """
    actor.must(Permission.RUN_CLOCKS, hidden=False)
    recorded: list[UUID] = []
    request: PageRequest | None = PageRequest(_PAGE)
    while request is not None:
        async with registry.reading(actor) as connection, duty(connection, "clock"):
            page = await proceedings.list_tacit_pending(connection, request, registry.today())
            seen = await see_cases(connection, page.items, registry.today())
        lapsed = [one.case.id for one in seen if one.position.tacit]
        recorded += [one for one in lapsed if await _recorded(registry, actor, one)]
        request = PageRequest(_PAGE, page.places[-1]) if page.has_next else None
    return recorded


async def close_lapsed(registry: Registry, actor: Actor, case_id: UUID, key: str) -> Done:
    """Record that silence counted as granted in a case. Answer: see `perform_act`; Conflict where it did not."""
    actor.must(Permission.RUN_CLOCKS, hidden=False)

    async def act(work: Work) -> dict[str, Any]:
        async with duty(work.connection, "clock"):
            seen = await lock_case(work, case_id)
            if seen is None or not await record_lapse(work, seen):
                raise Conflict(
                    Message(
                        zh="该办件没有因逾期而认可，或已作记录。",
                        en="Silence has not counted as granted in this case, or that is recorded already.",
                    ),
                    reason="NOT_LAPSED",
                )
        return answer_of(seen)

    return await perform(registry, actor, "closeLapsed", key, {"case": case_id}, act)


async def _recorded(registry: Registry, actor: Actor, case_id: UUID) -> bool:
    """False where somebody else recorded it first."""
    try:
        done = await close_lapsed(registry, actor, case_id, f"lapsed:{case_id}")
    except Conflict:
        return False
    return not done.replayed
