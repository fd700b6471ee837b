"""The summary of a roster under signature: a receipt, of which a letter is made like any other."""

from typing import Any
from uuid import UUID

from talent_registry.domain.errors import Conflict
from talent_registry.domain.messages import Message
from talent_registry.domain.receipts import of_roster
from talent_registry.domain.rosters import RosterState
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.roster_results import merged_counts
from talent_registry.services.rosters import get_roster
from talent_registry.storage import organisations


async def attest_roster(registry: Registry, actor: Actor, roster_id: UUID, key: str) -> Done:
    """Have the sum of a roster signed as it is now, its corrections included. Answer: `roster_id`; one receipt.

    NotFound for another office's roster; Conflict (NOT_DONE, CLEARED).
    """
    one = await get_roster(registry, actor, roster_id)
    if one.state is not RosterState.DONE:
        raise _not_done()
    counts = await merged_counts(registry, actor, one)

    async def act(work: Work) -> dict[str, Any]:
        office = None
        if one.organisation_id is not None:
            (office,) = await organisations.list_by_ids(work.connection, [one.organisation_id])
        work.attest(of_roster(one, counts, office.name_zh if office else one.province or ""))
        work.about("roster", roster_id)
        return {"roster_id": str(roster_id)}

    return await perform(registry, actor, "attestRoster", key, {"roster": roster_id}, act)


def _not_done() -> Conflict:
    return Conflict(
        Message(
            zh="名册尚未核验完毕，还没有汇总。请待核验完成；如核验未完成，请重新提交名册。",
            en="The roster is not done, so there is no summary yet. Wait until it is; if it failed, submit it again.",
        ),
        reason="NOT_DONE",
    )
