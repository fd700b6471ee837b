"""Who sees to what a person says is wrong: the unit that keeps the fact, or the authority of a province."""

from typing import Final
from uuid import UUID

from talent_registry.domain.correction_cases import OF_CREDENTIAL, DisputedFact, no_source, nobody_looked
from talent_registry.domain.divisions import province_of
from talent_registry.domain.researchers import Household, PersonnelRelation, latest
from talent_registry.services.permissions import nothing_here
from talent_registry.services.registry import Work
from talent_registry.storage import accesses, credentials, organisations, researcher_facts

_BY_AUTHORITY: Final = frozenset({DisputedFact.NAME, DisputedFact.DOCUMENT, DisputedFact.HOUSEHOLD, DisputedFact.LOOK})


async def source_of(
    work: Work, person_id: UUID, fact: DisputedFact, credential_id: UUID | None, look_id: UUID | None
) -> tuple[UUID | None, str]:
    """The unit that keeps the fact (None: the authority does) and the province that answers for it.

    Of a look the province of whoever looked. NotFound where nothing of the kind is the person's; Conflict (NO_SOURCE,
    NOBODY_LOOKED) where nobody is known who could see to it.
    """
    if fact in OF_CREDENTIAL and credential_id is not None:
        found = await credentials.find_credential(work.connection, credential_id)
        if found is None or found.credential.researcher_id != person_id:
            raise nothing_here(("input", "credential"))
        return await _unit(work, found.credential.issuer_id)
    if look_id is not None:
        looked = await _province_of_look(work, person_id, look_id)
        if looked is not None:
            return None, looked
    return await _of_person(work, person_id, fact)


async def _of_person(work: Work, person_id: UUID, fact: DisputedFact) -> tuple[UUID | None, str]:
    households = (await researcher_facts.list_households(work.connection, [person_id])).get(person_id, [])
    relations = (await researcher_facts.list_relations(work.connection, [person_id])).get(person_id, [])
    household, relation = latest(list(households)), latest(list(relations))
    home = await _unit(work, relation.home_unit_id) if isinstance(relation, PersonnelRelation) else None
    if fact not in _BY_AUTHORITY:
        if home is None:
            raise nothing_here(("input", "fact"))
        return home
    if isinstance(household, Household):
        return None, province_of(household.division)
    if home is None:
        raise no_source()
    return None, home[1]


async def _province_of_look(work: Work, person_id: UUID, look_id: UUID) -> str | None:
    """The province of the organisation that looked; None where a person did, for none."""
    (look,) = await accesses.list_by_ids(work.connection, [look_id])
    if look is None or look.researcher_id != person_id:
        raise nothing_here(("input", "look"))
    if look.organisation_id is not None:
        return (await _unit(work, look.organisation_id))[1]
    if look.account_id is None:
        raise nobody_looked()
    return None


async def _unit(work: Work, unit_id: UUID) -> tuple[UUID, str]:
    unit = await organisations.find_organisation(work.connection, unit_id)
    if unit is None:
        raise nothing_here()
    return unit.id, unit.province
