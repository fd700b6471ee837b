"""What an integrity record may say, how it is lifted and corrected, and what a decision is told of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from talent_registry.domain.agreement_loading import shipped_agreement
from talent_registry.domain.agreements import agreement_version_in_force
from talent_registry.domain.credential_facts import INTEGRITY_RECORD, holder_facts_of
from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.integrity import (
    LONGEST_TEXT,
    IntegrityAct,
    IntegrityEntry,
    IntegrityFinding,
    check_correction,
    check_finding,
    check_text,
    integrity_facts,
    is_lost_by_integrity,
    lift,
)
from talent_registry.domain.questions import CredentialFacts, HolderFacts, IntegrityRecord, Question, Target
from talent_registry.domain.recognition import decide
from talent_registry.storage.ids import new_id
from tests.people import sample_number

TODAY = date(2026, 11, 24)
ONE_DAY = timedelta(days=1)
FINDING = IntegrityFinding(
    date(2025, 5, 30), date(2025, 6, 1), date(2028, 5, 31), "提交虚假业绩材料", "40号令第二十六条"
)
ENTRY = IntegrityEntry(
    new_id(), new_id(), new_id(), IntegrityAct.RECORDED, FINDING, None, new_id(), datetime(2025, 6, 2, tzinfo=UTC)
)


def test_a_finding_is_kept_with_its_texts_trimmed() -> None:
    assert check_finding(replace(FINDING, ground=f" {FINDING.ground}\n"), TODAY) == FINDING


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"found_on": FINDING.since + ONE_DAY}, "from"),
        ({"since": TODAY + ONE_DAY}, "from"),
        ({"until": FINDING.since - ONE_DAY}, "until"),
        ({"ground": "  "}, "ground"),
        ({"ground": "字" * (LONGEST_TEXT + 1)}, "ground"),
        ({"ground": "第一行\n第二行"}, "ground"),
        ({"legal_basis": ""}, "legalBasis"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_finding(replace(FINDING, **changes), TODAY)  # type: ignore[arg-type]  # a field each
    assert refused.value.path == ("input", field)


@pytest.mark.parametrize(
    "changes", [{"found_on": FINDING.since}, {"since": TODAY}, {"until": FINDING.since}, {"until": None}]
)
def test_the_days_on_the_boundary_are_accepted(changes: dict[str, object]) -> None:
    stated = replace(FINDING, **changes)  # type: ignore[arg-type]  # a field each
    assert check_finding(stated, TODAY) == stated


def test_an_identity_number_in_a_text_is_refused_and_not_repeated() -> None:
    number = sample_number(1)
    with pytest.raises(InvalidInput) as refused:
        check_text(f"{number}提交虚假材料", "ground")
    assert refused.value.reason == "IDENTITY_NUMBER"
    assert number not in str(refused.value.message)


def test_a_record_stands_on_its_days_and_no_others() -> None:
    last = date(2028, 5, 31)
    days = (FINDING.since - ONE_DAY, FINDING.since, last, last + ONE_DAY)
    assert [ENTRY.stands_on(day) for day in days] == [False, True, True, False]
    assert replace(ENTRY, finding=replace(FINDING, until=None)).stands_on(last + ONE_DAY)
    assert not replace(ENTRY, act=IntegrityAct.ANNULLED).stands_on(FINDING.since)


def test_a_record_lifted_from_a_day_stood_until_the_day_before() -> None:
    assert lift(ENTRY, TODAY, TODAY) == (IntegrityAct.LIFTED, replace(FINDING, until=TODAY - ONE_DAY))
    second = FINDING.since + ONE_DAY
    assert lift(ENTRY, second, TODAY) == (IntegrityAct.LIFTED, replace(FINDING, until=FINDING.since))
    without_end = replace(ENTRY, finding=replace(FINDING, until=None))
    assert lift(without_end, TODAY, TODAY)[1].until == TODAY - ONE_DAY


@pytest.mark.parametrize("day", [FINDING.since, FINDING.since - ONE_DAY])
def test_a_record_lifted_from_its_first_day_is_annulled(day: date) -> None:
    assert lift(ENTRY, day, TODAY) == (IntegrityAct.ANNULLED, FINDING)


def test_what_lapsed_was_annulled_or_is_to_come_is_not_lifted() -> None:
    short = replace(ENTRY, finding=replace(FINDING, until=date(2026, 1, 31)))
    assert lift(short, date(2026, 1, 31), TODAY)[0] is IntegrityAct.LIFTED
    with pytest.raises(Conflict) as lapsed:
        lift(short, date(2026, 2, 1), TODAY)
    assert lapsed.value.reason == "INTEGRITY_RECORD_LAPSED"
    with pytest.raises(InvalidInput):
        lift(ENTRY, TODAY + ONE_DAY, TODAY)
    with pytest.raises(Conflict) as annulled:
        lift(replace(ENTRY, act=IntegrityAct.ANNULLED), TODAY, TODAY)
    assert annulled.value.reason == "INTEGRITY_RECORD_ANNULLED"


def test_a_correction_says_something_else_of_a_record_that_stood() -> None:
    right = replace(FINDING, until=date(2027, 5, 31))
    assert check_correction(ENTRY, right, TODAY) == right
    with pytest.raises(Conflict) as same:
        check_correction(ENTRY, FINDING, TODAY)
    assert same.value.reason == "NOTHING_TO_CORRECT"
    with pytest.raises(Conflict):
        check_correction(replace(ENTRY, act=IntegrityAct.ANNULLED), right, TODAY)


def test_a_decision_is_told_the_days_of_the_record_that_stands_longest_and_no_ground() -> None:
    longer = replace(ENTRY, record_id=new_id(), finding=replace(FINDING, since=date(2026, 1, 1), until=None))
    (told,) = integrity_facts([ENTRY, longer], TODAY)
    assert (told.name, told.value) == (INTEGRITY_RECORD, {"from": "2026-01-01", "until": None})
    assert holder_facts_of([told]).integrity_record == IntegrityRecord(date(2026, 1, 1), None)
    (told,) = integrity_facts([ENTRY, longer], date(2025, 12, 31))
    assert (told.value, told.source_id, told.recorded_at) == (
        {"from": "2025-06-01", "until": "2028-05-31"},
        ENTRY.source_id,
        ENTRY.recorded_at,
    )
    assert holder_facts_of([told]).integrity_record == IntegrityRecord(FINDING.since, FINDING.until)
    assert integrity_facts([ENTRY], FINDING.since - ONE_DAY) == []


@pytest.mark.parametrize(
    ("record", "status", "lost"),
    [
        (IntegrityRecord(FINDING.since, None), "VALID", True),
        (None, "VALID", False),
        (None, "REVOKED", False),
    ],
)
def test_a_recognition_is_lost_by_integrity_where_the_record_decides(
    record: IntegrityRecord | None, status: str, *, lost: bool
) -> None:
    asked = Question(
        credential=CredentialFacts(kind="TITLE", status=status, title_code="0102"),
        target=Target(division="500106"),
        source_province="510000",
        on=TODAY,
        holder=HolderFacts(integrity_record=record),
    )
    version = agreement_version_in_force(shipped_agreement(), TODAY)
    assert is_lost_by_integrity(decide(version, asked)) is lost
