"""Days and periods of law: inclusive at both ends, in the days of Asia/Shanghai."""

from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, timedelta, timezone

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

# China has kept UTC+8 without summer time since 1991; a fixed offset needs no zone files on the machine.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_ONE_DAY = timedelta(days=1)


def shanghai_today(now: datetime) -> date:
    """The day in Shanghai at an aware instant; ValueError for a naive one."""
    if now.tzinfo is None:
        raise ValueError("an instant needs a time zone to have a day")
    return now.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `until`, both included, `until` None = without end; InvalidInput if it ends too early."""

    start: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.start:
            raise InvalidInput(
                Message(
                    zh=f"期间的截止日 {self.until} 早于起始日 {self.start}，请更正其中一个。",
                    en=f"The period ends on {self.until}, before it starts on {self.start}; correct one of the days.",
                ),
                reason="PERIOD",
            )

    @property
    def days(self) -> int | None:
        """The number of days, both ends counted; None without end."""
        return None if self.until is None else (self.until - self.start).days + 1

    def contains(self, day: date) -> bool:
        """Whether the day lies in the period."""
        return self.start <= day and (self.until is None or day <= self.until)

    def covers(self, other: "Period") -> bool:
        """Whether every day of the other lies in this one."""
        if other.until is None:
            return self.until is None and self.start <= other.start
        return self.contains(other.start) and self.contains(other.until)

    def overlaps(self, other: "Period") -> bool:
        """Whether they share a day."""
        return self.intersection(other) is not None

    def intersection(self, other: "Period") -> "Period | None":
        """The days of both, None if there are none."""
        start = max(self.start, other.start)
        ends = [until for until in (self.until, other.until) if until is not None]
        until = min(ends) if ends else None
        return None if until is not None and until < start else Period(start, until)


def add_years(day: date, years: int) -> date:
    """The same day so many years later (or earlier); 29 February falls on 28 February where there is none.

    Civil Code, article 202: where the month has no such day, its last day. Beyond the calendar it is the last day of
    9999.
    """
    if day.year + years > MAXYEAR:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def last_day_of_years(start: date, years: int) -> date:
    """The last of exactly so many years of which `start` is the first day: 2021-03-01 and 3 give 2024-02-29."""
    if start.year + years > MAXYEAR:
        return date.max
    same_day = add_years(start, years)
    # A year begun on 29 February is full on 28 February where the 29th is missing.
    return same_day - _ONE_DAY if same_day.day == start.day else same_day


def within_years(period: Period, years: int) -> bool:
    """Whether the period is no longer than so many whole years; without end it never is."""
    return period.until is not None and period.until <= last_day_of_years(period.start, years)
