"""Carrying one's credential to the other province: the answer before applying, the application, the cases."""

from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from talent_registry.domain.divisions import province_of
from talent_registry.domain.questions import Target
from talent_registry.services import counterfactuals, credential_reads, proceedings, receipts, recognition
from talent_registry.services.recognition import AskedRecognition
from talent_registry.web.pages import case_turns, me_words, words
from talent_registry.web.pages.my_record import (
    credential_facts,
    must_be_researcher,
    next_address,
    page_asked,
    units_by_id,
)
from talent_registry.web.pages.visits import Visit

_LOOK: Final = "with: recognitionDecision"


async def show_credential(visit: Visit) -> Response:
    """GET /me/credentials/{id}: the credential, and the answer for the post that the address names."""
    must_be_researcher(visit)
    record = await credential_reads.get_credential(visit.registry, visit.actor, visit.record_id, _LOOK)
    today, version = visit.registry.today(), record.version
    target = _target(visit, visit.asked("division"), visit.asked("post_series"), away_from=version.issuer_division)
    asked = AskedRecognition(record.credential.id, target)
    computed = await recognition.compute(visit.registry, visit.actor, asked)
    return visit.page(
        "me_credential.html",
        record=record,
        standing=record.standing(today),
        facts=credential_facts(visit, record),
        target=target,
        computed=computed,
        missing=counterfactuals.missing_for(computed),
        units=await units_by_id(visit, [record.credential.issuer_id, version.source_id]),
        **_frame(visit),
    )


async def apply(visit: Visit) -> Response:
    """POST /me/credentials/{id}: decide, keep the decision and open the case that it leaves open."""
    must_be_researcher(visit)
    target = _target(visit, visit.sent("division"), visit.sent("post_series"))
    asked = AskedRecognition(visit.record_id, target)
    done = await recognition.decide_recognition(visit.registry, visit.actor, asked, visit.key)
    return visit.go(f"/me/decisions/{UUID(done.result['decision_id'])}")


async def show_decision(visit: Visit) -> Response:
    """GET /me/decisions/{id}: what was decided, and the case that it opened."""
    must_be_researcher(visit)
    kept = await recognition.get_decision(visit.registry, visit.actor, visit.record_id)
    (opened,) = await proceedings.list_of_decisions(visit.registry, visit.actor, [kept.id])
    given = await receipts.list_of_decision(visit.registry, visit.actor, kept.id)
    return visit.page(
        "me_decision.html", kept=kept, seen=opened, receipts=given, turn=case_turns.turn_of, **_frame(visit)
    )


async def show_cases(visit: Visit) -> Response:
    """GET /me/cases."""
    person_id = must_be_researcher(visit)
    sought = proceedings.SoughtCases(researcher_id=person_id)
    page = await proceedings.list_cases(visit.registry, visit.actor, page_asked(visit), sought)
    return visit.page(
        "me_cases.html",
        cases=page.items,
        more=next_address(visit, page),
        turn=case_turns.turn_of,
        **_frame(visit),
    )


def _target(visit: Visit, division: str, series: str, *, away_from: str = "") -> Target:
    """The post asked for; where no province is named, one in which the credential was not issued."""
    known = {code for code, _ in words.series_names()}
    provinces = [code for code, _ in visit.provinces]
    if division not in provinces:
        home = province_of(away_from) if away_from else None
        division = next(code for code in provinces if code != home)
    return Target(division=division, post_series=series if series in known else None)


def _frame(visit: Visit) -> dict[str, Any]:
    return {
        "as_of": visit.registry.clock(),
        "provinces": visit.provinces,
        "series": words.series_names(),
        "words": words,
        "me_words": me_words,
        "case_turns": case_turns,
    }
