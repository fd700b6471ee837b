"""What proposing a placement would come to, before anybody is told: the rules' findings and the days' sums."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.domain.errors import RegistryError
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_rules import RuleFinding
from talent_registry.domain.workload import Load, Share, ShareState, loads
from talent_registry.services.permissions import Actor
from talent_registry.services.placement_histories import workload
from talent_registry.services.placements import NewPlacement, propose_in
from talent_registry.services.registry import Registry, Work, trying
from talent_registry.storage.ids import new_id

_PURPOSE = "with: placement"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a proposal would come to: its result, what each rule finds, and the loads with the new share counted in.

    `loads` None: the caller may not know of the person's other placements; they are counted once all three signed.
    """

    result: str
    findings: tuple[tuple[str, RuleFinding], ...]
    loads: tuple[Load, ...] | None

    @property
    def too_much(self) -> Load | None:
        """The first days on which the shares would be more than a full post; None: never, or not known."""
        return next((one for one in self.loads or () if one.is_too_much), None)


async def try_to_propose(registry: Registry, actor: Actor, asked: NewPlacement, researcher_id: UUID) -> Trial:
    """Carry out `placements.propose` and undo it; its errors are raised, nothing is kept and nobody is told."""

    async def act(work: Work) -> dict[str, Any]:
        return await propose_in(work, asked)

    proposed = await trying(registry, actor, "proposePlacement", act)
    findings = tuple((rule, RuleFinding(finding)) for rule, finding in proposed["findings"])
    new = (asked.term_from, asked.term_until, asked.workload_percent)
    return Trial(proposed["result"], findings, await _loads_with(registry, actor, researcher_id, *new))


async def _loads_with(
    registry: Registry, actor: Actor, researcher_id: UUID, since: date, until: date, percent: int
) -> tuple[Load, ...] | None:
    try:
        known = await workload(registry, actor, researcher_id, since, until, _PURPOSE)
    except RegistryError:
        return None
    # The same share in one load after the other is one part a load, which adds up as it did.
    parts = [
        Share(part.placement_id, part.percent, one.since, one.until, part.state) for one in known for part in one.parts
    ]
    return loads([*parts, Share(new_id(), percent, since, until, ShareState.AGREED)], Period(since, until))
