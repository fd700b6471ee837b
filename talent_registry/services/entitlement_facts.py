"""By what an entitlement is answered: the person's placements and recognitions, and what an answer relied on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreements import Agreement, agreement_version_in_force
from talent_registry.domain.credential_facts import STATUS_FACT, UsedFact
from talent_registry.domain.credentials import RecordStatus
from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.divisions import province_of
from talent_registry.domain.entitlements import (
    EntitlementAnswer,
    EntitlementFacts,
    PlacedFact,
    RecognisedFact,
    credentials_behind,
)
from talent_registry.domain.placement_sums import SpanKind, spans_of
from talent_registry.domain.questions import Question, Target
from talent_registry.domain.recognition import decide
from talent_registry.services.credentials import facts_for_decision
from talent_registry.services.proceeding_openings import confirmed_among, confirming, list_cases_on
from talent_registry.storage import credentials, entitlements, organisations, placement_rounds, placements
from talent_registry.storage.entitlements import Reliance
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts, the credential that each placement rests on, and what was told of each credential."""

    facts: EntitlementFacts
    resting: Mapping[UUID, UUID]
    used: Mapping[UUID, tuple[UsedFact, ...]]

    async def remember(
        self, connection: AsyncConnection, given: EntitlementAnswer, person: UUID, command: UUID
    ) -> None:
        """Keep what an answer relied on, so that whoever got it is told when that turns out wrong."""
        on = self.facts.on
        relied = [
            Reliance(one, on, {fact.name: fact.value for fact in self.used[one] if fact.value is not None})
            for one in credentials_behind(given, self.facts)
        ]
        if given.placement_id is not None:
            valid = {STATUS_FACT: RecordStatus.VALID.value}
            relied.append(Reliance(self.resting[given.placement_id], on, valid, status_only=True))
        async with duty(connection, "recognise"):
            await entitlements.add_reliances(connection, relied, person, command)


async def gather(
    connection: AsyncConnection,
    agreement: Agreement,
    person: UUID,
    division: str,
    on: date,
    now: datetime,
    today: date,
) -> Gathered:
    """What is known of the person on the day, towards the province of the division."""
    placed = await _placed(connection, person, province_of(division), on)
    recognised = await _recognised(connection, agreement, person, Target(division=division), on, now, today)
    facts = EntitlementFacts(
        on=on, placements=tuple(one for one, _ in placed), recognitions=tuple(one for one, _ in recognised)
    )
    return Gathered(
        facts,
        {one.placement_id: credential for one, credential in placed},
        {one.credential_id: used for one, used in recognised},
    )


async def _placed(connection: AsyncConnection, person: UUID, province: str, on: date) -> list[tuple[PlacedFact, UUID]]:
    """The placements active on the day, host in the province and home in the other, each with its credential."""
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
            fact = PlacedFact(
                placement_id=one.id,
                kind=one.kind,
                home_division=home.division,
                host_division=host.division,
                host_kind=host.kind,
            )
            found.append((fact, one.credential_id))
    return found


async def _recognised(
    connection: AsyncConnection,
    agreement: Agreement,
    person: UUID,
    target: Target,
    on: date,
    now: datetime,
    today: date,
) -> list[tuple[RecognisedFact, tuple[UsedFact, ...]]]:
    """What each credential comes to towards the province, for no post in particular, and the facts told of it."""
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
            fact = RecognisedFact(
                credential_id=record.credential.id,
                kind=record.credential.kind,
                level=record.version.level,
                rule=decision.rule,
                recognised=decided.is_recognised or confirmed is not None,
            )
            found.append((fact, facts.used))
    return found
