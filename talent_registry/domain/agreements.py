"""The agreement between the two provinces: dated versions, each a complete rulebook with its digest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from talent_registry.domain.correction_procedures import CorrectionProcedure, QuestionTerms
from talent_registry.domain.entitlement_terms import Entitlement
from talent_registry.domain.messages import Message


class Outcome(StrEnum):
    """What a recognition comes to; every one is a result, none an error."""

    AUTO = "AUTO"
    VERIFY = "VERIFY"
    CONFIRM = "CONFIRM"
    RE_REVIEW = "RE_REVIEW"
    NOT_RECOGNISED = "NOT_RECOGNISED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    PENDING = "PENDING"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The figures, days and codes with which a clause uses its condition."""

    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What follows when a clause is the first that is satisfied."""

    outcome: Outcome
    reason_code: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One rule: the first satisfied one in order of precedence decides.

    `kinds` empty: every kind of credential. `applies_from` and `applies_until` are decision days, inclusive. `variants`
    hold the rulings of conditions that distinguish cases. `status` says how far the source can be trusted.
    """

    id: str
    family: str
    name: str
    precedence: int
    kinds: frozenset[str]
    when: str
    condition: str
    parameters: Parameters
    ruling: Ruling
    variants: Mapping[str, Ruling]
    applies_from: date | None
    applies_until: date | None
    source: str
    status: str
    mutual: bool
    one_way_reason: Message | None

    def applies(self, kind: str, on: date) -> bool:
        """Whether the clause speaks of this kind of credential on this decision day."""
        return (
            (not self.kinds or kind in self.kinds)
            and (self.applies_from is None or self.applies_from <= on)
            and (self.applies_until is None or on <= self.applies_until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReciprocalListing:
    """One direction of a pair of local authorities that recognise each other's lower titles; days inclusive."""

    issuer: str
    target: str
    since: date
    until: date | None
    source: str
    status: str

    def holds_on(self, on: date) -> bool:
        """Whether the listing is in force on the day."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalence:
    """A code of one province that counts as a code of the other (`of`: LEVEL or CARD); each has its mirror image."""

    of: str
    province: str
    code: str
    other_province: str
    other_code: str
    source: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedQualification:
    """A vocational qualification (`grade` empty where it has none) and the title that an employer may appoint to."""

    names: frozenset[str]
    grade: str
    title_zh: str
    level: str
    source: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementKind:
    """A kind of placement; one that is not flexible would move what a placement must not move.

    `term_set_by` names what sets the term; `usual_years` is practice and binds nobody, both ends inclusive.
    """

    code: str
    name: Message
    flexible: bool
    meaning: str
    conditions: str
    max_term: str
    term_set_by: str
    usual_years: tuple[int, int] | None
    pay_and_insurance: str
    source: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRule:
    """One rule of placements; `applies_to` empty: every kind; `reason_code` empty where the rule refuses nothing."""

    id: str
    name: str
    applies_to: frozenset[str]
    asked_on: frozenset[str]
    when: str
    result: str
    reason_code: str
    numbers: Mapping[str, int]
    source: str
    status: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumDays:
    """A scheme by which a benefit asks for days worked in a year at some kinds of placement.

    `service_years`: the shortest service that it asks for, in years; None: it asks for none.
    """

    id: str
    kinds: frozenset[str]
    months: int
    days_a_month: int
    service_years: int | None
    source: str
    status: str
    message: Message

    @property
    def days(self) -> int:
        """The working days of a year that are enough."""
        return self.months * self.days_a_month


class ResponsibleBody(StrEnum):
    """Who sees to what a decision leaves open."""

    TARGET_AUTHORITY = "TARGET_AUTHORITY"
    ISSUER = "ISSUER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """How what a decision of this outcome leaves open is seen to; `rules` empty: whichever clause ruled.

    Terms in working days: of the body, of the applicant's answer to a request for evidence, of lodging an appeal, of
    deciding it. `tacit`: a term that runs out counts as granted.
    """

    id: str
    outcome: Outcome
    rules: frozenset[str]
    body: ResponsibleBody
    working_days: int
    evidence_working_days: int
    appeal_working_days: int
    appeal_decision_working_days: int
    tacit: bool
    source: str
    status: str
    message: Message


@dataclass(frozen=True, slots=True)
class PlacementPeriod:
    """How long a party to a placement has, or must give: what holds where the three agree on nothing else, and bounds.

    REPLY is in working days, every notice in days. `silence`: what becomes of what nobody replied to; None: nothing.
    """

    id: str
    days: int
    at_least: int
    at_most: int
    source: str
    status: str
    message: Message
    silence: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A province that is party to the agreement, and its authority for titles."""

    name: Message
    authority: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementVersion:
    """A complete rulebook and the days, inclusive, on which it is in force; None: open at that end.

    `digest` is the SHA-256 (hex) of the canonical `content`, which is without `until`: a successor does not change it.
    `retroactive` is the sentence by which a version says that it reaches back before the day of its approval.
    """

    id: str
    title: Message
    since: date | None
    until: date | None
    source: str
    status: str
    parties: frozenset[str]
    clauses: tuple[Clause, ...]
    reciprocity: tuple[ReciprocalListing, ...]
    equivalences: tuple[Equivalence, ...]
    qualifications: tuple[MappedQualification, ...]
    placement_kinds: tuple[PlacementKind, ...]
    placement_rules: tuple[PlacementRule, ...]
    digest: str
    content: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)
    retroactive: Message | None = None
    procedures: tuple[Procedure, ...] = ()
    minimum_days: tuple[MinimumDays, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()
    placement_periods: tuple[PlacementPeriod, ...] = ()
    correction_procedures: tuple[CorrectionProcedure, ...] = ()
    question_terms: tuple[QuestionTerms, ...] = ()

    def holds_on(self, on: date) -> bool:
        """Whether this version is in force on the day."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)

    def get_clause(self, clause_id: str) -> Clause:
        """The clause of that id; KeyError where the rulebook has none."""
        return {clause.id: clause for clause in self.clauses}[clause_id]

    def find_placement_kind(self, code: str) -> PlacementKind | None:
        """The kind of placement of that code."""
        return next((kind for kind in self.placement_kinds if kind.code == code), None)

    def find_minimum_days(self, kind: str) -> MinimumDays | None:
        """The scheme of minimum days for placements of this kind."""
        return next((scheme for scheme in self.minimum_days if kind in scheme.kinds), None)

    def find_placement_period(self, code: str) -> PlacementPeriod | None:
        """The period of that id; None where the agreement has none, so that it asks for none."""
        return next((period for period in self.placement_periods if period.id == code), None)

    def find_procedure(self, outcome: Outcome, rule: str) -> Procedure | None:
        """How what this outcome by this clause leaves open is seen to; None where nothing is to be done."""
        fitting = [one for one in self.procedures if one.outcome is outcome and (not one.rules or rule in one.rules)]
        return max(fitting, key=lambda one: len(one.rules), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the parties (by province code) agreed on, version after version without gap or overlap."""

    id: str
    title: Message
    parties: Mapping[str, Party]
    versions: tuple[AgreementVersion, ...]


def agreement_version_in_force(agreement: Agreement, on: date) -> AgreementVersion:
    """The one version in force on the day; loading guarantees that there is exactly one."""
    return next(version for version in agreement.versions if version.holds_on(on))
