"""Titles of sample people: by whom, on which route, under which filing, and how their record stands."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from talent_registry.domain.credentials import (
    Credential,
    CredentialRecord,
    CredentialVersion,
    RecordStatus,
    StatusSpan,
)
from talent_registry.domain.generation_careers import Career, Sources
from talent_registry.domain.generation_draws import Weighted
from talent_registry.domain.generation_units import CHONGQING, PAIR, SICHUAN, SampleUnit, cited_filing
from talent_registry.domain.periods import add_years
from talent_registry.reference.catalogue import catalogue

_LADDER: Final = ("ENTRY", "ASSISTANT", "INTERMEDIATE", "SENIOR_DEPUTY", "SENIOR_FULL")
_SENIOR: Final = frozenset({"SENIOR_DEPUTY", "SENIOR_FULL"})
# Least years of work before the level, and the spread.
_YEARS_BEFORE: Final = {"ENTRY": 0, "ASSISTANT": 1, "INTERMEDIATE": 5, "SENIOR_DEPUTY": 10, "SENIOR_FULL": 15}
_SPREAD_YEARS: Final = 4
_KEEPS_LOWER: Final = 0.33
_MOVED_PROVINCE: Final = 0.06
# Who grants, in percent. OTHER_PROVINCE stands for the authorities of third provinces.
_SENIOR_BY: Final = Weighted(
    {"PROVINCIAL_HRSS": 81.0, "SELF_REVIEW_UNIT": 5.0, "CENTRAL_UNIT": 5.0, "PREFECTURE_HRSS": 2.5, "MILITARY": 2.0}
    | {"OTHER_PROVINCE": 3.0, "EMPLOYER": 1.5}
)
_LOWER_BY: Final = Weighted(
    {"PREFECTURE_HRSS": 42.0, "COUNTY_HRSS": 37.0, "PROVINCIAL_HRSS": 6.0, "SELF_REVIEW_UNIT": 3.0, "CENTRAL_UNIT": 4.0}
    | {"MILITARY": 1.5, "OTHER_PROVINCE": 3.0, "EMPLOYER": 3.5}
)
_UNIVERSITY_SERIES: Final = frozenset({"01", "20"})
_UNIVERSITY_REVIEWS: Final = 0.7
# Series whose lower levels are entered by national examination.
_EXAMINED: Final = frozenset({"04", "08", "15", "17", "18", "19", "27"})
_BY_EXAMINATION: Final = 0.85
_GRANTED_AT_FIRST: Final = 0.35
_DELEGATED: Final = 0.03
_CONFIRMED: Final = 0.015
_LETTERS: Final = Weighted({"PREFECTURE": 50.0, "PROVINCE": 25.0, "COUNTY": 15.0, "NONE": 10.0})
_CITES_NOTHING: Final = 0.02
_TARGETED: Final = 0.02
_TARGETED_IN_ETHNIC_AREAS: Final = 0.3
_ETHNIC_AREAS: Final = ("5132", "5133", "5134")
_LIMITED: Final = 0.02
_ELECTRONIC_SINCE: Final = date(2018, 1, 1)
_REPORTED_SINCE: Final = date(2012, 1, 1)
_STATUS: Final = Weighted({"VALID": 96.4, "SUSPENDED": 1.0, "REVOKED": 1.0, "PUBLICITY": 1.0, "NOTICE_OVER": 0.6})
_GROUNDS: Final = {"SUSPENDED": "举报核查期间暂停", "REVOKED": "申报材料不实"}
_OLD_NAME_UNTIL: Final = date(2019, 2, 1)
_OLD_NAMES: Final = {"0501": "教授级高级工程师"}
_SPECIALTIES: Final = {
    "04": ("内科", "外科", "护理", "临床药学", "医学检验"),
    "05": ("土木工程", "机械制造", "电子信息", "水利水电", "化学工程", "计算机软件", "环境工程"),
    "06": ("作物栽培", "动物医学", "园艺"),
    "22": ("语文", "数学", "物理", "英语"),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """By whom, as what and on which route a title is granted."""

    unit: SampleUnit
    issuer_kind: str
    route: str


class Titles:
    """Draws the titles of a person."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._elsewhere = sources.units.elsewhere(overseas=False)
        self._codes = {
            (series, level): [
                one for one in catalogue().titles.values() if (one.series_code, one.level_code) == (series, level)
            ]
            for series in catalogue().series
            for level in _LADDER
        }

    def of(self, career: Career) -> list[CredentialRecord]:
        """The highest title reached, and now and then the lower ones kept from the way there; oldest first."""
        reached = [level for level in self._ladder(career) if self._since(career, level) <= self._sources.today]
        if not reached:
            return []
        kept = [level for level in reached[:-1] if self._sources.draws.happens(_KEEPS_LOWER)]
        return [
            self._title(career, level, serial, last=level is reached[-1])
            for serial, level in enumerate([*kept, reached[-1]])
        ]

    def _ladder(self, career: Career) -> list[str]:
        rungs = _LADDER[: _LADDER.index(career.level) + 1]
        return [level for level in rungs if self._codes[career.series, level]]

    @staticmethod
    def _since(career: Career, level: str) -> date:
        return add_years(career.began, _YEARS_BEFORE[level])

    def _title(self, career: Career, level: str, serial: int, *, last: bool) -> CredentialRecord:
        draws, today = self._sources.draws, self._sources.today
        status = draws.weighted(_STATUS) if last else "VALID"
        since = self._since(career, level)
        approved = draws.day(since, min(today, add_years(since, _SPREAD_YEARS)))
        if status in ("PUBLICITY", "NOTICE_OVER"):
            approved = today - timedelta(days=draws.number(2, 20))
        issued = min(today, approved + timedelta(days=draws.number(0, 60)))
        version = self._version(career, level, self._grant(career, level), approved, issued)
        record = identified(self._sources, career, "TITLE", serial, version)
        return replace(record, spans=self._spans(status, issued))

    def _grant(self, career: Career, level: str) -> Grant:
        draws, units = self._sources.draws, self._sources.units
        if level not in _SENIOR and career.series in _EXAMINED and draws.happens(_BY_EXAMINATION):
            return Grant(units.examiner, "NATIONAL_EXAM", "NATIONAL_EXAM")
        kind = draws.weighted(_SENIOR_BY if level in _SENIOR else _LOWER_BY)
        if career.series in _UNIVERSITY_SERIES and draws.happens(_UNIVERSITY_REVIEWS):
            kind = "SELF_REVIEW_UNIT"
        unit = self._issuer(career, kind)
        issuer_kind = unit.issues_as or kind
        return Grant(unit, issuer_kind, self._route(level, issuer_kind))

    def _issuer(self, career: Career, kind: str) -> SampleUnit:
        draws, units = self._sources.draws, self._sources.units
        if kind == "OTHER_PROVINCE":
            return draws.one(self._elsewhere)
        here = career.residence.division
        if draws.happens(_MOVED_PROVINCE):
            other = CHONGQING if here.startswith(SICHUAN[:2]) else SICHUAN
            here = draws.one(units.issuers("COUNTY_HRSS", other)).organisation.division
        # Chongqing has no prefectures: its districts and counties do their work.
        bureau = units.bureau("PREFECTURE_HRSS", f"{here[:4]}00") if kind == "PREFECTURE_HRSS" else None
        if kind in ("PREFECTURE_HRSS", "COUNTY_HRSS"):
            found = bureau or units.bureau("COUNTY_HRSS", here)
            return found or units.issuers("PROVINCIAL_HRSS", f"{here[:2]}0000")[0]
        province = f"{here[:2]}0000"
        return draws.one(units.issuers(kind, province) or [one for part in PAIR for one in units.issuers(kind, part)])

    def _route(self, level: str, issuer_kind: str) -> str:
        draws = self._sources.draws
        if issuer_kind.endswith("_HRSS") and draws.happens(_CONFIRMED):
            return "CONFIRMATION"
        if draws.happens(_DELEGATED):
            return "DELEGATED"
        return "INITIAL_GRANT" if level in ("ENTRY", "ASSISTANT") and draws.happens(_GRANTED_AT_FIRST) else "REVIEW"

    def _version(self, career: Career, level: str, grant: Grant, approved: date, issued: date) -> CredentialVersion:
        draws = self._sources.draws
        title = draws.one(self._codes[career.series, level])
        filing = cited_filing(grant.unit, career.series, approved) if grant.route in ("REVIEW", "DELEGATED") else None
        delegated = grant.route == "DELEGATED"
        letter = draws.weighted(_LETTERS) if delegated else "NONE"
        if delegated and grant.issuer_kind == "CENTRAL_UNIT":
            letter = "CENTRAL_HR"
        return CredentialVersion(
            id=draws.new_id(),
            credential_id=draws.new_id(),
            title_code=title.code,
            title_name=_OLD_NAMES.get(title.code, title.name_zh) if approved < _OLD_NAME_UNTIL else title.name_zh,
            series=title.series_code,
            level=level,
            specialty=draws.one(_SPECIALTIES[title.series_code]) if title.series_code in _SPECIALTIES else None,
            route=grant.route,
            issuer_kind=grant.issuer_kind,
            issuer_division=grant.unit.organisation.division,
            filing_number=None if draws.happens(_CITES_NOTHING) else filing,
            approval_date=approved,
            certificate_medium=medium_of(issued),
            found_in_lookup=draws.happens(0.99 if issued >= _REPORTED_SINCE else 0.9),
            delegated=delegated,
            delegation_level=None if letter == "NONE" else letter,
            targeted_area=self._area(grant),
            origin_division=_other_province(grant) if grant.route == "CONFIRMATION" else None,
            source_id=grant.unit.organisation.id,
            valid_from=issued,
            valid_until=add_years(issued, 5) if draws.happens(_LIMITED) else None,
            recorded_at=self._sources.at,
        )

    def _area(self, grant: Grant) -> tuple[str, ...] | None:
        """The area of a targeted title: that of the local authority that granted it."""
        division = grant.unit.organisation.division
        if grant.issuer_kind not in ("PREFECTURE_HRSS", "COUNTY_HRSS"):
            return None
        chance = _TARGETED_IN_ETHNIC_AREAS if division.startswith(_ETHNIC_AREAS) else _TARGETED
        return (division,) if self._sources.draws.happens(chance) else None

    def _spans(self, status: str, issued: date) -> tuple[StatusSpan, ...]:
        draws, today, at = self._sources.draws, self._sources.today, self._sources.at
        if status in ("PUBLICITY", "VALID"):
            return (StatusSpan(draws.new_id(), RecordStatus(status), None, issued, None, at),)
        if status == "NOTICE_OVER":
            first, then, day = RecordStatus.PUBLICITY, RecordStatus.VALID, today
        else:
            first, then, day = RecordStatus.VALID, RecordStatus(status), draws.day(issued, today - timedelta(days=1))
        spans = [StatusSpan(draws.new_id(), first, None, issued, day - timedelta(days=1), at)] if issued < day else []
        return (*spans, StatusSpan(draws.new_id(), then, _GROUNDS.get(status), day, None, at))


def _other_province(grant: Grant) -> str:
    """From where a confirmed title came: from the other province of the pair."""
    return CHONGQING if grant.unit.province == SICHUAN else SICHUAN


def identified(
    sources: Sources, career: Career, kind: str, serial: int, version: CredentialVersion
) -> CredentialRecord:
    """A credential with this version, valid from its day of issue; its number is unlike any other of a sample."""
    number = f"{version.issuer_division[:2]}{version.valid_from:%Y}{career.serial:08d}{serial}"
    credential = Credential(version.credential_id, kind, number, version.source_id, career.id, sources.at)
    span = StatusSpan(sources.draws.new_id(), RecordStatus.VALID, None, version.valid_from, None, sources.at)
    return CredentialRecord(credential, version, (span,))


def medium_of(issued: date) -> str:
    """In which form a certificate of that day was issued."""
    return "ELECTRONIC" if issued >= _ELECTRONIC_SINCE else "PAPER"
