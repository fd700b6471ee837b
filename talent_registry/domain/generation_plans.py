"""What is to be placed, before it is asked whether it may be: kind, host, share, days and terms."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.generation_careers import Career, Sources
from talent_registry.domain.generation_draws import Weighted
from talent_registry.domain.generation_units import CHONGQING, SICHUAN, SampleUnit
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_states import Party, PlacementState
from talent_registry.domain.placements import Terms
from talent_registry.domain.questions import Target

_S = PlacementState
WORKED: Final = frozenset({_S.ACTIVE, _S.ENDED, _S.SUSPENDED})
FIRST_PLACEMENTS: Final = date(2021, 4, 1)
_BEFORE_WORK: Final = 45
_OWN_SERIES: Final = 0.7
_EVERY_HOST: Final = ("UNIVERSITY", "INSTITUTE", "HOSPITAL", "ENTERPRISE", "PUBLIC_INSTITUTION")
# Kind: kinds of host, shares in percent, least and greatest length in days.
_KINDS: Final = {
    "PART_TIME": (_EVERY_HOST, (10, 20, 30, 40, 50), (180, 1095)),
    "SECONDMENT": (_EVERY_HOST, (60, 80, 100), (365, 1095)),
    "PROJECT_COOPERATION": (("UNIVERSITY", "INSTITUTE", "ENTERPRISE"), (20, 30, 50), (180, 900)),
    "DUAL_APPOINTMENT": (("UNIVERSITY", "INSTITUTE", "HOSPITAL"), (40, 50), (365, 1095)),
    "VICE_PRESIDENT_TECH": (("ENTERPRISE",), (20, 30, 40), (365, 1090)),
    "INDUSTRY_PROFESSOR": (("UNIVERSITY",), (10, 20), (365, 1090)),
    "LEAVE_TO_START_UP": (("ENTERPRISE",), (100,), (365, 1090)),
    "CONSULTANCY": (("ENTERPRISE", "PUBLIC_INSTITUTION"), (10, 20), (90, 730)),
    "SHORT_TERM": (_EVERY_HOST, (10, 20), (60, 365)),
    "PAIRED_SUPPORT": (("HOSPITAL", "PUBLIC_INSTITUTION"), (50, 100), (30, 180)),
    "TECH_ENVOY": (("PUBLIC_INSTITUTION", "ENTERPRISE"), (10, 20), (360, 366)),
}
_KIND: Final = Weighted(
    {"PART_TIME": 30.0, "SECONDMENT": 14.0, "PROJECT_COOPERATION": 18.0, "DUAL_APPOINTMENT": 5.0, "CONSULTANCY": 10.0}
    | {"VICE_PRESIDENT_TECH": 3.0, "INDUSTRY_PROFESSOR": 3.0, "LEAVE_TO_START_UP": 3.0, "SHORT_TERM": 6.0}
    | {"PAIRED_SUPPORT": 4.0, "TECH_ENVOY": 4.0}
)
_POSTS: Final = ("客座教授", "技术顾问", "项目负责人", "专家组成员", "特聘研究员", "技术副总", "首席技师", "学科带头人")
# What the rules of these kinds ask of the host and of the contract at home.
_OF_COMPANY: Final[dict[str, dict[str, Any]]] = {
    "VICE_PRESIDENT_TECH": {
        "company_founded_or_owned": False,
        "company_registered_on": date(2015, 6, 1),
        "company_rd_spending": True,
        "contract_years": 5,
    },
    "LEAVE_TO_START_UP": {"company_profitable": False},
}
_PAY: Final = ("按月津贴 3000 元", "由派出单位照发", "项目劳务费", "年薪制，按协议")
_IP: Final = ("新成果归双方共有", "新成果归接收单位，署名归本人", None)


@dataclass(frozen=True, slots=True)
class PlacementPlan:
    """What is to be placed and how far it shall come: kind, share, term, the day of the proposal, of the first work."""

    state: PlacementState
    kind: str
    percent: int
    term: Period
    proposed: date
    begins: date
    host: SampleUnit
    post: str
    post_series: str | None
    terms: Terms

    @property
    def target(self) -> Target:
        """The post as recognition asks about it."""
        unit = self.host.organisation
        return Target(division=unit.division, employer_kind=unit.kind, post_series=self.post_series)


class Plans:
    """Draws plans."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def one(self, career: Career, title: CredentialRecord, state: PlacementState) -> PlacementPlan | None:
        """What is placed, all of it on days on which the home unit was the home unit and the title was issued."""
        draws = self._sources.draws
        kind = draws.weighted(_KIND)
        hosts, shares, (least, most) = _KINDS[kind]
        there = CHONGQING if career.province == SICHUAN else SICHUAN
        host = draws.one(self._sources.units.employers(draws.one(hosts), there))
        starts, length = self._days(state, draws.number(least, most))
        proposed = starts - timedelta(days=_BEFORE_WORK)
        begins = starts + timedelta(days=draws.number(0, 3)) if state in WORKED or state is _S.AGREED else starts
        term = Period(starts, starts + timedelta(days=length - 1))
        first = max(career.employments[-1].since, title.version.valid_from, FIRST_PLACEMENTS)
        if proposed < first or title.version.valid_until is not None:
            return None
        series = title.version.series if draws.happens(_OWN_SERIES) else None
        return PlacementPlan(
            state, kind, draws.one(shares), term, proposed, begins, host, draws.one(_POSTS), series, self._terms(kind)
        )

    def _days(self, state: PlacementState, length: int) -> tuple[date, int]:
        """The first day of the term and its length, so that the state can be reached by yesterday."""
        draws, today = self._sources.draws, self._sources.today
        if state in (_S.ACTIVE, _S.SUSPENDED):
            return today - timedelta(days=draws.number(5, max(5, length - 20))), length
        if state is _S.ENDED:
            return draws.day(FIRST_PLACEMENTS + timedelta(days=_BEFORE_WORK), today - timedelta(days=30)), length
        if state in (_S.AGREED, _S.PROPOSED):
            return today + timedelta(days=draws.number(1, _BEFORE_WORK - 15)), length
        return draws.day(FIRST_PLACEMENTS + timedelta(days=_BEFORE_WORK), today + timedelta(days=20)), length

    def _terms(self, kind: str) -> Terms:
        draws = self._sources.draws
        return Terms(
            paid_by=Party.HOME_UNIT if kind in ("PAIRED_SUPPORT", "SECONDMENT") else Party.HOST_UNIT,
            insured_by=Party.HOME_UNIT,
            pay=draws.one(_PAY),
            intellectual_property=draws.one(_IP),
            confidentiality="按双方单位规定执行",
            position="STAFF",
            classified_work=False,
            internal_notice=True,
            work_injury_insurance=True,
            **_OF_COMPANY.get(kind, {}),
        )
