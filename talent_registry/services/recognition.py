"""Deciding recognitions, reading what was decided, and computing a decision again from what it rested on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.agreements import Agreement, agreement_version_in_force
from talent_registry.domain.decisions import DecisionFilter, RecognitionDecision, version_decided_under
from talent_registry.domain.divisions import province_of
from talent_registry.domain.pages import OfPerson, Page, PageRequest
from talent_registry.domain.questions import Question, Target
from talent_registry.domain.receipts import of_decision
from talent_registry.domain.recognition import Decision, decide
from talent_registry.domain.researchers import PersonField
from talent_registry.services.agreements import agreement_known
from talent_registry.services.credentials import DecisionFacts, facts_for_decision
from talent_registry.services.looks import basis_of, check_stated_purpose, note_look, note_looks
from talent_registry.services.moments import hold_facts, rest_on_facts
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here
from talent_registry.services.proceeding_openings import open_for
from talent_registry.services.recognition_checks import check_instant, check_target
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.relations import subject_of_person, subjects_of_people
from talent_registry.storage import recognition
from talent_registry.storage.credentials import find_credential
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty

# A consent for one of these lets its recipient ask whether the person's credential is recognised.
_OPENS_DECIDING = frozenset({PersonField.CREDENTIALS, PersonField.DECISIONS})


@dataclass(frozen=True, slots=True)
class AskedRecognition:
    """Is this credential recognised for this post? `on` None: today; `purpose` is needed by all but the person."""

    credential_id: UUID
    target: Target
    on: date | None = None
    purpose: str = ""


async def decide_recognition(registry: Registry, actor: Actor, asked: AskedRecognition, key: str) -> Done:
    """Decide a recognition and keep the decision. Answer: `decision_id`, `outcome`, `rule`, `reason_code`, `case_id`.

    The person; an HR office or agency to which the person opened credentials or decisions, an agency for one of its
    purposes; the authority of the target's province. A refusal to recognise is an answer, not an error.
    """

    async def act(work: Work) -> dict[str, Any]:
        target = await _permitted(work.connection, actor, asked, work.today)
        async with duty(work.connection, "recognise"):
            decided = await decide_in(work, asked.credential_id, target, asked.on or work.today)
            case_id = await open_for(work, decided)
        await note_look(work.connection, actor, decided.researcher_id, work.now, asked.purpose, work.command_id)
        made = decided.decision
        return {
            "decision_id": str(decided.id),
            "outcome": made.outcome.value,
            "rule": made.rule,
            "reason_code": made.reason_code,
            "case_id": case_id and str(case_id),
        }

    return await perform(registry, actor, "decideRecognition", key, asked, act)


async def decide_in(work: Work, credential_id: UUID, target: Target, on: date) -> RecognitionDecision:
    """Decide by what is known now and keep the decision, within a command that needs it.

    Asks for no permission: the command has. NotFound where the command's transaction does not see the credential.
    """
    await rest_on_facts(work, credential_id)
    facts = await facts_for_decision(work.connection, credential_id, on, work.now)
    agreement = await agreement_known(work.connection, work.registry, work.now)
    decided = RecognitionDecision(
        id=new_id(),
        credential_id=credential_id,
        researcher_id=facts.record.credential.researcher_id,
        target=target,
        decided_for=on,
        known_at=work.now,
        decided_at=work.now,
        decision=_decide(agreement, facts, target, on),
        facts=facts.used,
    )
    await recognition.add_decision(work.connection, decided, work.command_id)
    work.about("recognitionDecision", decided.id)
    work.about("credential", credential_id)
    work.about("researcher", decided.researcher_id)
    work.attest(of_decision(decided))
    made = decided.decision
    work.says(outcome=made.outcome.value, rule=made.rule, version=made.version_id, digest=made.digest)
    return decided


@dataclass(frozen=True, slots=True)
class Computed:
    """A decision that was computed and not kept; `agreement` and `question` are those known at `known_at`."""

    target: Target
    question: Question
    on: date
    known_at: datetime
    decision: Decision
    facts: DecisionFacts
    agreement: Agreement


async def compute(
    registry: Registry, actor: Actor, asked: AskedRecognition, known_at: datetime | None = None, *, noted: bool = True
) -> Computed:
    """What `decide_recognition` would answer, by what was known at an instant (None: now).

    Nothing is kept but the look. The same day and instant always give the same answer. Not `noted`: for whoever notes
    the look once the answer is shown.
    """
    on, wished = asked.on or registry.today(), known_at and check_instant(known_at)
    async with registry.noting(actor) as connection:
        target = await _permitted(connection, actor, asked, registry.today())
        async with duty(connection, "recognise"):
            await hold_facts(connection, asked.credential_id)
            now = await registry.instant(connection)
            instant = min(wished or now, now)
            facts = await facts_for_decision(connection, asked.credential_id, on, instant)
            agreement = await agreement_known(connection, registry, instant)
        if noted:
            await note_look(connection, actor, facts.record.credential.researcher_id, now, asked.purpose, None)
    question = question_of(facts, target, on)
    decision = decide(agreement_version_in_force(agreement, on), question)
    return Computed(target, question, on, instant, decision, facts, agreement)


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A kept decision beside the one computed again, and whether both say the same in every part."""

    kept: RecognitionDecision
    again: Decision
    same: bool


async def recompute(
    registry: Registry, actor: Actor, decision_id: UUID, purpose: str = "with: isReproducible"
) -> Recomputed:
    """Compute a kept decision again from its day and the instant of its knowledge; the look is noted.

    NotFound as for reading it; NotInForce where the agreement no longer holds the version that decided.
    """
    async with registry.reading(actor) as connection:
        kept, basis = await _get(connection, actor, decision_id, registry.today())
        async with duty(connection, "recognise"):
            facts = await facts_for_decision(connection, kept.credential_id, kept.decided_for, kept.known_at)
        agreement = await agreement_known(connection, registry, kept.known_at)
    await note_looks(registry, actor, {kept.researcher_id: basis}, PersonField.DECISIONS, purpose)
    version = version_decided_under(agreement, kept)
    again = decide(version, question_of(facts, kept.target, kept.decided_for))
    return Recomputed(kept, again, again == kept.decision and facts.used == kept.facts)


async def get_decision(
    registry: Registry, actor: Actor, decision_id: UUID, purpose: str = "with: recognitionDecision"
) -> RecognitionDecision:
    """The decision with this id; the look is noted. NotFound where it is absent or not the actor's to see."""
    async with registry.reading(actor) as connection:
        found, basis = await _get(connection, actor, decision_id, registry.today())
    await note_looks(registry, actor, {found.researcher_id: basis}, PersonField.DECISIONS, purpose)
    return found


@dataclass(frozen=True, slots=True)
class Look:
    """A look at one decision, and for what purpose."""

    decision_id: UUID
    purpose: str


async def list_looked_at(registry: Registry, actor: Actor, looks: Sequence[Look]) -> list[RecognitionDecision | None]:
    """Many decisions in their order, None where one is absent or not the actor's to see; the looks are noted."""
    async with registry.reading(actor) as connection:
        found = await recognition.list_by_ids(connection, [look.decision_id for look in looks])
        seen = await _seen(connection, actor, [one for one in found if one is not None], registry.today())
    shown = [one if one is not None and one.id in seen else None for one in found]
    for purpose in dict.fromkeys(look.purpose for look in looks):
        mine = [one for one, look in zip(shown, looks, strict=True) if one is not None and look.purpose == purpose]
        people = {one.researcher_id: seen[one.id] for one in mine}
        await note_looks(registry, actor, people, PersonField.DECISIONS, purpose)
    return shown


async def list_decisions(
    registry: Registry,
    actor: Actor,
    request: PageRequest,
    asked: DecisionFilter,
    purpose: str = "with: recognitionDecisions",
) -> Page[RecognitionDecision]:
    """The decisions that fit and that the actor may see, oldest first; a page may be shorter than asked.

    The looks are noted.
    """
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_DECISION)
    async with registry.reading(actor) as connection:
        page = await recognition.list_decisions(connection, request, asked)
        seen = await _seen(connection, actor, page.items, registry.today())
    shown = [(item, place) for item, place in zip(page.items, page.places, strict=True) if item.id in seen]
    people = {item.researcher_id: seen[item.id] for item, _ in shown}
    await note_looks(registry, actor, people, PersonField.DECISIONS, purpose)
    return Page(tuple(item for item, _ in shown), tuple(place for _, place in shown), page.has_next)


async def list_of_people(
    registry: Registry, actor: Actor, asked: Sequence[OfPerson]
) -> list[Page[RecognitionDecision]]:
    """The decisions about each person that the actor may see, oldest first; a page may be shorter than asked.

    For whoever was shown the person with the decisions: that look is noted there and is not noted again.
    """
    async with registry.reading(actor) as connection:
        pages = await recognition.list_of_people(connection, asked)
        found = [one for page in pages.values() for one in page.items]
        seen = await _seen(connection, actor, found, registry.today())
    return [pages[one].only(lambda decided: decided.id in seen) for one in asked]


async def _get(
    connection: AsyncConnection, actor: Actor, decision_id: UUID, today: date
) -> tuple[RecognitionDecision, str]:
    if actor.kind is ActorKind.ANONYMOUS:
        actor.must(Permission.READ_DECISION)
    found = await recognition.find_decision(connection, decision_id)
    basis = None if found is None else (await _seen(connection, actor, [found], today)).get(found.id)
    if found is None or basis is None:
        raise nothing_here()
    return found, basis


async def _seen(
    connection: AsyncConnection, actor: Actor, decisions: Sequence[RecognitionDecision], today: date
) -> dict[UUID, str]:
    people = list(dict.fromkeys(one.researcher_id for one in decisions))
    subjects = await subjects_of_people(connection, people, today, actor)
    opens = frozenset({PersonField.DECISIONS})
    seen = {}
    for one in decisions:
        subject = _opened(subjects[one.researcher_id], one.target_province, opens)
        basis = basis_of(actor, Permission.READ_DECISION, subject)
        if basis is not None:
            seen[one.id] = basis
    return seen


def _opened(subject: Subject, province: str, fields: frozenset[PersonField]) -> Subject:
    """The person as a decision towards a province asks: that province's authority may act, a consent must open it."""
    return replace(
        subject,
        provinces=subject.provinces | {province},
        consented=not fields.isdisjoint(subject.consented_fields),
    )


async def _permitted(connection: AsyncConnection, actor: Actor, asked: AskedRecognition, today: date) -> Target:
    """The target, checked, once the actor may ask; an absent credential and a foreign one get the same answer."""
    here = province_of(asked.target.division)
    async with duty(connection, "recognise"):
        record = await find_credential(connection, asked.credential_id)
    if record is None:
        actor.must(Permission.DECIDE_RECOGNITION)
        raise nothing_here()
    subject = await subject_of_person(connection, record.credential.researcher_id, today, actor)
    # Only the target's own authority decides: whoever else has an eye on the person does not.
    actor.must(
        Permission.DECIDE_RECOGNITION,
        replace(_opened(subject, here, _OPENS_DECIDING), provinces=frozenset({here})),
    )
    # A person need not say why they ask about themselves.
    if asked.purpose or actor.kind is not ActorKind.RESEARCHER:
        check_stated_purpose(actor, asked.purpose, "input", "purpose")
    return check_target(asked.target, asked.on or today)


def _decide(agreement: Agreement, facts: DecisionFacts, target: Target, on: date) -> Decision:
    return decide(agreement_version_in_force(agreement, on), question_of(facts, target, on))


def question_of(facts: DecisionFacts, target: Target, on: date) -> Question:
    """The question that these facts put to the agreement for a post on a day."""
    return Question(
        credential=facts.credential, target=target, source_province=facts.source_province, on=on, holder=facts.holder
    )
