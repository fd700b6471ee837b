"""What a person's recognition or active placement opens: asked as a question, or checked by whoever grants it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreements import AgreementVersion, agreement_version_in_force
from talent_registry.domain.consents import Access
from talent_registry.domain.divisions import is_in_force
from talent_registry.domain.entitlement_terms import Entitlement, EntitlementNeed, StatedFact
from talent_registry.domain.entitlements import (
    EntitlementAnswer,
    answer,
    answer_all,
    find_entitlement,
)
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.researchers import PersonField
from talent_registry.services.agreements import agreement_known
from talent_registry.services.entitlement_facts import gather
from talent_registry.services.looks import check_stated_purpose
from talent_registry.services.moments import hold_facts_of
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.relations import subject_of_person
from talent_registry.services.researchers import get_person
from talent_registry.storage import accesses
from talent_registry.storage.ids import new_id

# A consent for one of these opens what rests on a recognition; placements are opened by their own.
_OF_RECOGNITION: Final = frozenset({PersonField.CREDENTIALS, PersonField.DECISIONS})
_OF_PLACEMENT: Final = frozenset({PersonField.PLACEMENTS})
_FIELDS: Final = {
    EntitlementNeed.RECOGNITION: (_OF_RECOGNITION,),
    EntitlementNeed.PLACEMENT: (_OF_PLACEMENT,),
    EntitlementNeed.EITHER: (_OF_RECOGNITION, _OF_PLACEMENT),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedEntitlements:
    """What is open to a person (id or public number) in a province, named by a division, on a day (None: today).

    `stated` is taken on the word of whoever asks; `purpose` is needed by all but the person.
    """

    who: UUID | str
    division: str
    on: date | None = None
    stated: frozenset[StatedFact] = frozenset()
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntitlementCheck:
    """One entitlement, asked for by whoever is to grant it."""

    asked: AskedEntitlements
    code: str


@dataclass(frozen=True, slots=True)
class Entitlements:
    """The answers for a day, by the version in force on it."""

    on: date
    version: AgreementVersion
    answers: tuple[EntitlementAnswer, ...]


async def list_entitlements(registry: Registry, actor: Actor, asked: AskedEntitlements) -> Entitlements:
    """What is open and what is not, each with its reason; the look is noted.

    The person; whoever the person opened both recognition and placements to, an agency for one of its purposes; the
    authority of the province asked about.
    """
    on = asked.on or registry.today()
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_ENTITLEMENTS)
    async with registry.noting(actor) as connection:
        person = (await get_person(connection, asked.who)).id
        subject = await _subject(connection, actor, person, asked.division, registry.today(), EntitlementNeed.EITHER)
        actor.must(Permission.READ_ENTITLEMENTS, subject)
        _check(actor, asked, on)
        await hold_facts_of(connection, person)
        now = await registry.instant(connection)
        agreement = await agreement_known(connection, registry, now)
        found = await gather(connection, agreement, person, asked.division, on, now, registry.today())
        facts = replace(found.facts, stated=asked.stated)
        await _note(connection, actor, person, now, asked.purpose, EntitlementNeed.EITHER)
    version = agreement_version_in_force(agreement, on)
    return Entitlements(on, version, answer_all(version, facts))


async def check_entitlement(registry: Registry, actor: Actor, check: EntitlementCheck, key: str) -> Done:
    """Whether one entitlement is open today or on a day; a command, which the person sees as a look.

    Answer: `entitlement`, `open`, `reason`, `on`, `version`, `digest`, `stated`. Of what opens it nothing is told. The
    person; an agency or HR office to which the person opened what the entitlement rests on, for a purpose of its own.
    """

    async def act(work: Work) -> dict[str, Any]:
        asked, on = check.asked, check.asked.on or work.today
        if actor.kind is ActorKind.ANONYMOUS:
            actor.must(Permission.CHECK_ENTITLEMENT)
        person = (await get_person(work.connection, asked.who)).id
        subject = await _subject(work.connection, actor, person, asked.division, work.today, None)
        actor.must(Permission.CHECK_ENTITLEMENT, subject)
        _check(actor, asked, on)
        await hold_facts_of(work.connection, person)
        await work.settle_moment()
        agreement = await agreement_known(work.connection, registry, work.now)
        version = agreement_version_in_force(agreement, on)
        entitlement = find_entitlement(version, check.code)
        needed = await _subject(work.connection, actor, person, asked.division, work.today, entitlement.needs)
        actor.must(Permission.CHECK_ENTITLEMENT, needed)
        gathered = await gather(work.connection, agreement, person, asked.division, on, work.now, work.today)
        found = answer(entitlement, replace(gathered.facts, stated=asked.stated))
        await gathered.remember(work.connection, found, person, work.command_id)
        await _note(work.connection, actor, person, work.now, asked.purpose, entitlement.needs, work.command_id)
        work.about("researcher", person)
        told = {
            "entitlement": entitlement.code,
            "open": found.is_open,
            "reason": found.reason.value,
            "on": on.isoformat(),
            "version": version.id,
            "digest": version.digest,
            "stated": [fact.value for fact in found.stated],
        }
        work.says(**told)
        return told

    return await perform(registry, actor, "checkEntitlement", key, check, act)


async def get_entitlement(registry: Registry, actor: Actor, on: date, code: str) -> Entitlement:
    """The entitlement of a day's agreement, as everybody may read it."""
    async with registry.reading(actor) as connection:
        version = agreement_version_in_force(await agreement_known(connection, registry), on)
    return find_entitlement(version, code)


async def _subject(
    connection: AsyncConnection, actor: Actor, person: UUID, division: str, today: date, needs: EntitlementNeed | None
) -> Subject:
    """The person as this question asks: only the province's own authority, only a consent to all that it rests on.

    `needs` None: it is not known yet what it rests on, and a consent to anything of it will do.
    """
    subject = await subject_of_person(connection, person, today, actor)
    opened = subject.consented_fields
    if needs is None:
        consented = not (_OF_RECOGNITION | _OF_PLACEMENT).isdisjoint(opened)
    else:
        consented = all(not fields.isdisjoint(opened) for fields in _FIELDS[needs])
    return replace(subject, provinces=frozenset({f"{division[:2]}0000"}), consented=consented)


def _check(actor: Actor, asked: AskedEntitlements, on: date) -> None:
    # A person need not say why they ask about themselves.
    if asked.purpose or actor.kind is not ActorKind.RESEARCHER:
        check_stated_purpose(actor, asked.purpose, "input", "purpose")
    if not is_in_force(asked.division, on):
        raise InvalidInput(
            Message(
                zh="该日没有这个行政区划代码。请用省级或更细的代码，如 500000。",
                en="There is no division of this code on the day. Use that of a province, such as 500000.",
            ),
            reason="DIVISION",
            path=("input", "in"),
        )


async def _note(
    connection: AsyncConnection,
    actor: Actor,
    person: UUID,
    at: datetime,
    purpose: str,
    needs: EntitlementNeed,
    command_id: UUID | None = None,
) -> None:
    """Note the look for the person; one at one's own record is none."""
    if actor.kind is ActorKind.RESEARCHER:
        return
    basis = "AUTHORITY" if actor.kind is ActorKind.AUTHORITY else "CONSENTED"
    opened = frozenset[PersonField]().union(*_FIELDS[needs])
    fields = tuple(field for field in PersonField if field in opened)
    unit, account = actor.organisation_id, actor.account_id
    look = Access(new_id(), person, account, unit, at, purpose.strip(), basis, fields, command_id)
    await accesses.note(connection, look)
