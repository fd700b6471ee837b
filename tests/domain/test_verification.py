"""Reading what was typed, and judging it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from talent_registry.domain.coverage import Coverage, coverage_text
from talent_registry.domain.credentials import Credential, CredentialRecord, CredentialVersion, RecordStatus, StatusSpan
from talent_registry.domain.verification import (
    Candidate,
    Sought,
    Typed,
    Unreadable,
    Verdict,
    judge,
    read_typed,
    verdict_text,
)

TODAY = date(2026, 11, 24)
ISSUED = date(2020, 4, 17)
AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
NUMBER, NAME, DOCUMENT = "512020000001", "旦增·卓嘎", "990000197202150017"
TYPED = Typed(NUMBER, NAME, DOCUMENT, "2020-04-17", "副高级")
LEVELS = frozenset({"SENIOR_DEPUTY"})


def read(typed: Typed) -> Sought | Unreadable:
    return read_typed(typed, TODAY, allow_test_identities=True)


def a_candidate(
    status: RecordStatus = RecordStatus.VALID, issued: date = ISSUED, until: date | None = None, *, fits: bool = True
) -> Candidate:
    one = UUID(int=1)
    version = CredentialVersion(
        id=one,
        credential_id=one,
        level="SENIOR_DEPUTY",
        route="REVIEW",
        issuer_kind="PROVINCIAL_HRSS",
        issuer_division="510000",
        approval_date=ISSUED,
        certificate_medium="ELECTRONIC",
        found_in_lookup=True,
        source_id=one,
        valid_from=issued,
        valid_until=until,
        recorded_at=AT,
    )
    span = StatusSpan(one, status, None, issued, None, AT)
    record = CredentialRecord(Credential(one, "TITLE", NUMBER, one, one, AT), version, (span,))
    return Candidate(record, ("从前名", NAME), fits)


SOUGHT = Sought(NUMBER, NAME, DOCUMENT, ISSUED, LEVELS)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, SOUGHT),
        ({"number": " ５１２０２０ ００００　０１"}, SOUGHT),
        ({"name": " 旦增・卓嘎　"}, SOUGHT),
        ({"name": "旦增.卓嘎"}, SOUGHT),
        ({"document": "99000019750928006x"}, replace(SOUGHT, document="99000019750928006X")),
        ({"obtained_on": "2020年4月17日"}, SOUGHT),
        ({"obtained_on": " "}, replace(SOUGHT, obtained_on=None)),
        ({"level": "副高"}, SOUGHT),
        ({"level": "副教授"}, SOUGHT),
        ({"level": "高级"}, replace(SOUGHT, levels=frozenset({"SENIOR_FULL", "SENIOR_DEPUTY"}))),
        ({"level": None, "document": None, "obtained_on": None}, Sought(NUMBER, NAME, None, None, None)),
        ({"document": "E12345678"}, replace(SOUGHT, document="E12345678")),
        ({"document": "h12345678"}, replace(SOUGHT, document="H12345678")),
        ({"document": "ab1234567"}, replace(SOUGHT, document="AB1234567")),
        ({"document": "12345678"}, replace(SOUGHT, document="12345678")),
    ],
)
def test_what_was_typed_is_read_as_a_person_meant_it(changes: dict[str, str], wanted: Sought) -> None:
    assert read(replace(TYPED, **changes)) == wanted


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"name": ""}, "name", "name missing"),
        ({"name": "=1+1陆若"}, "name", "formula in a name"),
        ({"name": "甲1"}, "name", "name unreadable"),
        ({"document": "990000197702132521"}, "document", "check character"),
        ({"document": "9.90000E+17"}, "document", "digits lost by a spreadsheet"),
        ({"document": "9900001977021325"}, "document", "document unreadable"),
        ({"number": " "}, "number", "number missing"),
        ({"number": "5.12E+11"}, "number", "digits lost by a spreadsheet"),
        ({"number": "a;b"}, "number", "number unreadable"),
        ({"obtained_on": "2019/13/45"}, "obtainedOn", "date"),
        ({"obtained_on": "2026-11-25"}, "obtainedOn", "date"),
        ({"level": "特级"}, "level", "level unknown"),
        ({"level": "副" * 301}, "level", "level unreadable"),
        ({"obtained_on": "2" * 301}, "obtainedOn", "obtainedOn unreadable"),
    ],
)
def test_what_cannot_be_read_names_its_field(changes: dict[str, str], field: str, reason: str) -> None:
    found = read(replace(TYPED, **changes))
    assert isinstance(found, Unreadable)
    assert (found.field, found.reason) == (field, reason)
    assert not any(value.strip() and value in found.message.zh + found.message.en for value in changes.values())


def test_a_sample_number_is_read_only_where_samples_are_allowed() -> None:
    found = read_typed(TYPED, TODAY, allow_test_identities=False)
    assert isinstance(found, Unreadable)
    assert found.reason == "sample number"


@pytest.mark.parametrize(
    ("candidate", "verdict"),
    [
        (a_candidate(), Verdict.VALID),
        (a_candidate(RecordStatus.PUBLICITY), Verdict.PENDING),
        (a_candidate(issued=TODAY + timedelta(1)), Verdict.PENDING),
        (a_candidate(RecordStatus.SUSPENDED), Verdict.SUSPENDED),
        (a_candidate(RecordStatus.REVOKED), Verdict.REVOKED),
        (a_candidate(until=TODAY), Verdict.VALID),
        (a_candidate(until=TODAY - timedelta(1)), Verdict.EXPIRED),
    ],
)
def test_a_certificate_that_fits_is_judged_by_its_standing(candidate: Candidate, verdict: Verdict) -> None:
    judged = judge(SOUGHT, [candidate], TODAY)
    assert (judged.verdict, judged.record, judged.fault) == (verdict, candidate.record, "")


@pytest.mark.parametrize(
    ("sought", "candidate", "fault"),
    [
        (replace(SOUGHT, name="旦增卓嘎"), a_candidate(), "name"),
        (SOUGHT, a_candidate(fits=False), "document"),
        (replace(SOUGHT, obtained_on=ISSUED + timedelta(1)), a_candidate(), "obtainedOn"),
        (replace(SOUGHT, levels=frozenset({"ENTRY"})), a_candidate(), "level"),
    ],
)
def test_what_does_not_fit_is_named(sought: Sought, candidate: Candidate, fault: str) -> None:
    judged = judge(sought, [candidate], TODAY)
    assert (judged.verdict, judged.record, judged.fault) == (Verdict.MISMATCH, None, fault)


def test_of_several_certificates_the_one_that_fits_is_meant_and_the_best_of_those() -> None:
    stranger = replace(a_candidate(), names=("别人",))
    revoked = a_candidate(RecordStatus.REVOKED)
    assert judge(SOUGHT, [stranger, revoked], TODAY).verdict is Verdict.REVOKED
    assert judge(SOUGHT, [revoked, a_candidate(), stranger], TODAY).verdict is Verdict.VALID
    assert judge(SOUGHT, [stranger, a_candidate(fits=False)], TODAY).fault == "document"
    assert judge(SOUGHT, [], TODAY).verdict is Verdict.NOT_FOUND


def test_a_name_borne_before_and_either_day_will_do() -> None:
    later = a_candidate(issued=ISSUED + timedelta(30))
    for sought in (
        replace(SOUGHT, name="从前名"),
        replace(SOUGHT, obtained_on=ISSUED + timedelta(30)),
        replace(SOUGHT, obtained_on=None, levels=None),
    ):
        assert judge(sought, [later], TODAY).verdict is Verdict.VALID


def test_coverage_says_what_is_held_and_never_that_a_certificate_is_not_genuine() -> None:
    text = coverage_text([Coverage("510000", 2009, 2025), Coverage("999900", 2010, 2011)], AT)
    assert "四川省（2009—2025 年）" in text.zh
    assert "999900" in text.en
    assert "2026-11-24 12:00" in text.zh
    assert "暂无" in coverage_text([], AT).zh
    words = text.zh + text.en + verdict_text(Verdict.NOT_FOUND).zh + verdict_text(Verdict.NOT_FOUND).en
    assert not any(word in words.lower() for word in ("假", "伪", "fake", "forged", "false"))


def test_every_verdict_has_its_sentence() -> None:
    assert all(verdict_text(verdict).zh and verdict_text(verdict).en for verdict in Verdict)


def test_what_was_typed_is_not_shown_by_repr() -> None:
    shown = repr(TYPED) + repr(SOUGHT) + repr(a_candidate())
    assert not any(secret in shown for secret in (NUMBER, NAME, DOCUMENT))
