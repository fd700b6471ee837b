"""Terms in working days: stops shift the deadline by the working days stopped, and the arithmetic can be recomputed."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talent_registry.domain.calendars import add_working_days, is_working_day
from talent_registry.domain.clocks import Clock, Stop, run_clock

DAYS = st.dates(date(2018, 1, 1), date(2027, 12, 31))
TERMS = st.integers(1, 60)
GAPS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 25)), max_size=4)


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def stops_after(start: date, gaps: list[tuple[int, int]]) -> list[Stop]:
    """Stops one after the other: each begins some days after the one before ended, and lasts some days."""
    stops, day = [], start
    for gap, length in gaps:
        first = day + timedelta(days=gap)
        day = first + timedelta(days=length)
        stops.append(Stop(first, day))
    return stops


@settings(deadline=None)  # the first example reads the catalogue
@given(DAYS, TERMS)
def test_a_clock_that_never_stops_ends_with_the_last_of_its_working_days(start: date, term: int) -> None:
    clock, plain = run_clock(start, term, on=start), add_working_days(start, term)
    assert (clock.deadline, clock.provisional) == (plain.day, plain.provisional)
    assert (clock.used, clock.left) == (0, term)
    assert clock.first_counted_day == add_working_days(start, 1).day


@settings(deadline=None)
@given(DAYS, TERMS, GAPS)
def test_counting_day_by_day_gives_the_same_deadline(start: date, term: int, gaps: list[tuple[int, int]]) -> None:
    stops = stops_after(start, gaps)
    day, left = start, term
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day) and not any(one.first <= day <= one.last for one in stops)
    clock = run_clock(start, term, list(reversed(stops)), on=start)
    assert clock.deadline == day
    assert is_working_day(clock.first_counted_day)


@settings(deadline=None)
@given(DAYS, TERMS, GAPS)
def test_stops_shift_the_deadline_by_exactly_the_working_days_that_stood_still(
    start: date, term: int, gaps: list[tuple[int, int]]
) -> None:
    clock = run_clock(start, term, stops_after(start, gaps), on=start)
    still = sum(one.working_days for one in clock.spans if not one.runs)
    assert clock.deadline == add_working_days(start, term + still).day


@settings(deadline=None)
@given(DAYS, TERMS, GAPS, st.integers(-3, 120))
def test_the_spans_leave_no_day_out_and_add_up_to_the_term(
    start: date, term: int, gaps: list[tuple[int, int]], later: int
) -> None:
    on = start + timedelta(days=later)
    clock = run_clock(start, term, stops_after(start, gaps), on=on)
    assert [day for one in clock.spans for day in days(one.first, one.last)] == days(
        start + timedelta(days=1), clock.deadline
    )
    assert sum(one.working_days for one in clock.spans if one.runs) == term
    assert all(one.working_days == sum(map(is_working_day, days(one.first, one.last))) for one in clock.spans)
    assert 0 <= clock.used <= term
    assert (clock.used + clock.left, clock.left == 0) == (term, on >= clock.deadline)


def recomputed(clock: Clock) -> date:
    """The deadline from what a clock shows alone: start, term, stopped spans and the listed exceptions."""
    listed = {one.day: one.kind for one in clock.exceptions}
    stopped = {day for one in clock.spans if not one.runs for day in days(one.first, one.last)}
    day, left = clock.started_on, clock.term
    while left:
        day += timedelta(days=1)
        works = listed.get(day, "MAKE_UP_WORKDAY" if day.weekday() < 5 else "HOLIDAY") == "MAKE_UP_WORKDAY"
        left -= works and day not in stopped
    return day


@settings(deadline=None)
@given(DAYS, TERMS, GAPS)
def test_whoever_has_the_clock_can_recompute_the_deadline(start: date, term: int, gaps: list[tuple[int, int]]) -> None:
    clock = run_clock(start, term, stops_after(start, gaps), on=start)
    assert recomputed(clock) == clock.deadline


def test_a_make_up_saturday_counts() -> None:
    # Saturday 14 February 2026 is worked; the Spring Festival holds from the 15th to the 23rd.
    clock = run_clock(date(2026, 2, 12), 2, on=date(2026, 2, 12))
    assert clock.deadline == date(2026, 2, 14)
    assert [(one.day, one.kind) for one in clock.exceptions] == [(date(2026, 2, 14), "MAKE_UP_WORKDAY")]


def test_the_spring_festival_does_not_count() -> None:
    clock = run_clock(date(2026, 2, 13), 5, on=date(2026, 2, 24))
    # Saturday the 14th, then Tuesday the 24th to Friday the 27th.
    assert (clock.deadline, clock.used, clock.left) == (date(2026, 2, 27), 2, 3)
    assert clock.first_counted_day == date(2026, 2, 14)
    # A day longer, and the make-up Saturday after the festival is the last.
    assert run_clock(date(2026, 2, 13), 6, on=date(2026, 2, 24)).deadline == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("start", "term", "years"),
    [
        (date(2026, 12, 1), 22, ()),
        (date(2026, 12, 1), 23, (2027,)),
        (date(2026, 12, 31), 1, (2027,)),
        (date(2026, 12, 31), 300, (2027, 2028)),
    ],
)
def test_a_year_without_a_notice_makes_the_deadline_provisional_and_is_named(
    start: date, term: int, years: tuple[int, ...]
) -> None:
    clock = run_clock(start, term, on=start)
    assert (clock.years_without_notice, clock.provisional) == (years, bool(years))
    assert clock.has_run_out(clock.deadline + timedelta(days=1)) is not clock.provisional
    assert not clock.has_run_out(clock.deadline)
    assert (clock.warning is None) == (not years)
    assert clock.warning is None or all(str(year) in clock.warning.zh for year in years)


def test_a_request_on_the_last_day_still_stops_the_clock_and_one_after_it_does_not() -> None:
    start = date(2026, 11, 24)
    last = run_clock(start, 5, on=start).deadline
    assert last == date(2026, 12, 1)
    on_it = run_clock(start, 5, [Stop(last, date(2026, 12, 10))], on=start)
    assert (on_it.deadline, len(on_it.spans)) == (date(2026, 12, 11), 3)
    after = run_clock(start, 5, [Stop(last + timedelta(days=1), date(2026, 12, 10))], on=start)
    assert (after.deadline, len(after.spans)) == (last, 1)


def test_the_days_of_request_and_answer_do_not_count() -> None:
    start = date(2026, 11, 23)
    plain = run_clock(start, 5, on=start)
    same_day = run_clock(start, 5, [Stop(date(2026, 11, 25), date(2026, 11, 25))], on=start)
    assert (plain.deadline, same_day.deadline) == (date(2026, 11, 30), date(2026, 12, 1))
    at_once = run_clock(start, 5, [Stop(start, start)], on=start)
    assert at_once.deadline == plain.deadline
    # A second request on the day of the first answer is one stop with it.
    joined = run_clock(
        start, 5, [Stop(date(2026, 11, 25), date(2026, 11, 26)), Stop(date(2026, 11, 26), date(2026, 11, 27))], on=start
    )
    assert joined.deadline == date(2026, 12, 3)
    overlapped = run_clock(
        start, 5, [Stop(date(2026, 11, 25), date(2026, 11, 27)), Stop(date(2026, 11, 26), date(2026, 11, 26))], on=start
    )
    assert overlapped.deadline == date(2026, 12, 3)
