"""What sample people hold beside titles: degrees, qualifications, skill levels, talent cards and work permits."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from talent_registry.domain.credentials import CredentialRecord, CredentialVersion, Details
from talent_registry.domain.generation_careers import Career, Sources
from talent_registry.domain.generation_draws import Weighted
from talent_registry.domain.generation_titles import identified, medium_of
from talent_registry.domain.generation_units import PAIR, SICHUAN, SampleUnit
from talent_registry.domain.periods import add_years

# Behind the serial of the person in certificate numbers; titles take 0 to 4.
_DEGREE, _QUALIFICATION, _SKILL, _CARD, _PERMIT = range(5, 10)
_DEGREES: Final = Weighted({"学士学位": 62.0, "硕士学位": 30.0, "博士学位": 8.0})
_DEGREE_AGE: Final = {"学士学位": 22, "硕士学位": 25, "博士学位": 29}
_HAS_DEGREE: Final = 0.74
_FROM_ELSEWHERE: Final = 0.12
_HAS_QUALIFICATION: Final = 0.16
_QUALIFIES: Final = frozenset({"04", "05", "06", "17", "19", "27"})
_QUALIFIES_MORE: Final = 2.0
_OVERSEAS: Final = 0.06
# Name, grade; the last two are mapped to no title.
_QUALIFICATIONS: Final = (
    ("注册建筑师", "一级"),
    ("建造师", "一级"),
    ("建造师", "二级"),
    ("造价工程师", "一级"),
    ("注册安全工程师", "中级"),
    ("注册计量师", "一级"),
    ("注册计量师", "二级"),
    ("消防工程师", "一级"),
    ("注册会计师", ""),
    ("执业药师", ""),
    ("执业医师", ""),
    ("计算机技术与软件专业技术资格", "中级"),
    ("导游资格", ""),
    ("演出经纪人员资格", ""),
)
_REGISTERED_YEARS: Final = 3
_HAS_SKILL: Final = 0.06
_SKILLS: Final = Weighted({"高级工": 50.0, "技师": 25.0, "高级技师": 12.0, "中级工": 13.0})
_HAS_CARD: Final = 0.012
_CARDS: Final = {True: ("TIANFU_A", "TIANFU_B"), False: ("CQ_TALENT_A", "CQ_TALENT_B")}
_CARDS_SINCE: Final = date(2018, 1, 1)
_CARD_YEARS: Final = (3, 5)
_PERMITS: Final = Weighted({"B": 70.0, "A": 22.0, "C": 8.0})
_PERMITS_SINCE: Final = date(2017, 4, 1)
_FOUND: Final = 0.96


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """What one certificate says."""

    unit: SampleUnit
    issuer_kind: str
    issued: date
    route: str = "REVIEW"
    name: str | None = None
    until: date | None = None
    details: Details = field(default_factory=Details)


class Certificates:
    """Draws what a person holds beside titles."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._universities = {province: sources.units.issuers("SELF_REVIEW_UNIT", province) for province in PAIR}
        self._other_universities = tuple(
            one for one in sources.units.elsewhere(overseas=False) if one.issues_as == "SELF_REVIEW_UNIT"
        )
        self._overseas = sources.units.elsewhere(overseas=True)

    def of(self, career: Career) -> list[CredentialRecord]:
        """The certificates of a person, in the order of their kinds."""
        draws, held = self._sources.draws, []
        if draws.happens(_HAS_DEGREE):
            held.append(self._degree(career))
        likely = _HAS_QUALIFICATION * (_QUALIFIES_MORE if career.series in _QUALIFIES else 1.0)
        if draws.happens(likely):
            held.append(self._qualification(career))
        if draws.happens(_HAS_SKILL):
            held.append(self._skill(career))
        if draws.happens(_HAS_CARD):
            held.append(self._card(career))
        if career.is_foreign:
            held.append(self._permit(career))
        return held

    def _degree(self, career: Career) -> CredentialRecord:
        draws = self._sources.draws
        name = draws.weighted(_DEGREES)
        issued = min(self._sources.today, date(career.number.born.year + _DEGREE_AGE[name], 6, draws.number(20, 30)))
        near = self._universities[career.province]
        unit = draws.one(self._other_universities if draws.happens(_FROM_ELSEWHERE) else near)
        stated = _Stated(unit=unit, issuer_kind="SELF_REVIEW_UNIT", issued=issued, name=name)
        return self._made(career, "DEGREE", _DEGREE, stated)

    def _qualification(self, career: Career) -> CredentialRecord:
        draws, today = self._sources.draws, self._sources.today
        name, grade = draws.one(_QUALIFICATIONS)
        issued = draws.day(career.began, today)
        abroad = draws.one(self._overseas) if draws.happens(_OVERSEAS) else None
        details = Details(
            qualification=name,
            grade=grade or None,
            registered_to=add_years(draws.day(issued, today), _REGISTERED_YEARS),
            unit_division=career.home.organisation.division,
            issuer_country=draws.one(abroad.countries) if abroad else None,
        )
        stated = _Stated(
            unit=abroad or self._sources.units.examiner,
            issuer_kind="PROVINCIAL" if abroad else "NATIONAL_EXAM",
            route="REVIEW" if abroad else "NATIONAL_EXAM",
            issued=issued,
            name=name,
            details=details,
        )
        return self._made(career, "QUALIFICATION", _QUALIFICATION, stated)

    def _skill(self, career: Career) -> CredentialRecord:
        draws = self._sources.draws
        unit = draws.one(self._sources.units.issuers("COUNTY_HRSS", f"{career.residence.division[:2]}0000"))
        level = draws.weighted(_SKILLS)
        stated = _Stated(
            unit=unit,
            issuer_kind="COUNTY_HRSS",
            issued=draws.day(career.began, self._sources.today),
            name=level,
            details=Details(skill_level=level),
        )
        return self._made(career, "SKILL_LEVEL", _SKILL, stated)

    def _card(self, career: Career) -> CredentialRecord:
        draws = self._sources.draws
        province = f"{career.residence.division[:2]}0000"
        card = draws.one(_CARDS[province == SICHUAN])
        issued = draws.day(max(career.began, _CARDS_SINCE), self._sources.today)
        stated = _Stated(
            unit=self._sources.units.issuers("PROVINCIAL_HRSS", province)[0],
            issuer_kind="PROVINCIAL_HRSS",
            issued=issued,
            until=add_years(issued, draws.one(_CARD_YEARS)),
            details=Details(card=card, card_class=card[-1]),
        )
        return self._made(career, "TALENT_CARD", _CARD, stated)

    def _permit(self, career: Career) -> CredentialRecord:
        draws = self._sources.draws
        issued = draws.day(max(career.began, _PERMITS_SINCE), self._sources.today)
        unit = draws.one(self._sources.units.issuers("PROVINCIAL", career.province))
        details = Details(permit_class=draws.weighted(_PERMITS))
        stated = _Stated(
            unit=unit, issuer_kind="PROVINCIAL", issued=issued, until=add_years(issued, 2), details=details
        )
        return self._made(career, "WORK_PERMIT", _PERMIT, stated)

    def _made(self, career: Career, kind: str, serial: int, stated: _Stated) -> CredentialRecord:
        draws = self._sources.draws
        version = CredentialVersion(
            id=draws.new_id(),
            credential_id=draws.new_id(),
            title_name=stated.name,
            route=stated.route,
            issuer_kind=stated.issuer_kind,
            issuer_division=stated.unit.organisation.division,
            approval_date=stated.issued,
            certificate_medium=medium_of(stated.issued),
            found_in_lookup=draws.happens(_FOUND),
            details=stated.details,
            source_id=stated.unit.organisation.id,
            valid_from=stated.issued,
            valid_until=stated.until,
            recorded_at=self._sources.at,
        )
        return identified(self._sources, career, kind, serial, version)
