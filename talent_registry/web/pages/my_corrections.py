"""A person's own corrections: /me/wrong says what is wrong, /me/corrections shows what became of it, with its acts."""

from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.correction_cases import OF_CREDENTIAL, DisputedFact, SeenCorrection
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.proceedings import ProceedingOutcome, ProceedingState
from talent_registry.services import correction_cases, credential_reads, disputes
from talent_registry.services.correction_cases import CorrectionAct, NewCorrectionCase
from talent_registry.services.permissions import nothing_here
from talent_registry.web.pages import case_turns, correction_words, words
from talent_registry.web.pages.my_record import must_be_researcher, next_address, page_asked, units_by_id
from talent_registry.web.pages.visits import Visit

_LOOK: Final = "with: correctionCase"
_FIELDS: Final = ("text", "should_read", "evidence_digest")
_BEFORE_THE_END: Final = frozenset({ProceedingState.OPEN, ProceedingState.EVIDENCE_REQUESTED})


async def show_wrong(visit: Visit) -> Response:
    """GET /me/wrong?fact=…&credential=…."""
    return await _form(visit, visit.asked("fact"), visit.asked("credential"), dict.fromkeys(_FIELDS, ""))


async def open_correction(visit: Visit) -> Response:
    """POST /me/wrong."""
    must_be_researcher(visit)
    sent = {name: visit.sent(name) for name in _FIELDS}
    fact, credential = visit.sent("fact"), visit.sent("credential")
    try:
        asked = NewCorrectionCase(
            _fact(fact), sent["text"], _id(credential), sent["should_read"] or None, sent["evidence_digest"] or None
        )
        done = await correction_cases.open_case(visit.registry, visit.actor, asked, visit.key)
    except RegistryError as error:
        return await _form(visit, fact, credential, sent, fault=error.message)
    return visit.go(f"/me/corrections/{UUID(done.result['case_id'])}")


async def show_corrections(visit: Visit) -> Response:
    """GET /me/corrections."""
    must_be_researcher(visit)
    page = await disputes.list_cases(visit.registry, visit.actor, page_asked(visit))
    return visit.page(
        "me_corrections.html",
        cases=page.items,
        more=next_address(visit, page),
        **await frame(visit, list(page.items)),
    )


async def show_correction(visit: Visit) -> Response:
    """GET /me/corrections/{id}."""
    must_be_researcher(visit)
    return await _shown(visit)


async def act_on_correction(visit: Visit) -> Response:
    """POST /me/corrections/{id}: evidence, withdrawal or appeal."""
    must_be_researcher(visit)
    act, key = visit.sent("act"), visit.key
    asked = CorrectionAct(visit.record_id, visit.sent("text"), visit.sent("evidence_digest") or None)
    try:
        if act == "evidence":
            await correction_cases.add_evidence(visit.registry, visit.actor, asked, key)
        elif act == "appeal":
            await correction_cases.appeal(visit.registry, visit.actor, asked, key)
        elif act == "withdraw":
            await correction_cases.withdraw(visit.registry, visit.actor, visit.record_id, key)
        else:
            raise nothing_here(("act",))
    except RegistryError as error:
        return await _shown(visit, fault=error.message)
    return visit.go(f"/me/corrections/{visit.record_id}")


async def frame(visit: Visit, seen: list[SeenCorrection]) -> dict[str, Any]:
    """What every page of correction cases is filled with."""
    return {
        "units": await units_by_id(
            visit, [unit for one in seen for unit in (one.case.source_id, *(e.organisation_id for e in one.events))]
        ),
        "as_of": visit.registry.clock(),
        "words": words,
        "case_turns": case_turns,
        "correction_words": correction_words,
    }


async def _shown(visit: Visit, fault: Message | None = None) -> Response:
    seen = await disputes.get_case(visit.registry, visit.actor, visit.record_id, _LOOK)
    position = seen.position
    return visit.page(
        "me_correction.html",
        status=400 if fault else 200,
        seen=seen,
        fault=fault,
        adds=position.state in _BEFORE_THE_END,
        appeals=position.state is ProceedingState.DECIDED and position.outcome is ProceedingOutcome.DECLINED,
        sent=visit.sent("text"),
        **await frame(visit, [seen]),
    )


async def _form(
    visit: Visit, fact: str, credential: str, sent: dict[str, str], *, fault: Message | None = None
) -> Response:
    must_be_researcher(visit)
    asked, record = _fact(fact), None
    if asked in OF_CREDENTIAL:
        named = _id(credential)
        if named is None:
            raise nothing_here(("credential",))
        record = await credential_reads.get_credential(visit.registry, visit.actor, named, _LOOK)
    return visit.page(
        "me_wrong.html",
        status=400 if fault else 200,
        fact=asked,
        record=record,
        sent=sent,
        fault=fault,
        words=words,
        correction_words=correction_words,
    )


def _fact(text: str) -> DisputedFact:
    try:
        return DisputedFact(text)
    except ValueError:
        raise nothing_here(("fact",)) from None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise nothing_here(("credential",)) from None
