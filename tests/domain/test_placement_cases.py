"""Worked cases of placements: what is written is asked of the rules, exactly, and a fault of the case is named."""

from collections import Counter
from typing import Any

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.placement_cases import parse_placement_case
from talent_registry.domain.placement_rules import evaluate
from tests.domain.independent_placement_rules import TABLE, Judged, judge_placement
from tests.domain.placement_boundaries import ALLOWED, BOUNDARIES, CASES, FIRST_LEAVE, OTHER, VICE, WORKED, altered
from tests.domain.random_placement_cases import KINDS, PlacementDealer

AGREEMENT = shipped_agreement()
DEALT = 6000


def program(case: dict[str, Any]) -> Judged:
    read = parse_placement_case(case, AGREEMENT)
    found = evaluate(read.version, read.question)
    return Judged(found.result.value, found.rule, found.reason_code, tuple(one.rule for one in found.findings))


def verdict(case: dict[str, Any]) -> tuple[str, str | None]:
    return program(case)[:2]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case_id"])
def test_a_worked_case_comes_out_as_expected_by_both_readings(case: dict[str, Any]) -> None:
    expected = tuple(case["expected"][key] for key in ("result", "rule", "reason_code"))

    assert program(case)[:3] == expected
    assert judge_placement(case)[:3] == expected
    read = parse_placement_case(case, AGREEMENT)
    assert read.expected is not None
    assert read.expected.agrees(evaluate(read.version, read.question))


def test_both_readings_agree_on_thousands_of_dealt_cases() -> None:
    dealt = list(PlacementDealer(20170301).cases(DEALT))

    differing = [
        (judge_placement(case), program(case), case) for case in dealt if judge_placement(case) != program(case)
    ]

    assert differing[:2] == []
    reached = Counter(judge_placement(case)[:3] for case in dealt)
    assert set(reached) == {(row[3], row[0], row[4]) for row in TABLE if row[3] != "ALLOWED"} | {
        ("ALLOWED", None, None)
    }
    assert {case["kind"] for case in dealt} == set(KINDS)


def test_the_second_reading_has_the_rules_of_the_agreement_in_its_order() -> None:
    for version in AGREEMENT.versions:
        assert [
            (rule.id, set(rule.applies_to), set(rule.asked_on), rule.result, rule.reason_code or None)
            for rule in version.placement_rules
        ] == [(row[0], set(row[1]), set(row[2]), row[3], row[4]) for row in TABLE]


@pytest.mark.parametrize(("case", "expected"), BOUNDARIES)
def test_a_day_or_a_figure_more_turns_the_answer(case: dict[str, Any], expected: tuple[str, str | None]) -> None:
    assert verdict(case) == expected


@pytest.mark.parametrize("moved", ["household_registration", "personnel_relation", "file", "social_insurance"])
def test_whatever_is_moved_makes_it_a_transfer(moved: str) -> None:
    case = altered("P01")
    case["moves"][moved] = True
    assert verdict(case) == ("RECLASSIFY", "PL0")


@pytest.mark.parametrize("state", ["PROPOSED", "SUSPENDED", "ENDED", "DECLINED", "WITHDRAWN", "DRAFT"])
def test_only_what_is_agreed_or_active_takes_a_share(state: str) -> None:
    assert verdict(altered("P17", other_placements=[{**OTHER, "state": state}])) == ALLOWED
    for counted in ("AGREED", "ACTIVE", "EXTENDED"):
        assert verdict(altered("P17", other_placements=[{**OTHER, "state": counted}])) == ("REJECTED", "PL9")


def test_a_case_without_a_share_is_asked_with_the_others_alone() -> None:
    assert verdict(altered("P17", workload_percent=None)) == ALLOWED
    assert verdict(altered("P17", workload_percent=None, other_placements=[OTHER, OTHER])) == ("REJECTED", "PL9")


def test_years_that_nobody_stated_are_not_known_and_refuse_nothing() -> None:
    unstated = altered("P01", kind=VICE, person__contract_years=None, host_unit__years_registered=None)
    assert verdict(unstated) == ALLOWED
    read = parse_placement_case(unstated, AGREEMENT)
    findings = {one.rule: one.finding.value for one in evaluate(read.version, read.question).findings}
    assert (findings["PL12b"], findings["PL12d"]) == ("NOT_KNOWN", "NOT_KNOWN")


FAULTS = [
    (altered("P01", kind="PARTTIME"), "kind"),
    (altered("P01", request="BEGIN"), "request"),
    (altered("P01", decision_date="2024-02-30"), "decision_date"),
    (altered("P01", person__position="BOSS"), "person.position"),
    (altered("P01", person__classified="no"), "person.classified"),
    (altered("P01", person__contract_years=-1), "person.contract_years"),
    (altered("P01", person__contract_years=True), "person.contract_years"),
    (altered("P01", host_unit__kind="ENTREPRISE"), "host_unit.kind"),
    (altered("P01", host_unit__division="50010"), "host_unit.division"),
    (altered("P01", home_unit=None), "home_unit"),
    (altered("P01", home_unit={"kind": "UNIVERSITY"}), "home_unit.division"),
    (altered("P01", host_unit__profits=True), "host_unit.profits"),
    (altered("P01", term={"from": "2024-04-01"}), "term.until"),
    (altered("P01", term={"until": "2024-04-01"}), "term.from"),
    (altered("P01", term={"from": "2024-04-01", "until": "2024-03-31"}), "term.until"),
    (altered("P01", workload_percent=-1), "workload_percent"),
    (altered("P01", workload_percent=40.0), "workload_percent"),
    (altered("P01", recognition="YES"), "recognition"),
    (altered("P01", documents__agreement_parties=["RESEARCHER", "BANK"]), "documents.agreement_parties[1]"),
    (altered("P01", documents__agreement_parties="RESEARCHER"), "documents.agreement_parties"),
    (altered("P01", documents__home_consent=20240105), "documents.home_consent"),
    (altered("P01", moves__house=True), "moves.house"),
    (altered("P17", other_placements=[{"from": "2024-01-01", "until": "2024-06-30", "state": "ACTIVE"}]),
     "other_placements[0].workload_percent"),
    (altered("P17", other_placements=[{"from": "2024-01-01", "until": "2024-06-30", "workload_percent": 5}]),
     "other_placements[0].state"),
    (altered("P17", other_placements=[7]), "other_placements[0]"),
    (altered("P17", other_placements={}), "other_placements"),
    (altered("P07", previous_terms=[{**FIRST_LEAVE, "until": "2017-01-01"}]), "previous_terms[0].until"),
    (altered("P12", minimum_days_in_year=-63), "minimum_days_in_year"),
    ({**altered("P01"), "expected": {"result": "FINE"}}, "expected.result"),
    ({**altered("P01"), "hobby": 1}, "hobby"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "key"), FAULTS)
def test_a_fault_names_the_case_and_the_key(case: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_placement_case(case, AGREEMENT, ("[4]",))
    assert refused.value.reason == "MALFORMED_CASE"
    assert ".".join(refused.value.path) == f"[4] {case['case_id']}.{key}"
    assert f"[4] {case['case_id']}.{key}" in refused.value.message.en


def test_an_id_that_cannot_be_shown_is_not_repeated() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_placement_case({**altered("P01", kind="X"), "case_id": "\u202e"}, AGREEMENT, ("[4]",))
    assert refused.value.path == ("[4]", "kind")


def test_an_expectation_is_held_to_every_key_that_it_states() -> None:
    case = WORKED["P02"]
    for expected, agrees in (
        ({"result": "REJECTED"}, True),
        ({"rule": "PL1"}, True),
        ({"rule": None}, False),
        ({"reason_code": None}, False),
        ({"result": "REJECTED", "rule": "PL1", "reason_code": "NO_HOME_CONSENT"}, True),
        ({"result": "ALLOWED"}, False),
    ):
        read = parse_placement_case({**case, "expected": expected}, AGREEMENT)
        assert read.expected is not None
        assert read.expected.agrees(evaluate(read.version, read.question)) is agrees
