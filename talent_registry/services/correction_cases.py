"""Correction cases: opened by the person, seen to by the source of the fact, on appeal by the authority."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.agreement_corrections import find_correction_procedure
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.correction_cases import (
    MOST_A_DAY,
    CorrectionCase,
    CorrectionEvent,
    DisputedFact,
    SeenCorrection,
    check_about,
    check_evidence_digest,
    check_stated,
    disputed_already,
    looked_yourself,
    no_procedure,
    reported_already,
    too_many_today,
)
from talent_registry.domain.credential_entries import nothing_to_correct
from talent_registry.domain.proceeding_checks import Act, check_act, check_other_account, check_text
from talent_registry.domain.proceeding_positions import events_until, position_on
from talent_registry.domain.proceedings import ProceedingEventKind, ProceedingOutcome, ProceedingState, Terms
from talent_registry.services.agreements import agreement_known
from talent_registry.services.correction_sources import source_of
from talent_registry.services.moments import lock_person
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here
from talent_registry.services.proceeding_acts import account_of
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import accesses
from talent_registry.storage import correction_cases as cases
from talent_registry.storage.ids import new_id

_E: Final = ProceedingEventKind


@dataclass(frozen=True, slots=True)
class NewCorrectionCase:
    """What the person says is wrong: the fact, of which credential, on what grounds, what it should read, the proof.

    `look_id` for a look at the own record that should not have been taken.
    """

    fact: DisputedFact
    text: str
    credential_id: UUID | None = None
    should_read: str | None = None
    evidence_digest: str | None = None
    look_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CorrectionAct:
    """An act in a correction case, with the words of whoever acts and the digest of a file that proves them."""

    case_id: UUID
    text: str
    evidence_digest: str | None = None


async def open_case(registry: Registry, actor: Actor, asked: NewCorrectionCase, key: str) -> Done:
    """Say that a recorded fact of one's own is wrong: its source is told and its clock starts. Answer: `case_id`.

    Conflict: CASE_PENDING where the same is disputed already, TOO_MANY_TODAY, NO_SOURCE; NotInForce (NO_PROCEDURE);
    NotFound where nothing of the kind is recorded.
    """

    async def act(work: Work) -> dict[str, Any]:
        person_id = actor.researcher_id
        actor.must(Permission.OPEN_CORRECTION, Subject(researcher_id=person_id))
        if person_id is None:
            raise nothing_here()
        check_about(asked.fact, asked.credential_id, asked.look_id)
        text, digest = check_text(asked.text), check_evidence_digest(asked.evidence_digest)
        stated = check_stated(asked.fact, asked.should_read)
        await lock_person(work, person_id)
        await _must_be_new(work, person_id, asked)
        if await cases.count_opened(work.connection, person_id, work.today) >= MOST_A_DAY:
            raise too_many_today()
        source_id, province = await source_of(work, person_id, asked.fact, asked.credential_id, asked.look_id)
        version = agreement_version_in_force(await agreement_known(work.connection, work.registry), work.today)
        procedure = find_correction_procedure(version, asked.fact)
        if procedure is None:
            raise no_procedure()
        case = CorrectionCase(
            id=new_id(),
            fact=asked.fact,
            researcher_id=person_id,
            credential_id=asked.credential_id,
            source_id=source_id,
            body_province=province,
            stated=stated,
            procedure=procedure.id,
            terms=Terms(
                procedure.working_days,
                procedure.evidence_working_days,
                procedure.appeal_working_days,
                procedure.appeal_decision_working_days,
                tacit=False,
            ),
            opened_on=work.today,
            look_id=asked.look_id,
        )
        await cases.add_case(work.connection, case, work.command_id)
        await _add(work, case, _event(work, case, Act(_E.OPENED, text=text), digest))
        return {"case_id": str(case.id)}

    return await perform(registry, actor, "openCorrectionCase", key, asked, act)


async def request_evidence(registry: Registry, actor: Actor, asked: CorrectionAct, key: str) -> Done:
    """Ask the person for evidence: the source's clock stands still from today. Answer: `case_id`."""
    act = Act(_E.EVIDENCE_REQUESTED, text=asked.text)
    return await _perform(registry, actor, "requestCorrectionEvidence", asked, act, key)


async def add_evidence(registry: Registry, actor: Actor, asked: CorrectionAct, key: str) -> Done:
    """The person adds what proves it, asked for or not. Answer: `case_id`."""
    act = Act(_E.EVIDENCE_GIVEN, text=asked.text)
    return await _perform(registry, actor, "addCorrectionEvidence", asked, act, key)


async def withdraw(registry: Registry, actor: Actor, case_id: UUID, key: str) -> Done:
    """The person lets it be: the record stands and is disputed no more. Answer: `case_id`."""
    return await _perform(registry, actor, "withdrawCorrection", CorrectionAct(case_id, ""), Act(_E.WITHDRAWN), key)


async def appeal(registry: Registry, actor: Actor, asked: CorrectionAct, key: str) -> Done:
    """The person has the authority of the source's province review what was declined. Answer: `case_id`."""
    act = Act(_E.APPEALED, text=asked.text)
    return await _perform(registry, actor, "appealCorrection", asked, act, key)


async def decline(registry: Registry, actor: Actor, asked: CorrectionAct, key: str) -> Done:
    """Leave the record as it is, with reasons: the source, on appeal the authority by another account.

    Answer: `case_id`.
    """
    act = Act(_E.DECIDED, ProceedingOutcome.DECLINED, asked.text)
    return await _perform(registry, actor, "declineCorrection", asked, act, key)


async def uphold(registry: Registry, actor: Actor, asked: CorrectionAct, key: str) -> Done:
    """Find that a reported look had no ground, with reasons: whoever looked is told. Answer: `case_id`.

    The authority of whoever looked, never the account that took the look (NotPermitted), on appeal another account.
    """
    act = Act(_E.DECIDED, ProceedingOutcome.UPHELD, asked.text)
    return await _perform(registry, actor, "upholdLookReport", asked, act, key)


async def settle_in(
    work: Work,
    case_id: UUID | None,
    facts: frozenset[DisputedFact],
    record_id: UUID,
    changed: frozenset[DisputedFact],
    since: date | None = None,
) -> None:
    """End the case for which a command has corrected one of these facts of this record; nothing where none is named.

    The command has locked the person, and `changed` are the facts that read otherwise by it, from the day `since` on
    (None: ever since the record began). NotFound where the case is about something else or not the actor's to settle;
    Conflict (NOTHING_TO_CORRECT) where what is disputed still reads as it did, be it only for the day on which it was
    disputed: to leave it so is to decline, with reasons and an appeal.
    """
    if case_id is None:
        return
    (found,) = await cases.list_by_ids(work.connection, [case_id])
    seen = None if found is None else await _stood(work, found)
    if seen is None or seen.case.fact not in facts or seen.case.about != record_id:
        raise nothing_here(("input", "correctionCase"))
    done = await _checked(work, seen, Act(_E.DECIDED, ProceedingOutcome.CORRECTED))
    otherwise = seen.case.fact in changed and (since is None or since <= seen.case.opened_on)
    # A record beside the disputed one changes the facts as well, and leaves what is disputed as it was.
    if not otherwise or not await cases.was_corrected(work.connection, case_id, work.command_id):
        raise nothing_to_correct()
    await _add(work, seen.case, _event(work, seen.case, done, None))


def subject_of_correction(case: CorrectionCase, *, on_appeal: bool = False) -> Subject:
    """The case as permission asks about it; an appeal is the authority's alone."""
    source = None if on_appeal else case.source_id
    relation = case.fact is DisputedFact.PERSONNEL_RELATION
    return Subject(
        researcher_id=case.researcher_id,
        home_unit_id=source if relation else None,
        issuer_ids=frozenset({source} if source is not None and not relation else ()),
        provinces=frozenset({case.body_province}),
    )


async def _perform(registry: Registry, actor: Actor, name: str, asked: CorrectionAct, what: Act, key: str) -> Done:
    async def act(work: Work) -> dict[str, Any]:
        (found,) = await cases.list_by_ids(work.connection, [asked.case_id])
        if found is None:
            actor.must(_permission(what))
            raise nothing_here()
        await lock_person(work, found.researcher_id)
        done = await _checked(work, await _stood(work, found), what)
        await _add(work, found, _event(work, found, done, check_evidence_digest(asked.evidence_digest)))
        return {"case_id": str(asked.case_id)}

    return await perform(registry, actor, name, key, asked, act)


async def _stood(work: Work, case: CorrectionCase) -> SeenCorrection:
    """The case as it stands today, its person locked; on the day of what happened last where that is later."""
    events = (await cases.list_events(work.connection, [case.id]))[case.id]
    work.today = max(work.today, *(one.on_day for one in events))
    return SeenCorrection(case, events, position_on(case, events_until(events, work.today), work.today))


async def _checked(work: Work, seen: SeenCorrection, what: Act) -> Act:
    """The act as it is to be recorded, if whoever acts may do it where the case stands."""
    case, on_appeal = seen.case, seen.position.state is ProceedingState.APPEALED and what.event is _E.DECIDED
    act = Act(_E.APPEAL_DECIDED, what.outcome, what.text) if on_appeal else what
    work.actor.must(_permission(act), subject_of_correction(case, on_appeal=on_appeal))
    done = check_act(case, seen.position, act)
    if done.event in (_E.DECIDED, _E.APPEAL_DECIDED):
        account_id = account_of(work.actor)
        if on_appeal:
            check_other_account(list(seen.events), account_id)
        if case.look_id is not None:
            (look,) = await accesses.list_by_ids(work.connection, [case.look_id])
            if look is not None and look.account_id == account_id:
                raise looked_yourself()
    return done


async def _must_be_new(work: Work, person_id: UUID, asked: NewCorrectionCase) -> None:
    """Conflict where the same is disputed already, or the same look was reported and the report not withdrawn."""
    for one in await cases.list_disputes(work.connection, [person_id]):
        if (one.fact, one.credential_id) == (asked.fact, asked.credential_id):
            raise disputed_already()
    if asked.look_id is not None and await cases.list_reports(work.connection, [asked.look_id]):
        raise reported_already()


def _permission(act: Act) -> Permission:
    own = (_E.EVIDENCE_GIVEN, _E.WITHDRAWN, _E.APPEALED)
    return Permission.OPEN_CORRECTION if act.event in own else Permission.CONDUCT_CORRECTION


def _event(work: Work, case: CorrectionCase, act: Act, digest: str | None) -> CorrectionEvent:
    actor = work.actor
    return CorrectionEvent(
        id=new_id(),
        proceeding_id=case.id,
        at=work.now,
        on_day=work.today,
        event=act.event,
        actor_kind=actor.kind.value,
        account_id=actor.account_id,
        organisation_id=actor.organisation_id,
        province=actor.province if actor.kind is ActorKind.AUTHORITY else None,
        outcome=act.outcome,
        text=act.text,
        evidence_digest=digest,
    )


async def _add(work: Work, case: CorrectionCase, new: CorrectionEvent) -> None:
    await cases.add_event(work.connection, new, work.command_id)
    work.about("correctionCase", case.id)
    work.about("researcher", case.researcher_id)
    if case.credential_id is not None:
        work.about("credential", case.credential_id)
    if case.look_id is not None:
        work.about("access", case.look_id)
    work.says(case=str(case.id), case_event=new.event.value, fact=case.fact.value)
