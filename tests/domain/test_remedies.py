"""Remedies clause by clause: what is asked of whom, and which facts nobody may change."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from talent_registry.domain import counterfactuals
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.changes import RemedyKind, Supplier
from talent_registry.domain.counterfactuals import what_is_missing
from talent_registry.domain.questions import CommitteeFiling, HolderFacts, IntegrityRecord, Question
from talent_registry.domain.recognition import Outcome
from talent_registry.domain.remedies import list_steps
from tests.domain.test_counterfactuals import with_fact
from tests.domain.test_recognition import AGREEMENT, answer, get_case, list_cases


def told(question: Question) -> list[tuple[str, dict[str, Any]]]:
    """What leads to which clause, in short."""
    return [
        (remedy.decision.rule, {change.fact: change.after for change in remedy.changes})
        for remedy in what_is_missing(AGREEMENT, question).remedies
    ]


def filed(question: Question) -> CommitteeFiling:
    assert question.credential.committee is not None
    return question.credential.committee


def cases_by_rule() -> dict[str, list[Question]]:
    found: dict[str, list[Question]] = {}
    for case in list_cases():
        found.setdefault(answer(case.question).rule, []).append(case.question)
    return found


# Clauses that say less than AUTO and leave nothing that anyone may mend, with the fact that stands in the way.
NOTHING_TO_MEND = {
    "G5": "credential.issuer_kind",
    "R7": "credential.issuer_kind",
    "R6": "credential.issuer_kind",
    "S0": "issuing_province",
    "R16x": "credential.permit_class",
}


@pytest.mark.parametrize("rule", [clause.id for clause in AGREEMENT.versions[-1].clauses])
def test_every_clause_that_says_less_has_a_remedy_or_a_fact_that_stands_in_the_way(rule: str) -> None:
    asked = [question for question in cases_by_rule()[rule] if answer(question).outcome is not Outcome.AUTO]
    missing = [what_is_missing(AGREEMENT, question) for question in asked]

    if rule in NOTHING_TO_MEND:
        assert not any(one.remedies for one in missing)
        assert all(NOTHING_TO_MEND[rule] in {fixed.fact for fixed in one.fixed} for one in missing)
        assert len(missing) > 0
    else:
        assert not asked or any(one.remedies for one in missing)


def changes_of(question: Question) -> Iterator[tuple[str, Supplier, RemedyKind]]:
    for remedy in what_is_missing(AGREEMENT, question).remedies:
        for change in remedy.changes:
            yield change.fact, change.supplier, change.kind


def test_a_filing_of_the_day_of_approval_is_asked_of_the_issuer() -> None:
    question = get_case("C11").question
    approved = question.credential.approval_date

    ((rule, changes),) = told(question)

    assert rule == "R1"
    assert changes["credential.committee"]["filed_from"] == approved.isoformat() if approved else None
    assert list(changes_of(question)) == [("credential.committee", Supplier.ISSUER, RemedyKind.FACT)]


def test_a_filing_that_is_too_narrow_keeps_its_days_and_is_widened() -> None:
    question = get_case("G3b-level-above").question

    ((_, changes),) = told(question)

    assert changes["credential.committee"]["filed_from"] == filed(question).filed_from.isoformat()
    assert changes["credential.committee"]["max_level"] == question.credential.level


def test_a_filing_without_limits_or_a_title_without_level_is_left_as_wide_as_it_is() -> None:
    question = get_case("C11").question
    open_filing = replace(filed(question), max_level=None, series=None)
    unknown = with_fact(question, "credential.committee", open_filing)
    without = with_fact(with_fact(question, "credential.level", None), "credential.title_code", None)
    for asked in (unknown, without):
        steps = list_steps(asked, agreement_version_in_force(AGREEMENT, asked.on))["credential.committee"]
        assert len(steps) == 1


def test_without_a_day_of_approval_no_filing_can_cover_it() -> None:
    question = with_fact(get_case("C11").question, "credential.approval_date", None)

    assert "credential.committee" not in {fact for fact, _, _ in changes_of(question)}


def stacked(question: Question) -> Question:
    """A title on which every gate that can be opened is shut."""
    holder = HolderFacts(name_matches=False, document_matches=False, retired=True, request="CONFIRMATION")
    return with_fact(replace(question, holder=holder), "credential.status", "SUSPENDED")


def test_gates_stack_a_suspended_title_without_a_filed_committee_needs_both_and_more() -> None:
    question = with_fact(get_case("C11").question, "credential.status", "SUSPENDED")

    best_rule, best = told(question)[0]
    all_rule, everything = told(stacked(question))[0]

    assert (best_rule, set(best)) == ("R1", {"credential.status", "credential.committee"})
    assert all_rule == "R1"
    assert set(everything) == {
        "credential.committee",
        "credential.status",
        "holder.document_matches",
        "holder.name_matches",
        "holder.request",
    }


def test_a_letter_of_the_lowest_authority_that_is_high_enough_is_asked() -> None:
    assert told(get_case("C14").question) == [("R1", {"credential.delegation_letter": "PREFECTURE"})]


def test_the_national_examination_or_a_post_of_the_own_series_helps_where_the_post_is_of_an_exam_series() -> None:
    question = get_case("R10b-17").question

    assert told(question) == [
        ("R1", {"holder.exam_certificates": ["17"]}),
        ("R1", {"target.post_series": question.credential.series}),
    ]
    kinds = [kind for _, _, kind in changes_of(question)]
    assert kinds == [RemedyKind.FACT, RemedyKind.ANOTHER_POST]


def test_a_post_in_a_listed_division_is_another_post_and_says_so() -> None:
    question = get_case("G3b-level-below").question

    assert told(question) == [("R2a", {"target.division": "500107"})]
    ((_, supplier, kind),) = changes_of(question)
    assert (supplier, kind) == (Supplier.EMPLOYER, RemedyKind.ANOTHER_POST)
    (remedy,) = what_is_missing(AGREEMENT, question).remedies
    assert "九龙坡区" in remedy.changes[0].message.zh


def test_before_the_agreement_the_first_day_of_the_agreement_helps() -> None:
    assert told(get_case("R1-before").question) == [("R1", {"on": "2021-03-29"})]


def test_the_day_after_an_integrity_record_helps_and_one_without_end_is_fixed() -> None:
    question = get_case("G2-integrity-first").question
    record = question.holder.integrity_record
    assert record is not None
    assert record.until is not None
    endless = replace(question, holder=HolderFacts(integrity_record=IntegrityRecord(record.since, None)))

    assert told(question) == [("R1", {"on": (record.until + timedelta(days=1)).isoformat()})]
    missing = what_is_missing(AGREEMENT, endless)
    assert missing.remedies == ()
    assert [fixed.fact for fixed in missing.fixed] == ["holder.integrity_record"]


def test_a_revocation_stays() -> None:
    question = with_fact(get_case("C01").question, "credential.status", "REVOKED")
    question = with_fact(question, "credential.revoked_on", date(2021, 1, 1))

    missing = what_is_missing(AGREEMENT, question)

    assert missing.remedies == ()
    assert [fixed.fact for fixed in missing.fixed] == ["credential.revoked_on"]


def test_a_card_not_yet_issued_waits_for_its_day() -> None:
    question = get_case("R17-lapsed").question
    issued = question.on + timedelta(days=10)
    early = with_fact(with_fact(question, "credential.issued_on", issued), "credential.valid_to", None)

    assert ("R17", {"on": issued.isoformat()}) in told(early)


def test_a_listing_that_begins_later_is_waited_for() -> None:
    question = get_case("C05").question
    begins = question.on + timedelta(days=20)
    later = replace(
        AGREEMENT,
        versions=tuple(
            replace(version, reciprocity=tuple(replace(entry, since=begins) for entry in version.reciprocity))
            for version in AGREEMENT.versions
        ),
    )

    (remedy,) = what_is_missing(later, question).remedies

    assert (remedy.decision.rule, remedy.question.on) == ("R2a", begins)


def test_a_qualification_states_its_grade_its_unit_and_its_registration() -> None:
    question = get_case("R5-after").question
    # Before the day on which the mapped title would do without a registration.
    bare = replace(question, on=date(2021, 3, 28))
    for fact in ("credential.unit_division", "credential.registered_to"):
        bare = with_fact(bare, fact, None)
    mapped = next(one for one in AGREEMENT.versions[-1].qualifications if one.grade)
    graded = with_fact(with_fact(question, "credential.qualification", min(mapped.names)), "credential.grade", None)

    assert {"credential.unit_division", "credential.registered_to"} in [set(changes) for _, changes in told(bare)]
    assert ("R4", {"credential.grade": mapped.grade}) in told(graded)


def test_a_practising_unit_cannot_follow_a_post_outside_the_two_provinces() -> None:
    question = with_fact(get_case("R5-after").question, "credential.unit_division", None)
    elsewhere = with_fact(question, "target.division", "440100")

    assert "credential.unit_division" not in {fact for fact, _, _ in changes_of(elsewhere)}


def test_a_permit_finds_the_zone_and_a_title_is_not_sent_there() -> None:
    assert told(get_case("R15-third").question) == [("R16", {"target.zone": "GAOZHU"})]
    assert told(get_case("R9-outside").question) == []


def test_a_remedy_found_under_the_next_version_names_that_version() -> None:
    (remedy,) = what_is_missing(AGREEMENT, get_case("R1-before").question).remedies

    assert remedy.decision.version_id == "SC-CQ/2021-03-29"


def test_the_budget_ends_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    question = stacked(get_case("C11").question)
    whole = what_is_missing(AGREEMENT, question)
    monkeypatch.setattr(counterfactuals, "BUDGET", 3)

    cut = what_is_missing(AGREEMENT, question)

    assert cut.examined == 3
    assert cut.remedies == ()
    assert len(whole.remedies) > 0
