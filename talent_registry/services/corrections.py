"""Changes and corrections of what is recorded of a person: nothing is erased, and no placement comes near."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from talent_registry.domain import identifiers
from talent_registry.domain.correction_cases import DisputedFact
from talent_registry.domain.divisions import province_of
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.researchers import (
    Amended,
    Amendment,
    Fact,
    Household,
    PersonField,
    PersonnelRelation,
    Researcher,
    amend,
    latest,
)
from talent_registry.services.corrected_facts import facts_amended
from talent_registry.services.correction_cases import settle_in
from talent_registry.services.matching import counting_told
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here, sign_in_first
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.relations import subject_of_person
from talent_registry.services.researchers import check_division, check_relation, get_person, read_name, seal_document
from talent_registry.signing.sealing import Sealed, digest, seal, unseal
from talent_registry.storage import organisations, researcher_facts, researchers
from talent_registry.storage.ids import new_id
from talent_registry.storage.researchers import FactKind
from talent_registry.storage.session import duty


@dataclass(frozen=True, slots=True)
class NameCorrection:
    """A new name since a day (a change; the old one stays as former name), or the right one (a correction)."""

    person: UUID | str
    how: Amendment
    name_zh: str = field(repr=False)
    name_en: str | None = field(default=None, repr=False)
    since: date | None = None
    case_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class HouseholdCorrection:
    """A new household registration since a day, or the right one."""

    person: UUID | str
    how: Amendment
    division: str
    since: date | None = None
    case_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RelationCorrection:
    """A new personnel relation since a day, or the right one; `evidence` is the number of the paper that proves it.

    Of the number only a keyed digest is kept, in the command's entry: who has the paper can prove that it was stated.
    """

    person: UUID | str
    how: Amendment
    home_unit_id: UUID
    file_unit_id: UUID | None = None
    insurance_division: str | None = None
    since: date | None = None
    evidence: str | None = field(default=None, repr=False)
    case_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class DocumentCorrection:
    """One more document, or one in the place of `replaces`: since a day (renewed) or as it always was (mistyped)."""

    person: UUID | str
    how: Amendment
    kind: str
    number: str = field(repr=False)
    replaces: UUID | None = None
    since: date | None = None
    case_id: UUID | None = None


# Each may name the correction case that it settles.
_Asked = NameCorrection | HouseholdCorrection | RelationCorrection | DocumentCorrection


async def correct_name(registry: Registry, actor: Actor, asked: NameCorrection, key: str) -> Done:
    """Change or correct a name (authority of the person's province). Answer: `researcher_id`."""

    async def act(work: Work) -> dict[str, Any]:
        person = await _find_own(work, asked.person, Permission.CORRECT_NAME)
        name = read_name(asked.name_zh, asked.name_en)
        rows = (await researcher_facts.list_names(work.connection, [person.id])).get(person.id, [])

        async def add(written: researchers.Written) -> None:
            await researchers.add_name(work.connection, name, written)

        return await _amend(work, person, FactKind.NAME, rows, asked, add)

    return await perform(registry, actor, "correctName", key, asked, act)


async def correct_household(registry: Registry, actor: Actor, asked: HouseholdCorrection, key: str) -> Done:
    """Change or correct a household registration. Answer: `researcher_id`.

    By the authority of the person's province, which lets go; of the new household's for a person who has neither
    household nor home unit.
    """

    async def act(work: Work) -> dict[str, Any]:
        async with duty(work.connection, "match"):
            person = await _lock(work, asked.person)
            rows = await _households(work, person.id)
            provinces = await _provinces(work, person) or frozenset({province_of(asked.division)})
            work.actor.must(Permission.CORRECT_HOUSEHOLD, Subject(person.id, provinces=provinces))

            async def add(written: researchers.Written) -> None:
                division = check_division(asked.division, written.valid_from, "input", "division")
                await researchers.add_household(work.connection, division, written)

            return await _amend(work, person, FactKind.HOUSEHOLD, rows, asked, add)

    return await perform(registry, actor, "correctHousehold", key, asked, act)


async def correct_relation(registry: Registry, actor: Actor, asked: RelationCorrection, key: str) -> Done:
    """Change or correct a personnel relation. Answer: `researcher_id`.

    By the present home unit or the authority of its province (of the household's, then of the new unit's, where there
    is none); by a new home unit to which the person consented to open the relation, with the number of the paper that
    proves the move.
    """

    async def act(work: Work) -> dict[str, Any]:
        async with duty(work.connection, "match"):
            person = await _lock(work, asked.person)
            rows = (await researcher_facts.list_relations(work.connection, [person.id])).get(person.id, [])
            present = latest(list(rows))
            home_id = present.home_unit_id if isinstance(present, PersonnelRelation) else None
            await _must_correct_relation(work, person, home_id, asked)

            async def add(written: researchers.Written) -> None:
                stated = asked.home_unit_id, asked.file_unit_id, asked.insurance_division
                await check_relation(work, *stated, written.valid_from)
                await researchers.add_relation(work.connection, *stated, written)

            work.about("organisation", asked.home_unit_id)
            return await _amend(work, person, FactKind.PERSONNEL_RELATION, rows, asked, add)

    return await perform(registry, actor, "correctPersonnelRelation", key, asked, act)


async def correct_document(registry: Registry, actor: Actor, asked: DocumentCorrection, key: str) -> Done:
    """Add or replace an identity document (authority of the person's province). Answer: `researcher_id`.

    A number registered already is a Conflict (DOCUMENT_EXISTS); `Limited` where that was told too often.
    """

    async def act(work: Work) -> dict[str, Any]:
        person = await _find_own(work, asked.person, Permission.CORRECT_DOCUMENT)
        sealed = seal_document(work.registry, asked.kind, asked.number)
        rows = (await researcher_facts.list_documents(work.connection, [person.id])).get(person.id, [])
        replaced = [row for row in rows if row.id == asked.replaces]
        if asked.replaces is not None and not replaced:
            raise nothing_here(("input", "replaces"))

        async def add(written: researchers.Written) -> None:
            await researchers.add_document(work.connection, sealed, written)

        return await _amend(work, person, FactKind.DOCUMENT, replaced, asked, add)

    async with counting_told(registry, actor):
        return await perform(registry, actor, "correctDocument", key, asked, act)


async def _lock(work: Work, who: UUID | str) -> Researcher:
    if work.actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    person = await get_person(work.connection, who)
    await researchers.lock_researcher(work.connection, person.id)
    return person


async def _find_own(work: Work, who: UUID | str, permission: Permission) -> Researcher:
    """The person, if the actor is the authority of the person's province."""
    async with duty(work.connection, "match"):
        person = await _lock(work, who)
        provinces = await _provinces(work, person)
    work.actor.must(permission, Subject(person.id, provinces=provinces))
    return person


async def _provinces(work: Work, person: Researcher, *, by_relation: bool = False) -> frozenset[str]:
    """The person's one province as recorded: that of the household, of the home unit if there is none; none if neither.

    `by_relation` the other way round. What a command asks for never counts beside it: it would be its own permission.
    """
    household = latest(await _households(work, person.id))
    relations = (await researcher_facts.list_relations(work.connection, [person.id])).get(person.id, [])
    relation, home = latest(list(relations)), None
    if isinstance(relation, PersonnelRelation):
        home = await organisations.find_organisation(work.connection, relation.home_unit_id)
    found = [province_of(household.division)] if isinstance(household, Household) else []
    if home is not None:
        found.insert(0 if by_relation else 1, home.province)
    return frozenset(found[:1])


async def _households(work: Work, person_id: UUID) -> list[Fact]:
    return list((await researcher_facts.list_households(work.connection, [person_id])).get(person_id, []))


async def _must_correct_relation(
    work: Work, person: Researcher, present_id: UUID | None, asked: RelationCorrection
) -> None:
    new = await organisations.find_organisation(work.connection, asked.home_unit_id)
    provinces = await _provinces(work, person, by_relation=True) or frozenset({new.province} if new else ())
    present = Subject(person.id, home_unit_id=present_id, provinces=provinces)
    stated = asked.evidence is not None and bool(asked.evidence.strip())
    if not work.actor.may(Permission.CORRECT_PERSONNEL_RELATION, present):
        # A paper's number is only a word: whom a unit takes in must have opened the relation to that unit.
        subject = await subject_of_person(work.connection, person.id, work.today, work.actor)
        opened = PersonField.PERSONNEL_RELATION in subject.consented_fields
        taking_in = Subject(person.id, home_unit_id=asked.home_unit_id if opened else None)
        work.actor.must(Permission.CORRECT_PERSONNEL_RELATION, taking_in)
        _must_state(stated=stated)
    if asked.evidence is not None and stated:
        work.says(evidence=digest(work.registry.keys, "evidence", _read_evidence(asked.evidence)).hex())


def _must_state(*, stated: bool) -> None:
    if not stated:
        raise InvalidInput(
            Message(
                zh="新单位接收人员，须填写调动等证明文件的文号。",
                en="A new home unit that takes a person in states the number of the paper that proves it.",
            ),
            reason="EVIDENCE",
            path=("input", "evidence"),
        )


def _read_evidence(text: str) -> str:
    try:
        return identifiers.normalise_certificate_number(text)
    except InvalidInput as failure:
        raise InvalidInput(failure.message, reason=failure.reason, path=("input", "evidence")) from None


async def _amend(
    work: Work,
    person: Researcher,
    kind: FactKind,
    rows: Sequence[Fact],
    asked: _Asked,
    add: Callable[[researchers.Written], Awaitable[None]],
) -> dict[str, Any]:
    """Supersede the present row, keep its fact for the days before a change, and add the new fact."""
    present = latest(list(rows))
    plan = amend(present, [row for row in rows if row is not present], asked.how, asked.since, work.today)
    fact = DisputedFact(kind.value)
    async with duty(work.connection, "match"):
        if plan.superseded is not None:
            await researchers.supersede(work.connection, kind, plan.superseded, work.now)
        if plan.superseded is not None and plan.kept_until is not None:
            await _keep(work, kind, plan.superseded, plan)
        await add(
            researchers.Written(
                person.id, plan.valid_from, plan.valid_until, work.actor.organisation_id, work.now, work.command_id
            )
        )
        changed = await facts_amended(work, fact, person.id, present)
    work.about("researcher", person.id)
    work.says(how=asked.how.value, since=plan.valid_from.isoformat())
    since = plan.valid_from if asked.how is Amendment.CHANGE else None
    await settle_in(work, asked.case_id, frozenset({fact}), person.id, changed, since)
    return {"researcher_id": str(person.id)}


async def _keep(work: Work, kind: FactKind, row_id: UUID, plan: Amended) -> None:
    changed: dict[str, Any] = {"valid_until": plan.kept_until}
    if kind is FactKind.DOCUMENT:
        # A seal opens only under its own row's id, so the number is sealed again for the new row.
        old = await researcher_facts.find_sealed(work.connection, row_id)
        changed["id"] = new_id()
        if old is not None:
            number = unseal(work.registry.keys, Sealed(old.key_id, old.number_sealed), old.id.bytes)
            sealed = seal(work.registry.keys, number, changed["id"].bytes)
            changed |= {"number_sealed": sealed.ciphertext, "key_id": sealed.key_id}
    await researchers.repeat(work.connection, kind, row_id, changed, work.now, work.command_id)
