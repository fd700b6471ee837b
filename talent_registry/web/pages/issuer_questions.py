"""Asking the issuer: from the result of a verification, the list /questions with its clocks, and one question."""

from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.errors import Conflict, InvalidInput, Limited, RegistryError
from talent_registry.domain.issuer_questions import IssuerAnswer, WhyNoAnswer
from talent_registry.domain.messages import Message
from talent_registry.domain.organisations import Organisation
from talent_registry.domain.pages import PageRequest
from talent_registry.services import issuer_questions as questions
from talent_registry.services.permissions import ActorKind, nothing_here, sign_in_first
from talent_registry.web.pages import question_words
from talent_registry.web.pages.my_record import next_address, page_asked, units_by_id
from talent_registry.web.pages.placement_terms import read_day
from talent_registry.web.pages.visits import Visit, status_of

_OFFICES: Final = frozenset({ActorKind.HR, ActorKind.ISSUER, ActorKind.AUTHORITY})
_MOST_LISTED: Final = 100
_BY_WHEN: Final = Message(zh="补录的最后期限", en="Day by which it will be recorded")


async def asking(visit: Visit, issuer: Organisation | None = None, asked: UUID | None = None) -> dict[str, Any]:
    """What the form to ask an issuer needs: whom one may ask, by province; nobody for whoever may not ask.

    Where the issuer is known, it alone; `asked` is who was chosen before.
    """
    groups: list[tuple[Message, list[Organisation]]] = []
    if visit.actor.kind in _OFFICES and questions.may_ask(visit.actor):
        for code, name in visit.provinces:
            some = [issuer] if issuer is not None and issuer.province == code else []
            if issuer is None:
                request = PageRequest(_MOST_LISTED)
                some = list((await questions.list_addressees(visit.registry, visit.actor, request, code)).items)
            others = [one for one in some if one.id != visit.actor.organisation_id]
            groups += [(name, others)] if others else []
    return {"may_be_asked": groups, "issuer_asked": asked}


async def show_questions(visit: Visit) -> Response:
    """GET /questions: what still waits; with ?all=1 what ended too."""
    return await _listed(visit)


async def ask(visit: Visit) -> Response:
    """POST /questions."""
    _must_be_office(visit)
    issuer = _id(visit.sent("issuer"))
    asked = questions.NewQuestion(issuer, visit.sent("number"), visit.sent("name"), visit.sent("purpose"))
    try:
        done = await questions.ask(visit.registry, visit.actor, asked, visit.key)
    except (InvalidInput, Conflict, Limited) as refusal:
        return await _listed(visit, fault=refusal, issuer=issuer)
    return visit.go(f"/questions/{done.result['question_id']}")


async def show_question(visit: Visit) -> Response:
    """GET /questions/{id}."""
    return await _shown(visit)


async def act_on_question(visit: Visit) -> Response:
    """POST /questions/{id}: answered by a choice, or withdrawn."""
    _must_be_office(visit)
    try:
        if visit.sent("act") == "withdraw":
            await questions.withdraw(visit.registry, visit.actor, visit.record_id, visit.key)
        elif visit.sent("act") == "answer":
            await questions.answer(visit.registry, visit.actor, _answer(visit), visit.key)
        else:
            raise nothing_here(("act",))
    except (InvalidInput, Conflict) as refusal:
        return await _shown(visit, fault=refusal)
    return visit.go(f"/questions/{visit.record_id}")


def _answer(visit: Visit) -> questions.NewAnswer:
    by_when = visit.sent("recorded_by")
    try:
        said = IssuerAnswer(visit.sent("answer"))
        why = WhyNoAnswer(visit.sent("why")) if visit.sent("why") else None
    except ValueError:
        raise nothing_here(("answer",)) from None
    day = read_day(by_when, _BY_WHEN) if by_when else None
    return questions.NewAnswer(visit.record_id, said, why, day)


async def _listed(visit: Visit, *, fault: RegistryError | None = None, issuer: UUID | None = None) -> Response:
    _must_be_office(visit)
    pending = None if visit.asked("all") == "1" else True
    page = await questions.list_questions(visit.registry, visit.actor, page_asked(visit), pending=pending)
    following = next_address(visit, page)
    if following is not None and pending is None:
        following += "&all=1"
    return visit.page(
        "questions.html",
        status=200 if fault is None else status_of(fault.code),
        rows=page.items,
        pending=pending,
        more=following,
        fault=None if fault is None else fault.message,
        sent={name: visit.sent(name) for name in ("number", "name", "purpose")},
        **await asking(visit, asked=issuer),
        **await _frame(visit, list(page.items)),
    )


async def _shown(visit: Visit, *, fault: RegistryError | None = None) -> Response:
    _must_be_office(visit)
    seen = await questions.get_question(visit.registry, visit.actor, visit.record_id)
    is_open = seen.question.ended_at is None
    return visit.page(
        "question.html",
        status=200 if fault is None else status_of(fault.code),
        seen=seen,
        may_answer=is_open and questions.may_answer(visit.actor, seen.question),
        may_withdraw=is_open and seen.question.organisation_id == visit.actor.organisation_id,
        fault=None if fault is None else fault.message,
        sent={name: visit.sent(name) for name in ("answer", "why", "recorded_by")},
        **await _frame(visit, [seen]),
    )


async def _frame(visit: Visit, seen: list[questions.SeenQuestion]) -> dict[str, Any]:
    ids = [unit for one in seen for unit in (one.question.organisation_id, one.question.addressee_id)]
    return {
        "units": await units_by_id(visit, ids),
        "own": visit.actor.organisation_id,
        "question_words": question_words,
        "as_of": visit.registry.clock(),
    }


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise nothing_here(("issuer",)) from None


def _must_be_office(visit: Visit) -> None:
    if not visit.is_signed_in:
        raise sign_in_first()
    if visit.actor.kind not in _OFFICES:
        raise nothing_here()
