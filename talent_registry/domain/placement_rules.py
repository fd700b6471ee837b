"""Asking the rules of placements: each rule that speaks of the request leaves a finding, the gravest result wins."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from talent_registry.domain.agreements import AgreementVersion, PlacementRule
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import Period, within_years
from talent_registry.domain.placement_states import Party
from talent_registry.domain.placements import Moves
from talent_registry.domain.workload import Load, overload_message


class PlacementRequest(StrEnum):
    """What is asked of the rules."""

    START = "START"
    EXTEND = "EXTEND"
    RETURN_EARLY = "RETURN_EARLY"
    CLAIM_BENEFIT = "CLAIM_BENEFIT"


class PlacementResult(StrEnum):
    """What the rules come to, the gravest first."""

    RECLASSIFY = "RECLASSIFY"
    REJECTED = "REJECTED"
    INCOMPLETE = "INCOMPLETE"
    BENEFIT_NOT_MET = "BENEFIT_NOT_MET"
    ALLOWED_WITH_DEFAULT = "ALLOWED_WITH_DEFAULT"
    ALLOWED = "ALLOWED"


class RuleFinding(StrEnum):
    """What became of a rule: it refuses (or gives its default), it is content, or its facts are not known yet."""

    APPLIES = "APPLIES"
    SATISFIED = "SATISFIED"
    NOT_KNOWN = "NOT_KNOWN"


GRAVITY = tuple(PlacementResult)
LEADERS = frozenset({"LEADER", "HEAD"})
ENTERPRISE = "ENTERPRISE"
CONTENT = Message(zh="符合。", en="Nothing stands against it.")
NOT_KNOWN_YET = Message(zh="所需情况尚未提供，未审查。", en="The facts it asks for are not stated yet; not examined.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyFacts:
    """What is known of a host that is a company; None: not stated."""

    founded_or_owned_by_person_or_home: bool | None = None
    years_registered: int | None = None
    has_rd_spending: bool | None = None
    profitable: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementQuestion:
    """What the rules are asked about; None: not stated, so that a rule which needs it is not examined.

    `term` is the period asked for (of an extension: the added days); `home_consent_on` and `signed_by` are asked once
    signatures are due; `load` is the heaviest day with this share counted in; `contract_years` of the
    contract at home.
    """

    kind: str
    request: PlacementRequest
    on: date
    term: Period
    flexible: bool
    home_province: str
    host_province: str
    host_kind: str
    moves: Moves = field(default_factory=Moves)
    consent_asked: bool = False
    home_consent_on: date | None = None
    signed_by: frozenset[Party] | None = None
    internal_notice: bool | None = None
    earlier_extensions: int | None = None
    work_injury_insurance: bool | None = None
    position: str | None = None
    paid_by_host: bool | None = None
    classified_work: bool | None = None
    load: Load | None = None
    ip_clause: bool | None = None
    company: CompanyFacts = field(default_factory=CompanyFacts)
    contract_years: int | None = None
    recognised: bool | None = None
    days_worked_in_year: int | None = None
    minimum_days_in_year: int | None = None


@dataclass(frozen=True, slots=True)
class PlacementFinding:
    """What one rule found."""

    rule: str
    finding: RuleFinding
    result: PlacementResult
    reason_code: str
    message: Message


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The gravest result with the rule that gave it (None: nothing stands against it), and every finding."""

    result: PlacementResult
    rule: str | None
    reason_code: str | None
    message: Message
    findings: tuple[PlacementFinding, ...]


# Whether the rule applies against (or beside) the request; None where the facts are not stated.
Test = Callable[[PlacementQuestion], bool | None]


@dataclass(frozen=True, slots=True)
class Limit:
    """A rule with a figure of the agreement: the figure's name, and the test that is told it."""

    number: str
    test: Callable[[PlacementQuestion, int], bool | None]


def evaluate(version: AgreementVersion, question: PlacementQuestion) -> Evaluation:
    """Ask every rule that speaks of the kind and request; among equally grave ones the first of the table wins."""
    findings = tuple(
        _finding(rule, question)
        for rule in version.placement_rules
        if question.request in rule.asked_on and (not rule.applies_to or question.kind in rule.applies_to)
    )
    telling = [f for f in findings if f.finding is RuleFinding.APPLIES and f.result is not PlacementResult.ALLOWED]
    if not telling:
        return Evaluation(PlacementResult.ALLOWED, None, None, CONTENT, findings)
    gravest = min(telling, key=lambda f: GRAVITY.index(f.result))
    return Evaluation(gravest.result, gravest.rule, gravest.reason_code, gravest.message, findings)


def _finding(rule: PlacementRule, question: PlacementQuestion) -> PlacementFinding:
    result = PlacementResult(rule.result)
    limit = LIMITS.get(rule.id)
    answer = FACTS[rule.id](question) if limit is None else limit.test(question, rule.numbers[limit.number])
    if answer is None:
        return PlacementFinding(rule.id, RuleFinding.NOT_KNOWN, result, rule.reason_code, NOT_KNOWN_YET)
    if not answer:
        return PlacementFinding(rule.id, RuleFinding.SATISFIED, result, rule.reason_code, CONTENT)
    message = overload_message(question.load) if rule.id == "PL9" and question.load else rule.message
    return PlacementFinding(rule.id, RuleFinding.APPLIES, result, rule.reason_code, message)


def _is(value: bool | None, bad: bool) -> bool | None:  # noqa: FBT001  # the fact and what it must not be
    return None if value is None else value is bad


def _home_consent(q: PlacementQuestion) -> bool | None:
    if not q.consent_asked:
        return None
    return q.home_consent_on is None or q.home_consent_on > q.on


def _leaders(q: PlacementQuestion) -> bool | None:
    if q.host_kind != ENTERPRISE:
        return False
    if q.position is None or q.paid_by_host is None:
        return None
    return q.position in LEADERS and q.paid_by_host


def _days(q: PlacementQuestion) -> bool | None:
    if q.days_worked_in_year is None or q.minimum_days_in_year is None:
        return None
    return q.days_worked_in_year < q.minimum_days_in_year


def _at_least(value: int | None, least: int) -> bool | None:
    return None if value is None else value >= least


def _below(value: int | None, least: int) -> bool | None:
    return None if value is None else value < least


FACTS: dict[str, Test] = {
    "PL0": lambda q: q.moves.anything or not q.flexible,
    "PL1": _home_consent,
    "PL2": lambda q: None if q.signed_by is None else q.signed_by != frozenset(Party),
    "PL3": lambda q: _is(q.internal_notice, False),
    "PL4c": lambda q: _is(q.company.profitable, True),
    "PL5": _days,
    "PL6": lambda q: _is(q.work_injury_insurance, False),
    "PL7": _leaders,
    "PL8": lambda q: _is(q.classified_work, True),
    "PL10": lambda _: True,
    "PL11": lambda q: _is(q.ip_clause, False),
    "PL12a": lambda q: _is(q.company.founded_or_owned_by_person_or_home, True),
    "PL12c": lambda q: _is(q.company.has_rd_spending, False),
    "PL13": lambda q: _is(q.recognised, False),
    "PL14": lambda q: q.home_province == q.host_province,
}
LIMITS: dict[str, Limit] = {
    "PL4a": Limit("longest_years", lambda q, years: not within_years(q.term, years)),
    "PL4b": Limit("extensions", lambda q, most: _at_least(q.earlier_extensions, most)),
    "PL9": Limit("full_percent", lambda q, full: None if q.load is None else q.load.total > full),
    "PL12b": Limit("minimum_years", lambda q, years: _below(q.company.years_registered, years)),
    "PL12d": Limit("minimum_years", lambda q, years: _below(q.contract_years, years)),
}
