"""Working days by the official notices of holidays, and deadlines counted in them."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from talent_registry.reference.catalogue import catalogue

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a term in working days; `provisional` where a year without an official notice was counted."""

    day: date
    provisional: bool


def is_working_day(day: date) -> bool:
    """Whether offices work: Monday to Friday but for holidays, and the make-up days of the notice."""
    exception = catalogue().working_day_exceptions.get(day)
    if exception is not None:
        return exception.kind == "MAKE_UP_WORKDAY"
    return day.weekday() < _SATURDAY


def is_provisional_year(year: int) -> bool:
    """Whether the catalogue has no official notice for the year, so that its holidays are unknown."""
    return year not in _notice_years()


def add_working_days(start: date, count: int) -> Deadline:
    """The last of `count` working days after `start`, which itself is not counted; ValueError if count < 1.

    With count 1 this is the first working day after: the first day of a public notice posted on `start`.
    """
    if count < 1:
        raise ValueError("a term has at least one working day")
    day, left, provisional = start, count, False
    while left:
        day += _ONE_DAY
        left -= is_working_day(day)
        provisional = provisional or is_provisional_year(day.year)
    return Deadline(day, provisional)


@cache
def _notice_years() -> frozenset[int]:
    return catalogue().notice_years()
