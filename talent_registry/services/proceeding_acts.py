"""Acts in a case: evidence asked for and given, the decision, the withdrawal, the appeal."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from talent_registry.domain.errors import NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.domain.proceeding_checks import Act, check_act, check_other_account
from talent_registry.domain.proceeding_positions import position_on
from talent_registry.domain.proceedings import ProceedingEventKind, ProceedingOutcome
from talent_registry.services.moments import lock_person
from talent_registry.services.permissions import Actor, Permission, nothing_here
from talent_registry.services.proceeding_openings import SeenCase, add_event, event_of, see_cases
from talent_registry.services.proceedings import subject_of_case
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.storage import proceedings

_E = ProceedingEventKind
# Acts that somebody must answer for by name, and those that the one who acted before may not do.
_NEEDS_ACCOUNT = frozenset({_E.DECIDED, _E.APPEAL_DECIDED, _E.OVERRIDE_APPROVED, _E.OVERRIDE_DECLINED})
_NEEDS_ANOTHER = frozenset({_E.APPEAL_DECIDED, _E.OVERRIDE_APPROVED, _E.OVERRIDE_DECLINED})


@dataclass(frozen=True, slots=True)
class CaseAct:
    """An act in a case, with the words of whoever acts."""

    case_id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class CaseDecision:
    """What the body decides in a case, or on appeal, and its grounds."""

    case_id: UUID
    outcome: ProceedingOutcome
    text: str


async def request_evidence(registry: Registry, actor: Actor, asked: CaseAct, key: str) -> Done:
    """Ask the applicant for evidence: the body's clock stands still from today. Answer: `case_id`, `state`, `outcome`.

    The body: the authority of the post, or the issuer (or its province's authority) where it verifies.
    """
    act = Act(_E.EVIDENCE_REQUESTED, text=asked.text)
    return await perform_act(registry, actor, "requestCaseEvidence", Permission.CONDUCT_CASE, asked.case_id, act, key)


async def give_evidence(registry: Registry, actor: Actor, asked: CaseAct, key: str) -> Done:
    """The applicant answers: the clock goes on after today. Answer: see `request_evidence`."""
    act = Act(_E.EVIDENCE_GIVEN, text=asked.text)
    return await perform_act(registry, actor, "answerCaseEvidence", Permission.PURSUE_CASE, asked.case_id, act, key)


async def decide(registry: Registry, actor: Actor, asked: CaseDecision, key: str) -> Done:
    """The body decides, with grounds. Answer: see `request_evidence`; errors as `check_act`."""
    act = Act(_E.DECIDED, asked.outcome, asked.text)
    return await perform_act(registry, actor, "decideCase", Permission.CONDUCT_CASE, asked.case_id, act, key)


async def withdraw(registry: Registry, actor: Actor, case_id: UUID, key: str) -> Done:
    """The applicant withdraws what is not decided yet. Answer: see `request_evidence`."""
    act = Act(_E.WITHDRAWN)
    return await perform_act(registry, actor, "withdrawCase", Permission.PURSUE_CASE, case_id, act, key)


async def appeal(registry: Registry, actor: Actor, asked: CaseAct, key: str) -> Done:
    """The applicant appeals a refusal within the term. Answer: see `request_evidence`."""
    act = Act(_E.APPEALED, text=asked.text)
    return await perform_act(registry, actor, "appealCase", Permission.PURSUE_CASE, asked.case_id, act, key)


async def decide_appeal(registry: Registry, actor: Actor, asked: CaseDecision, key: str) -> Done:
    """The body decides an appeal, by another account than the one that decided. Answer: see `request_evidence`."""
    act = Act(_E.APPEAL_DECIDED, asked.outcome, asked.text)
    return await perform_act(registry, actor, "decideAppeal", Permission.CONDUCT_CASE, asked.case_id, act, key)


async def perform_act(
    registry: Registry, actor: Actor, name: str, permission: Permission, case_id: UUID, asked: Act, key: str
) -> Done:
    """Carry out an act of the actor in a case. Answer: `case_id`, `state`, `outcome`; errors as `check_act`."""

    async def act(work: Work) -> dict[str, Any]:
        seen = await lock_case(work, case_id)
        if seen is None:
            actor.must(permission)
            raise nothing_here()
        actor.must(permission, subject_of_case(seen.case, permission))
        done = check_act(seen.case, seen.position, asked)
        if done.event in _NEEDS_ACCOUNT:
            account_id = account_of(actor)
            if done.event in _NEEDS_ANOTHER:
                check_other_account(list(seen.events), account_id)
        new = event_of(work, seen.case, done.event, done.outcome, done.text)
        await add_event(work, seen.case, new)
        events = (*seen.events, new)
        return answer_of(SeenCase(seen.case, events, position_on(seen.case, events, work.today)))

    return await perform(registry, actor, name, key, {"case": case_id, "act": asked}, act)


async def lock_case(work: Work, case_id: UUID) -> SeenCase | None:
    """The case as it stands today, its person locked, so that nobody acts in it at the same time.

    Whoever waited for the lock past midnight, or whose server's day is behind, acts on the day of what happened last.
    """
    (found,) = await proceedings.list_by_ids(work.connection, [case_id])
    if found is None:
        return None
    await lock_person(work, found.researcher_id)
    happened = await proceedings.list_events(work.connection, [case_id])
    work.today = max(work.today, *(one.on_day for one in happened[case_id]))
    (seen,) = await see_cases(work.connection, [found], work.today)
    return seen


def account_of(actor: Actor) -> UUID:
    """The account that answers for an act; NotPermitted without one."""
    if actor.account_id is None:
        raise NotPermitted(
            Message(
                zh="此项须由登记的账户办理。请用自己的账户登录。",
                en="This act needs an account that answers for it. Sign in with yours.",
            ),
            reason="NO_ACCOUNT",
        )
    return actor.account_id


def answer_of(seen: SeenCase) -> dict[str, Any]:
    """What every command on a case answers, as JSON."""
    outcome = seen.position.outcome
    return {
        "case_id": str(seen.case.id),
        "state": seen.position.state.value,
        "outcome": None if outcome is None else outcome.value,
    }
