"""Worked cases of placements: a request written down with the answer that is expected.

A case is complete: a document, a signature or a recognition that it does not name is not there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from talent_registry.domain.agreements import (
    Agreement,
    AgreementVersion,
    Outcome,
    agreement_version_in_force,
)
from talent_registry.domain.case_facts import FactReader, malformed
from talent_registry.domain.divisions import province_of
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import Period
from talent_registry.domain.placement_checks import POSITIONS
from talent_registry.domain.placement_rules import (
    CompanyFacts,
    Evaluation,
    PlacementQuestion,
    PlacementRequest,
    PlacementResult,
)
from talent_registry.domain.placement_states import Party, PlacementState
from talent_registry.domain.placements import Moves
from talent_registry.domain.workload import Load, Share, heaviest_day
from talent_registry.reference.catalogue import catalogue

# An extended placement is active under its new terms.
STATES = (*PlacementState, "DRAFT", "EXTENDED")
COUNTED_STATES = frozenset({"AGREED", "ACTIVE", "EXTENDED"})
CONFIRMED = "CONFIRMED"
RECOGNISED = frozenset({Outcome.AUTO.value, CONFIRMED})
_LONGEST_SHOWN_ID = 80


@dataclass(frozen=True, slots=True)
class ExpectedEvaluation:
    """The answer that a case expects; a key that is left out is not stated, a rule of null says that none is named."""

    result: str | None
    stated: frozenset[str]
    rule: str | None
    reason_code: str | None

    def agrees(self, evaluation: Evaluation) -> bool:
        """Whether all that is stated is what the rules came to."""
        return (
            self.result in {None, evaluation.result.value}
            and ("rule" not in self.stated or self.rule == evaluation.rule)
            and ("reason_code" not in self.stated or self.reason_code == evaluation.reason_code)
        )


@dataclass(frozen=True, slots=True)
class PlacementCase:
    """A worked case with the version of the agreement in force on its day; `expected` None: only the question."""

    case_id: str
    version: AgreementVersion
    question: PlacementQuestion
    expected: ExpectedEvaluation | None


def parse_placement_case(value: object, agreement: Agreement, path: tuple[str, ...] = ()) -> PlacementCase:
    """The case written in a JSON value; `path` is where it stands, for instance ("[3]",), to which its id is added.

    InvalidInput (MALFORMED_CASE) with the path of the key for unknown keys, wrong types, bad days and unknown codes.
    """
    case = FactReader(value, path)
    case.require("case_id")
    case_id = case.find_text("case_id") or ""
    if path and case_id.isprintable() and len(case_id) <= _LONGEST_SHOWN_ID:
        case.path = (*path[:-1], f"{path[-1]} {case_id}")
    for key in ("kind", "request", "decision_date", "home_unit", "host_unit", "term"):
        case.require(key)
    for key in ("title", "note"):
        case.find_text(key)
    version = agreement_version_in_force(agreement, case.get_day("decision_date"))
    question = _read_question(case, version)
    expected = case.find_object("expected")
    read = PlacementCase(case_id, version, question, None if expected is None else _read_expected(expected))
    case.done()
    return read


def _read_question(case: FactReader, version: AgreementVersion) -> PlacementQuestion:
    kinds = {kind.code: kind for kind in version.placement_kinds}
    kind = kinds[case.find_code("kind", kinds) or ""]
    person, papers = _read_person(_object(case, "person")), _object(case, "documents")
    home = _read_unit(_object(case, "home_unit"))
    host_read = _object(case, "host_unit")
    company = _read_company(host_read)
    host = _read_unit(host_read)
    term = _read_period(_object(case, "term"))
    days, minimum = _count(case, "days_worked_in_year"), _count(case, "minimum_days_in_year")
    question = PlacementQuestion(
        kind=kind.code,
        request=PlacementRequest(case.find_code("request", tuple(PlacementRequest)) or ""),
        on=case.get_day("decision_date"),
        term=term,
        flexible=kind.flexible,
        home_province=home[0],
        host_province=host[0],
        host_kind=host[1],
        moves=_read_moves(_object(case, "moves")),
        consent_asked=True,
        home_consent_on=papers.find_day("home_consent"),
        signed_by=_read_parties(papers),
        internal_notice=papers.flag("internal_notice", default=False),
        earlier_extensions=_read_extensions(case, kind.code, kinds),
        work_injury_insurance=papers.flag("work_injury_insurance", default=False),
        position=person[0],
        paid_by_host=case.find_flag("paid_by_host"),
        classified_work=person[1],
        load=_read_load(case, term, kinds),
        ip_clause=papers.flag("ip_clause", default=False),
        company=company,
        contract_years=person[2],
        recognised=case.find_code("recognition", (*Outcome, CONFIRMED)) in RECOGNISED,
        # A minimum without a count of days: no day was shown to be worked.
        days_worked_in_year=0 if days is None and minimum is not None else days,
        minimum_days_in_year=minimum,
    )
    papers.find_flag("confidentiality_clause")
    papers.done()
    return question


def _object(case: FactReader, key: str) -> FactReader:
    """The object at the key; an empty one where it is left out."""
    return case.find_object(key) or FactReader({}, (*case.path, key))


def _read_person(read: FactReader) -> tuple[str | None, bool, int | None]:
    """Position, classified access, whole years of the contract at home."""
    person = (
        read.find_code("position", POSITIONS),
        read.flag("classified", default=False),
        read.find_whole_years("contract_years"),
    )
    read.done()
    return person


def _read_unit(read: FactReader) -> tuple[str, str]:
    """Province and kind of a unit."""
    for key in ("division", "kind"):
        read.require(key)
    read.find_text("name")
    known = _unit_kinds()
    unit = province_of(read.find_division("division") or ""), read.find_code("kind", known) or ""
    read.done()
    return unit


@cache
def _unit_kinds() -> frozenset[str]:
    return frozenset(kind.code for kind in catalogue().organisation_kinds)


def _read_company(read: FactReader) -> CompanyFacts:
    return CompanyFacts(
        founded_or_owned_by_person_or_home=read.find_flag("founded_or_owned_by_person_or_home"),
        years_registered=read.find_whole_years("years_registered"),
        has_rd_spending=read.find_flag("has_rd_spending"),
        profitable=read.find_flag("profitable"),
    )


def _read_moves(read: FactReader) -> Moves:
    moves = Moves(**{name: read.flag(name, default=False) for name in Moves.__slots__})
    read.done()
    return moves


def _read_parties(papers: FactReader) -> frozenset[Party]:
    return frozenset(Party(one) for one in papers.find_listed("agreement_parties", tuple(Party)) or ())


def _read_extensions(case: FactReader, kind: str, kinds: Collection[str]) -> int:
    """How often it was extended before: the first earlier term of the kind began it, each further one extended it."""
    terms = 0
    for read in case.find_objects("previous_terms"):
        terms += (read.find_code("kind", kinds) or kind) == kind
        read.find_code("request", tuple(PlacementRequest))
        _read_period(read)
    return max(0, terms - 1)


def _read_load(case: FactReader, term: Period, kinds: Collection[str]) -> Load | None:
    """The heaviest day of the term, with the shares of the other placements that count; None: no share is stated."""
    others = []
    for number, read in enumerate(case.find_objects("other_placements"), start=1):
        read.find_code("kind", kinds)
        state, percent = read.get_code("state", STATES), _percent(read)
        days = _read_period(read)
        if state in COUNTED_STATES:
            others.append(Share(UUID(int=number), percent, days.start, _last(days)))
    if not case.has("workload_percent"):
        case.find_number("workload_percent")
        return heaviest_day(others, term)
    return heaviest_day([*others, Share(UUID(int=0), _percent(case), term.start, _last(term))], term)


def _last(days: Period) -> date:
    return date.max if days.until is None else days.until


def _percent(read: FactReader) -> int:
    read.require("workload_percent")
    return _count(read, "workload_percent") or 0


def _count(read: FactReader, key: str) -> int | None:
    found = read.find_number(key)
    if found is not None and found < 0:
        raise read.fault(key, Message(zh="不能为负数", en="this cannot be negative"))
    return found


def _read_period(read: FactReader) -> Period:
    """The keys `from` and `until`, both inclusive; an `until` of null says that no end was set."""
    start = read.get_day("from")
    if "until" not in read.facts:
        read.require("until")
    until = read.find_day("until")
    read.done()
    if until is not None and until < start:
        raise malformed(
            (*read.path, "until"),
            Message(zh="截止日早于起始日，请更正其中一个", en="this is before the first day; correct one of the days"),
        )
    return Period(start, until)


def _read_expected(read: FactReader) -> ExpectedEvaluation:
    expected = ExpectedEvaluation(
        result=read.find_code("result", tuple(PlacementResult)),
        stated=frozenset(read.facts),
        rule=read.find_text("rule"),
        reason_code=read.find_text("reason_code"),
    )
    read.done()
    return expected
