"""The pages of cases for the offices that see to them: the queue with its clocks, and one case with its acts."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.clocks import METHOD
from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.errors import InvalidInput, NotFound, RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import Page
from talent_registry.domain.proceedings import ProceedingEventKind, ProceedingKind, ProceedingOutcome
from talent_registry.domain.researchers import PersonField
from talent_registry.services import credential_reads, proceeding_acts, proceeding_overrides, proceedings, recognition
from talent_registry.services.accesses import Look, look_at_each
from talent_registry.services.permissions import ActorKind, nothing_here, sign_in_first
from talent_registry.services.proceeding_openings import SeenCase
from talent_registry.web.pages import case_turns, case_words, fact_words, words
from talent_registry.web.pages.my_record import page_asked, units_by_id
from talent_registry.web.pages.visits import Visit

_OFFICES: Final = frozenset({ActorKind.AUTHORITY, ActorKind.ISSUER})
_KINDS: Final = {one.value: one for one in ProceedingKind}
_SAYS: Final = {
    ProceedingEventKind.EVIDENCE_REQUESTED.value: proceeding_acts.request_evidence,
    ProceedingEventKind.OVERRIDE_APPROVED.value: proceeding_overrides.approve_override,
    ProceedingEventKind.OVERRIDE_DECLINED.value: proceeding_overrides.decline_override,
}
_DECIDES: Final = {
    ProceedingEventKind.DECIDED.value: proceeding_acts.decide,
    ProceedingEventKind.APPEAL_DECIDED.value: proceeding_acts.decide_appeal,
}
_LOOK: Final = "with: recognitionCase"


async def show_cases(visit: Visit) -> Response:
    """GET /cases: what awaits the office, or with `?all=1` whatever it may see; by kind, overdue or closed."""
    must_see_to_cases(visit)
    kind, overdue = _KINDS.get(visit.asked("kind")), visit.asked("overdue") == "1"
    shows_all = visit.asked("all") == "1"
    sought = proceedings.SoughtCases(
        kind=kind,
        mine=not shows_all,
        pending=None if shows_all and not overdue else True,
        due_before=visit.registry.today() if overdue else None,
    )
    page = await proceedings.list_cases(visit.registry, visit.actor, page_asked(visit, 20), sought)
    return visit.page(
        "cases.html",
        cases=page.items,
        following=_following(visit, page),
        kind=visit.asked("kind") if kind else "",
        overdue=overdue,
        shows_all=shows_all,
        proposes=visit.actor.kind is ActorKind.AUTHORITY,
        **_frame(visit),
    )


async def show_case(visit: Visit) -> Response:
    """GET /cases/{id}."""
    must_see_to_cases(visit)
    return await _case(visit)


async def act_on_case(visit: Visit) -> Response:
    """POST /cases/{id}: ask for evidence, decide, decide an appeal, agree or not to an override."""
    must_see_to_cases(visit)
    case_id, act, text, key = visit.record_id, visit.sent("act"), visit.sent("text"), visit.key
    try:
        if act in _SAYS:
            await _SAYS[act](visit.registry, visit.actor, proceeding_acts.CaseAct(case_id, text), key)
        elif act in _DECIDES:
            asked = proceeding_acts.CaseDecision(case_id, _outcome(visit.sent("outcome")), text)
            await _DECIDES[act](visit.registry, visit.actor, asked, key)
        else:
            raise nothing_here(("act",))
    except NotFound:
        raise
    except RegistryError as fault:
        return await _case(visit, fault=fault.message)
    return visit.go(f"/cases/{case_id}?done=1")


def must_see_to_cases(visit: Visit) -> None:
    """Refuse whoever is no office that sees to cases; nobody signed in is asked to sign in."""
    if not visit.is_signed_in:
        raise sign_in_first()
    if visit.actor.kind not in _OFFICES:
        raise nothing_here()


async def _case(visit: Visit, *, fault: Message | None = None) -> Response:
    seen = await proceedings.get_case(visit.registry, visit.actor, visit.record_id)
    acts = case_words.acts_of(seen, visit.actor)
    kept = await _decision(visit, seen.case.decision_id)
    sources = [] if kept is None else [one.source_id for one in kept.facts]
    offices = [seen.case.issuer_id, *(one.organisation_id for one in seen.events), *sources]
    return visit.page(
        "case.html",
        status=409 if fault else 200,
        seen=seen,
        acts=acts,
        kept=kept,
        units=await units_by_id(visit, offices),
        person=await _person(visit, seen.case.researcher_id),
        certificate=await _number(visit, seen.case.credential_id),
        outcomes=case_words.outcomes_of(seen),
        sent={name: visit.sent(name) for name in ("text", "outcome", "act")},
        decided_by_me=_decided_by(visit, seen),
        fault=fault,
        done=visit.asked("done"),
        **_frame(visit),
    )


async def _decision(visit: Visit, decision_id: UUID) -> RecognitionDecision | None:
    """The program's decision with its findings and facts, where it is the office's to read."""
    try:
        return await recognition.get_decision(visit.registry, visit.actor, decision_id, _LOOK)
    except NotFound:
        return None


async def _person(visit: Visit, person_id: UUID) -> str | None:
    (seen,) = await look_at_each(visit.registry, visit.actor, [Look(person_id, frozenset({PersonField.NAME}), _LOOK)])
    return None if seen is None or seen.name is None else seen.name.name_zh


async def _number(visit: Visit, credential_id: UUID) -> str | None:
    look = credential_reads.Look(credential_id, _LOOK)
    (found,) = await credential_reads.list_looked_at(visit.registry, visit.actor, [look])
    return None if found is None else found.credential.number


def _decided_by(visit: Visit, seen: SeenCase) -> bool:
    """Whether this very account decided or proposed before, so that another one must decide again."""
    mine = (ProceedingEventKind.DECIDED, ProceedingEventKind.OVERRIDE_PROPOSED)
    account = visit.actor.account_id
    return account is not None and any(one.account_id == account and one.event in mine for one in seen.events)


def _following(visit: Visit, page: Page[SeenCase]) -> str | None:
    """The next page of the same queue; it may be short, for what no longer fits is left out."""
    if not page.has_next or page.end is None:
        return None
    kept: Sequence[tuple[str, str]] = [
        (name, value) for name, value in visit.request.query_params.multi_items() if name in ("kind", "overdue", "all")
    ]
    return f"/cases?{urlencode([*kept, *(('after', part) for part in page.end)])}"


def _outcome(text: str) -> ProceedingOutcome:
    try:
        return ProceedingOutcome(text)
    except ValueError:
        raise InvalidInput(
            Message(zh="请选择结论。", en="Choose what you decide."), reason="OUTCOME", path=("input", "outcome")
        ) from None


def _frame(visit: Visit) -> dict[str, Any]:
    return {
        "as_of": visit.registry.clock(),
        "today": visit.registry.today(),
        "words": words,
        "case_turns": case_turns,
        "case_words": case_words,
        "fact_words": fact_words,
        "method": METHOD,
    }
