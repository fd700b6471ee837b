"""Dated facts about a person, changed and corrected."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.researchers import (
    Amended,
    Amendment,
    Household,
    PersonDocument,
    PersonName,
    Provenance,
    amend,
    latest,
)

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
SINCE = date(2020, 1, 1)
MOVED = date(2026, 5, 1)


def household(first: date, last: date | None = None, *, superseded: datetime | None = None) -> Household:
    return Household(uuid4(), "510107", Provenance(None, first, last, NOON, superseded))


def reason_of(present: Household, earlier: list[Household], how: Amendment, since: date | None) -> str:
    with pytest.raises(InvalidInput) as refusal:
        amend(present, list(earlier), how, since, TODAY)
    assert refusal.value.path == ("input", "since")
    return refusal.value.reason


def test_the_first_fact_holds_from_the_stated_day_or_from_today() -> None:
    assert amend(None, [], Amendment.CHANGE, SINCE, TODAY) == Amended(None, None, SINCE, None)
    assert amend(None, [], Amendment.CORRECTION, None, TODAY) == Amended(None, None, TODAY, None)


def test_a_change_keeps_the_present_fact_until_the_day_before() -> None:
    present = household(SINCE)
    plan = amend(present, [], Amendment.CHANGE, MOVED, TODAY)
    assert plan == Amended(present.id, date(2026, 4, 30), MOVED, None)


def test_a_change_leaves_a_fact_that_ended_before_as_it_is() -> None:
    ended = date(2022, 12, 31)
    present = household(SINCE, ended)
    assert amend(present, [], Amendment.CHANGE, MOVED, TODAY).kept_until == ended


@pytest.mark.parametrize("since", [None, SINCE, date(2019, 12, 31)])
def test_a_change_needs_a_day_after_the_present_fact_began(since: date | None) -> None:
    assert reason_of(household(SINCE), [], Amendment.CHANGE, since) == "CHANGE_BEFORE_PRESENT"


@pytest.mark.parametrize("how", list(Amendment))
def test_nothing_is_recorded_for_a_day_to_come(how: Amendment) -> None:
    assert reason_of(household(SINCE), [], how, date(2026, 11, 25)) == "IN_THE_FUTURE"


def test_a_correction_takes_the_place_of_the_present_fact_for_the_same_days() -> None:
    present = household(SINCE, MOVED)
    assert amend(present, [], Amendment.CORRECTION, None, TODAY) == Amended(present.id, None, SINCE, MOVED)


def test_a_correction_may_move_the_first_day_but_not_into_an_earlier_period() -> None:
    earlier, present = household(date(2010, 1, 1), date(2019, 12, 31)), household(SINCE)
    assert amend(present, [earlier], Amendment.CORRECTION, MOVED, TODAY).valid_from == MOVED
    assert reason_of(present, [earlier], Amendment.CORRECTION, date(2019, 12, 31)) == "OVERLAPS_EARLIER"


def test_a_correction_may_not_begin_after_the_last_day() -> None:
    assert reason_of(household(SINCE, MOVED), [], Amendment.CORRECTION, date(2026, 5, 2)) == "OVERLAPS_EARLIER"


def test_the_latest_fact_is_the_one_now_recorded_that_begins_last() -> None:
    first, last = household(SINCE), household(MOVED)
    assert latest([first, last, household(TODAY, superseded=NOON)]) is last
    assert latest([]) is None


def test_a_fact_holds_on_both_its_end_days_and_not_once_superseded() -> None:
    span = Provenance(None, SINCE, MOVED, NOON)
    assert [span.holds_on(day) for day in (date(2019, 12, 31), SINCE, MOVED, date(2026, 5, 2))] == [
        False,
        True,
        True,
        False,
    ]
    assert Provenance(None, SINCE, None, NOON).holds_on(TODAY)
    assert not Provenance(None, SINCE, None, NOON, NOON).holds_on(TODAY)


def test_no_repr_shows_a_name_or_a_number() -> None:
    span = Provenance(None, SINCE, None, NOON)
    shown = repr(PersonName(UUID(int=1), "单雄信", "Shan", "Shan Xiongxin", span))
    shown += repr(PersonDocument(UUID(int=1), "RESIDENT_ID", "990***0011", span))
    assert not any(part in shown for part in ("单雄信", "Shan", "990"))
