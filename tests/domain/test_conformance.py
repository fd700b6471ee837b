"""Conformance: a release keeps what was settled, or says in so many words what it changes."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreement_releases import read_release
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.conformance import (
    ConformanceReport,
    Reading,
    check_conformance,
    report_as_json,
    report_from_json,
    run_conformance,
)
from talent_registry.domain.conformance_cases import shipped_cases
from talent_registry.domain.errors import Conflict
from talent_registry.domain.recognition import decide
from tests.drafts import STANDING, a_case, a_version, cases_file, changed_case, listings, whole, widened

AGREEMENT = shipped_agreement()
FIRST = date(2027, 1, 1)
SINCE = date(2021, 3, 29)
MOVED = listings(("510300", "500107", SINCE))
CASES = Path(__file__).parents[1] / "cases" / "recognition_cases.json"


def report(texts: dict[str, str]) -> ConformanceReport:
    return run_conformance(AGREEMENT, read_release(AGREEMENT, texts), shipped_cases())


@pytest.mark.parametrize("case", shipped_cases(), ids=lambda case: case.case_id)
def test_the_shipped_agreement_agrees_with_every_case_that_ships_with_it(case: object) -> None:
    decided = decide(agreement_version_in_force(AGREEMENT, case.question.on), case.question)  # type: ignore[attr-defined]
    assert case.expected.agrees(decided)  # type: ignore[attr-defined]  # shipped cases all expect something


def test_the_worked_cases_all_ship() -> None:
    assert [case.case_id for case in shipped_cases()] == [
        one["case_id"] for one in json.loads(CASES.read_text("utf-8"))
    ]


def test_a_dated_change_passes_with_its_own_cases() -> None:
    own = (a_case("N1", FIRST, outcome="AUTO", rule="R2a"), a_case("N2", FIRST - timedelta(days=1), outcome="VERIFY"))
    found = report(widened(FIRST) | cases_file(*own))
    assert (found.passes, found.settled, found.changed, found.not_changed) == (True, len(shipped_cases()), (), ())
    assert [(one.case_id, one.expected, str(one.answer)) for one in found.own] == [
        ("N1", "AUTO R2a", "AUTO (R2a, SC_CQ_LOCAL_RECIPROCAL)"),
        ("N2", "VERIFY", "VERIFY (R2b, SC_CQ_LOCAL_VERIFY)"),
    ]
    check_conformance(found)


def test_a_case_of_its_own_that_comes_to_something_else_is_refused() -> None:
    found = report(widened(FIRST) | cases_file(a_case("N1", FIRST, outcome="VERIFY")))
    with pytest.raises(Conflict) as refused:
        check_conformance(found)
    assert (refused.value.reason, refused.value.path) == ("CONFORMANCE_FAILED", ("N1",))
    assert "expects VERIFY; by the draft it comes to AUTO (R2a" in refused.value.message.en


def test_a_change_without_a_date_shows_on_the_settled_cases_own_day() -> None:
    found = report({"draft.toml": a_version(FIRST) + MOVED})
    assert [(one.case_id, one.reading) for one in found.changed] == [("C05", Reading.BY_ITS_RULEBOOK)]
    with pytest.raises(Conflict) as refused:
        check_conformance(found)
    assert (refused.value.reason, refused.value.path) == ("SETTLED_CASE_CHANGED", ("C05",))
    assert "asked of its own day by the draft's rules" in refused.value.message.en
    assert "按草案条文重新判断其当日" in refused.value.message.zh


def test_an_edited_clause_without_a_date_shows_too() -> None:
    reason = '\nreason_code = "SC_CQ_SENIOR"'
    changed = report(whole(FIRST, {f'outcome = "AUTO"{reason}': f'outcome = "VERIFY"{reason}'})).changed
    assert changed
    assert {(one.before.outcome, one.after.outcome, one.after.rule) for one in changed} == {("AUTO", "VERIFY", "R1")}


def test_a_settled_case_of_a_day_on_which_the_release_decides_is_asked_as_it_would_stand() -> None:
    case = next(one for one in shipped_cases() if one.case_id == "C05")
    since = case.question.on - timedelta(days=1)
    sentence = ("溯及既往。", "It reaches back.")
    texts = {"draft.toml": a_version(since, sentence=sentence) + listings(("510300", "500107", since))}
    readings = {one.case_id: one.reading for one in report(texts).changed}
    assert readings["C05"] is Reading.AS_IT_WOULD_STAND
    with pytest.raises(Conflict) as refused:
        check_conformance(report(texts))
    assert "asked of its own day" not in refused.value.message.en


def test_a_change_that_is_named_with_its_reason_passes() -> None:
    found = report({"draft.toml": a_version(FIRST) + MOVED + changed_case("C05")})
    assert found.passes
    assert [one.why and one.why.zh for one in found.changed] == ["名单扩大"]


@pytest.mark.parametrize("case_id", ["C01", "C999"])
def test_a_case_named_as_changed_that_is_not_is_refused(case_id: str) -> None:
    found = report({"draft.toml": a_version(FIRST) + listings(*STANDING) + changed_case(case_id)})
    assert not found.passes
    with pytest.raises(Conflict) as refused:
        check_conformance(found)
    assert (refused.value.reason, refused.value.path) == ("CASE_NOT_CHANGED", (case_id,))


def test_a_settled_case_is_not_replaced_by_another_question_under_its_id() -> None:
    found = report(widened(FIRST) | cases_file(a_case("C05", FIRST, outcome="AUTO")))
    assert not found.passes
    with pytest.raises(Conflict) as refused:
        check_conformance(found)
    assert (refused.value.reason, refused.value.path) == ("SETTLED_CASE_REWRITTEN", ("C05",))
    assert report_from_json(report_as_json(found)) == found
    as_it_stands = next(one for one in json.loads(CASES.read_text("utf-8")) if one["case_id"] == "C05")
    assert report(widened(FIRST) | cases_file(as_it_stands)).passes


def test_a_report_comes_back_from_its_json_as_it_was() -> None:
    texts = {"draft.toml": a_version(FIRST) + MOVED + changed_case("C05") + changed_case("C01")}
    full = report(texts | cases_file(a_case("N1", FIRST, outcome="AUTO")))
    silent = report({"draft.toml": a_version(FIRST) + MOVED})
    for found in (full, silent):
        assert report_from_json(json.loads(json.dumps(report_as_json(found)))) == found
