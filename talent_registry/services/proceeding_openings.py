"""What a decision leaves open is opened as a case, and what a case granted is looked up for the next decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreement_procedures import OPENING
from talent_registry.domain.agreements import Outcome, Procedure, ResponsibleBody, agreement_version_in_force
from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.proceeding_facts import compared_facts, covers, digest_of_facts, told_facts
from talent_registry.domain.proceeding_positions import Position, events_until, position_on
from talent_registry.domain.proceedings import (
    KIND_OF,
    Proceeding,
    ProceedingEvent,
    ProceedingEventKind,
    ProceedingKind,
    ProceedingOutcome,
    Terms,
    ToldFacts,
)
from talent_registry.domain.questions import Target
from talent_registry.domain.receipts import of_case
from talent_registry.services.agreements import agreement_known
from talent_registry.services.permissions import ActorKind, nothing_here
from talent_registry.services.registry import Work
from talent_registry.storage import organisations, proceedings
from talent_registry.storage.credentials import find_credential
from talent_registry.storage.ids import new_id

# Whose decision is an application. What an authority or an agency asks is a question.
_APPLICANTS = frozenset({ActorKind.RESEARCHER, ActorKind.HR})
_SETTLES = frozenset(
    {
        ProceedingEventKind.DECIDED,
        ProceedingEventKind.APPEAL_DECIDED,
        ProceedingEventKind.OVERRIDE_APPROVED,
        ProceedingEventKind.OVERRIDE_DECLINED,
        ProceedingEventKind.LAPSED,
    }
)


@dataclass(frozen=True, slots=True)
class SeenCase:
    """A proceeding with its events and where it stands; `shows_texts`: whether what people wrote is for the actor."""

    case: Proceeding
    events: tuple[ProceedingEvent, ...]
    position: Position
    shows_texts: bool = True


@dataclass(frozen=True, slots=True)
class Confirming:
    """An answer of the machine, with the facts it was told, that a case may have confirmed by a day.

    `known_at`: as known at that instant; None: now.
    """

    credential_id: UUID
    target: Target
    outcome: Outcome
    rule: str
    told: ToldFacts
    on: date
    known_at: datetime | None = None


async def open_for(work: Work, decided: RecognitionDecision) -> UUID | None:
    """Open the case that the decision of an applicant leaves for today, within its command; the case's id.

    Where one on the same credential and post, told the same, is pending or granted the same answer before, it is that
    one. None where the decision leaves nothing open, was taken for another day, or was no application.
    """
    made = decided.decision
    agreement = await agreement_known(work.connection, work.registry)
    version = agreement_version_in_force(agreement, work.today)
    procedure = version.find_procedure(made.outcome, made.rule)
    applied = work.actor.kind in _APPLICANTS and decided.decided_for == work.today
    if procedure is None or made.outcome not in OPENING or not applied:
        return None
    told = told_facts(decided.facts)
    for seen in reversed(await list_cases_on(work.connection, decided, work.today)):
        same = (seen.case.outcome, seen.case.rule) == (made.outcome, made.rule)
        if covers(seen.case.told, told) and (seen.position.is_pending or (same and seen.position.is_granted)):
            return seen.case.id
    return (await open_in(work, decided, procedure)).id


async def open_in(
    work: Work, decided: RecognitionDecision, procedure: Procedure, *, text: str | None = None
) -> Proceeding:
    """Open a case on a kept decision by a procedure, within a command that asked for permission."""
    made, credential = decided.decision, await find_credential(work.connection, decided.credential_id)
    if credential is None:
        raise nothing_here()
    (issuer,) = await organisations.list_by_ids(work.connection, [credential.credential.issuer_id])
    if issuer is None:
        raise nothing_here()
    kind = KIND_OF[made.outcome]
    here = decided.target_province
    case = Proceeding(
        id=new_id(),
        kind=kind,
        decision_id=decided.id,
        credential_id=decided.credential_id,
        researcher_id=decided.researcher_id,
        issuer_id=issuer.id,
        target=decided.target,
        outcome=made.outcome,
        rule=made.rule,
        reason_code=made.reason_code,
        procedure=procedure.id,
        body=procedure.body,
        body_province=here if procedure.body is ResponsibleBody.TARGET_AUTHORITY else issuer.province,
        approving_province=_other_party(work, here) if kind is ProceedingKind.OVERRIDE else None,
        terms=Terms.of(procedure),
        opened_on=work.today,
        told=told_facts(decided.facts),
    )
    facts = compared_facts(decided)
    await proceedings.add_proceeding(work.connection, case, facts, digest_of_facts(facts), work.command_id)
    first = ProceedingEventKind.OVERRIDE_PROPOSED if case.approving_province else ProceedingEventKind.OPENED
    await add_event(work, case, event_of(work, case, first, text=text))
    return case


def event_of(
    work: Work,
    case: Proceeding,
    kind: ProceedingEventKind,
    outcome: ProceedingOutcome | None = None,
    text: str | None = None,
) -> ProceedingEvent:
    """What the actor of a command does in a case today."""
    actor = work.actor
    return ProceedingEvent(
        id=new_id(),
        proceeding_id=case.id,
        at=work.now,
        on_day=work.today,
        event=kind,
        actor_kind=actor.kind.value,
        account_id=actor.account_id,
        organisation_id=actor.organisation_id,
        province=actor.province if actor.kind is ActorKind.AUTHORITY else None,
        outcome=outcome,
        text=text,
    )


async def add_event(work: Work, case: Proceeding, new: ProceedingEvent) -> None:
    """Note what happened in a case, in its history and in the command's ledger entry (there without the words)."""
    await proceedings.add_event(work.connection, new, work.command_id)
    work.about("recognitionCase", case.id)
    work.about("credential", case.credential_id)
    work.about("researcher", case.researcher_id)
    work.says(case=str(case.id), case_event=new.event.value)
    if new.event in _SETTLES:
        work.attest(of_case(case, new))


async def confirm_in(work: Work, decided: RecognitionDecision) -> UUID | None:
    """The case that granted what this decision leaves open, for a command under the duty "recognise" to rest on.

    None where it leaves nothing open, or no case granted the same answer by the same clause for the same post on the
    same facts: what was corrected since is not covered. Silence that counts as granted is recorded.
    """
    confirmed = confirmed_among(
        await list_cases_on(work.connection, decided, work.today),
        confirming(decided, work.today),
    )
    if confirmed is None:
        return None
    await record_lapse(work, confirmed)
    return confirmed.case.id


def confirming(decided: RecognitionDecision, on: date) -> Confirming:
    """A kept decision as a question to the cases, as they stand on a day."""
    made = decided.decision
    return Confirming(decided.credential_id, decided.target, made.outcome, made.rule, told_facts(decided.facts), on)


async def record_lapse(work: Work, seen: SeenCase) -> bool:
    """Record that silence counted as granted, if it did and nobody recorded it yet."""
    position = seen.position
    if not position.tacit or any(one.event is ProceedingEventKind.LAPSED for one in seen.events):
        return False
    lapse = ProceedingEvent(
        id=new_id(),
        proceeding_id=seen.case.id,
        at=work.now,
        on_day=max(position.decided_on or work.today, seen.events[-1].on_day),
        event=ProceedingEventKind.LAPSED,
        actor_kind=ActorKind.CLOCK.value,
        outcome=position.outcome,
    )
    await add_event(work, seen.case, lapse)
    return True


def confirmed_among(cases: Sequence[SeenCase], asked: Confirming) -> SeenCase | None:
    """Of the cases on this answer and these facts the one opened last that came to something, if it granted it."""
    settled = [
        one
        for one in cases
        if (one.case.credential_id, one.case.target, one.case.outcome, one.case.rule)
        == (asked.credential_id, asked.target, asked.outcome, asked.rule)
        and covers(one.case.told, asked.told)
        and one.position.outcome is not None
    ]
    last = max(settled, key=_opened, default=None)
    return last if last is not None and last.position.is_granted else None


async def see_cases(
    connection: AsyncConnection, cases: Sequence[Proceeding], on: date, known_at: datetime | None = None
) -> list[SeenCase]:
    """These proceedings as they stand on a day, by what was known at an instant; one not opened by then is left out."""
    events = await proceedings.list_events(connection, [one.id for one in cases])
    until = {one.id: events_until(events[one.id], on, known_at) for one in cases}
    return [SeenCase(one, tuple(until[one.id]), position_on(one, until[one.id], on)) for one in cases if until[one.id]]


async def list_cases_on(connection: AsyncConnection, decided: RecognitionDecision, on: date) -> list[SeenCase]:
    """The cases on the decision's credential and post as they stand on a day, oldest first."""
    cases = await proceedings.list_of_credentials(connection, [decided.credential_id])
    seen = await see_cases(connection, [one for one in cases if one.target == decided.target], on)
    return sorted(seen, key=_opened)


def _opened(seen: SeenCase) -> tuple[datetime, UUID]:
    """By the database's clock, as the guard of active placements has it."""
    return seen.events[0].at, seen.case.id


def _other_party(work: Work, province: str) -> str:
    return next(party for party in sorted(work.registry.agreement.parties) if party != province)
