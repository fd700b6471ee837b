"""The arithmetic of a term in working days: what was counted, what stood still, and the day it ends.

The day on which a term begins is not counted: the first counted day is the first working day after it (Civil Code,
art. 201). A stop leaves out every day from the request up to and including the day of the answer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from talent_registry.domain.calendars import is_provisional_year, is_working_day
from talent_registry.domain.messages import Message
from talent_registry.reference.catalogue import catalogue
from talent_registry.reference.records import WorkingDayException

_ONE_DAY = timedelta(days=1)
METHOD = Message(
    zh="起算日不计入；自次日起逐日计数，周一至周五为工作日，按所列法定节假日和调休上班日调整。自要求补正之日起至答复之日"
    "（均含）不计。计满期限的当日为截止日，当日可办。",
    en="The day on which it starts is not counted. From the next day on every Monday to Friday counts, as changed by "
    "the listed holidays and make-up workdays. The days from a request for evidence up to the answer, both included, "
    "do not count. The day on which the count is full is the deadline; it can still be met on that day.",
)


@dataclass(frozen=True, slots=True)
class Stop:
    """The clock stands still on these days, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row, both ends included, that ran or stood still, and how many of them are working days."""

    runs: bool
    first: date
    last: date
    working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A term with its arithmetic.

    `spans` lie side by side from the day after `started_on` to the deadline; the working days of those that run add up
    to `term`. `used` and `left` are as of the day asked for, that day counted. `exceptions` are all days from the start
    to the deadline on which the official notices override the week. `years_without_notice`: years counted in whose
    holidays are not known, so that the deadline is provisional.
    """

    started_on: date
    term: int
    spans: tuple[Span, ...]
    deadline: date
    used: int
    left: int
    exceptions: tuple[WorkingDayException, ...]
    years_without_notice: tuple[int, ...]

    @property
    def provisional(self) -> bool:
        """Whether the deadline may move once the missing notices are out."""
        return bool(self.years_without_notice)

    @property
    def warning(self) -> Message | None:
        """What is not certain about the deadline, in a sentence; None where all of it is."""
        if not self.provisional:
            return None
        years = ", ".join(map(str, self.years_without_notice))
        return Message(
            zh=f"{years} 年放假安排的正式通知尚未收录，截止日 {self.deadline} 为暂定；"
            "通知收录前，不因其届满而使任何人失权或得权。",
            en=f"The official notice of holidays for {years} is not recorded yet, so the deadline {self.deadline} is "
            "provisional; until it is, nobody loses or gains anything by that day.",
        )

    @property
    def first_counted_day(self) -> date:
        """The first working day after the start that was not stopped."""
        return next(
            day for span in self.spans if span.runs for day in _days(span.first, span.last) if is_working_day(day)
        )

    def has_run_out(self, on: date) -> bool:
        """Whether the deadline is over on the day, for certain: a provisional deadline takes nothing from anybody."""
        return on > self.deadline and not self.provisional


def run_clock(started_on: date, term: int, stops: Sequence[Stop] = (), *, on: date) -> Clock:
    """The clock of `term` working days (at least 1) from a start, stopped in between, as of the day `on`."""
    spans: list[Span] = []
    counted, last = 0, started_on
    # Beyond the last stop nothing stands still any more.
    for stop in [*sorted(stops, key=lambda one: one.first), Stop(date.max, date.min)]:
        until = min(stop.first - _ONE_DAY, _nth_working_day(last, term - counted))
        if until > last:
            spans.append(_span(last, until, runs=True))
            counted, last = counted + spans[-1].working_days, until
        if counted < term and stop.last > last:
            spans.append(_span(last, stop.last, runs=False))
            last = stop.last
    used = sum(is_working_day(day) for one in spans if one.runs for day in _days(one.first, min(one.last, on)))
    within = _days(started_on + _ONE_DAY, last)
    listed = catalogue().working_day_exceptions
    return Clock(
        started_on=started_on,
        term=term,
        spans=tuple(spans),
        deadline=last,
        used=used,
        left=term - used,
        exceptions=tuple(listed[day] for day in within if day in listed),
        years_without_notice=tuple(
            year for year in range((started_on + _ONE_DAY).year, last.year + 1) if is_provisional_year(year)
        ),
    )


def _nth_working_day(start: date, count: int) -> date:
    day = start
    while count:
        day += _ONE_DAY
        count -= is_working_day(day)
    return day


def _span(after: date, last: date, *, runs: bool) -> Span:
    first = after + _ONE_DAY
    return Span(runs, first, last, sum(map(is_working_day, _days(first, last))))


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += _ONE_DAY
