"""What a person's recognition or active placement opens: asked as a question, or checked by whoever grants it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreements import Agreement, AgreementVersion, agreement_version_in_force
from talent_registry.domain.consents import Access
from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.divisions import is_in_force, province_of
from talent_registry.domain.entitlement_terms import Entitlement, EntitlementNeed, StatedFact
from talent_registry.domain.entitlements import (
    EntitlementAnswer,
    EntitlementFacts,
    PlacedFact,
    RecognisedFact,
    answer,
    answer_all,
    find_entitlement,
)
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_sums import SpanKind, spans_of
from talent_registry.domain.questions import Question, Target
from talent_registry.domain.recognition import decide
from talent_registry.domain.researchers import PersonField
from talent_registry.services.agreements import agreement_known
from talent_registry.services.credentials import facts_for_decision
from talent_registry.services.looks import check_stated_purpose
from talent_registry.services.moments import hold_facts_of
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject
from talent_registry.services.proceeding_openings import confirmed_among, confirming, list_cases_on
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.relations import subject_of_person
from talent_registry.services.researchers import get_person
from talent_registry.storage import accesses, credentials, organisations, placement_rounds, placements
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty

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
        facts = await _facts(connection, agreement, person, asked, on, now, registry.today())
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
        facts = await _facts(work.connection, agreement, person, asked, on, work.now, work.today)
        found = answer(entitlement, facts)
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


async def _facts(
    connection: AsyncConnection,
    agreement: Agreement,
    person: UUID,
    asked: AskedEntitlements,
    on: date,
    now: datetime,
    today: date,
) -> EntitlementFacts:
    return EntitlementFacts(
        on=on,
        placements=await _placed(connection, person, province_of(asked.division), on),
        recognitions=await _recognised(connection, agreement, person, Target(division=asked.division), on, now, today),
        stated=asked.stated,
    )


async def _placed(connection: AsyncConnection, person: UUID, province: str, on: date) -> tuple[PlacedFact, ...]:
    """The placements that are active on the day, with a host in the province and the home in the other."""
    async with duty(connection, "workload"):
        begun = await placements.list_begun(connection, person)
        events = await placement_rounds.list_events(connection, [one.id for one in begun])
    async with duty(connection, "recognise"):
        last_days = await placements.list_last_days(connection, [one.credential_id for one in begun])
    units = list(dict.fromkeys(unit for one in begun for unit in (one.home_unit_id, one.host_unit_id)))
    known = {one.id: one for one in await organisations.list_by_ids(connection, units) if one is not None}
    found = []
    for one in begun:
        home, host, last = known[one.home_unit_id], known[one.host_unit_id], last_days.get(one.credential_id)
        working = any(
            span.kind is SpanKind.WORKED and span.since <= on <= span.until
            for span in spans_of(one, events[one.id], on)
        )
        if working and (last is None or on <= last) and host.province == province != home.province:
            found.append(
                PlacedFact(
                    placement_id=one.id,
                    kind=one.kind,
                    home_division=home.division,
                    host_division=host.division,
                    host_kind=host.kind,
                )
            )
    return tuple(found)


async def _recognised(
    connection: AsyncConnection,
    agreement: Agreement,
    person: UUID,
    target: Target,
    on: date,
    now: datetime,
    today: date,
) -> tuple[RecognisedFact, ...]:
    """What each credential of the person comes to towards the province, for no post in particular."""
    found = []
    async with duty(connection, "recognise"):
        (held,) = await credentials.list_by_researchers(connection, [person])
        for record in held:
            facts = await facts_for_decision(connection, record.credential.id, on, now)
            question = Question(
                credential=facts.credential,
                target=target,
                source_province=facts.source_province,
                on=on,
                holder=facts.holder,
            )
            decision = decide(agreement_version_in_force(agreement, on), question)
            decided = RecognitionDecision(
                id=new_id(),
                credential_id=record.credential.id,
                researcher_id=person,
                target=target,
                decided_for=on,
                known_at=now,
                decided_at=now,
                decision=decision,
                facts=facts.used,
            )
            cases = await list_cases_on(connection, decided, today)
            confirmed = confirmed_among(cases, confirming(decided, today))
            found.append(
                RecognisedFact(
                    credential_id=record.credential.id,
                    kind=record.credential.kind,
                    level=record.version.level,
                    rule=decision.rule,
                    recognised=decided.is_recognised or confirmed is not None,
                )
            )
    return tuple(found)


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
