"""How full a day is: exact sums of whole percents."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from talent_registry.domain.periods import Period
from talent_registry.domain.workload import Share, heaviest_day, loads, overload_message

FIRST = date(2026, 12, 1)


def share(percent: int, since: int, until: int, serial: int = 1) -> Share:
    return Share(UUID(int=serial), percent, FIRST + timedelta(days=since), FIRST + timedelta(days=until))


def test_shares_that_meet_on_one_day_add_up_on_that_day_alone() -> None:
    found = loads([share(40, 0, 9), share(70, 9, 20, 2)])
    assert [(one.since.day, one.until.day, one.total) for one in found] == [(1, 9, 40), (10, 10, 110), (11, 21, 70)]


def test_shares_that_follow_each_other_never_meet() -> None:
    heaviest = heaviest_day([share(60, 0, 9), share(60, 10, 20, 2)])
    assert heaviest is not None
    assert not heaviest.is_too_much


def test_days_without_a_share_are_no_load() -> None:
    assert [one.total for one in loads([share(10, 0, 1), share(20, 5, 6, 2)])] == [10, 20]
    assert heaviest_day([]) is None


def test_only_the_asked_days_count() -> None:
    shares = [share(40, 0, 9), share(70, 0, 4, 2)]
    late = Period(FIRST + timedelta(days=5), None)
    assert [one.total for one in loads(shares, late)] == [40]
    assert loads(shares, Period(FIRST + timedelta(days=50), FIRST + timedelta(days=60))) == ()


def test_the_message_shows_the_sum_and_its_days() -> None:
    heaviest = heaviest_day([share(40, 0, 30), share(70, 0, 30, 2)])
    assert heaviest is not None
    assert heaviest.is_too_much
    assert "40 % + 70 % = 110 % from 2026-12-01 to 2026-12-31" in overload_message(heaviest).en
    assert "40 % + 70 % = 110 %" in overload_message(heaviest).zh


days = st.tuples(st.integers(1, 100), st.integers(0, 40), st.integers(0, 40))


@given(st.lists(days, max_size=6))
def test_every_day_has_exactly_the_sum_of_its_shares(spans: list[tuple[int, int, int]]) -> None:
    shares = [share(percent, min(a, b), max(a, b), serial) for serial, (percent, a, b) in enumerate(spans)]
    found = loads(shares)
    for offset in range(42):
        day = FIRST + timedelta(days=offset)
        expected = sum(one.percent for one in shares if one.since <= day <= one.until)
        assert sum(one.total for one in found if one.since <= day <= one.until) == expected


def test_a_share_may_take_the_last_day_of_the_calendar() -> None:
    share = Share(UUID(int=1), 40, date(9999, 12, 30), date.max)
    (load,) = loads([share])
    assert (load.since, load.until, load.total) == (date(9999, 12, 30), date.max, 40)
