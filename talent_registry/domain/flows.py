"""Flows between the provinces: how many people's status was recognised on the other side, how many began a placement.

Counted by calendar quarter, published once for each when it is closed, as recorded by its end: what is recorded later,
a correction too, counts in the quarter in which it is recorded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import permutations
from types import MappingProxyType
from typing import Any, Final

from talent_registry.domain.divisions import province_of
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import SHANGHAI
from talent_registry.domain.suppression import protected_line, protected_whole
from talent_registry.reference.catalogue import catalogue

_QUARTERS: Final = 4
_MONTHS: Final = 3
# 员级 and 助理级 together are 初级: not every series has the former, and its figure would tell of the series that have.
LEVELS: Final = MappingProxyType(
    {
        "ENTRY": "JUNIOR",
        "ASSISTANT": "JUNIOR",
        "INTERMEDIATE": "INTERMEDIATE",
        "SENIOR_DEPUTY": "SENIOR_DEPUTY",
        "SENIOR_FULL": "SENIOR_FULL",
    }
)


class FlowMeasure(StrEnum):
    """What is counted: people, each once a quarter, direction and measure, by the first such act of the quarter.

    Titles, which have both series and level, are counted apart from all else, which has neither: together, the parts
    without a series and those without a level would be the same people.
    """

    TITLES = "TITLES"
    OTHER_CREDENTIALS = "OTHER_CREDENTIALS"
    PLACEMENTS_ON_TITLES = "PLACEMENTS_ON_TITLES"
    OTHER_PLACEMENTS = "OTHER_PLACEMENTS"


class FlowDimension(StrEnum):
    """By which property the people of a direction are told apart."""

    DISCIPLINE = "DISCIPLINE"
    LEVEL = "LEVEL"
    KIND = "KIND"
    ORIGIN = "ORIGIN"
    DESTINATION = "DESTINATION"


_PLACES: Final = (FlowDimension.ORIGIN, FlowDimension.DESTINATION)
ON_TITLES: Final = frozenset({FlowMeasure.TITLES, FlowMeasure.PLACEMENTS_ON_TITLES})


def dimensions_of(measure: FlowMeasure) -> tuple[FlowDimension, ...]:
    """By what the people of a measure are told apart."""
    if measure in ON_TITLES:
        return (FlowDimension.DISCIPLINE, FlowDimension.LEVEL, *_PLACES)
    return (FlowDimension.KIND, *_PLACES)


def check_dimension(measure: FlowMeasure, dimension: FlowDimension) -> None:
    """InvalidInput (NOT_TOLD_APART) where the people of the measure are not told apart so."""
    if dimension not in dimensions_of(measure):
        raise InvalidInput(
            Message(
                zh="该项统计没有这一分类：职称按系列和层级，其他资质按类型，都可按地方。",
                en="This measure is not told apart so: titles are by discipline and level, other credentials by kind, "
                "all of them by place.",
            ),
            reason="NOT_TOLD_APART",
            path=("by",),
        )


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter, `number` from 1 to 4, in the days of Asia/Shanghai."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter of a day."""
        return cls(day.year, (day.month - 1) // _MONTHS + 1)

    @classmethod
    def read(cls, written: str) -> "Quarter":
        """The quarter as it is written, such as 2026-Q3; InvalidInput (QUARTER) where it is not one."""
        year, _, number = written.partition("-Q")
        if len(year) == len("2026") and year.isascii() and year.isdigit() and number in {"1", "2", "3", "4"}:
            return cls(int(year), int(number))
        raise InvalidInput(
            Message(zh="季度的写法如 2026-Q3，请改正。", en="A quarter is written like 2026-Q3; correct it."),
            reason="QUARTER",
            path=("quarter",),
        )

    def __str__(self) -> str:
        return f"{self.year:04d}-Q{self.number}"

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, (self.number - 1) * _MONTHS + 1, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.after().first_day - timedelta(days=1)

    @property
    def begins_at(self) -> datetime:
        """The instant at which it begins; the one before ends there."""
        return datetime.combine(self.first_day, time(), SHANGHAI).astimezone(UTC)

    def after(self) -> "Quarter":
        """The next one."""
        return Quarter(self.year + self.number // _QUARTERS, self.number % _QUARTERS + 1)

    def is_due(self, today: date) -> bool:
        """Whether its tables can be made: a whole day has passed since it ended, and what it recorded is there."""
        return today > self.after().first_day


@dataclass(frozen=True, slots=True)
class Movement:
    """People who have all this alike: divisions they come from and go to, what was recognised, its title code or ""."""

    origin: str
    destination: str
    kind: str
    title: str
    people: int


@dataclass(frozen=True, slots=True)
class FlowTable:
    """What is published of one direction: the number of people and its parts by each property; None: withheld.

    `lines` hold every part there is, in the order of their codes: series, level, kind, or place. A place is a
    prefecture, in a municipality a district or county, and the province's own code whatever lies in no such place.
    """

    measure: FlowMeasure
    from_province: str
    to_province: str
    people: int | None
    lines: Mapping[FlowDimension, Mapping[str, int | None]]

    def hidden(self, dimension: FlowDimension) -> int | None:
        """The people in parts that are not shown, as anybody can subtract them; None where the whole is withheld."""
        if self.people is None:
            return None
        return self.people - sum(count or 0 for count in self.lines[dimension].values())

    def as_json(self) -> dict[str, Any]:
        """The table as it is stored."""
        lines = {dimension.value: dict(line) for dimension, line in self.lines.items()}
        return {
            "measure": self.measure.value,
            "from": self.from_province,
            "to": self.to_province,
            "people": self.people,
            "lines": lines,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "FlowTable":
        """The table from what `as_json` gave."""
        lines = {FlowDimension(name): dict(sorted(line.items())) for name, line in stored["lines"].items()}
        return cls(FlowMeasure(stored["measure"]), stored["from"], stored["to"], stored["people"], lines)


@dataclass(frozen=True, slots=True)
class FlowEdition:
    """The tables of a quarter as they were published; they are never altered."""

    quarter: Quarter
    edition: int
    published_at: datetime
    tables: tuple[FlowTable, ...]

    def of(self, measure: FlowMeasure) -> tuple[FlowTable, ...]:
        """The tables of one measure, one for each direction."""
        return tuple(table for table in self.tables if table.measure is measure)


def tables_of(
    measure: FlowMeasure, quarter: Quarter, provinces: Sequence[str], movements: Iterable[Movement]
) -> list[FlowTable]:
    """The tables of each direction between the provinces, with what must not be told withheld."""
    found = tuple(movements)
    return [
        _table(measure, quarter, sides, [one for one in found if _direction(one) == sides])
        for sides in permutations(provinces, 2)
    ]


def places_of(province: str, year: int) -> tuple[str, ...]:
    """The places by which a province is told apart in a year, and the province itself for what lies in none."""
    within = [one for one in catalogue().list_divisions(year) if province_of(one.code) == province]
    prefectures = [one.code for one in within if one.level == "prefecture"]
    return (province, *(prefectures or [one.code for one in within if one.level == "county"]))


def place_of(division: str, places: Sequence[str]) -> str:
    """The one of these places in which a division lies."""
    return next((one for one in (division, f"{division[:4]}00") if one in places), province_of(division))


def _direction(one: Movement) -> tuple[str, str]:
    return province_of(one.origin), province_of(one.destination)


def _table(measure: FlowMeasure, quarter: Quarter, sides: tuple[str, str], movements: Sequence[Movement]) -> FlowTable:
    lines = {}
    for dimension in dimensions_of(measure):
        parts, part_of = _parts(dimension, sides, quarter.year)
        counts = dict.fromkeys(sorted(parts), 0)
        for one in movements:
            counts[part_of(one)] += one.people
        lines[dimension] = protected_line(counts)
    people = sum(one.people for one in movements)
    return FlowTable(measure, *sides, protected_whole(people), lines)


def _parts(
    dimension: FlowDimension, sides: tuple[str, str], year: int
) -> tuple[Iterable[str], Callable[[Movement], str]]:
    """Every part of a line, and how to find that of a movement."""
    titles = catalogue().titles
    match dimension:
        case FlowDimension.DISCIPLINE:
            return catalogue().series, lambda one: titles[one.title].series_code
        case FlowDimension.LEVEL:
            return set(LEVELS.values()), lambda one: LEVELS[titles[one.title].level_code]
        case FlowDimension.KIND:
            return (kind.code for kind in catalogue().credential_kinds), lambda one: one.kind
        case FlowDimension.ORIGIN:
            origins = places_of(sides[0], year)
            return origins, lambda one: place_of(one.origin, origins)
        case _:
            destinations = places_of(sides[1], year)
            return destinations, lambda one: place_of(one.destination, destinations)
