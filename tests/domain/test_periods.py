"""Periods of law, to the day."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.periods import Period, add_years, last_day_of_years, shanghai_today, within_years

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(DAYS)
    return Period(start, draw(st.none() | st.dates(start, date(2061, 12, 31))))


def test_the_day_begins_at_midnight_in_shanghai() -> None:
    assert shanghai_today(datetime(2024, 2, 29, 15, 59, 59, tzinfo=UTC)) == date(2024, 2, 29)
    assert shanghai_today(datetime(2024, 2, 29, 16, 0, tzinfo=UTC)) == date(2024, 3, 1)


def test_a_naive_instant_has_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        shanghai_today(datetime(2024, 1, 1))  # noqa: DTZ001 - the naive instant is the point


def test_both_ends_belong_to_a_period() -> None:
    period = Period(date(2024, 1, 10), date(2024, 1, 12))
    assert [period.contains(date(2024, 1, day)) for day in (9, 10, 12, 13)] == [False, True, True, False]
    assert period.days == 3


def test_a_period_without_end_has_no_number_of_days() -> None:
    period = Period(date(2024, 1, 10))
    assert period.days is None
    assert period.contains(date(9999, 12, 31))
    assert not within_years(period, 100)


def test_a_period_cannot_end_before_it_starts() -> None:
    assert Period(date(2024, 1, 2), date(2024, 1, 2)).days == 1
    with pytest.raises(InvalidInput) as refusal:
        Period(date(2024, 1, 2), date(2024, 1, 1))
    assert refusal.value.reason == "PERIOD"


def test_periods_that_touch_share_a_day_only_if_the_day_is_in_both() -> None:
    first = Period(date(2024, 1, 1), date(2024, 1, 31))
    assert first.overlaps(Period(date(2024, 1, 31), None))
    assert not first.overlaps(Period(date(2024, 2, 1), None))


def test_three_years_from_the_first_of_march_end_on_the_last_of_february() -> None:
    start = date(2021, 3, 1)
    assert last_day_of_years(start, 3) == date(2024, 2, 29)
    assert within_years(Period(start, date(2024, 2, 29)), 3)
    assert not within_years(Period(start, date(2024, 3, 1)), 3)


@pytest.mark.parametrize(
    ("start", "years", "last"),
    [
        (date(2019, 1, 1), 3, date(2021, 12, 31)),
        (date(2020, 2, 29), 1, date(2021, 2, 28)),
        (date(2020, 2, 29), 4, date(2024, 2, 28)),
        (date(2023, 2, 28), 1, date(2024, 2, 27)),
    ],
)
def test_a_number_of_years_ends_on_its_last_day(start: date, years: int, last: date) -> None:
    assert last_day_of_years(start, years) == last


def test_the_anniversary_of_a_leap_day_is_the_last_of_february() -> None:
    assert add_years(date(2020, 2, 29), 1) == date(2021, 2, 28)
    assert add_years(date(2020, 2, 29), 4) == date(2024, 2, 29)
    assert add_years(date(2024, 5, 1), -3) == date(2021, 5, 1)


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        (Period(date(2024, 1, 1)), Period(date(2024, 1, 1)), True),
        (Period(date(2024, 1, 2)), Period(date(2024, 1, 1)), False),
        (Period(date(2024, 1, 1), date(2024, 2, 1)), Period(date(2024, 1, 5)), False),
        (Period(date(2024, 1, 1), date(2024, 2, 1)), Period(date(2024, 1, 1), date(2024, 2, 1)), True),
        (Period(date(2024, 1, 1), date(2024, 2, 1)), Period(date(2024, 1, 1), date(2024, 2, 2)), False),
    ],
)
def test_a_period_covers_another_when_it_has_all_its_days(outer: Period, inner: Period, *, expected: bool) -> None:
    assert outer.covers(inner) is expected


@given(periods(), periods(), DAYS)
def test_a_day_is_in_the_intersection_exactly_if_it_is_in_both(one: Period, other: Period, day: date) -> None:
    shared = one.intersection(other)
    assert (shared is not None and shared.contains(day)) == (one.contains(day) and other.contains(day))
    assert shared == other.intersection(one)


def test_the_calendar_ends_and_no_period_is_counted_beyond_it() -> None:
    assert add_years(date(9990, 2, 28), 50) == date.max
    assert last_day_of_years(date(9998, 3, 1), 3) == date.max
    assert within_years(Period(date(9998, 3, 1), date.max), 3)
