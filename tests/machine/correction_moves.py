"""The moves in corrections that people ask for: opened, proved, declined, appealed, withdrawn, and put right."""

from dataclasses import replace
from random import Random
from typing import Any

from talent_registry.domain.correction_cases import OF_CREDENTIAL, OF_PERSON, DisputedFact
from talent_registry.services import correction_cases
from talent_registry.services.permissions import Actor
from tests.machine.asking import Asked, mostly, move
from tests.machine.stage import Row, Side, Stage

CASES = (
    "SELECT c.*, (SELECT event FROM correction_event e WHERE e.case_id = c.id ORDER BY at DESC, id DESC LIMIT 1) "
    "AS last FROM correction_case c WHERE c.researcher_id = ANY(%(people)s) ORDER BY c.opened_on, c.id"
)

LOOKS = "SELECT id FROM access WHERE researcher_id = %(person)s AND account_id IS NOT NULL ORDER BY id"


def a_correction(stage: Stage, chance: Random, *last: str) -> tuple[Row, Side, Actor] | None:
    """A case of either person in which this happened last, mostly, and an office that keeps the fact."""
    rows = stage.ask(CASES, people=[side.person for side in stage.cast.sides])
    found = mostly(chance, [row for row in rows if row["last"] in last], rows)
    if found is None:
        return None
    side = stage.cast.side_of(found["researcher_id"])
    offices = [one for one in stage.cast.sides if one.province == found["body_province"]]
    return found, side, offices[0].officer


def beyond(stage: Stage, office: Actor) -> tuple[Actor, ...]:
    """Who has no part in what this office keeps."""
    far = next(one.officer for one in stage.cast.sides if one.province != office.province)
    return (*stage.cast.outsiders, stage.cast.agency, far)


@move("openCorrectionCase", 3)
def open_correction(stage: Stage, chance: Random) -> Asked:
    side = chance.choice(stage.cast.sides)
    looks = stage.ask(LOOKS, person=side.person) if chance.randrange(4) == 0 else []
    if looks:
        report = correction_cases.NewCorrectionCase(
            DisputedFact.LOOK, "与该单位无关。", look_id=chance.choice(looks)["id"]
        )
        return Asked(side.me, correction_cases.open_case, report, (*stage.cast.outsiders, side.officer, *side.hrs))
    fact = chance.choice(sorted(OF_PERSON | {DisputedFact.LEVEL, DisputedFact.SPECIALTY}))
    credential = side.titles[0] if fact in OF_CREDENTIAL else None
    asked = correction_cases.NewCorrectionCase(fact, chance.choice(("与原件不符。", "与原件不符。", "")), credential)
    other = stage.cast.other(side)
    # Of a fact of the person there is nothing to name: each would speak of their own.
    never = (*stage.cast.outsiders, side.officer, other.me) if credential else (side.officer, *side.hrs)
    return Asked(side.me, correction_cases.open_case, asked, never)


def _by_office(stage: Stage, chance: Random, call: Any, *last: str) -> Asked | None:
    found = a_correction(stage, chance, *last)
    if found is None:
        return None
    row, side, office = found
    asked = correction_cases.CorrectionAct(row["id"], "经核对，与原始材料一致。")
    return Asked(office, call, asked, (*beyond(stage, office), side.me))


def _by_person(stage: Stage, chance: Random, call: Any, *last: str) -> Asked | None:
    found = a_correction(stage, chance, *last)
    if found is None:
        return None
    row, side, office = found
    asked = correction_cases.CorrectionAct(row["id"], "附材料。", chance.choice((None, "0f" * 32)))
    return Asked(side.me, call, asked, (*beyond(stage, office), office, *side.hrs))


@move("requestCorrectionEvidence", 1)
def request_correction_evidence(stage: Stage, chance: Random) -> Asked | None:
    return _by_office(stage, chance, correction_cases.request_evidence, "OPENED", "EVIDENCE_GIVEN")


@move("addCorrectionEvidence", 1)
def add_correction_evidence(stage: Stage, chance: Random) -> Asked | None:
    return _by_person(stage, chance, correction_cases.add_evidence, "OPENED", "EVIDENCE_REQUESTED")


@move("declineCorrection", 2)
def decline_correction(stage: Stage, chance: Random) -> Asked | None:
    asked = _by_office(stage, chance, correction_cases.decline, "OPENED", "EVIDENCE_GIVEN", "APPEALED")
    if asked is None or chance.randrange(2):
        return asked
    colleague = next(one.colleague for one in stage.cast.sides if one.officer == asked.actor)
    return replace(asked, actor=colleague)


@move("upholdLookReport", 1)
def uphold_look_report(stage: Stage, chance: Random) -> Asked | None:
    rows = stage.ask(CASES, people=[side.person for side in stage.cast.sides])
    reported = [row for row in rows if row["fact"] == DisputedFact.LOOK]
    found = mostly(chance, [row for row in reported if row["last"] in ("OPENED", "APPEALED")], reported)
    if found is None:
        return None
    offices = [one for one in stage.cast.sides if one.province == found["body_province"]]
    office = chance.choice((offices[0].officer, offices[0].colleague))
    asked = correction_cases.CorrectionAct(found["id"], "该账户与本人无关系。")
    me = stage.cast.side_of(found["researcher_id"]).me
    return Asked(office, correction_cases.uphold, asked, (*beyond(stage, office), me))


@move("appealCorrection", 1)
def appeal_correction(stage: Stage, chance: Random) -> Asked | None:
    return _by_person(stage, chance, correction_cases.appeal, "DECIDED")


@move("withdrawCorrection", 1)
def withdraw_correction(stage: Stage, chance: Random) -> Asked | None:
    found = a_correction(stage, chance, "OPENED", "EVIDENCE_GIVEN")
    if found is None:
        return None
    row, side, office = found
    return Asked(side.me, correction_cases.withdraw, row["id"], (*beyond(stage, office), office))
