"""Looks at credentials by whom they concern; each look by someone else is noted for the holder."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import Access
from talent_registry.domain.credentials import CredentialRecord, CredentialVersion, Standing, StatusSpan
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.identifiers import check_public_number, normalise_certificate_number
from talent_registry.domain.ledger import Entry, SealedEntry
from talent_registry.domain.pages import OfPerson, Page, PageRequest
from talent_registry.domain.researchers import PersonField
from talent_registry.services.looks import check_stated_purpose
from talent_registry.services.permissions import (
    CARRIED_BY,
    Actor,
    ActorKind,
    Permission,
    Subject,
    nothing_here,
    sign_in_first,
)
from talent_registry.services.registry import Registry
from talent_registry.services.relation_kinds import Relation
from talent_registry.services.relations import subjects_of_people
from talent_registry.storage import accesses, credentials, ledger, organisations, researchers
from talent_registry.storage.credentials import CredentialFilter
from talent_registry.storage.ids import new_id

# Besides the holder and the authorities concerned, the issuer sees how its own record came to be.
SEE_HISTORY = CARRIED_BY[Permission.READ_HISTORY] | {Relation.ISSUER}


@dataclass(frozen=True, slots=True)
class Look:
    """A look at one credential, and for what purpose."""

    credential_id: UUID
    purpose: str


@dataclass(frozen=True, slots=True)
class Known:
    """A credential as the registry held it true at an instant."""

    credential_id: UUID
    known_at: datetime


@dataclass(frozen=True, slots=True)
class EntriesAbout:
    """A page of the ledger entries about one credential."""

    credential_id: UUID
    request: PageRequest


@dataclass(frozen=True, slots=True)
class CredentialHistory:
    """All that was ever recorded of a credential: versions and status spans in the order of recording."""

    versions: tuple[CredentialVersion, ...]
    spans: tuple[StatusSpan, ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """Which credentials a list gives, None = any; holder and number as typed; `standing` on the day `on`."""

    holder: str | None = None
    number: str | None = None
    issuer_id: UUID | None = None
    series: str | None = None
    level: str | None = None
    standing: Standing | None = None
    on: date | None = None


async def get_credential(registry: Registry, actor: Actor, credential_id: UUID, purpose: str) -> CredentialRecord:
    """One credential; the look is noted. NotFound where it is absent or not the actor's to know of."""
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    (found,) = await list_looked_at(registry, actor, [Look(credential_id, purpose)])
    if found is None:
        raise nothing_here()
    return found


async def list_looked_at(registry: Registry, actor: Actor, looks: Sequence[Look]) -> list[CredentialRecord | None]:
    """Many credentials in their order, None where one is not the actor's to know of; the looks are noted."""
    purposes = {look.credential_id: check_stated_purpose(actor, look.purpose) for look in looks}
    async with registry.reading(actor) as connection:
        records = await credentials.list_by_ids(connection, [look.credential_id for look in looks])
        subjects = await _subjects(registry, connection, actor, [record for record in records if record])
    shown = [record if record and record.credential.id in subjects else None for record in records]
    await _note(registry, actor, [record for record in shown if record], subjects, purposes)
    return shown


async def list_credentials(
    registry: Registry, actor: Actor, request: PageRequest, sought: Sought, purpose: str
) -> Page[CredentialRecord]:
    """The credentials that fit and that the actor may see, by age of their record; the looks are noted."""
    if actor.kind is ActorKind.ANONYMOUS:
        raise sign_in_first()
    stated = check_stated_purpose(actor, purpose)
    async with registry.reading(actor) as connection:
        asked = await _filter(registry, connection, sought)
        if asked is None:
            return Page((), (), has_next=False)
        page = await credentials.list_credentials(connection, request, asked)
        subjects = await _subjects(registry, connection, actor, page.items)
    shown = [(r, p) for r, p in zip(page.items, page.places, strict=True) if r.credential.id in subjects]
    records = [record for record, _ in shown]
    await _note(registry, actor, records, subjects, dict.fromkeys(subjects, stated))
    return Page(tuple(records), tuple(place for _, place in shown), page.has_next)


async def list_of_people(registry: Registry, actor: Actor, asked: Sequence[OfPerson]) -> list[Page[CredentialRecord]]:
    """The credentials of each person that the actor may see, by age of their record.

    For whoever was shown the person with the credentials: that look is noted there and is not noted again.
    """
    people = list(dict.fromkeys(one.researcher_id for one in asked))
    async with registry.reading(actor) as connection:
        found = dict(zip(people, await credentials.list_by_researchers(connection, people), strict=True))
        seen = await _subjects(
            registry, connection, actor, [record for records in found.values() for record in records]
        )
    return [
        _slice([record for record in found[one.researcher_id] if record.credential.id in seen], one.request)
        for one in asked
    ]


async def list_known(registry: Registry, actor: Actor, asked: Sequence[Known]) -> list[CredentialRecord | None]:
    """Each credential as it was known at its instant; None before it was recorded, or where it is not the actor's."""
    found: dict[Known, CredentialRecord] = {}
    async with registry.reading(actor) as connection:
        for instant in dict.fromkeys(one.known_at for one in asked):
            ids = [one.credential_id for one in asked if one.known_at == instant]
            records = [record for record in await credentials.list_by_ids(connection, ids, instant) if record]
            seen = await _subjects(registry, connection, actor, records)
            found |= {Known(r.credential.id, instant): r for r in records if r.credential.id in seen}
    return [found.get(one) for one in asked]


async def list_histories(registry: Registry, actor: Actor, ids: Sequence[UUID]) -> list[CredentialHistory | None]:
    """The history of each credential; None where it is not the actor's (holder, issuer, authority) to see."""
    async with registry.reading(actor) as connection:
        open_ids = await _with_open_history(registry, connection, actor, ids)
        versions = await credentials.list_versions(connection, open_ids)
        spans = await credentials.list_spans(connection, open_ids)
    return [
        CredentialHistory(tuple(versions.get(one, ())), tuple(spans.get(one, ()))) if one in open_ids else None
        for one in ids
    ]


async def list_entries(registry: Registry, actor: Actor, asked: Sequence[EntriesAbout]) -> list[Page[Entry] | None]:
    """The ledger entries about each credential, oldest first; None where its history is not the actor's to see."""
    pages: dict[EntriesAbout, Page[Entry]] = {}
    async with registry.reading(actor) as connection:
        open_ids = await _with_open_history(registry, connection, actor, [one.credential_id for one in asked])
        for request in dict.fromkeys(one.request for one in asked):
            mine = {f"credential:{one.credential_id}": one for one in asked if one.request == request}
            named = [name for name, one in mine.items() if one.credential_id in open_ids]
            after = request.after[0] if request.after else "0"
            found = await ledger.list_entries_about_each(
                connection, named, after=int(after) if after.isdecimal() else 0, limit=request.first + 1
            )
            pages |= {mine[name]: _page(found.get(name, []), request) for name in named}
    return [pages.get(one) for one in asked]


def _slice(records: Sequence[CredentialRecord], request: PageRequest) -> Page[CredentialRecord]:
    after = request.after[0] if request.after else ""
    rest = [record for record in records if str(record.credential.id) > after]
    shown = rest[: request.first]
    places = tuple((str(record.credential.id),) for record in shown)
    return Page(tuple(shown), places, len(rest) > len(shown))


def _page(found: Sequence[SealedEntry], request: PageRequest) -> Page[Entry]:
    entries = tuple(sealed.entry for sealed in found[: request.first])
    return Page(entries, tuple((str(entry.sequence),) for entry in entries), len(found) > request.first)


async def _subjects(
    registry: Registry, connection: AsyncConnection, actor: Actor, records: Sequence[CredentialRecord]
) -> dict[UUID, Subject]:
    """By credential, what permission asks about it; credentials that the actor may not see are left out."""
    people = list({record.credential.researcher_id for record in records})
    persons = await subjects_of_people(connection, people, registry.today(), actor)
    issuers = list({record.credential.issuer_id for record in records})
    units = {unit.id: unit for unit in await organisations.list_by_ids(connection, issuers) if unit}
    subjects = {}
    for record in records:
        person, issuer_id = persons[record.credential.researcher_id], record.credential.issuer_id
        subjects[record.credential.id] = replace(
            person,
            issuer_ids=frozenset({issuer_id}),
            provinces=person.provinces | {units[issuer_id].province},
            consented=PersonField.CREDENTIALS in person.consented_fields,
        )
    return {one: subject for one, subject in subjects.items() if actor.may(Permission.READ_CREDENTIAL, subject)}


async def _with_open_history(
    registry: Registry, connection: AsyncConnection, actor: Actor, ids: Sequence[UUID]
) -> list[UUID]:
    records = [record for record in await credentials.list_by_ids(connection, ids) if record]
    subjects = await _subjects(registry, connection, actor, records)
    return [one for one, subject in subjects.items() if actor.relations(subject) & SEE_HISTORY]


async def _filter(registry: Registry, connection: AsyncConnection, sought: Sought) -> CredentialFilter | None:
    """The filter in stored form; None where nobody can fit it."""
    person = None
    try:
        number = None if sought.number is None else normalise_certificate_number(sought.number)
        if sought.holder is not None:
            person = await researchers.find_by_public_number(connection, check_public_number(sought.holder))
            if person is None:
                return None
    except InvalidInput as failure:
        raise InvalidInput(failure.message, reason=failure.reason, path=("filter",)) from None
    return CredentialFilter(
        person.id if person else None,
        sought.issuer_id,
        number,
        sought.series,
        sought.level,
        sought.standing,
        sought.on or registry.today(),
    )


async def _note(
    registry: Registry,
    actor: Actor,
    records: Sequence[CredentialRecord],
    subjects: dict[UUID, Subject],
    purposes: dict[UUID, str],
) -> None:
    """Note one look for each holder and purpose, but for one's own; if that fails, nothing is shown."""
    carries = CARRIED_BY[Permission.READ_CREDENTIAL]
    looks: dict[tuple[UUID, str], Access] = {}
    for record in records:
        person, purpose = record.credential.researcher_id, purposes[record.credential.id]
        if person == actor.researcher_id or (person, purpose) in looks:
            continue
        relations = actor.relations(subjects[record.credential.id]) & carries
        looks[person, purpose] = Access(
            new_id(),
            person,
            actor.account_id,
            actor.organisation_id,
            registry.clock(),
            purpose,
            "+".join(sorted(relation.value for relation in relations)),
            (PersonField.CREDENTIALS,),
        )
    if looks:
        async with registry.noting(actor) as connection:
            await accesses.note(connection, *looks.values())
