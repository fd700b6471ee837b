"""Versions of the terms: every field has its name, and what one version changes is told field by field."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_checks import check_terms
from talent_registry.domain.placement_states import Party, ResultsHolder
from talent_registry.domain.placement_terms import (
    TERM_NAMES,
    TEXTS,
    PieceKind,
    compared_with,
    differences,
    version_of,
)
from talent_registry.domain.placements import (
    STATED_LATER,
    Terms,
    TermsRound,
    terms_as_json,
    terms_digest,
    terms_from_json,
)
from tests.domain.test_placements import NOON, TODAY, a_placement

FULL = Terms(
    paid_by=Party.HOST_UNIT,
    insured_by=Party.HOME_UNIT,
    pay="月薪一万元",
    insurance="工伤保险由接收单位缴纳",
    work_schedule="每周二、四到岗",
    days_per_year=60,
    results_held_by=ResultsHolder.JOINTLY,
    confidential_years=2,
    return_notice_days=15,
    recall_notice_days=30,
    release_notice_days=30,
    reply_working_days=5,
    company_founded_or_owned=False,
    company_registered_on=date(2020, 2, 29),
    company_rd_spending=True,
    company_profitable=False,
    contract_years=5,
)


def a_version(number: int = 1, **changes: Any) -> TermsRound:
    record = a_placement()
    first = version_of(record, number, record.term, 40, Terms(), by=Party.RESEARCHER, at=NOON)
    return replace(first, **changes)


def test_every_field_of_a_version_has_a_name_in_both_languages() -> None:
    assert set(TERM_NAMES) == {"term_from", "term_until", "workload_percent", *Terms.__slots__}
    assert all(name.zh and name.en for name in TERM_NAMES.values())
    assert set(TERM_NAMES) > TEXTS


def test_terms_signed_before_there_were_more_fields_read_and_digest_as_they_did() -> None:
    old = terms_as_json(Terms(pay="不变"))
    assert not STATED_LATER & set(old)
    assert len(old) == len(Terms.__slots__) - len(STATED_LATER)
    assert terms_from_json(old) == Terms(pay="不变")
    assert terms_from_json(terms_as_json(FULL)) == FULL
    record = a_placement()
    assert terms_digest(record, record.term, 40, FULL) != terms_digest(
        record, record.term, 40, replace(FULL, days_per_year=61)
    )


def test_what_a_version_changes_is_told_field_by_field() -> None:
    later = a_version(
        2,
        term=Period(TODAY, date(2028, 1, 1)),
        workload_percent=30,
        terms=replace(FULL, work_injury_insurance=True),
        answers=1,
    )
    told = {one.field: (one.before, one.after) for one in differences(a_version(), later)}
    assert told["term_from"] == ("2026-11-01", "2026-11-24")
    assert told["term_until"] == ("2027-10-31", "2028-01-01")
    assert told["workload_percent"] == ("40", "30")
    assert told["paid_by"] == (None, "HOST_UNIT")
    assert told["work_injury_insurance"] == (None, "true")
    assert told["days_per_year"] == (None, "60")
    assert told["company_registered_on"] == (None, "2020-02-29")
    assert told["company_profitable"] == (None, "false")
    assert told["contract_years"] == (None, "5")
    assert told["results_held_by"] == (None, "JOINTLY")
    assert list(told) == [field for field in TERM_NAMES if field in told]
    assert differences(later, later) == ()


def test_of_a_text_that_both_state_the_changed_part_is_shown() -> None:
    before, after = a_version(terms=Terms(pay="月薪一万元整")), a_version(terms=Terms(pay="月薪一万二千元整"))
    (pay,) = differences(before, after)
    assert [(one.kind, one.text) for one in pay.pieces] == [
        (PieceKind.KEPT, "月薪一万"),
        (PieceKind.ADDED, "二千"),
        (PieceKind.KEPT, "元整"),
    ]
    (back,) = differences(after, before)
    assert [one.kind for one in back.pieces] == [PieceKind.KEPT, PieceKind.REMOVED, PieceKind.KEPT]
    (other,) = differences(a_version(terms=Terms(other="甲")), a_version(terms=Terms(other="乙丙")))
    assert [(one.kind, one.text) for one in other.pieces] == [(PieceKind.REMOVED, "甲"), (PieceKind.ADDED, "乙丙")]
    (repeated,) = differences(a_version(terms=Terms(other="aa")), a_version(terms=Terms(other="aaa")))
    assert "".join(one.text for one in repeated.pieces if one.kind is not PieceKind.REMOVED) == "aaa"
    (new,) = differences(a_version(), a_version(terms=Terms(other="新")))
    assert new.pieces == ()


def test_a_counter_proposal_is_compared_with_what_it_answers_and_an_extension_with_what_is_in_force() -> None:
    first, second = a_version(1), a_version(2, answers=1, agreed_at=NOON)
    replaced, extension = a_version(3), a_version(4)
    counter = a_version(5, answers=4)
    rounds = (first, second, replaced, extension, counter)
    assert compared_with(rounds, 1) is None
    assert compared_with(rounds, 2) is first
    assert compared_with(rounds, 4) is second
    assert compared_with(rounds, 5) is extension


@pytest.mark.parametrize(
    "terms",
    [
        Terms(days_per_year=0),
        Terms(days_per_year=367),
        Terms(confidential_years=-1),
        Terms(return_notice_days=367),
        Terms(reply_working_days=0),
        Terms(insurance="x" * 4001),
        Terms(company_registered_on=date(1949, 9, 30)),
        Terms(contract_years=-1),
        Terms(contract_years=61),
        Terms(work_schedule="\u200b"),
    ],
)
def test_a_number_or_text_that_cannot_be_meant_is_refused(terms: Terms) -> None:
    with pytest.raises(InvalidInput):
        check_terms(terms)


def test_terms_that_say_everything_can_be_meant() -> None:
    check_terms(FULL)
    assert a_version().proposed_at - NOON == timedelta(0)
