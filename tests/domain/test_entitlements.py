"""What a recognition or a placement opens, condition by condition, with the reason for each yes and each no."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.entitlement_terms import Entitlement, StatedFact
from talent_registry.domain.entitlements import (
    MESSAGES,
    EntitlementFacts,
    EntitlementReason,
    PlacedFact,
    RecognisedFact,
    answer,
    answer_all,
    credentials_behind,
    find_entitlement,
)
from talent_registry.domain.errors import InvalidInput

LATEST = shipped_agreement().versions[-1]
ON = date(2026, 11, 24)
PLACED = PlacedFact(
    placement_id=UUID(int=1),
    kind="PART_TIME",
    home_division="510900",
    host_division="500151",
    host_kind="ENTERPRISE",
)
TITLE = RecognisedFact(credential_id=UUID(int=2), kind="TITLE", level="SENIOR_DEPUTY", rule="R1", recognised=True)
CARD = replace(TITLE, kind="TALENT_CARD", level=None, rule="R17")
E, S = EntitlementReason, StatedFact
FIRM = frozenset({S.HOST_IS_TECHNOLOGY_FIRM, S.SERVICE_FROM_THE_OTHER_SIDE})


def of(code: str) -> Entitlement:
    return find_entitlement(LATEST, code)


def facts(**known: Any) -> EntitlementFacts:
    return EntitlementFacts(**({"on": ON} | known))


def test_every_entitlement_of_the_facts_is_in_the_agreement_with_its_words() -> None:
    with (Path(__file__).parents[1] / "data" / "entitlements.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for version in shipped_agreement().versions:
        assert [
            (one.code, one.name.zh, one.name.en, one.opens_when, one.scope, one.limit, one.source, one.status)
            for one in version.entitlements
        ] == [
            (
                row["code"],
                row["name_zh"],
                row["name_en"],
                row["opens_when"],
                row["scope"],
                row["limit"],
                row["basis"],
                row["status"],
            )
            for row in rows
        ]


CASES = [
    ("LARGE_INSTRUMENT", facts(placements=(PLACED,)), E.PLACEMENT_ACTIVE),
    ("LARGE_INSTRUMENT", facts(recognitions=(TITLE,)), E.RECOGNISED),
    ("LARGE_INSTRUMENT", facts(recognitions=(replace(TITLE, recognised=False),)), E.NEITHER),
    ("LARGE_INSTRUMENT", facts(), E.NEITHER),
    ("CROSS_PROVINCE_FUND", facts(placements=(PLACED,), stated={S.TEAM_SPANS_BOTH}), E.PLACEMENT_ACTIVE),
    ("CROSS_PROVINCE_FUND", facts(placements=(PLACED,)), E.TEAM_SPANS_BOTH_NOT_STATED),
    ("CROSS_PROVINCE_FUND", facts(recognitions=(TITLE,), stated={S.TEAM_SPANS_BOTH}), E.NO_ACTIVE_PLACEMENT),
    ("EXPERT_BASE", facts(recognitions=(TITLE,)), E.RECOGNISED),
    ("EXPERT_BASE", facts(recognitions=(replace(TITLE, level="SENIOR_FULL", rule="R8"),)), E.RECOGNISED),
    ("EXPERT_BASE", facts(recognitions=(replace(TITLE, level="INTERMEDIATE"),)), E.NO_SUCH_CREDENTIAL),
    ("EXPERT_BASE", facts(recognitions=(replace(TITLE, level=None),)), E.NO_SUCH_CREDENTIAL),
    ("EXPERT_BASE", facts(recognitions=(replace(TITLE, recognised=False),)), E.NOT_RECOGNISED),
    ("EXPERT_BASE", facts(placements=(PLACED,)), E.NO_SUCH_CREDENTIAL),
    # Among several, the one that opens it counts.
    ("EXPERT_BASE", facts(recognitions=(replace(TITLE, recognised=False), CARD, TITLE)), E.RECOGNISED),
    # A flexible placement does not give the services of a card by itself.
    ("TALENT_CARD_SERVICE", facts(recognitions=(CARD,), placements=(PLACED,)), E.FULL_TIME_AT_TARGET_NOT_STATED),
    ("TALENT_CARD_SERVICE", facts(placements=(PLACED,), stated={S.FULL_TIME_AT_TARGET}), E.NO_SUCH_CREDENTIAL),
    ("TALENT_CARD_SERVICE", facts(recognitions=(CARD,), stated={S.FULL_TIME_AT_TARGET}), E.RECOGNISED),
    ("TITLE_APPLICATION_AT_HOST", facts(placements=(PLACED,)), E.PLACEMENT_ACTIVE),
    ("TITLE_APPLICATION_AT_HOST", facts(placements=(replace(PLACED, kind="LEAVE_TO_START_UP"),)), E.PLACEMENT_ACTIVE),
    ("TITLE_APPLICATION_AT_HOST", facts(placements=(replace(PLACED, kind="CONSULTANCY"),)), E.KIND_NOT_COVERED),
    ("NO_REAPPOINTMENT_REVIEW", facts(recognitions=(TITLE,)), E.RECOGNISED),
    ("NO_REAPPOINTMENT_REVIEW", facts(recognitions=(replace(TITLE, rule="R2a"),)), E.OTHER_RULE),
    ("INNOVATION_VOUCHER", facts(placements=(PLACED,), stated=FIRM), E.PLACEMENT_ACTIVE),
    ("INNOVATION_VOUCHER", facts(placements=(PLACED,)), E.HOST_IS_TECHNOLOGY_FIRM_NOT_STATED),
    ("INNOVATION_VOUCHER", facts(placements=(PLACED,), stated={S.HOST_IS_TECHNOLOGY_FIRM}),
     E.SERVICE_FROM_THE_OTHER_SIDE_NOT_STATED),
    ("INNOVATION_VOUCHER", facts(placements=(replace(PLACED, host_kind="UNIVERSITY"),), stated=FIRM),
     E.HOST_NOT_COVERED),
    # Both sides in one area: a host next door, or a home in the other area, is not enough.
    ("INNOVATION_VOUCHER", facts(placements=(replace(PLACED, host_division="500106"),), stated=FIRM),
     E.AREA_NOT_COVERED),
    ("INNOVATION_VOUCHER", facts(placements=(replace(PLACED, home_division="510107"),), stated=FIRM),
     E.AREA_NOT_COVERED),
    ("INNOVATION_VOUCHER", facts(placements=(replace(PLACED, home_division="510903"),), stated=FIRM),
     E.PLACEMENT_ACTIVE),
    ("INNOVATION_VOUCHER", facts(on=date(2021, 12, 16), placements=(PLACED,), stated=FIRM), E.PLACEMENT_ACTIVE),
    ("INNOVATION_VOUCHER", facts(on=date(2021, 12, 15), placements=(PLACED,), stated=FIRM), E.AREA_NOT_COVERED),
]  # fmt: skip


@pytest.mark.parametrize(("code", "known", "reason"), CASES)
def test_an_entitlement_is_open_or_says_why_not(code: str, known: EntitlementFacts, reason: EntitlementReason) -> None:
    found = answer(of(code), known)
    assert found.reason is reason
    assert found.is_open is (reason in {E.PLACEMENT_ACTIVE, E.RECOGNISED})
    assert found.message is MESSAGES[reason]
    assert (found.placement_id is not None, found.credential_id is not None) == (
        reason is E.PLACEMENT_ACTIVE,
        reason is E.RECOGNISED,
    )
    assert set(found.stated) == (set(of(code).stated) if found.is_open else set())


def test_every_reason_is_told_somewhere_above() -> None:
    assert {reason for _, _, reason in CASES} | {E.NOT_IN_FORCE} == set(EntitlementReason)
    assert set(MESSAGES) == set(EntitlementReason)


@pytest.mark.parametrize("one", LATEST.entitlements, ids=lambda one: one.code)
def test_an_entitlement_holds_from_its_first_day_to_its_last(one: Entitlement) -> None:
    known = facts(placements=(PLACED,), recognitions=(TITLE, CARD), stated=frozenset(StatedFact))
    before = answer(one, replace(known, on=one.since - timedelta(days=1)))
    assert (before.is_open, before.reason) == (False, E.NOT_IN_FORCE)
    assert answer(one, replace(known, on=one.since)).reason is not E.NOT_IN_FORCE
    ended = replace(one, until=ON)
    assert answer(ended, known).is_open
    assert answer(ended, replace(known, on=ON + timedelta(days=1))).reason is E.NOT_IN_FORCE


def test_all_are_answered_in_order() -> None:
    assert [one.entitlement.code for one in answer_all(LATEST, facts())] == [one.code for one in LATEST.entitlements]


def test_a_code_that_is_none_names_those_that_are() -> None:
    with pytest.raises(InvalidInput) as refused:
        find_entitlement(LATEST, "FREE_LUNCH")
    assert "LARGE_INSTRUMENT" in refused.value.message.en
    with pytest.raises(InvalidInput):
        find_entitlement(replace(LATEST, entitlements=()), "LARGE_INSTRUMENT")


def test_an_answer_rests_on_the_credential_that_opens_it_or_on_all_that_do_not() -> None:
    refused = replace(TITLE, credential_id=UUID(int=3), recognised=False)
    seen: set[frozenset[UUID]] = set()
    for recognitions in ((TITLE, refused), (refused,), (replace(CARD, recognised=False), refused)):
        known = facts(recognitions=recognitions)
        for given in answer_all(LATEST, known):
            behind = credentials_behind(given, known)
            assert behind <= {one.credential_id for one in recognitions}
            if given.is_open:
                assert behind == frozenset({given.credential_id})
            seen.add(behind)
    assert {frozenset(), frozenset({TITLE.credential_id}), frozenset({refused.credential_id})} <= seen
