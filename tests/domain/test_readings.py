"""The readings that docs/divergences.md states where the source is silent: each holds in the shipped rulebook."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from talent_registry.domain.questions import CommitteeFiling, CredentialFacts, HolderFacts, Question, Target
from tests.domain.test_recognition import answer

APPROVED = date(2020, 4, 17)
ON = date(2024, 3, 1)
FILING = CommitteeFiling(date(2019, 1, 1), date(2021, 12, 31), "SENIOR_FULL", frozenset({"01"}))
TITLE = CredentialFacts(
    kind="TITLE",
    title_code="0102",
    level="SENIOR_DEPUTY",
    issuer_kind="PROVINCIAL_HRSS",
    issuer_division="510000",
    approval_date=APPROVED,
    route="REVIEW",
    found_in_query=True,
    committee=FILING,
)
POST = Target(division="500106", post_series="01")


def rule(
    target: Target = POST, on: date = ON, province: str = "510000", holder: HolderFacts | None = None, **facts: Any
) -> str:
    question = Question(
        credential=replace(TITLE, **facts),
        target=target,
        source_province=province,
        on=on,
        holder=holder or HolderFacts(),
    )
    return answer(question).rule


def permit(permit_class: str, target: Target = POST, on: date = ON, **facts: Any) -> str:
    return rule(target, on, kind="WORK_PERMIT", permit_class=permit_class, **facts)


GAOZHU = Target(division="511623", zone="GAOZHU")


def test_a_title_confirmed_within_the_pair_is_a_title_of_its_issuer() -> None:
    assert rule(route="CONFIRMATION", origin_division="500000", committee=None) == "R1"


def test_an_expired_permit_is_not_refused() -> None:
    assert permit("A", valid_to=date(2023, 1, 1)) == "R15"
    assert permit("B", GAOZHU, valid_to=date(2023, 1, 1)) == "R16"


def test_gaozhu_does_not_ask_which_province_issued_a_permit() -> None:
    assert permit("B", GAOZHU) == "R16"
    assert rule(GAOZHU, kind="WORK_PERMIT", permit_class="B", province="440000") == "R16"


def test_a_class_a_permit_within_one_province_is_no_question_between_the_provinces() -> None:
    assert permit("A", Target(division="510107")) == "S0"


def test_permits_before_their_plan_come_to_the_national_default_or_the_ordinary_procedure() -> None:
    assert permit("A", on=date(2021, 11, 30)) == "R99"
    assert permit("B", GAOZHU, on=date(2022, 9, 30)) == "R99"
    assert permit("B", on=date(2015, 1, 1)) == "R16x"
    assert permit("C", GAOZHU, on=date(2015, 1, 1)) == "R16x"


def test_a_skill_certificate_that_is_found_has_no_first_day_and_no_province() -> None:
    skill: dict[str, Any] = {"kind": "SKILL_LEVEL", "skill_level": "3"}
    assert rule(on=date(2015, 1, 1), **skill) == "R19"
    assert rule(province="440000", **skill) == "R19"


def test_a_record_not_found_is_verified_from_any_province() -> None:
    assert rule(found_in_query=False) == "R20"
    assert rule(found_in_query=False, province="440000") == "R20"
    assert rule(found_in_query=None, province="440000") == "R11"


@pytest.mark.parametrize(
    ("first", "last", "approved", "ruled"),
    [
        (date(2019, 1, 1), date(2030, 12, 31), date(2021, 12, 31), "R1"),
        (date(2019, 1, 1), date(2030, 12, 31), date(2022, 1, 1), "G3a"),
        (date(2019, 1, 1), None, date(2021, 12, 31), "R1"),
    ],
)
def test_a_filing_counts_at_most_three_years_whatever_it_states(
    first: date, last: date | None, approved: date, ruled: str
) -> None:
    assert rule(committee=replace(FILING, filed_from=first, filed_to=last), approval_date=approved) == ruled


def test_a_self_review_unit_needs_a_filing_that_covers_the_approval_even_before_filings_were_required() -> None:
    early: dict[str, Any] = {"issuer_kind": "SELF_REVIEW_UNIT", "approval_date": date(2018, 6, 1)}
    assert rule(committee=replace(FILING, filed_from=date(2017, 1, 1)), **early) == "R6"
    assert rule(committee=None, **early) == "R99"


def test_an_exam_series_asks_for_the_examination_of_that_very_series() -> None:
    post = replace(POST, post_series="17")
    assert rule(post, holder=HolderFacts(exam_certificates=frozenset({"18"}))) == "R10b"
    assert rule(post, holder=HolderFacts(exam_certificates=frozenset({"17"}))) == "R1"


@pytest.mark.parametrize(
    ("letter", "ruled"), [("CENTRAL_HR", "R7"), ("PROVINCE", "R7"), ("COUNTY", "G4"), (None, "G4")]
)
def test_a_central_units_delegation_is_by_its_own_department_or_an_authority(letter: str | None, ruled: str) -> None:
    assert rule(issuer_kind="CENTRAL_UNIT", delegated=True, delegation_letter=letter) == ruled


def test_a_delegated_review_is_a_review() -> None:
    assert rule(route="DELEGATED", committee=None) == "G3a"


def test_a_sichuan_title_for_the_sichuan_part_of_gaozhu_comes_to_the_national_default() -> None:
    assert rule(replace(GAOZHU, post_series="01")) == "R99"
    assert rule(Target(division="511623", post_series="01")) == "S0"


def test_a_degree_that_is_found_comes_to_the_national_default_and_one_not_found_is_verified() -> None:
    assert rule(kind="DEGREE") == "R99"
    assert rule(kind="DEGREE", found_in_query=False) == "R20"


def test_a_card_is_known_by_its_first_letters_and_before_its_day_of_issue_opens_nothing() -> None:
    card: dict[str, Any] = {"kind": "TALENT_CARD", "card": "TIANFU_A", "issued_on": date(2023, 1, 1)}
    assert rule(**card) == "R17"
    assert rule(**card | {"card": "SH_TALENT"}) == "R99"
    assert rule(on=date(2022, 12, 31), **card) == "R99"


def test_a_military_title_of_unstated_status_goes_the_officers_way_also_within_one_province() -> None:
    question = Question(
        credential=replace(TITLE, issuer_kind="MILITARY", committee=None),
        target=Target(division="510107"),
        source_province="510000",
        on=ON,
    )
    decision = answer(question)
    assert (decision.rule, decision.outcome) == ("R8", "CONFIRM")


def test_what_was_obtained_overseas_is_confirmed_whatever_its_kind() -> None:
    assert rule(kind="DEGREE", issuer_country="US") == "R12"
    assert rule(issuer_country="US", route="REVIEW", issuer_kind="PROVINCIAL") == "R12"


def test_an_empty_country_of_the_issuer_says_the_same_as_none() -> None:
    assert rule(issuer_country="") == rule() == "R1"


def test_an_approval_without_a_day_is_taken_for_a_new_one_and_an_unstated_limit_is_none() -> None:
    assert rule(approval_date=None) == "G3a"
    assert rule(committee=replace(FILING, max_level=None, series=None)) == "R1"
