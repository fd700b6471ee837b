"""Every deliberate fault in the conditions and in the data of the agreement is noticed by a worked case."""

import json
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import Agreement, AgreementVersion, agreement_version_in_force
from talent_registry.domain.cases import parse_case
from talent_registry.domain.clauses import CONDITIONS
from talent_registry.domain.questions import CommitteeFiling, CredentialFacts, Question, Target
from talent_registry.domain.recognition import find_ruling
from tests.domain.data_faults import list_data_faults
from tests.domain.mutants import Mutant, list_mutants, ruling

CASES = Path(__file__).parent.parent / "cases"
AGREEMENT = shipped_agreement()
NEWEST = AGREEMENT.versions[-1]
Asked = tuple[AgreementVersion, Question]

# Faults that change no decision, and why. A fault that comes to be noticed must leave this list.
FAULTS_WITHOUT_EFFECT = {
    # No family of cards begins with X.
    "talent_card: '' -> 'X'",
    # R10a comes before and takes every series that is not examined.
    (
        "series_change_by_exam: series_changes(q) and post in p.codes['exam_series'] and "
        "(post not in q.holder.exam_certificates) -> series_changes(q) and post not in q.holder.exam_certificates"
    ),
    # R2a comes before and takes every listed title.
    (
        "pair_title_not_listed: title_of_the_pair(q, p, v) and (not listed_as_reciprocal(q, v)) -> "
        "title_of_the_pair(q, p, v)"
    ),
    # The first four digits hold the two of the province.
    "covers: code.startswith(listed[:4]) and province_of(code) == province_of(listed) -> code.startswith(listed[:4])",
}
# Clauses whose facts a credential of another kind does not state.
ONE_KIND_ALONE = {
    "G3a", "G3b", "G4", "R9", "R10a", "R10b", "R5", "R4", "R16", "R15", "R16x", "R17", "R1", "R2a", "R2b", "R6",
}  # fmt: skip
# Neighbours that no question satisfies both: other kinds, levels, issuers, days, provinces, classes.
NEVER_BOTH = {
    ("R8", "R7"), ("R10a", "R10b"), ("R3", "R5"), ("R4", "R16"), ("R15", "R16x"), ("R16x", "R17"), ("R17", "R19"),
    ("R19", "R20"), ("R1", "R2a"), ("R2a", "R2b"), ("R2b", "R6"), ("R6", "R13"), ("R13", "R11"), ("R11", "R12"),
}  # fmt: skip
DATA_WITHOUT_EFFECT = {
    *(f"{rule}: for every kind" for rule in ONE_KIND_ALONE),
    *(f"{later} before {earlier}" for earlier, later in NEVER_BOTH),
    # R2a begins on the day of the listings, so that each of the two days hides a slip of the other.
    "R2a: applies_from 2021-03-28",
    "R2a: applies_from None",
    "listing 510100-500107 since 2021-03-28",
    "listing 500107-510100 since 2021-03-28",
}


@cache
def worked() -> tuple[Question, ...]:
    return tuple(
        parse_case(case).question
        for file in sorted(CASES.glob("recognition_*.json"))
        for case in json.loads(file.read_text(encoding="utf-8"))
    )


def beyond_the_format() -> list[Asked]:
    """Questions that no worked case may ask: facts that a record lacks, and a list that ended."""
    filing = CommitteeFiling(date(2021, 1, 1), None, "SENIOR_FULL", frozenset({"05"}))
    title = CredentialFacts(
        kind="TITLE", title_code="0502", level="SENIOR_DEPUTY", issuer_kind="PROVINCIAL_HRSS", route="REVIEW",
        approval_date=date(2022, 1, 1), committee=filing,
    )  # fmt: skip
    across = Question(credential=title, target=Target(division="500106"), source_province="510000", on=date(2024, 3, 1))
    listed = next(q for q in worked() if ruling(CONDITIONS, NEWEST, q)[0] == "R2a" and q.on > date(2022, 10, 1))
    ended = replace(NEWEST, reciprocity=tuple(replace(each, until=date(2022, 12, 31)) for each in NEWEST.reciprocity))
    return [
        *(
            (NEWEST, replace(across, credential=credential))
            for credential in (
                replace(title, approval_date=None),
                replace(title, approval_date=None, committee=None),
                replace(title, level=None),
                replace(title, title_code=None),
                CredentialFacts(kind="TALENT_CARD"),
            )
        ),
        (ended, replace(listed, on=date(2022, 12, 31))),
        (ended, replace(listed, on=date(2023, 1, 1))),
    ]


def noticed(mutant: Mutant, questions: list[tuple[Asked, tuple[str, bool | str]]]) -> bool:
    try:
        return any(ruling(mutant.conditions, *asked) != right for asked, right in questions)
    except Exception:  # noqa: BLE001 - whatever a faulty condition does instead of answering
        return True


def test_every_fault_in_a_condition_is_noticed() -> None:
    asked = [(agreement_version_in_force(AGREEMENT, q.on), q) for q in worked()] + beyond_the_format()
    questions = [(each, ruling(CONDITIONS, *each)) for each in asked]
    mutants = list_mutants()

    unnoticed = {f"{mutant.function}: {mutant.change}" for mutant in mutants if not noticed(mutant, questions)}

    assert unnoticed == FAULTS_WITHOUT_EFFECT
    assert len(mutants) > 10 * len(CONDITIONS)


def test_a_mutant_without_a_fault_decides_as_the_program_does() -> None:
    """The apparatus is sound: what it notices is the fault, not the way the modules are loaded."""
    spared = next(mutant for mutant in list_mutants() if mutant.function == "talent_card")

    assert [ruling({**spared.conditions, "talent_card": CONDITIONS["talent_card"]}, NEWEST, q) for q in worked()] == [
        ruling(CONDITIONS, NEWEST, q) for q in worked()
    ]


def rulings(agreement: Agreement, questions: tuple[Question, ...]) -> list[tuple[str, str, str] | None]:
    return [_ruling_of(agreement, question) for question in questions]


def _ruling_of(agreement: Agreement, question: Question) -> tuple[str, str, str] | None:
    version = agreement_version_in_force(agreement, question.on)
    for clause in version.clauses:
        if (found := find_ruling(clause, question, version)) is not None:
            return clause.id, found.outcome, found.reason_code
    return None


@pytest.fixture(scope="module")
def right() -> list[tuple[str, str, str] | None]:
    return rulings(AGREEMENT, worked())


def test_every_fault_in_the_data_is_noticed_by_a_worked_case(right: list[tuple[str, str, str] | None]) -> None:
    faults = list(list_data_faults(AGREEMENT))

    unnoticed = {
        fault.what
        for fault in faults
        if all(_ruling_of(fault.agreement, q) == sound for q, sound in zip(worked(), right, strict=True))
    }

    assert unnoticed == DATA_WITHOUT_EFFECT
    assert len(faults) > 6 * len(NEWEST.clauses)
