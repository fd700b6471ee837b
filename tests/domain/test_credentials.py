"""The record status of credentials day by day, and what follows from it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent_registry.domain.credential_facts import facts_of, used_facts
from talent_registry.domain.credentials import (
    Credential,
    CredentialRecord,
    CredentialVersion,
    Details,
    RecordStatus,
    Standing,
    StatusSpan,
    change_status,
    move_issue_day,
)
from talent_registry.domain.errors import Conflict, InvalidInput
from talent_registry.domain.organisations import CommitteeFiling

ISSUED, TODAY = date(2020, 3, 1), date(2020, 12, 31)
AT = datetime(2020, 3, 1, 4, tzinfo=UTC)
VALID, PUBLICITY = RecordStatus.VALID, RecordStatus.PUBLICITY
SUSPENDED, REVOKED = RecordStatus.SUSPENDED, RecordStatus.REVOKED
ONE = UUID(int=1)


def span(status: RecordStatus, start: date = ISSUED, until: date | None = None) -> StatusSpan:
    return StatusSpan(UUID(int=start.toordinal()), status, None, start, until, AT)


def a_record(*spans: StatusSpan, until: date | None = None) -> CredentialRecord:
    version = CredentialVersion(
        id=ONE,
        credential_id=ONE,
        title_code="0102",
        series="01",
        level="SENIOR_DEPUTY",
        route="REVIEW",
        issuer_kind="PROVINCIAL_HRSS",
        issuer_division="510000",
        approval_date=ISSUED,
        certificate_medium="ELECTRONIC",
        found_in_lookup=True,
        defaulted=("certificate_medium", "targeted_area"),
        source_id=ONE,
        valid_from=ISSUED,
        valid_until=until,
        recorded_at=AT,
    )
    return CredentialRecord(Credential(ONE, "TITLE", "512020000001", ONE, ONE, AT), version, spans or (span(VALID),))


def day(number: int) -> date:
    return ISSUED + timedelta(number)


@pytest.mark.parametrize(
    ("status", "before", "first", "last", "after"),
    [
        (VALID, Standing.NOT_YET_ISSUED, Standing.VALID, Standing.VALID, Standing.EXPIRED),
        (PUBLICITY, Standing.NOT_YET_ISSUED, Standing.PENDING, Standing.PENDING, Standing.EXPIRED),
        (SUSPENDED, Standing.NOT_YET_ISSUED, Standing.SUSPENDED, Standing.SUSPENDED, Standing.SUSPENDED),
        (REVOKED, Standing.NOT_YET_ISSUED, Standing.REVOKED, Standing.REVOKED, Standing.REVOKED),
    ],
)
def test_a_standing_follows_from_status_and_days(
    status: RecordStatus, before: Standing, first: Standing, last: Standing, after: Standing
) -> None:
    record = a_record(span(status), until=day(9))
    assert [record.standing(day(n)) for n in (-1, 0, 9, 10)] == [before, first, last, after]


def test_a_credential_without_end_does_not_expire() -> None:
    assert a_record().standing(date(2099, 1, 1)) is Standing.VALID


def test_a_suspension_begins_on_its_day_and_ends_what_held_the_day_before() -> None:
    change = change_status(a_record(), SUSPENDED, day(5), TODAY, "COMPLAINT")
    assert [(new.status, new.valid_from, new.valid_until) for new in change.added] == [
        (VALID, ISSUED, day(4)),
        (SUSPENDED, day(5), None),
    ]
    assert change.added[1].ground == "COMPLAINT"
    assert len(change.superseded) == 1


def test_a_change_on_the_first_day_of_a_span_replaces_it() -> None:
    record = a_record(span(VALID, ISSUED, day(4)), span(SUSPENDED, day(5)))
    change = change_status(record, VALID, day(5), TODAY)
    assert change.superseded == (record.spans[1],)
    assert [new.valid_from for new in change.added] == [day(5)]


def test_a_revocation_may_reach_back_over_later_changes() -> None:
    record = a_record(span(VALID, ISSUED, day(4)), span(SUSPENDED, day(5)))
    change = change_status(record, REVOKED, day(2), TODAY)
    assert [(new.status, new.valid_until) for new in change.added] == [(VALID, day(1)), (REVOKED, None)]
    assert change.superseded == record.spans


@pytest.mark.parametrize(
    ("spans", "status", "on", "error", "reason"),
    [
        ((), SUSPENDED, TODAY + timedelta(1), InvalidInput, "FUTURE_DAY"),
        ((), SUSPENDED, ISSUED - timedelta(1), InvalidInput, "BEFORE_ISSUE"),
        ((), VALID, TODAY, Conflict, "ALREADY_SO"),
        ((span(SUSPENDED),), SUSPENDED, TODAY, Conflict, "ALREADY_SO"),
        ((span(REVOKED),), VALID, TODAY, Conflict, "ALREADY_REVOKED"),
        ((span(VALID, ISSUED, day(4)), span(REVOKED, day(5))), SUSPENDED, day(2), Conflict, "ALREADY_REVOKED"),
        ((), PUBLICITY, TODAY, Conflict, "NOT_IN_NOTICE"),
        ((span(VALID, ISSUED, day(4)), span(SUSPENDED, day(5))), SUSPENDED, day(2), Conflict, "LATER_CHANGE"),
    ],
)
def test_what_contradicts_the_record_is_refused(
    spans: tuple[StatusSpan, ...], status: RecordStatus, on: date, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error) as refusal:
        change_status(a_record(*spans), status, on, TODAY)
    assert getattr(refusal.value, "reason", "") == reason


def test_the_refusal_says_since_when() -> None:
    record = a_record(span(VALID, ISSUED, day(4)), span(SUSPENDED, day(5)))
    with pytest.raises(Conflict) as refusal:
        change_status(record, SUSPENDED, TODAY, TODAY)
    assert day(5).isoformat() in refusal.value.message.zh
    assert day(5).isoformat() in refusal.value.message.en


def test_a_record_that_was_never_given_a_status_can_be_given_one() -> None:
    record = CredentialRecord(a_record().credential, a_record().version, ())
    assert [new.status for new in change_status(record, SUSPENDED, TODAY, TODAY).added] == [SUSPENDED]


def test_a_corrected_day_of_issue_moves_the_first_span() -> None:
    spans = (span(VALID, ISSUED, day(4)), span(SUSPENDED, day(5)))
    earlier = move_issue_day(spans, day(-10))
    assert [(new.status, new.valid_from, new.valid_until) for new in earlier.added] == [(VALID, day(-10), day(4))]
    later = move_issue_day(spans, day(7))
    assert [(new.status, new.valid_from) for new in later.added] == [(SUSPENDED, day(7))]
    assert set(later.superseded) == set(spans)
    exactly = move_issue_day(spans, day(5))
    assert (exactly.superseded, exactly.added) == ((spans[0],), ())
    assert move_issue_day(spans, ISSUED).superseded == ()
    assert move_issue_day(spans[:1], day(9)).added == ()


@given(st.lists(st.tuples(st.sampled_from(RecordStatus), st.integers(-2, 320), st.integers(0, 300)), max_size=12))
def test_no_two_current_spans_overlap_and_what_was_known_stays_known(
    changes: list[tuple[RecordStatus, int, int]],
) -> None:
    rows = [span(VALID)]
    known: list[tuple[datetime, set[tuple[RecordStatus, date, date | None]]]] = []
    for hour, (status, on, today) in enumerate(changes, start=1):
        now = AT + timedelta(hours=hour)
        current = tuple(row for row in rows if row.superseded_at is None)
        try:
            change = change_status(a_record(*current), status, day(on), day(today))
        except (Conflict, InvalidInput):
            continue
        rows = [replace(row, superseded_at=now) if row in change.superseded else row for row in rows]
        rows += [
            StatusSpan(UUID(int=len(rows) + n), new.status, None, new.valid_from, new.valid_until, now)
            for n, new in enumerate(change.added, start=10**6)
        ]
        current = tuple(row for row in rows if row.superseded_at is None)
        assert all(sum(row.holds_on(day(n)) for row in current) == 1 for n in range(330))
        known.append((now, {(row.status, row.valid_from, row.valid_until) for row in current}))
    for instant, then in known:
        seen = {
            (row.status, row.valid_from, row.valid_until)
            for row in rows
            if row.recorded_at <= instant and (row.superseded_at is None or row.superseded_at > instant)
        }
        assert seen == then


def test_details_that_are_stated_survive_the_store() -> None:
    details = Details(qualification="注册建筑师", registered_to=day(3))
    assert Details.of(details.stated()) == details
    assert Details().stated() == {}
    assert Details.of({"grade": "一级"}).registered_to is None


def test_the_number_is_not_shown_by_repr() -> None:
    assert "512020000001" not in repr(a_record())


def test_facts_are_those_of_the_day_each_with_its_source() -> None:
    filing = CommitteeFiling(ONE, "510000-01-2019-1", ONE, "评委会", ISSUED, TODAY, "SENIOR_FULL", ("01",), AT)
    record = a_record(span(VALID, ISSUED, day(4)), span(REVOKED, day(5)))
    version = replace(record.version, targeted_area=("510107",), details=Details(grade="一级", issuer_country="HK"))
    record = replace(record, version=version)
    facts = facts_of(record, filing, day(4))
    assert (facts.status, facts.revoked_on, facts.issuer_country) == ("VALID", day(5), "HK")
    assert facts.targeted_area == frozenset({"510107"})
    assert facts.committee is not None
    assert facts.committee.series == frozenset({"01"})
    assert facts_of(record, None, day(5)).status == "REVOKED"
    assert facts_of(record, None, day(-1)).status == "PUBLICITY"
    used = {fact.name: fact for fact in used_facts(record, filing, day(4))}
    assert used["credential.status"].value == "VALID"
    assert used["credential.certificate"].defaulted
    assert used["credential.targeted_area"].value == ["510107"]
    assert used["credential.grade"].value == "一级"
    assert used["credential.committee"].source_id == ONE
    assert used["credential.issued_on"].value == ISSUED.isoformat()
    assert used["credential.level"].as_json() == {
        "name": "credential.level",
        "value": "SENIOR_DEPUTY",
        "source": str(ONE),
        "recorded_at": AT.isoformat(),
        "defaulted": False,
    }
    assert "credential.committee" not in {fact.name for fact in used_facts(record, None, day(-1))}


def test_an_empty_area_says_not_targeted() -> None:
    record = a_record()
    for area in (None, ()):
        stored = replace(record, version=replace(record.version, targeted_area=area))
        assert facts_of(stored, None, TODAY).targeted_area is None
