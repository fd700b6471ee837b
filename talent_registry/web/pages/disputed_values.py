"""What is recorded of a fact that a person says is wrong, as that person reads it: with its source and since when."""

from dataclasses import dataclass
from datetime import datetime

from talent_registry.domain.correction_cases import OF_PERSON, DisputedFact, field_of
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.researchers import Fact
from talent_registry.services import accesses
from talent_registry.services.accesses import SeenPerson
from talent_registry.web.pages.my_record import credential_facts, document_name, units_by_id
from talent_registry.web.pages.visits import Visit
from talent_registry.web.pages.words import place_name


@dataclass(frozen=True, slots=True)
class Recorded:
    """A value as it is recorded, numbers of documents masked; `source`: who stated it ("": the operator)."""

    value: str
    source: str
    recorded_at: datetime


async def recorded_values(visit: Visit, fact: DisputedFact, record: CredentialRecord | None) -> list[Recorded]:
    """What is recorded today of the fact: nothing, one value, or of documents each; of a look nothing is."""
    if record is not None:
        units = await units_by_id(visit, [record.version.source_id])
        return [
            Recorded(value, units.get(record.version.source_id, "—"), record.version.recorded_at)
            for code, _, value, _ in credential_facts(visit, record)
            if code is fact
        ]
    if fact not in OF_PERSON:
        return []
    seen = await accesses.look_at_self(visit.registry, visit.actor, frozenset({field_of(fact)}), history=False)
    return await _of_person(visit, fact, seen)


async def _of_person(visit: Visit, fact: DisputedFact, seen: SeenPerson) -> list[Recorded]:
    relation = seen.relation if fact is DisputedFact.PERSONNEL_RELATION else None
    facts: list[Fact | None] = [seen.name, seen.household, seen.relation, *seen.current_documents]
    sources = [one.provenance.source_id for one in facts if one is not None]
    units = await units_by_id(visit, [*sources, relation.home_unit_id if relation else None])
    say = visit.language

    def of(one: Fact, value: str) -> Recorded:
        source = one.provenance.source_id
        return Recorded(value, "" if source is None else units.get(source, "—"), one.provenance.recorded_at)

    found = [of(one, f"{say.message(document_name(one.kind))} {one.number_masked}") for one in seen.current_documents]
    if seen.name is not None:
        found.append(of(seen.name, seen.name.name_zh))
    if seen.household is not None:
        found.append(of(seen.household, say.message(place_name(seen.household.division))))
    if relation is not None:
        found.append(of(relation, units.get(relation.home_unit_id, "—")))
    return found
