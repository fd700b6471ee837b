"""A case is read strictly: what cannot be read is refused with the path of the key."""

import copy
from datetime import date
from typing import Any

import pytest

from talent_registry.domain.cases import parse_case
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.questions import CommitteeFiling

CASE: dict[str, Any] = {
    "case_id": "X1",
    "title": "a case",
    "note": None,
    "credential": {
        "kind": "TITLE",
        "title_code": "0502",
        "level": "SENIOR_DEPUTY",
        "issuer_kind": "PROVINCIAL_HRSS",
        "issuer_division": "510000",
        "approval_date": "2022-12-10",
        "route": "REVIEW",
        "status": "VALID",
        "committee": {
            "filed_from": "2021-01-01",
            "filed_to": "2023-12-31",
            "max_level": "SENIOR_FULL",
            "series": ["05"],
        },
        "delegation_letter": {"authority_level": "COUNTY"},
        "publicity_workdays": 5,
    },
    "source_province": "510000",
    "target": {"division": "500106", "employer_kind": "ENTERPRISE", "post_series": "05"},
    "holder": {"retired": True, "integrity_record": {"from": "2020-01-01", "until": "2022-12-31"}},
    "decision_date": "2024-03-01",
    "expected": {"outcome": "AUTO", "rule": "R1", "reason_code": "SC_CQ_SENIOR"},
}
GONE = object()


def with_change(path: str, value: object) -> dict[str, Any]:
    case = copy.deepcopy(CASE)
    *parents, key = path.split(".")
    place = case
    for parent in parents:
        place = place[parent]
    if value is GONE:
        del place[key]
    else:
        place[key] = value
    return case


def test_a_case_becomes_a_question() -> None:
    case = parse_case(CASE)

    assert case.case_id == "X1"
    assert case.question.on == date(2024, 3, 1)
    assert case.question.credential.series == "05"
    assert case.question.credential.delegation_letter == "COUNTY"
    assert case.question.credential.committee == CommitteeFiling(
        date(2021, 1, 1), date(2023, 12, 31), "SENIOR_FULL", frozenset({"05"})
    )
    assert case.question.holder.retired
    assert case.question.holder.integrity_record is not None


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("case_id", GONE, "missing"),
        ("case_id", 7, "must be a text"),
        ("credential", GONE, "missing"),
        ("credential", [], "must be an object"),
        ("target", "500106", "must be an object"),
        ("source_province", GONE, "missing"),
        ("source_province", "Sichuan", "six digits"),
        ("decision_date", GONE, "missing"),
        ("decision_date", "2024-02-30", "no such day"),
        ("decision_date", "20240301", "no such day"),
        ("decision_date", "1024-03-01", "no such day"),
        ("decision_date", 20240301, "must be a text"),
        ("surprise", 1, "not known"),
        ("title", "\ud800", "half a character"),
        ("credential.surprise", 1, "not known"),
        ("credential.kind", "TITEL", "use one of: DEGREE"),
        ("credential.kind", None, "missing"),
        ("credential.status", GONE, "missing"),
        ("credential.status", "valid", "not known"),
        ("credential.level", GONE, "missing"),
        ("credential.level", "SENIOR", "not known"),
        ("credential.title_code", "9999", "not known"),
        ("credential.title_code", GONE, "missing"),
        ("credential.route", GONE, "missing"),
        ("credential.approval_date", GONE, "missing"),
        ("credential.approval_date", "2022-13-10", "no such day"),
        ("credential.issuer_division", "51", "six digits"),
        ("credential.issuer_country", "china", "two capitals"),
        ("credential.certificate", "WOOD", "not known"),
        ("credential.found_in_query", "yes", "true or false"),
        ("credential.delegated", 1, "true or false"),
        ("credential.delegation_letter", "COUNTY", "must be an object"),
        ("credential.delegation_letter.authority_level", GONE, "missing"),
        ("credential.delegation_letter.authority_level", "TOWN", "not known"),
        ("credential.committee.filed_from", GONE, "missing"),
        ("credential.committee.filed_until", "2023-12-31", "not known"),
        ("credential.committee.max_level", "TOP", "not known"),
        ("credential.committee.series", "05", "must be a list"),
        ("credential.publicity_workdays", True, "whole number"),
        ("credential.publicity_workdays", "5", "whole number"),
        ("credential.military_status", "GENERAL", "not known"),
        ("credential.permit_class", "D", "not known"),
        ("credential.skill_level", True, "must be a text"),
        ("target.division", GONE, "missing"),
        ("target.division", "500199", "no division"),
        ("target.post_series", "99", "not known"),
        ("target.colour", 1, "not known"),
        ("holder", True, "must be an object"),
        ("holder.retired", "no", "true or false"),
        ("holder.name", "x", "not known"),
        ("holder.integrity_record.from", GONE, "missing"),
        ("holder.integrity_record.to", "2022-12-31", "not known"),
        ("expected.outcome", "MAYBE", "not known"),
        ("expected.because", "x", "not known"),
    ],
)
def test_a_malformed_case_is_refused_with_the_path_of_the_key(path: str, value: object, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_case(with_change(path, value), ("[3]",))

    assert ".".join(refused.value.path) == f"[3].{path}"
    assert refused.value.reason == "MALFORMED_CASE"
    assert refused.value.message.en.startswith(f"[3].{path}: ")
    assert words in refused.value.message.en


@pytest.mark.parametrize("key", ["series", "targeted_area"])
def test_an_item_of_a_list_is_named_by_its_place(key: str) -> None:
    noun = "credential.committee" if key == "series" else "credential"

    with pytest.raises(InvalidInput) as refused:
        parse_case(with_change(f"{noun}.{key}", ["510000" if key == "targeted_area" else "05", 5]))

    assert refused.value.path == (*noun.split("."), f"{key}[1]")


def test_something_that_is_no_object_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_case([])

    assert refused.value.message.en.startswith(".: ")


def test_what_is_required_follows_the_kind() -> None:
    case = with_change("credential", {"kind": "QUALIFICATION", "status": "VALID"})

    with pytest.raises(InvalidInput) as refused:
        parse_case(case)

    assert refused.value.path == ("credential", "qualification")


def test_a_credential_from_overseas_needs_no_province_and_no_series() -> None:
    case = with_change("credential", {"kind": "TITLE", "status": "VALID", "issuer_country": "HK"})
    del case["source_province"]

    assert parse_case(case).question.overseas


def test_a_case_without_expectation_or_holder_is_a_question() -> None:
    case = with_change("expected", GONE)
    del case["holder"]
    case["request"] = "CONFIRMATION"
    case["credential"]["committee"] = case["credential"]["delegation_letter"] = None

    read = parse_case(case)

    assert read.expected is None
    assert read.question.holder.request == "CONFIRMATION"
    assert read.question.credential.committee is None


def test_holder_and_country_may_stand_on_either_side() -> None:
    case = with_change("holder", GONE)
    case["credential"]["holder"] = {"name_matches": False}
    case["issuer_country"] = "US"

    question = parse_case(case).question

    assert not question.holder.name_matches
    assert question.credential.issuer_country == "US"


def test_a_skill_level_may_be_a_number_or_a_text() -> None:
    for written in (3, "3"):
        case = with_change("credential", {"kind": "SKILL_LEVEL", "status": "VALID", "skill_level": written})
        assert parse_case(case).question.credential.skill_level == "3"


def test_a_letter_of_no_authority_is_no_letter() -> None:
    case = with_change("credential.delegation_letter.authority_level", None)

    assert parse_case(case).question.credential.delegation_letter is None


@pytest.mark.parametrize("written", [5102, "5102", None])
def test_the_first_digits_of_a_number_may_stand_anywhere_in_any_form(written: object) -> None:
    case = with_change("holder_id_prefix", written)
    case["credential"]["holder_id_prefix"] = case["holder"]["holder_id_prefix"] = written

    assert parse_case(case) == parse_case(CASE)


def test_a_target_outside_the_lists_is_a_target() -> None:
    assert parse_case(with_change("target.division", "440106")).question.target_province == "440000"


def test_an_unlisted_expectation_is_not_compared() -> None:
    case = parse_case(with_change("expected", {"outcome": "AUTO"}))

    assert case.expected is not None
    assert case.expected.rule is None
