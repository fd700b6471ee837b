"""The organisations of a sample: issuers and employers of both provinces, some of elsewhere, and their committees."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from talent_registry.domain.generation_draws import Draws
from talent_registry.domain.organisations import CommitteeFiling, Organisation, normalise_unit_name
from talent_registry.domain.periods import last_day_of_years
from talent_registry.reference.catalogue import catalogue
from talent_registry.reference.records import Division

SICHUAN: Final = "510000"
CHONGQING: Final = "500000"
PAIR: Final = (SICHUAN, CHONGQING)

# Employers of every county: name behind the division's, and kind.
_OF_A_COUNTY: Final = (
    ("人民医院", "HOSPITAL"),
    ("第一中学", "SCHOOL"),
    ("实验小学", "SCHOOL"),
    ("农业技术推广中心", "PUBLIC_INSTITUTION"),
    ("融媒体中心", "PUBLIC_INSTITUTION"),
    ("建设工程有限公司", "ENTERPRISE"),
    ("装备制造有限公司", "ENTERPRISE"),
)
# Name, kind, division, kind of issuer; the last two states no province of the mainland's title system.
_ELSEWHERE: Final = (
    ("人力资源和社会保障部人事考试中心", "PUBLIC_INSTITUTION", "110105", "NATIONAL_EXAM"),
    ("华南理工大学", "UNIVERSITY", "440106", "SELF_REVIEW_UNIT"),
    ("浙江大学", "UNIVERSITY", "330106", "SELF_REVIEW_UNIT"),
    ("云南省卫生健康委员会", "GOVERNMENT", "530000", "PROVINCIAL"),
    ("贵州省教育厅", "GOVERNMENT", "520000", "PROVINCIAL"),
    ("陕西省工程系列评审办公室", "REVIEW_BODY", "610000", "PROVINCIAL"),
    ("教育部留学服务中心", "PUBLIC_INSTITUTION", "110108", "PROVINCIAL"),
    ("香港工程师学会", "SOCIAL_ORGANISATION", "810000", "PROVINCIAL"),
)
_OVERSEAS: Final = {"教育部留学服务中心": ("GB", "US", "DE", "JP"), "香港工程师学会": ("HK",)}
_AUTHORITIES: Final = {
    SICHUAN: "四川省人力资源和社会保障厅",
    CHONGQING: "重庆市人力资源和社会保障局",
}
_FIRST_WINDOW: Final = 2017
_YEARS_OF_A_FILING: Final = 3
_EVERY_SERIES: Final = tuple(f"{number:02d}" for number in range(1, 28))
# Which series one committee of the kind of issuer reviews, and the highest level.
_COMMITTEES: Final[Mapping[str, tuple[tuple[tuple[str, ...], ...], str]]] = {
    "PROVINCIAL_HRSS": (tuple((series,) for series in _EVERY_SERIES), "SENIOR_FULL"),
    "PREFECTURE_HRSS": (
        (
            ("05", "06", "20"),
            ("04",),
            ("21", "22", "13"),
            tuple(s for s in _EVERY_SERIES if s not in "05 06 20 04 21 22 13"),
        ),
        "INTERMEDIATE",
    ),
    "COUNTY_HRSS": ((("04", "05", "06", "09", "11", "21", "22"),), "INTERMEDIATE"),
    "SELF_REVIEW_UNIT": ((("01", "02", "03", "20"),), "SENIOR_FULL"),
    "CENTRAL_UNIT": ((("03", "05", "20"),), "SENIOR_FULL"),
}
# Of so many authorities one let its filings lapse a year early: what it approved then is not covered.
_LAPSES_ONE_IN: Final = 9


@dataclass(frozen=True, slots=True)
class SampleUnit:
    """An organisation, its place in the list, and as what kind of issuer it acts (None: it employs only)."""

    place: int
    organisation: Organisation
    issues_as: str | None
    countries: tuple[str, ...] = ()

    @property
    def province(self) -> str:
        """The province that it lies in."""
        return self.organisation.province


def list_units(draws: Draws, today: date) -> list[SampleUnit]:
    """All organisations of a sample, the same for every seed but for their ids."""
    rows: list[tuple[str, str | None, str, str, str | None]] = [
        (name, None, "HRSS_BUREAU", province, "PROVINCIAL_HRSS") for province, name in _AUTHORITIES.items()
    ]
    for division in catalogue().list_divisions(today.year):
        rows += _of_division(division)
    seen = {(row[0], row[3]) for row in rows}
    for one in catalogue().institutions.values():
        if (one.name_zh, one.division_code) not in seen:
            rows.append(
                (one.name_zh, one.name_en or None, one.organisation_kind, one.division_code, _issues_as(one.kind))
            )
    rows += [(name, None, kind, division, issues) for name, kind, division, issues in _ELSEWHERE]
    return [
        SampleUnit(
            place,
            Organisation(draws.new_id(), normalise_unit_name(name), english, kind, division, None, None),
            issues,
            _OVERSEAS.get(name, ()),
        )
        for place, (name, english, kind, division, issues) in enumerate(rows)
    ]


def _of_division(division: Division) -> Iterator[tuple[str, str | None, str, str, str | None]]:
    if division.level not in ("prefecture", "county"):
        return
    name = division.name_zh
    # Districts share names across prefectures; their employers are told apart by the division.
    yield (f"{name}人力资源和社会保障局", None, "HRSS_BUREAU", division.code, f"{division.level.upper()}_HRSS")
    if division.level == "county":
        for tail, kind in _OF_A_COUNTY:
            yield (name + tail, None, kind, division.code, "EMPLOYER" if kind == "ENTERPRISE" else None)


def _issues_as(kind: str) -> str | None:
    if kind.startswith("military"):
        return "MILITARY"
    if kind.startswith("central"):
        return "CENTRAL_UNIT"
    return {"university": "SELF_REVIEW_UNIT", "government": "PROVINCIAL", "enterprise": "EMPLOYER"}.get(kind)


class Units:
    """The organisations of a sample by what they are good for, and the filings of their committees by number."""

    def __init__(self, units: Iterable[SampleUnit], filings: Mapping[str, CommitteeFiling]) -> None:
        self.all = tuple(units)
        self.filings = filings
        self._examiner = next(unit for unit in self.all if unit.issues_as == "NATIONAL_EXAM")
        self._issuers = _grouped(self.all, lambda unit: (unit.issues_as, unit.province))
        self._by_division = {
            (unit.issues_as, unit.organisation.division): unit
            for unit in self.all
            if unit.organisation.kind == "HRSS_BUREAU"
        }
        employers = [
            unit for unit in self.all if unit.organisation.kind not in _EMPLOYS_NO_SAMPLE and unit.province in PAIR
        ]
        self._employers = _grouped(employers, lambda unit: (unit.organisation.kind, unit.province))

    def issuers(self, kind: str, province: str) -> tuple[SampleUnit, ...]:
        """Those that issue as this kind in a province; empty where there is none."""
        return self._issuers.get((kind, province), ())

    def bureau(self, kind: str, division: str) -> SampleUnit | None:
        """The human resources authority of this kind that stands for exactly this division."""
        return self._by_division.get((kind, division))

    def employers(self, kind: str, province: str) -> tuple[SampleUnit, ...]:
        """The home and host units of a kind in a province; empty where there is none."""
        return self._employers.get((kind, province), ())

    def elsewhere(self, *, overseas: bool) -> tuple[SampleUnit, ...]:
        """The issuers of other provinces that review titles, or those of what was obtained abroad."""
        return tuple(
            unit
            for unit in self.all
            if unit.province not in PAIR and unit.issues_as != "NATIONAL_EXAM" and bool(unit.countries) is overseas
        )

    @property
    def examiner(self) -> SampleUnit:
        """The body of the national examinations."""
        return self._examiner


_EMPLOYS_NO_SAMPLE: Final = frozenset({"HRSS_BUREAU", "SCIENCE_AUTHORITY"})


def _grouped(
    units: Iterable[SampleUnit], key: Callable[[SampleUnit], tuple[str | None, str]]
) -> dict[tuple[str | None, str], tuple[SampleUnit, ...]]:
    groups: dict[tuple[str | None, str], list[SampleUnit]] = {}
    for unit in units:
        groups.setdefault(key(unit), []).append(unit)
    return {name: tuple(members) for name, members in groups.items()}


def list_filings(draws: Draws, units: Iterable[SampleUnit], today: date, at: datetime) -> list[CommitteeFiling]:
    """The filings of all committees since 2017, each of three years at most; some lapsed early."""
    return [filing for unit in units for filing in _filings_of(draws, unit, today, at)]


def _filings_of(draws: Draws, unit: SampleUnit, today: date, at: datetime) -> Iterator[CommitteeFiling]:
    groups, highest = _COMMITTEES.get(unit.issues_as or "", ((), ""))
    lapses = unit.place % _LAPSES_ONE_IN == 0 and unit.issues_as != "PROVINCIAL_HRSS"
    for number, series in enumerate(groups):
        for year in range(_FIRST_WINDOW, today.year + 1, _YEARS_OF_A_FILING):
            since = date(year, 1, 1)
            yield CommitteeFiling(
                draws.new_id(),
                filing_number(unit, number, year),
                unit.organisation.id,
                f"{unit.organisation.name_zh}{_called(series)}评审委员会",
                since,
                last_day_of_years(since, _YEARS_OF_A_FILING - lapses),
                highest,
                series,
                at,
            )


def _called(series: tuple[str, ...]) -> str:
    return catalogue().title_series(series[0]).name_zh if len(series) == 1 else "职称"


def filing_number(unit: SampleUnit, number: int, year: int) -> str:
    """The number of a filing: whose, which of its committees, from which year."""
    return f"SAMPLE-{unit.organisation.division}-{unit.place}-{number}-{year}"


def cited_filing(unit: SampleUnit, series: str, approved: date) -> str | None:
    """The filing that a title approved on the day cites; None before there were any, and for bodies without them.

    A title outside the series of every committee cites the first one's.
    """
    groups, _ = _COMMITTEES.get(unit.issues_as or "", ((), ""))
    if not groups or approved.year < _FIRST_WINDOW:
        return None
    number = next((place for place, group in enumerate(groups) if series in group), 0)
    year = approved.year - (approved.year - _FIRST_WINDOW) % _YEARS_OF_A_FILING
    return filing_number(unit, number, year)


def as_recorded(units: Iterable[SampleUnit], recorded: Mapping[tuple[str, str], Organisation]) -> list[SampleUnit]:
    """The units, those that the registry knows by name and division as it knows them."""
    return [
        replace(
            unit, organisation=recorded.get((unit.organisation.name_zh, unit.organisation.division), unit.organisation)
        )
        for unit in units
    ]
