"""Working days by the official notices."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talent_registry.domain.calendars import Deadline, add_working_days, is_provisional_year, is_working_day


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 10, 9), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
        (date(2027, 1, 1), True),
    ],
)
def test_holidays_and_make_up_days_override_the_week(day: date, *, works: bool) -> None:
    assert is_working_day(day) is works


def test_the_first_day_after_a_posting_before_the_national_holiday_is_the_first_working_day() -> None:
    assert add_working_days(date(2026, 9, 30), 1) == Deadline(date(2026, 10, 8), provisional=False)


def test_a_make_up_saturday_counts() -> None:
    assert add_working_days(date(2026, 10, 8), 2) == Deadline(date(2026, 10, 10), provisional=False)


def test_a_deadline_that_touches_a_year_without_notice_is_provisional() -> None:
    assert add_working_days(date(2026, 12, 30), 1) == Deadline(date(2026, 12, 31), provisional=False)
    assert add_working_days(date(2026, 12, 31), 1) == Deadline(date(2027, 1, 1), provisional=True)
    assert is_provisional_year(2027)
    assert is_provisional_year(2017)
    assert not is_provisional_year(2018)


def test_a_term_has_at_least_one_day() -> None:
    with pytest.raises(ValueError, match="one working day"):
        add_working_days(date(2026, 1, 5), 0)


@given(st.dates(date(2018, 1, 1), date(2026, 6, 30)), st.integers(1, 60))
def test_a_deadline_is_a_working_day_and_has_exactly_the_count_before_it(start: date, count: int) -> None:
    deadline = add_working_days(start, count)
    between = [start + timedelta(days=n) for n in range(1, (deadline.day - start).days + 1)]
    assert is_working_day(deadline.day)
    assert sum(map(is_working_day, between)) == count
