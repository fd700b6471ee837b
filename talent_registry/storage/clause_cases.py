"""What the twins of conditions in SQL are made of: cases, what a twin is told, and the tests that several share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import (
    BindParameter,
    Date,
    False_,
    Integer,
    Interval,
    and_,
    case,
    cast,
    extract,
    false,
    func,
    literal,
    or_,
    true,
)

from talent_registry.domain.agreements import AgreementVersion, Parameters, ReciprocalListing
from talent_registry.domain.clauses import CONDITIONS
from talent_registry.storage.decision_facts import (
    Fact,
    Facts,
    listed_in,
    overlaps,
)

Needs = Mapping[str, frozenset[str]]
_DAYS_OF_A_YEAR = 365
# More years than the calendar has: without a limit.
_MOST_YEARS = 9_999


@dataclass(frozen=True, slots=True)
class Case:
    """One way in which a condition is satisfied: what it needs, what else must hold, and the variant that rules."""

    needs: Needs = field(default_factory=dict)
    test: Fact = field(default_factory=true)
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a twin is told: the facts, the clause's parameters, the rulebook and the decision day."""

    facts: Facts
    parameters: Parameters
    version: AgreementVersion
    on: date

    def codes(self, name: str) -> frozenset[str]:
        """The codes of a parameter."""
        return self.parameters.codes[name]


Twin = Callable[[Asked], tuple[Case, ...]]
TWINS: dict[str, Twin] = {}


def twin(make: Twin) -> Twin:
    """Register the twin of the condition that it is named after; KeyError where there is none."""
    name = make.__name__.removeprefix("_")
    if name not in CONDITIONS:
        raise KeyError(name)
    TWINS[name] = make
    return make


def crosses(asked: Asked) -> Fact:
    """Whether it was issued by one party and is asked towards the other."""
    f, parties = asked.facts, asked.version.parties
    if isinstance(f.target_province, BindParameter):
        here = f.target_province.value
        return listed_in(f.issuing_province, parties - {here} if here in parties else frozenset())
    return and_(
        listed_in(f.issuing_province, parties),
        listed_in(f.target_province, parties),
        f.issuing_province != f.target_province,
    )


def reviewed(asked: Asked) -> Needs:
    """What a clause on reviews needs: its routes and kinds of issuer."""
    return {"route": asked.codes("routes"), "issuer_kind": asked.codes("issuer_kinds")}


def filing_covers(asked: Asked) -> Fact:
    """Whether the cited filing covers the day of approval."""
    f, years = asked.facts, min(asked.parameters.numbers["longest_filing_years"], _MOST_YEARS)
    same_day = cast(f.filed_from + func.make_interval(years, type_=Interval), Date)
    # A year begun on 29 February is full on 28 February where the 29th is missing.
    last = same_day - case((extract("day", same_day) == extract("day", f.filed_from), 1), else_=0)
    # So many times 365 days are never more than the years: most rows are answered without the calendar.
    soon = f.approval_date < f.filed_from + literal(years * _DAYS_OF_A_YEAR, Integer)
    return and_(
        f.filed,
        f.filed_from <= f.approval_date,
        or_(f.filed_to.is_(None), f.approval_date <= f.filed_to),
        or_(soon, f.approval_date <= last),
    )


def series_changes(f: Facts) -> Fact:
    """Whether the post is tied to a series that is not the title's."""
    return and_(f.post_series.is_not(None), f.series.is_not(None), f.post_series != f.series)


def listed_pair(asked: Asked) -> Fact:
    """Issuers that list the same targets are asked about together, so that long lists stay short tests."""
    targets: dict[str, set[str]] = {}
    for listing in listings_on(asked.version, asked.on):
        targets.setdefault(listing.issuer, set()).add(listing.target)
    issuers: dict[frozenset[str], set[str]] = {}
    for issuer, of_issuer in targets.items():
        issuers.setdefault(frozenset(of_issuer), set()).add(issuer)
    tests = (
        and_(listed_in(asked.facts.issuer_division, frozenset(listed)), overlap)
        for covering, listed in issuers.items()
        if not isinstance(overlap := overlaps(asked.facts.target_chain, covering), False_)
    )
    return or_(false(), *tests)


def listings_on(version: AgreementVersion, on: date) -> list[ReciprocalListing]:
    """The listings in force on a day."""
    return [listing for listing in version.reciprocity if listing.holds_on(on)]


def of_the_pair(asked: Asked, also: Fact | None = None) -> tuple[Case, ...]:
    """A title of the pair at the levels and of the issuers of the clause; `also`: what else must hold."""
    needs = {"level": asked.codes("levels"), "issuer_kind": asked.codes("issuer_kinds")}
    return (Case(needs, crosses(asked) if also is None else and_(crosses(asked), also)),)
