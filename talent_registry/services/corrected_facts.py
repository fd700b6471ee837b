"""Which fact of a person a command has recorded otherwise than it was."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from talent_registry.domain.correction_cases import DisputedFact
from talent_registry.domain.researchers import Fact, latest
from talent_registry.services.registry import Work
from talent_registry.storage import researcher_facts

_LISTED: Final[Mapping[DisputedFact, Callable[..., Awaitable[Mapping[UUID, Sequence[Fact]]]]]] = {
    DisputedFact.NAME: researcher_facts.list_names,
    DisputedFact.HOUSEHOLD: researcher_facts.list_households,
    DisputedFact.PERSONNEL_RELATION: researcher_facts.list_relations,
}


async def facts_amended(
    work: Work, kind: DisputedFact, person_id: UUID, before: Fact | None
) -> frozenset[DisputedFact]:
    """The fact of a person that a command has recorded anew, if it reads otherwise than `before` or since another day.

    A document always does: the same number is not registered twice. Whether it stands in the place of another is seen
    where a case is settled.
    """
    if kind not in _LISTED or before is None:
        return frozenset({kind})
    after = latest(list((await _LISTED[kind](work.connection, [person_id])).get(person_id, [])))
    same = after is not None and after.provenance.valid_from == before.provenance.valid_from
    reads = None if after is None else replace(after, id=before.id, provenance=before.provenance)
    return frozenset() if same and reads == before else frozenset({kind})
