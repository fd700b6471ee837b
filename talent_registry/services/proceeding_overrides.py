"""Overriding a refusal of the machine: proposed by the authority of the post, settled by the other province."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from talent_registry.domain.agreements import Outcome, Procedure, agreement_version_in_force
from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.errors import Conflict, NotInForce
from talent_registry.domain.messages import Message
from talent_registry.domain.proceeding_checks import Act, check_text
from talent_registry.domain.proceedings import ProceedingEventKind, ProceedingOutcome
from talent_registry.services.agreements import agreement_known
from talent_registry.services.moments import lock_person
from talent_registry.services.permissions import Actor, Permission, Subject, nothing_here
from talent_registry.services.proceeding_acts import CaseAct, account_of, answer_of, perform_act
from talent_registry.services.proceeding_openings import confirmed_among, confirming, list_cases_on, open_in, see_cases
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import recognition
from talent_registry.storage.session import duty

_E = ProceedingEventKind


@dataclass(frozen=True, slots=True)
class NewOverride:
    """A kept decision of the machine to override, and the grounds."""

    decision_id: UUID
    text: str


async def propose_override(registry: Registry, actor: Actor, asked: NewOverride, key: str) -> Done:
    """The authority of the post proposes to override a refusal of the machine. Answer: see `perform_act`.

    The decision stays as it is, with rule, findings and facts. NotInForce (NOT_OVERRIDABLE) where the agreement opens
    no override of the clause, or the decision is no refusal; Conflict: CASE_PENDING while a case is pending,
    OVERRIDDEN_BEFORE where a case granted the same on the same facts.
    """

    async def act(work: Work) -> dict[str, Any]:
        decided = await recognition.find_decision(work.connection, asked.decision_id)
        if decided is None:
            work.actor.must(Permission.PROPOSE_OVERRIDE)
            raise nothing_here()
        here = frozenset({decided.target_province})
        work.actor.must(Permission.PROPOSE_OVERRIDE, Subject(provinces=here))
        account_of(actor)
        text = check_text(asked.text)
        await lock_person(work, decided.researcher_id)
        async with duty(work.connection, "recognise"):
            procedure = await _override_of(work, decided)
            await _check_open(work, decided)
            case = await open_in(work, decided, procedure, text=text)
            (seen,) = await see_cases(work.connection, [case], work.today)
        return answer_of(seen)

    return await perform(registry, actor, "proposeOverride", key, asked, act)


async def approve_override(registry: Registry, actor: Actor, asked: CaseAct, key: str) -> Done:
    """The authority of the other province agrees to an override. Answer: see `perform_act`."""
    act = Act(_E.OVERRIDE_APPROVED, ProceedingOutcome.CONFIRMED, asked.text)
    return await perform_act(registry, actor, "approveOverride", Permission.APPROVE_OVERRIDE, asked.case_id, act, key)


async def decline_override(registry: Registry, actor: Actor, asked: CaseAct, key: str) -> Done:
    """The authority of the other province does not agree: the refusal stands. Answer: see `perform_act`."""
    act = Act(_E.OVERRIDE_DECLINED, ProceedingOutcome.REFUSED, asked.text)
    return await perform_act(registry, actor, "declineOverride", Permission.APPROVE_OVERRIDE, asked.case_id, act, key)


async def _override_of(work: Work, decided: RecognitionDecision) -> Procedure:
    made = decided.decision
    agreement = await agreement_known(work.connection, work.registry)
    version = agreement_version_in_force(agreement, work.today)
    procedure = version.find_procedure(made.outcome, made.rule)
    if made.outcome is Outcome.NOT_RECOGNISED and procedure is not None:
        return procedure
    raise NotInForce(
        Message(
            zh=f"协议没有为条款 {made.rule} 规定人工更正。请由发证单位更正记录，或按该条款所示办理。",
            en=f"The agreement opens no override of clause {made.rule}. Have the issuer correct its record, or do what "
            "the clause says.",
        ),
        reason="NOT_OVERRIDABLE",
    )


async def _check_open(work: Work, decided: RecognitionDecision) -> None:
    cases = await list_cases_on(work.connection, decided, work.today)
    if any(one.position.is_pending for one in cases):
        raise Conflict(
            Message(
                zh="同一证书、同一岗位已有办件在办。请先办结该办件。",
                en="A case on the same credential and post is pending. Settle that one first.",
            ),
            reason="CASE_PENDING",
        )
    if confirmed_among(cases, confirming(decided, work.today)) is not None:
        raise Conflict(
            Message(
                zh="该认定所依据的事实未变，且已经人工更正，更正仍然有效。无需再次提出。",
                en="This decision has been overridden on the same facts, and that holds. Nothing need be proposed.",
            ),
            reason="OVERRIDDEN_BEFORE",
        )
