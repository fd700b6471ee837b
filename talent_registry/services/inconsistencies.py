"""Equal facts decided differently by people, office by office: a question for the authorities of both provinces."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.proceedings import ProceedingOutcome
from talent_registry.services.permissions import Actor, Permission, Subject
from talent_registry.services.registry import Registry
from talent_registry.storage import inconsistencies, organisations
from talent_registry.storage.inconsistencies import DecidedAlike
from talent_registry.storage.session import duty

_MOST_CASES = 20


@dataclass(frozen=True, slots=True)
class OfficeOutcomes:
    """How often an office came to an outcome; `organisation_id` None: the offices of another province together."""

    province: str | None
    organisation_id: UUID | None
    outcome: ProceedingOutcome
    count: int


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """Facts that are alike in every part, with what each office made of them.

    `case_ids`: the newest cases that offices of the actor's province decided, 20 at most.
    """

    digest: str
    facts: dict[str, Any]
    offices: tuple[OfficeOutcomes, ...]
    case_ids: tuple[UUID, ...]


async def list_inconsistencies(registry: Registry, actor: Actor, request: PageRequest) -> Page[Inconsistency]:
    """Facts under which people came to more than one outcome, by digest; nothing of any person.

    An authority alone: its own province's offices one by one with their cases, the other's as counts.
    """
    actor.must(Permission.COMPARE_CASES, Subject(provinces=frozenset(registry.agreement.parties)), hidden=False)
    async with registry.reading(actor) as connection:
        async with duty(connection, "compare"):
            page = await inconsistencies.list_digests(connection, request)
            decided = await inconsistencies.list_decided(connection, page.items, _MOST_CASES) if page.items else []
        units = [one.organisation_id for one in decided if one.organisation_id is not None]
        found = await organisations.list_by_ids(connection, list(dict.fromkeys(units)))
    provinces = {unit.id: unit.province for unit in found if unit is not None}
    return page.of(lambda digest: _group([one for one in decided if one.facts_digest == digest], actor, provinces))


def _group(decided: Sequence[DecidedAlike], actor: Actor, provinces: dict[UUID, str]) -> Inconsistency:
    counts: Counter[tuple[str, str, ProceedingOutcome]] = Counter()
    mine: list[UUID] = []
    for one in decided:
        province = one.province or (provinces[one.organisation_id] if one.organisation_id else None)
        own = province == actor.province
        counts[province or "", str(one.organisation_id or "") if own else "", one.outcome] += one.count
        mine += one.newest if own else []
    offices = tuple(
        OfficeOutcomes(province or None, UUID(unit) if unit else None, outcome, count)
        for (province, unit, outcome), count in sorted(counts.items())
    )
    return Inconsistency(decided[0].facts_digest, decided[0].facts, offices, tuple(sorted(mine)[-_MOST_CASES:]))
