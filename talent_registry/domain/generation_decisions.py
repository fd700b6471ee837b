"""Recognition decisions about sample people: which posts are asked about; what comes of it, the rules decide."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Final

from talent_registry.domain.agreements import Agreement, agreement_version_in_force
from talent_registry.domain.credential_facts import (
    NATIONAL_EXAM,
    exam_certificates,
    facts_of,
    holder_facts_of,
    source_province_of,
    used_facts,
)
from talent_registry.domain.credentials import CredentialRecord, RecordStatus
from talent_registry.domain.decisions import RecognitionDecision
from talent_registry.domain.divisions import province_of
from talent_registry.domain.generation_careers import Sources
from talent_registry.domain.generation_draws import Weighted
from talent_registry.domain.generation_units import CHONGQING, PAIR, SICHUAN
from talent_registry.domain.questions import Question, Target
from talent_registry.domain.recognition import decide
from talent_registry.reference.catalogue import catalogue

# How often somebody had one asked about, by kind; the unusual ones of titles are asked about more often.
_ASKED: Final = {
    "TITLE": 0.045,
    "DEGREE": 0.01,
    "QUALIFICATION": 0.12,
    "SKILL_LEVEL": 0.12,
    "TALENT_CARD": 0.5,
    "WORK_PERMIT": 0.6,
}
_UNUSUAL_ASKED: Final = 0.3
_UNUSUAL_ISSUERS: Final = frozenset({"MILITARY", "CENTRAL_UNIT", "SELF_REVIEW_UNIT"})
_WITHIN_A_PROVINCE: Final = 0.05
_EARLIEST: Final = date(2019, 6, 1)
_BEFORE_THE_NOTICE: Final = date(2021, 3, 28)
_ASKED_EARLY: Final = 0.15
_INTO_THE_ZONE: Final = 0.35
_ZONE, _ZONE_DIVISION = "GAOZHU", "511623"
_LISTED: Final = {"510100": "500107", "500107": "510100"}
_TOWARDS_THE_LISTED: Final = 0.4
_POST: Final = Weighted({"ANY": 50.0, "OWN": 38.0, "OTHER": 12.0})
_EMPLOYERS: Final = ("UNIVERSITY", "INSTITUTE", "HOSPITAL", "ENTERPRISE", "PUBLIC_INSTITUTION", "SCHOOL")


class Decisions:
    """Asks and decides by an agreement."""

    def __init__(self, sources: Sources, agreement: Agreement) -> None:
        self._sources = sources
        self.agreement = agreement
        self._series = tuple(catalogue().series)

    def of(self, held: Sequence[CredentialRecord]) -> list[RecognitionDecision]:
        """What was asked about the credentials of a person, the first asked about first."""
        draws = self._sources.draws
        return [self._asked(held, one) for one in held if draws.happens(_chance(one))]

    def decide(
        self, held: Sequence[CredentialRecord], record: CredentialRecord, target: Target, on: date
    ) -> RecognitionDecision:
        """The decision on a credential of a person who holds these, as the registry would take it now for the day."""
        draws, at, number = self._sources.draws, self._sources.at, record.version.filing_number
        filing = None if number is None else self._sources.units.filings.get(number)
        facts, used = facts_of(record, filing, on), (*used_facts(record, filing, on), *exam_certificates(held, on))
        question = Question(
            credential=facts,
            target=target,
            source_province=source_province_of(facts),
            on=on,
            holder=holder_facts_of(used),
        )
        return RecognitionDecision(
            id=draws.new_id(),
            credential_id=record.credential.id,
            researcher_id=record.credential.researcher_id,
            target=target,
            decided_for=on,
            known_at=at,
            decided_at=at,
            decision=decide(agreement_version_in_force(self.agreement, on), question),
            facts=used,
        )

    def _asked(self, held: Sequence[CredentialRecord], record: CredentialRecord) -> RecognitionDecision:
        draws = self._sources.draws
        first = max(record.version.valid_from, _EARLIEST)
        early = first < _BEFORE_THE_NOTICE and draws.happens(_ASKED_EARLY)
        on = draws.day(first, _BEFORE_THE_NOTICE if early else self._sources.today)
        return self.decide(held, record, self._target(record, on), on)

    def _target(self, record: CredentialRecord, on: date) -> Target:
        draws, kind = self._sources.draws, record.credential.kind
        if kind == "WORK_PERMIT" and draws.happens(_INTO_THE_ZONE):
            return Target(division=_ZONE_DIVISION, employer_kind="ENTERPRISE", zone=_ZONE)
        series = self._post_series(record) if kind == "TITLE" else None
        return Target(division=self._division(record, on), employer_kind=draws.one(_EMPLOYERS), post_series=series)

    def _division(self, record: CredentialRecord, on: date) -> str:
        draws, issued_in = self._sources.draws, record.version.issuer_division
        listed = _LISTED.get(issued_in)
        if listed is not None and draws.happens(_TOWARDS_THE_LISTED):
            return listed
        here = province_of(issued_in)
        there = CHONGQING if here == SICHUAN else SICHUAN
        if here not in PAIR:
            there = draws.one(PAIR)
        elif draws.happens(_WITHIN_A_PROVINCE):
            there = here
        return draws.one(_counties(there, on.year))

    def _post_series(self, record: CredentialRecord) -> str | None:
        draws = self._sources.draws
        post = draws.weighted(_POST)
        if post == "ANY":
            return None
        return record.version.series if post == "OWN" else draws.one(self._series)


def _chance(record: CredentialRecord) -> float:
    return _UNUSUAL_ASKED if _is_unusual(record) else _ASKED[record.credential.kind]


def _is_unusual(record: CredentialRecord) -> bool:
    """Whether the facts make people ask: where the usual rule will not do."""
    version = record.version
    if record.credential.kind != "TITLE":
        return version.details.issuer_country is not None
    if version.route == NATIONAL_EXAM:
        return False
    elsewhere = province_of(version.issuer_division) not in PAIR
    doubtful = version.delegated or record.spans[-1].status is not RecordStatus.VALID
    return elsewhere or doubtful or version.targeted_area is not None or version.issuer_kind in _UNUSUAL_ISSUERS


@cache
def _counties(province: str, year: int) -> tuple[str, ...]:
    return tuple(
        one.code for one in catalogue().list_divisions(year) if one.level == "county" and one.code[:2] == province[:2]
    )
