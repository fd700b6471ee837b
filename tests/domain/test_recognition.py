"""The worked cases agree, and what holds for every question holds."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.cases import Case, parse_case
from talent_registry.domain.errors import NotInForce
from talent_registry.domain.recognition import (
    CommitteeFiling,
    CredentialFacts,
    Decision,
    FindingResult,
    HolderFacts,
    IntegrityRecord,
    Outcome,
    Question,
    Target,
    decide,
    shown,
)

CASES = Path(__file__).parent.parent / "cases"
AGREEMENT = shipped_agreement()
SICHUAN, CHONGQING = "510000", "500000"
MIRROR_DIVISION = {
    "510000": "500000",
    "500000": "510000",
    "510100": "500107",
    "500107": "510100",
    "513300": "500156",
    "500156": "513300",
    "440000": "440000",
    "810000": "810000",
}


def list_cases() -> list[Case]:
    return list(read_cases())


def read_cases() -> Iterator[Case]:
    for file in sorted(CASES.glob("recognition_*.json")):
        for number, value in enumerate(json.loads(file.read_text(encoding="utf-8"))):
            yield parse_case(value, (file.name, f"[{number}]"))


def get_case(case_id: str) -> Case:
    return next(case for case in list_cases() if case.case_id == case_id)


def answer(question: Question) -> Decision:
    return decide(agreement_version_in_force(AGREEMENT, question.on), question)


@pytest.mark.parametrize("case", list_cases(), ids=lambda case: case.case_id)
def test_the_worked_case_agrees(case: Case) -> None:
    decision = answer(case.question)

    assert case.expected is not None
    assert (decision.outcome, decision.rule, decision.reason_code) == (
        case.expected.outcome,
        case.expected.rule,
        case.expected.reason_code,
    )


def test_every_clause_decides_some_case() -> None:
    decided = {answer(case.question).rule for case in list_cases()}

    assert decided == {clause.id for clause in AGREEMENT.versions[-1].clauses}


def test_case_ids_are_unique() -> None:
    assert [name for name, count in Counter(case.case_id for case in list_cases()).items() if count > 1] == []


def test_a_version_decides_only_on_its_own_days() -> None:
    question = get_case("C01").question

    with pytest.raises(NotInForce) as refused:
        decide(AGREEMENT.versions[0], question)

    assert refused.value.reason == "VERSION_NOT_IN_FORCE"
    assert AGREEMENT.versions[0].id in refused.value.message.zh


def test_a_listing_is_asked_on_the_decision_day() -> None:
    question = get_case("C05").question
    version = agreement_version_in_force(AGREEMENT, question.on)
    last = date(2024, 12, 31)
    listed = replace(version, reciprocity=tuple(replace(entry, until=last) for entry in version.reciprocity))

    assert decide(listed, replace(question, on=last)).rule == "R2a"
    assert decide(listed, replace(question, on=last + timedelta(days=1))).rule == "R2b"


def test_a_clause_that_does_not_speak_of_the_kind_says_so_and_names_no_further_facts() -> None:
    decision = answer(get_case("C01").question)

    finding = {finding.rule: finding for finding in decision.findings}["R15"]

    assert finding.result is FindingResult.NOT_SATISFIED
    assert set(finding.facts) == {"credential.kind", "on"}
    assert "does not speak of" in finding.message.en


def test_a_fact_of_unknown_form_is_not_shown() -> None:
    with pytest.raises(TypeError):
        shown(3.5)


days = st.dates(date(2015, 1, 1), date(2027, 12, 31))
boundaries = st.sampled_from([version.since for version in AGREEMENT.versions if version.since]).flatmap(
    lambda day: st.integers(-1, 1).map(lambda shift: day + timedelta(days=shift))
)
divisions = st.sampled_from(sorted(MIRROR_DIVISION))
levels = st.sampled_from(["SENIOR_FULL", "SENIOR_DEPUTY", "INTERMEDIATE", "ASSISTANT", "ENTRY"])


def maybe(values: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | values


filings = st.builds(
    CommitteeFiling, days, st.none() | days, maybe(levels), st.none() | st.frozensets(st.sampled_from(["01", "05"]))
)
credentials = st.builds(
    CredentialFacts,
    kind=st.sampled_from(["TITLE", "TITLE", "QUALIFICATION", "WORK_PERMIT", "TALENT_CARD", "SKILL_LEVEL", "DEGREE"]),
    status=st.sampled_from(["VALID", "VALID", "VALID", "EXPIRED", "SUSPENDED", "REVOKED", "PUBLICITY"]),
    title_code=maybe(st.sampled_from(["0101", "0502", "0503", "1703"])),
    level=maybe(levels),
    issuer_kind=maybe(
        st.sampled_from(
            [
                "PROVINCIAL_HRSS",
                "PREFECTURE_HRSS",
                "SELF_REVIEW_UNIT",
                "CENTRAL_UNIT",
                "MILITARY",
                "EMPLOYER",
                "PROVINCIAL",
            ]
        )
    ),
    issuer_division=maybe(divisions),
    issuer_country=st.sampled_from(["CN", "CN", "CN", "HK", "US"]),
    approval_date=st.none() | days,
    route=maybe(st.sampled_from(["REVIEW", "NATIONAL_EXAM", "CONFIRMATION"])),
    found_in_query=st.none() | st.booleans(),
    revoked_on=st.none() | days,
    issued_on=st.none() | days,
    valid_to=st.none() | days,
    committee=st.none() | filings,
    delegated=st.booleans(),
    delegation_letter=maybe(st.sampled_from(["COUNTY", "PREFECTURE", "PROVINCE", "CENTRAL_HR"])),
    targeted_area=st.none() | st.frozensets(divisions, max_size=2),
    military_status=maybe(st.sampled_from(["CIVILIAN_STAFF", "OFFICER"])),
    qualification=maybe(st.sampled_from(["注册计量师", "建造师", "导游"])),
    grade=maybe(st.sampled_from(["一级", "二级"])),
    registered_to=st.none() | days,
    unit_division=maybe(divisions),
    permit_class=maybe(st.sampled_from(["A", "B", "C"])),
    card=maybe(st.sampled_from(["CQ_TALENT_A", "TIANFU_A", "SH_TALENT"])),
)
holders = st.just(HolderFacts()) | st.builds(
    HolderFacts,
    name_matches=st.booleans(),
    retired=st.booleans(),
    civil_servant=st.booleans(),
    request=maybe(st.just("CONFIRMATION")),
    integrity_record=st.none() | st.builds(IntegrityRecord, days, st.none() | days),
    exam_certificates=st.frozensets(st.sampled_from(["17", "19"])),
)
questions = st.builds(
    Question,
    credential=credentials,
    holder=holders,
    target=st.builds(
        Target,
        division=divisions,
        post_series=maybe(st.sampled_from(["05", "01", "17"])),
        zone=maybe(st.just("GAOZHU")),
    ),
    source_province=st.none() | st.sampled_from([SICHUAN, CHONGQING, "440000", "810000"]),
    on=days | boundaries,
)


def mirrored(question: Question) -> Question:
    """The same question with the two provinces, and the listed authorities, exchanged."""
    swap = MIRROR_DIVISION.get
    credential = question.credential
    area = credential.targeted_area
    return replace(
        question,
        source_province=question.source_province and swap(question.source_province),
        target=replace(question.target, division=MIRROR_DIVISION[question.target.division]),
        credential=replace(
            credential,
            issuer_division=credential.issuer_division and swap(credential.issuer_division),
            unit_division=credential.unit_division and swap(credential.unit_division),
            targeted_area=area and frozenset(MIRROR_DIVISION[code] for code in area),
        ),
    )


@settings(max_examples=300, deadline=None)
@given(questions)
def test_both_directions_of_the_agreement_agree(question: Question) -> None:
    there, back = answer(question), answer(mirrored(question))

    assert (there.outcome, there.rule, there.reason_code) == (back.outcome, back.rule, back.reason_code)


@settings(max_examples=200, deadline=None)
@given(questions)
def test_every_clause_has_one_finding_and_exactly_one_rules(question: Question) -> None:
    decision = answer(question)
    version = agreement_version_in_force(AGREEMENT, question.on)
    results = [finding.result for finding in decision.findings]
    place = results.index(FindingResult.SATISFIED)

    assert [finding.rule for finding in decision.findings] == [clause.id for clause in version.clauses]
    assert decision.findings[place].rule == decision.rule
    assert set(results[:place]) <= {FindingResult.NOT_SATISFIED}
    assert set(results[place + 1 :]) <= {FindingResult.NOT_REACHED}


@settings(max_examples=100, deadline=None)
@given(questions)
def test_the_same_question_has_the_same_answer(question: Question) -> None:
    assert answer(question) == answer(replace(question))


@settings(max_examples=300, deadline=None)
@given(questions)
def test_nothing_is_recognised_as_of_right_that_is_revoked_suspended_lapsed_or_from_overseas(
    question: Question,
) -> None:
    if answer(question).outcome is Outcome.AUTO:
        credential = question.credential
        assert question.holder.name_matches
        assert credential.status in {"VALID", "EXPIRED"} or (
            credential.revoked_on is not None and credential.revoked_on > question.on
        )
        assert (
            credential.kind == "WORK_PERMIT"
            or credential.valid_to is None
            or credential.valid_to >= question.on
            or (credential.kind == "QUALIFICATION")
        )
        assert credential.kind != "TITLE" or not question.overseas


@settings(max_examples=200, deadline=None)
@given(questions)
def test_the_agreement_does_not_reach_the_titles_of_third_provinces(question: Question) -> None:
    decision = answer(replace(question, source_province="440000"))

    assert decision.rule not in {"R1", "R2a", "R2b", "R6", "R13", "R15"}


@settings(max_examples=100, deadline=None)
@given(questions)
def test_only_the_facts_of_a_finding_move_it(question: Question) -> None:
    """A clause's finding stays when a fact changes that it does not name."""
    before = answer(question)
    after = answer(
        replace(
            question,
            credential=replace(question.credential, publicity_workdays=9, card_class="IX", certificate="PAPER"),
        )
    )

    assert after == before
