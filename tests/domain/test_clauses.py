"""Each condition is named by a clause, says which facts it reads, and reads no others."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.clauses import CONDITIONS
from talent_registry.domain.conditions import filing_covers_approval
from talent_registry.domain.questions import CommitteeFiling, CredentialFacts, HolderFacts, Question, Target

RULEBOOK = shipped_agreement().versions[-1]

# What a derived fact of the question is read from.
DERIVED = {
    "issuing_province": {"source_province", "credential.issuer_country"},
    "target_province": {"target.division"},
    "overseas": {"source_province", "credential.issuer_country"},
    "credential.series": {"credential.title_code"},
}


class Watch:
    """Stands before facts and notes which are read."""

    def __init__(self, facts: object, read: set[str], prefix: str = "") -> None:
        self.watched = (facts, read, prefix)

    def __getattr__(self, name: str) -> Any:
        facts, read, prefix = self.watched
        value = getattr(facts, name)
        if isinstance(value, CredentialFacts | HolderFacts | Target):
            return Watch(value, read, f"{name}.")
        read.add(prefix + name)
        return value


def list_questions() -> list[Question]:
    filing = CommitteeFiling(date(2021, 1, 1), date(2023, 12, 31), "SENIOR_FULL", frozenset({"05"}))
    title = CredentialFacts(
        kind="TITLE",
        title_code="0503",
        level="INTERMEDIATE",
        issuer_kind="PREFECTURE_HRSS",
        issuer_division="510100",
        approval_date=date(2022, 6, 15),
        route="REVIEW",
        committee=filing,
        delegated=True,
        targeted_area=frozenset({"513300"}),
        qualification="注册计量师",
        unit_division="510100",
        registered_to=date(2023, 1, 1),
        permit_class="B",
        card="TIANFU_A",
        issued_on=date(2020, 1, 1),
    )
    target = Target(division="500107", post_series="17")
    return [
        Question(credential=title, target=target, source_province="510000", on=date(2024, 3, 1)),
        Question(
            credential=CredentialFacts(kind="TITLE", issuer_kind="MILITARY"),
            target=target,
            source_province="510000",
            on=date(2024, 3, 1),
            holder=HolderFacts(retired=True),
        ),
    ]


@pytest.mark.parametrize("question", list_questions(), ids=["title", "military"])
@pytest.mark.parametrize("clause", RULEBOOK.clauses, ids=lambda clause: clause.id)
def test_a_condition_reads_only_the_facts_that_it_names(clause: Any, question: Question) -> None:
    condition = CONDITIONS[clause.condition]
    read: set[str] = set()

    condition.test(Watch(question, read), clause.parameters, RULEBOOK)  # type: ignore[arg-type]

    named = set(condition.reads) | {"on", "credential.kind"}
    assert read - named - {fact for name in named for fact in DERIVED.get(name, ())} == set()


def test_every_condition_is_used_by_a_clause() -> None:
    assert {clause.condition for clause in RULEBOOK.clauses} == set(CONDITIONS)


def test_every_fact_that_a_condition_names_exists() -> None:
    known: Mapping[str, set[str]] = {
        "credential": {field.name for field in fields(CredentialFacts)} | {"series"},
        "holder": {field.name for field in fields(HolderFacts)},
        "target": {field.name for field in fields(Target)},
    }
    for condition in CONDITIONS.values():
        for name in condition.reads:
            noun, _, fact = name.rpartition(".")
            assert fact in known[noun] if noun else name in DERIVED


@pytest.mark.parametrize(
    ("approved", "covered"),
    [
        (date(2020, 2, 28), False),
        (date(2020, 2, 29), True),
        (date(2023, 2, 28), True),
        (date(2023, 3, 1), False),
        (None, False),
    ],
)
def test_a_filing_of_29_february_holds_for_three_years(approved: date | None, covered: bool) -> None:  # noqa: FBT001
    filing = CommitteeFiling(date(2020, 2, 29), None, None, None)

    assert filing_covers_approval(CredentialFacts(kind="TITLE", approval_date=approved, committee=filing), 3) is covered


@pytest.mark.parametrize(("level", "code"), [(None, "0502"), ("SENIOR_FULL", None)])
def test_what_is_not_stated_is_not_beyond_a_filing(level: str | None, code: str | None) -> None:
    clause = RULEBOOK.get_clause("G3b")
    filing = CommitteeFiling(date(2021, 1, 1), None, "SENIOR_FULL", frozenset({"05"}))
    title = CredentialFacts(
        kind="TITLE", route="REVIEW", issuer_kind="PROVINCIAL_HRSS", level=level, title_code=code, committee=filing
    )
    question = Question(
        credential=title, target=Target(division="500107"), source_province="510000", on=date(2024, 3, 1)
    )

    assert CONDITIONS[clause.condition].test(question, clause.parameters, RULEBOOK) is False


def test_an_approval_without_a_day_is_not_taken_for_an_old_one() -> None:
    clause = RULEBOOK.get_clause("G3a")
    title = CredentialFacts(kind="TITLE", route="REVIEW", issuer_kind="PROVINCIAL_HRSS")
    question = Question(
        credential=title, target=Target(division="500107"), source_province="510000", on=date(2024, 3, 1)
    )

    assert CONDITIONS[clause.condition].test(question, clause.parameters, RULEBOOK) is True
