"""The program and a second, independent reading of the rules say the same of thousands of cases."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.cases import parse_case
from talent_registry.domain.recognition import decide
from tests.domain.independent_rules import TABLE, Asked, Verdict, judge
from tests.domain.random_cases import Dealer

CASES = Path(__file__).parent.parent / "cases"
AGREEMENT = shipped_agreement()
DEALT = 4000
# What the format of the cases knows of a credential; a dealer that never dealt one of them would prove nothing of it.
CREDENTIAL_KEYS = {
    "kind", "title_code", "level", "issuer_kind", "issuer_division", "approval_date", "route", "origin_division",
    "certificate", "found_in_query", "status", "revoked_on", "publicity_from", "publicity_workdays", "valid_to",
    "issuer_country", "skill_level", "committee", "delegated", "delegation_letter", "targeted_area", "military_status",
    "qualification", "grade", "registered_to", "unit_division", "permit_class", "card", "card_class", "issued_on",
    "holder_id_prefix",
}  # fmt: skip
CASE_KEYS = {"credential", "source_province", "target", "decision_date", "holder", "request", "issuer_country", "note"}
TARGET_KEYS = {"division", "zone", "post_series", "employer_kind"}
HOLDER_KEYS = {"name_matches", "document_matches", "retired", "civil_servant", "integrity_record"}


def program(case: dict[str, Any]) -> Verdict:
    question = parse_case(case).question
    decision = decide(agreement_version_in_force(AGREEMENT, question.on), question)
    return Verdict(decision.outcome.value, decision.rule, decision.reason_code)


@pytest.fixture(scope="module")
def dealt() -> list[dict[str, Any]]:
    return list(Dealer(seed=20210329).cases(DEALT))


@pytest.mark.parametrize("file", sorted(CASES.glob("recognition_*.json")), ids=lambda file: file.stem)
def test_the_second_reading_agrees_with_the_worked_cases(file: Path) -> None:
    cases = json.loads(file.read_text(encoding="utf-8"))

    assert {case["case_id"]: judge(case) for case in cases} == {
        case["case_id"]: Verdict(**case["expected"]) for case in cases
    }


def test_both_readings_agree_on_thousands_of_dealt_cases(dealt: list[dict[str, Any]]) -> None:
    differing = [
        (verdict, found, json.dumps(case, ensure_ascii=False))
        for case in dealt
        if (verdict := judge(case)) != (found := program(case))
    ]

    assert differing[:3] == []


def test_every_ruling_of_the_table_occurs_among_the_dealt_cases(dealt: list[dict[str, Any]]) -> None:
    reached = Counter(judge(case) for case in dealt)

    assert set(reached) == {Verdict(outcome, rule, reason) for rule, _, outcome, reason in TABLE}


def test_the_second_reading_has_the_rules_of_the_agreement_in_its_order() -> None:
    rules = list(dict.fromkeys(rule for rule, *_ in TABLE))

    assert rules == [clause.id for clause in AGREEMENT.versions[-1].clauses]


def contested(cases: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """The rule that decides and another that holds too, for all that do; the last rule always holds."""
    found = set()
    for case in cases:
        asked = Asked(case)
        first, *others = (rule for rule, holds, *_ in TABLE if holds(asked))
        found |= {(first, other) for other in others[:-1] if other != first}
    return found


def test_rules_that_hold_together_have_a_worked_case_in_which_the_earlier_decides(dealt: list[dict[str, Any]]) -> None:
    worked = [case for file in CASES.glob("recognition_*.json") for case in json.loads(file.read_text("utf-8"))]

    assert contested(dealt) - contested(worked) == set()
    assert len(contested(worked)) > 250


def test_every_key_of_the_format_is_dealt_stated_and_left_out(dealt: list[dict[str, Any]]) -> None:
    for keys, facts in (
        (CREDENTIAL_KEYS, [case["credential"] for case in dealt]),
        (CASE_KEYS, dealt),
        (TARGET_KEYS, [case["target"] for case in dealt]),
        (HOLDER_KEYS, [case["holder"] for case in dealt if case.get("holder")]),
    ):
        assert keys <= {key for fact in facts for key in fact if fact[key] is not None}
    optional = CREDENTIAL_KEYS - {"kind", "status", "issuer_division"}
    assert {key for key in optional if all(key in case["credential"] for case in dealt)} == set()
