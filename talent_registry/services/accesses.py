"""Looks at people: what is shown depends on relation and consent, and each look is noted for the person."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import EVERY_LOOK, Access, LookFilter, check_filter
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.profiles import PROFILE_FIELDS, ProfileItem
from talent_registry.domain.researchers import (
    Fact,
    Household,
    PersonDocument,
    PersonField,
    PersonName,
    PersonnelRelation,
    Researcher,
)
from talent_registry.services.looks import check_stated_purpose, own_record
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here, sign_in_first
from talent_registry.services.profiles import open_item
from talent_registry.services.registry import Registry
from talent_registry.services.relations import Disclosure, Withheld, disclose, not_yours, subjects_of_people
from talent_registry.services.researchers import get_person
from talent_registry.storage import accesses, profiles, researcher_facts, researchers
from talent_registry.storage.ids import new_id

F = TypeVar("F", bound=Fact)
HISTORY_FIELDS = frozenset(
    {PersonField.NAME, PersonField.DOCUMENTS, PersonField.HOUSEHOLD, PersonField.PERSONNEL_RELATION}
)


@dataclass(frozen=True, slots=True)
class Look:
    """A look at one person: which fields, for what purpose (not needed for oneself), with superseded facts or not."""

    person_id: UUID
    fields: frozenset[PersonField]
    purpose: str = ""
    history: bool = False


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """A person as shown to one actor: facts of fields that are not shown are empty, and `disclosure` says which.

    Facts are those now recorded, by first day; with `history` superseded ones too.
    """

    researcher: Researcher
    disclosure: Disclosure
    history: bool
    today: date
    history_withheld: Withheld | None = None
    names: tuple[PersonName, ...] = field(default=(), repr=False)
    documents: tuple[PersonDocument, ...] = field(default=(), repr=False)
    households: tuple[Household, ...] = ()
    relations: tuple[PersonnelRelation, ...] = ()
    profile: dict[PersonField, ProfileItem] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> PersonName | None:
        """The name borne today."""
        return _present(self.names, self.today)

    @property
    def former_names(self) -> list[PersonName]:
        """The names no longer borne; misspellings that were corrected are not among them."""
        return [one for one in self.names if one.provenance.superseded_at is None and one is not self.name]

    @property
    def current_documents(self) -> list[PersonDocument]:
        """The identity documents of today."""
        return [one for one in self.documents if one.provenance.holds_on(self.today)]

    @property
    def household(self) -> Household | None:
        """The household registration of today."""
        return _present(self.households, self.today)

    @property
    def relation(self) -> PersonnelRelation | None:
        """The personnel relation of today."""
        return _present(self.relations, self.today)


def _present(facts: Sequence[F], today: date) -> F | None:
    return next((fact for fact in facts if fact.provenance.holds_on(today)), None)


async def look_at(
    registry: Registry, actor: Actor, who: UUID | str, fields: frozenset[PersonField], purpose: str, *, history: bool
) -> SeenPerson:
    """One person by id or public number as typed, as far as the actor may see them; the look is noted.

    InvalidInput without a purpose of the actor's; NotFound where the person is absent or not the actor's to know of.
    """
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    stated = check_stated_purpose(actor, purpose)
    async with registry.reading(actor) as connection:
        person = await get_person(connection, who)
        (seen,) = await _see(registry, connection, actor, [Look(person.id, fields, stated, history)])
    if seen is None:
        raise nothing_here()
    await _note(registry, actor, [(seen, stated)])
    return seen


async def look_at_self(
    registry: Registry, actor: Actor, fields: frozenset[PersonField], *, history: bool
) -> SeenPerson:
    """The caller's own record, all of it; not noted as a look. NotFound for whoever is not a registered person."""
    person_id = own_record(actor)
    async with registry.reading(actor) as connection:
        (seen,) = await _see(registry, connection, actor, [Look(person_id, fields, history=history)])
    if seen is None:
        raise nothing_here()
    return seen


async def look_at_each(registry: Registry, actor: Actor, looks: Sequence[Look]) -> list[SeenPerson | None]:
    """Many people in their order, None where one is absent or not the actor's to know of; each look is noted."""
    stated = [replace(look, purpose=check_stated_purpose(actor, look.purpose)) for look in looks]
    async with registry.reading(actor) as connection:
        seen = await _see(registry, connection, actor, stated)
    await _note(registry, actor, [(p, look.purpose) for p, look in zip(seen, stated, strict=True) if p is not None])
    return seen


async def list_people(
    registry: Registry,
    actor: Actor,
    people: Callable[[AsyncConnection], Awaitable[Page[UUID]]],
    fields: frozenset[PersonField],
    purpose: str,
    *,
    history: bool,
) -> Page[SeenPerson]:
    """A page of people found by `people`, as far as the actor may see them; each look is noted."""
    stated = check_stated_purpose(actor, purpose)
    async with registry.reading(actor) as connection:
        page = await people(connection)
        looks = [Look(person, fields, stated, history) for person in page.items]
        found = await _see(registry, connection, actor, looks)
    shown = [(seen, place) for seen, place in zip(found, page.places, strict=True) if seen is not None]
    await _note(registry, actor, [(seen, stated) for seen, _ in shown])
    return Page(tuple(seen for seen, _ in shown), tuple(place for _, place in shown), page.has_next)


async def list_accesses(
    registry: Registry,
    actor: Actor,
    request: PageRequest,
    asked: LookFilter = EVERY_LOOK,
    *,
    newest_first: bool = False,
) -> Page[Access]:
    """Who looked at the caller's own record, oldest or newest first; NotFound for whoever is not a registered person.

    InvalidInput (LOOK_FILTER) where no look can be asked for so.
    """
    person_id = own_record(actor)
    check_filter(asked)
    async with registry.reading(actor) as connection:
        return await accesses.list_accesses(connection, person_id, request, asked, newest_first=newest_first)


async def _see(
    registry: Registry, connection: AsyncConnection, actor: Actor, looks: Sequence[Look]
) -> list[SeenPerson | None]:
    """Each person as far as the actor may see them; as many statements for many as for one."""
    ids = list(dict.fromkeys(look.person_id for look in looks))
    if not ids:
        return []
    found = await researchers.list_researchers(connection, ids)
    subjects = await subjects_of_people(connection, ids, registry.today(), actor)
    kept = await _profiles(connection, looks)
    seen = [
        _disclosed(
            actor,
            registry.today(),
            look,
            found.get(look.person_id),
            subjects[look.person_id],
            kept.get(look.person_id, {}),
        )
        for look in looks
    ]
    return await _with_facts(registry, connection, seen, kept)


async def _profiles(
    connection: AsyncConnection, looks: Sequence[Look]
) -> dict[UUID, dict[PersonField, profiles.KeptItem]]:
    asked = [item for item in PROFILE_FIELDS if any(item in look.fields for look in looks)]
    return await profiles.list_items(connection, [look.person_id for look in looks], asked) if asked else {}


def _disclosed(
    actor: Actor,
    today: date,
    look: Look,
    person: Researcher | None,
    subject: Subject,
    kept: dict[PersonField, profiles.KeptItem],
) -> SeenPerson | None:
    if person is None:
        return None
    history = look.history and actor.may(Permission.READ_HISTORY, subject)
    asked = look.fields | HISTORY_FIELDS if history else look.fields
    disclosure = disclose(actor, subject, asked, {item: one.visibility for item, one in kept.items()})
    if disclosure is None:
        return None
    refused = not_yours(PersonField.NAME) if look.history and not history else None
    return SeenPerson(person, disclosure, history, today, refused)


async def _with_facts(
    registry: Registry,
    connection: AsyncConnection,
    seen: list[SeenPerson | None],
    kept: dict[UUID, dict[PersonField, profiles.KeptItem]],
) -> list[SeenPerson | None]:
    people = [person for person in seen if person is not None]
    with_past = any(person.history for person in people)

    async def read(wanted: PersonField, reader: Callable[..., Awaitable[dict[UUID, list[F]]]]) -> dict[UUID, list[F]]:
        ids = [person.researcher.id for person in people if wanted in person.disclosure.shown]
        return await reader(connection, ids, all_recorded=with_past) if ids else {}

    names = await read(PersonField.NAME, researcher_facts.list_names)
    documents = await read(PersonField.DOCUMENTS, researcher_facts.list_documents)
    households = await read(PersonField.HOUSEHOLD, researcher_facts.list_households)
    relations = await read(PersonField.PERSONNEL_RELATION, researcher_facts.list_relations)

    def filled(person: SeenPerson) -> SeenPerson:
        key, shown = person.researcher.id, person.disclosure.shown
        return replace(
            person,
            names=_facts(person, PersonField.NAME, names),
            documents=_facts(person, PersonField.DOCUMENTS, documents),
            households=_facts(person, PersonField.HOUSEHOLD, households),
            relations=_facts(person, PersonField.PERSONNEL_RELATION, relations),
            profile={i: open_item(registry.keys, one) for i, one in kept.get(key, {}).items() if i in shown},
        )

    return [None if person is None else filled(person) for person in seen]


def _facts(person: SeenPerson, wanted: PersonField, found: dict[UUID, list[F]]) -> tuple[F, ...]:
    if wanted not in person.disclosure.shown:
        return ()
    facts = found.get(person.researcher.id, [])
    return tuple(fact for fact in facts if person.history or fact.provenance.superseded_at is None)


async def _note(registry: Registry, actor: Actor, seen: Sequence[tuple[SeenPerson, str]]) -> None:
    """Note each look at someone else; if that fails, nothing is shown."""
    looks = [
        Access(
            new_id(),
            person.researcher.id,
            actor.account_id,
            actor.organisation_id,
            registry.clock(),
            purpose,
            person.disclosure.basis,
            tuple(one for one in PersonField if one in person.disclosure.shown),
        )
        for person, purpose in seen
        if person.researcher.id != actor.researcher_id
    ]
    if looks:
        async with registry.noting(actor) as connection:
            await accesses.note(connection, *looks)
