"""Who a sample person is before any credential: where registered, where employed, in which series, how far."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from talent_registry.domain.generation_draws import Draws, Weighted
from talent_registry.domain.generation_names import Names, foreign, separated
from talent_registry.domain.generation_numbers import SampleNumber
from talent_registry.domain.generation_units import CHONGQING, SICHUAN, SampleUnit, Units
from talent_registry.domain.periods import add_years
from talent_registry.reference.catalogue import catalogue
from talent_registry.reference.records import Division

# 4.82 and 2.18 million professionals (2023, 2025).
_PROVINCES: Final = Weighted({SICHUAN: 69.0, CHONGQING: 31.0})
_OTHER: Final = {SICHUAN: CHONGQING, CHONGQING: SICHUAN}
_CENTRES: Final = {"5101": 5.0, "5107": 2.0, "5001": 2.0}
_BESIDE: Final = "500107"
_WORKS_ELSEWHERE: Final = 0.03
_HAS_MOVED: Final = 0.15
_SEPARATED_NAMES: Final = 0.012
_FOREIGNERS: Final = 0.012
# Shares of the title series in percent; estimates, for no register has been published.
_SERIES: Final = Weighted(
    {
        **dict.fromkeys(("02", "07", "08", "09", "10", "11", "12", "14", "15", "16", "23", "24", "25", "26"), 0.6),
        "01": 4.5,
        "03": 2.0,
        "04": 17.0,
        "05": 27.0,
        "06": 3.5,
        "13": 1.0,
        "17": 7.0,
        "18": 0.8,
        "19": 6.0,
        "20": 1.2,
        "21": 2.0,
        "22": 19.0,
        "27": 0.6,
    }
)
# The highest level aimed at: half of all hold a senior or intermediate title (2023); age lets some stay below.
_LEVELS: Final = Weighted(
    {"SENIOR_FULL": 4.0, "SENIOR_DEPUTY": 17.0, "INTERMEDIATE": 39.0, "ASSISTANT": 33.0, "ENTRY": 7.0}
)
_EMPLOYER_OF: Final = {
    "01": "UNIVERSITY",
    "02": "UNIVERSITY",
    "03": "INSTITUTE",
    "04": "HOSPITAL",
    "06": "PUBLIC_INSTITUTION",
    "07": "PUBLIC_INSTITUTION",
    "16": "PUBLIC_INSTITUTION",
    "20": "UNIVERSITY",
    "21": "SCHOOL",
    "22": "SCHOOL",
}
_WORKING_AGE: Final = 22
_HOUSEHOLD_SINCE: Final = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Residence:
    """A household registration: division, since when."""

    division: str
    since: date


@dataclass(frozen=True, slots=True)
class Employment:
    """A personnel relation: with which unit, on which days (`until` None: still)."""

    unit: SampleUnit
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    """A sample person; `serial` is unlike that of anybody else in any sample, `began` the first day of work."""

    id: UUID
    serial: int
    name: str = field(repr=False)
    number: SampleNumber
    residence: Residence
    employments: tuple[Employment, ...]
    series: str
    level: str
    is_foreign: bool
    began: date

    @property
    def home(self) -> SampleUnit:
        """The unit of the personnel relation today."""
        return self.employments[-1].unit

    @property
    def province(self) -> str:
        """The province of the home unit."""
        return self.home.province


@dataclass(frozen=True, slots=True)
class Sources:
    """What everything in a sample is drawn with: chance, units, the day, the instant of recording."""

    draws: Draws
    units: Units
    today: date
    at: datetime


class Careers:
    """Draws people."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._names = Names()
        current = [one for one in catalogue().list_divisions(sources.today.year) if one.level == "county"]
        self._divisions = {
            province: Weighted({one: _weight(one) for one in current if one.code[:2] == province[:2]})
            for province in (SICHUAN, CHONGQING)
        }

    def one(self, number: SampleNumber, serial: int) -> Career:
        """The person of this number."""
        draws, today = self._sources.draws, self._sources.today
        began = min(draws.day(add_years(number.born, _WORKING_AGE), add_years(number.born, _WORKING_AGE + 5)), today)
        province, series = draws.weighted(_PROVINCES), draws.weighted(_SERIES)
        is_foreign = draws.happens(_FOREIGNERS)
        return Career(
            id=draws.new_id(),
            serial=serial,
            name=self._name(number, is_foreign=is_foreign),
            number=number,
            residence=self._residence(province, number.born),
            employments=self._employments(province, series, began),
            series=series,
            level=draws.weighted(_LEVELS),
            is_foreign=is_foreign,
            began=began,
        )

    def _name(self, number: SampleNumber, *, is_foreign: bool) -> str:
        draws = self._sources.draws
        if is_foreign:
            return foreign(draws)
        return separated(draws) if draws.happens(_SEPARATED_NAMES) else self._names.chinese(draws, woman=number.woman)

    def _residence(self, province: str, born: date) -> Residence:
        draws = self._sources.draws
        division = draws.weighted(self._divisions[province])
        first = max(_HOUSEHOLD_SINCE, born, date((division.valid_from_year or 0) + 1, 1, 1))
        return Residence(division.code, draws.day(first, self._sources.today))

    def _employments(self, province: str, series: str, began: date) -> tuple[Employment, ...]:
        draws, today = self._sources.draws, self._sources.today
        here = _OTHER[province] if draws.happens(_WORKS_ELSEWHERE) else province
        kind = _EMPLOYER_OF.get(series, "ENTERPRISE")
        unit = draws.one(self._sources.units.employers(kind, here))
        if not draws.happens(_HAS_MOVED) or (today - began).days < 2:  # noqa: PLR2004 - a day in each unit
            return (Employment(unit, began),)
        moved = draws.day(date.fromordinal(began.toordinal() + 1), today)
        before = draws.one(self._sources.units.employers(kind, province))
        return (Employment(before, began, date.fromordinal(moved.toordinal() - 1)), Employment(unit, moved))


def _weight(division: Division) -> float:
    return _CENTRES.get(division.code[:4], 1.0) * (3.0 if division.code == _BESIDE else 1.0)
