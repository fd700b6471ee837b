"""A person's own corrections: /me/wrong says what is wrong, /me/corrections shows what became of it, with its acts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.correction_cases import OF_CREDENTIAL, DisputedFact, SeenCorrection
from talent_registry.domain.errors import RegistryError
from talent_registry.domain.messages import Message
from talent_registry.domain.proceedings import ProceedingOutcome, ProceedingState
from talent_registry.services import correction_cases, credential_reads, disputes, looks
from talent_registry.services.correction_cases import CorrectionAct, NewCorrectionCase
from talent_registry.services.permissions import nothing_here
from talent_registry.web.pages import case_turns, correction_words, look_words, me_words, words
from talent_registry.web.pages.disputed_values import recorded_values
from talent_registry.web.pages.my_record import must_be_researcher, next_address, page_asked, units_by_id
from talent_registry.web.pages.visits import Visit

_LOOK: Final = "with: correctionCase"
_FIELDS: Final = ("text", "should_read", "evidence_digest")
_BEFORE_THE_END: Final = frozenset({ProceedingState.OPEN, ProceedingState.EVIDENCE_REQUESTED})


async def show_wrong(visit: Visit) -> Response:
    """GET /me/wrong?fact=…&credential=…, of a look ?fact=LOOK&look=…."""
    return await _form(visit, _named(visit.asked), dict.fromkeys(_FIELDS, ""))


async def open_correction(visit: Visit) -> Response:
    """POST /me/wrong."""
    must_be_researcher(visit)
    sent = {name: visit.sent(name) for name in _FIELDS}
    named = _named(visit.sent)
    try:
        asked = NewCorrectionCase(
            named.fact,
            sent["text"],
            named.credential_id,
            sent["should_read"] or None,
            sent["evidence_digest"] or None,
            named.look_id,
        )
        done = await correction_cases.open_case(visit.registry, visit.actor, asked, visit.key)
    except RegistryError as error:
        return await _form(visit, named, sent, fault=error.message)
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
            visit,
            [unit for one in seen for unit in _offices(one)],
        ),
        "as_of": visit.registry.clock(),
        "words": words,
        "case_turns": case_turns,
        "correction_words": correction_words,
        "me_words": me_words,
        "look_words": look_words,
    }


def _offices(seen: SeenCorrection) -> list[UUID | None]:
    looked = None if seen.look is None else seen.look.organisation_id
    return [seen.case.source_id, looked, *(event.organisation_id for event in seen.events)]


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


@dataclass(frozen=True, slots=True)
class _Named:
    """What is said to be wrong: the fact, and of which credential, or which look."""

    fact: DisputedFact
    credential_id: UUID | None
    look_id: UUID | None


def _named(said: Callable[[str], str]) -> _Named:
    """What the address or the form names; NotFound where it names nothing."""
    try:
        fact = DisputedFact(said("fact"))
    except ValueError:
        raise nothing_here(("fact",)) from None
    named = _Named(fact, _id(said("credential"), "credential"), _id(said("look"), "look"))
    if (named.fact in OF_CREDENTIAL and named.credential_id is None) or (
        named.fact is DisputedFact.LOOK and named.look_id is None
    ):
        raise nothing_here(("fact",))
    return named


async def _form(visit: Visit, named: _Named, sent: dict[str, str], *, fault: Message | None = None) -> Response:
    must_be_researcher(visit)
    record = look = None
    if named.fact in OF_CREDENTIAL and named.credential_id is not None:
        record = await credential_reads.get_credential(visit.registry, visit.actor, named.credential_id, _LOOK)
    if named.fact is DisputedFact.LOOK and named.look_id is not None:
        reported = await disputes.list_reports(visit.registry, visit.actor, [named.look_id])
        if reported and fault is None:
            return visit.go(f"/me/corrections/{reported[named.look_id]}")
        look = await looks.get_own_look(visit.registry, visit.actor, named.look_id)
    return visit.page(
        "me_wrong.html",
        status=400 if fault else 200,
        fact=named.fact,
        record=record,
        look=look,
        units={} if look is None else await units_by_id(visit, [look.organisation_id]),
        recorded=await recorded_values(visit, named.fact, record),
        as_of=visit.registry.clock(),
        sent=sent,
        fault=fault,
        words=words,
        correction_words=correction_words,
        me_words=me_words,
        look_words=look_words,
    )


def _id(text: str, name: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise nothing_here((name,)) from None
