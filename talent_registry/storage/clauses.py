# Long because every condition that an agreement may name has its twin here.
"""The twin in SQL of each condition that an agreement may name: the same test, over facts that stand in columns.

A twin holds where its expression is true; NULL and false are the same. What it needs (a fact that must be one of some
codes) is said apart, so that the compiled rulebook can be a tree by those facts. `domain.clauses` is the law itself;
a property test holds both together.
"""

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
    any_,
    case,
    cast,
    extract,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)

from talent_registry.domain.agreements import AgreementVersion, Parameters, ReciprocalListing
from talent_registry.domain.clauses import CONDITIONS
from talent_registry.reference.catalogue import catalogue
from talent_registry.storage.decision_facts import (
    Fact,
    Facts,
    is_true,
    listed_in,
    on_or_after,
    overlaps,
    province_in,
    within,
    writable,
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


def cases_of(condition: str, asked: Asked) -> tuple[Case, ...]:
    """The cases of a condition, the first that holds first; KeyError for a condition that has no twin."""
    return TWINS[condition](asked)


def _twin(make: Twin) -> Twin:
    name = make.__name__.removeprefix("_")
    if name not in CONDITIONS:
        raise KeyError(name)
    TWINS[name] = make
    return make


# ---------------------------------------------------------------- what several twins share


def _crosses(asked: Asked) -> Fact:
    f, parties = asked.facts, asked.version.parties
    if isinstance(f.target_province, BindParameter):
        here = f.target_province.value
        return listed_in(f.issuing_province, parties - {here} if here in parties else frozenset())
    return and_(
        listed_in(f.issuing_province, parties),
        listed_in(f.target_province, parties),
        f.issuing_province != f.target_province,
    )


def _reviewed(asked: Asked) -> Needs:
    return {"route": asked.codes("routes"), "issuer_kind": asked.codes("issuer_kinds")}


def _filing_covers(asked: Asked) -> Fact:
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


def _series_changes(f: Facts) -> Fact:
    return and_(f.post_series.is_not(None), f.series.is_not(None), f.post_series != f.series)


def _listed(asked: Asked) -> Fact:
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


def _of_the_pair(asked: Asked, also: Fact | None = None) -> tuple[Case, ...]:
    needs = {"level": asked.codes("levels"), "issuer_kind": asked.codes("issuer_kinds")}
    return (Case(needs, _crosses(asked) if also is None else and_(_crosses(asked), also)),)


# ---------------------------------------------------------------- gates


@_twin
def _identity_mismatch(a: Asked) -> tuple[Case, ...]:
    return (Case(test=not_(and_(a.facts.name_matches, a.facts.document_matches))),)


@_twin
def _revoked_or_fraud(a: Asked) -> tuple[Case, ...]:
    f = a.facts
    revoked = or_(f.revoked_on.is_(None), f.revoked_on <= literal(a.on, Date))
    recorded = and_(f.integrity_since.is_not(None), within(f.integrity_since, f.integrity_until, a.on))
    return Case({"status": frozenset({"REVOKED"})}, revoked), Case(test=recorded)


@_twin
def _record_status(a: Asked) -> tuple[Case, ...]:
    return (Case({"status": a.codes("statuses")}),)


@_twin
def _expired(a: Asked) -> tuple[Case, ...]:
    return (Case(test=a.facts.valid_to < literal(a.on, Date)),)


@_twin
def _committee_not_filed(a: Asked) -> tuple[Case, ...]:
    approved = a.facts.approval_date
    new = or_(approved.is_(None), approved >= literal(a.parameters.days["approvals_from"], Date))
    return (Case(_reviewed(a), and_(new, not_(is_true(_filing_covers(a))))),)


@_twin
def _beyond_authority(a: Asked) -> tuple[Case, ...]:
    f, needs, levels = a.facts, _reviewed(a), catalogue().levels
    # A case for each level, so that in its branch of the tree only the filing's own level is compared.
    too_high = (
        Case({**needs, "level": frozenset({level.code})}, and_(f.filed, listed_in(f.filed_level, lower)))
        for level in levels
        if (lower := frozenset(other.code for other in levels if other.rank < level.rank))
    )
    stated = and_(f.filed, f.series.is_not(None), f.filed_series.is_not(None))
    return *too_high, Case(needs, and_(stated, not_(is_true(f.series == any_(f.filed_series)))))


@_twin
def _delegation_invalid(a: Asked) -> tuple[Case, ...]:
    f = a.facts
    high_enough = case(
        (listed_in(f.level, a.codes("senior_levels")), listed_in(f.delegation_letter, a.codes("senior_letters"))),
        else_=listed_in(f.delegation_letter, a.codes("lower_letters")),
    )
    of_centre = and_(
        listed_in(f.issuer_kind, a.codes("central_units")), listed_in(f.delegation_letter, a.codes("central_letters"))
    )
    return (Case(test=and_(f.delegated, not_(is_true(or_(high_enough, of_centre))))),)


@_twin
def _issuer_kind(a: Asked) -> tuple[Case, ...]:
    return (Case({"issuer_kind": a.codes("issuer_kinds")}),)


@_twin
def _holder_not_eligible(a: Asked) -> tuple[Case, ...]:
    return (Case({"request": a.codes("requests")}, or_(a.facts.retired, a.facts.civil_servant)),)


# ---------------------------------------------------------------- scope and exceptions


@_twin
def _same_province(a: Asked) -> tuple[Case, ...]:
    f = a.facts
    excepted = or_(listed_in(f.zone, a.codes("except_zones")), listed_in(f.issuer_kind, a.codes("except_issuer_kinds")))
    return (Case(test=and_(f.issuing_province == f.target_province, not_(is_true(excepted)))),)


@_twin
def _targeted_area_left(a: Asked) -> tuple[Case, ...]:
    f = a.facts
    return (Case(test=and_(f.targeted_area.is_not(None), not_(f.targeted_area.bool_op("&&")(f.target_chain)))),)


@_twin
def _military_title(a: Asked) -> tuple[Case, ...]:
    needs = {"issuer_kind": a.codes("issuer_kinds")}
    return (
        Case(needs, listed_in(a.facts.military_status, a.codes("to_verify"))),
        Case(needs, variant="officer"),
    )


@_twin
def _series_change_by_review(a: Asked) -> tuple[Case, ...]:
    by_exam = listed_in(a.facts.post_series, a.codes("exam_series"))
    return (Case(test=and_(_series_changes(a.facts), not_(is_true(by_exam)))),)


@_twin
def _series_change_by_exam(a: Asked) -> tuple[Case, ...]:
    f = a.facts
    passed = f.post_series == any_(f.exam_certificates)
    return (Case({"post_series": a.codes("exam_series")}, and_(_series_changes(f), not_(is_true(passed)))),)


# ---------------------------------------------------------------- any province, permits, cards, skills


@_twin
def _national_exam(a: Asked) -> tuple[Case, ...]:
    return (Case({"route": a.codes("routes")}, not_(a.facts.overseas)),)


@_twin
def _pair_qualification(a: Asked) -> tuple[Case, ...]:
    f, needs = a.facts, {"qualification": a.codes("qualifications")}
    registered = and_(f.registered_to.is_not(None), listed_in(province_in(f.unit_division), a.version.parties))
    return (
        Case(needs, and_(registered, on_or_after(f.registered_to, a.on))),
        Case(needs, registered, variant="lapsed"),
    )


@_twin
def _qualification_mapped(a: Asked) -> tuple[Case, ...]:
    f = a.facts
    by_grade: dict[str, set[str]] = {}
    for mapped in a.version.qualifications:
        by_grade.setdefault(mapped.grade, set()).update(mapped.names)
    mapped_here = or_(
        false(),
        *(
            and_(
                listed_in(func.coalesce(f.grade, ""), frozenset({grade})), listed_in(f.qualification, frozenset(names))
            )
            for grade, names in by_grade.items()
            if "\0" not in grade
        ),
    )
    return (Case(test=and_(not_(f.overseas), mapped_here)),)


@_twin
def _permit_into_zone(a: Asked) -> tuple[Case, ...]:
    return (Case({"permit_class": a.codes("classes"), "zone": a.codes("zones")}),)


@_twin
def _permit_within_pair(a: Asked) -> tuple[Case, ...]:
    f, parties = a.facts, a.version.parties
    within_pair = and_(listed_in(f.issuing_province, parties), listed_in(f.target_province, parties))
    return (Case({"permit_class": a.codes("classes")}, within_pair),)


@_twin
def _permit_out_of_scope(a: Asked) -> tuple[Case, ...]:
    outside = not_(is_true(listed_in(a.facts.zone, a.codes("zones"))))
    return Case({"permit_class": a.codes("classes")}), Case({"permit_class": a.codes("zone_classes")}, outside)


@_twin
def _talent_card(a: Asked) -> tuple[Case, ...]:
    f = a.facts
    card = func.coalesce(f.card, "")
    of_family = or_(false(), *(func.starts_with(card, family) for family in writable(a.codes("card_families"))))
    issued = or_(f.issued_on.is_(None), f.issued_on <= literal(a.on, Date))
    return (
        Case(test=and_(of_family, issued, on_or_after(f.valid_to, a.on))),
        Case(test=and_(of_family, issued), variant="lapsed"),
    )


@_twin
def _found_in_query(a: Asked) -> tuple[Case, ...]:
    return (Case(test=a.facts.found_in_query),)


@_twin
def _not_found_in_query(a: Asked) -> tuple[Case, ...]:
    return (Case(test=not_(a.facts.found_in_query)),)


# ---------------------------------------------------------------- the pair


@_twin
def _pair_title(a: Asked) -> tuple[Case, ...]:
    return _of_the_pair(a)


@_twin
def _pair_title_listed(a: Asked) -> tuple[Case, ...]:
    return _of_the_pair(a, _listed(a))


@_twin
def _pair_title_not_listed(a: Asked) -> tuple[Case, ...]:
    return _of_the_pair(a, not_(is_true(_listed(a))))


@_twin
def _self_review_unit(a: Asked) -> tuple[Case, ...]:
    return (Case({"issuer_kind": a.codes("issuer_kinds")}, and_(_crosses(a), _filing_covers(a))),)


# ---------------------------------------------------------------- the national default


@_twin
def _crossing(a: Asked) -> tuple[Case, ...]:
    return (Case(test=_crosses(a)),)


@_twin
def _third_province(a: Asked) -> tuple[Case, ...]:
    province = a.facts.issuing_province
    return (Case(test=and_(province.is_not(None), not_(is_true(listed_in(province, a.version.parties))))),)


@_twin
def _overseas(a: Asked) -> tuple[Case, ...]:
    return (Case(test=a.facts.overseas),)


@_twin
def _always(_: Asked) -> tuple[Case, ...]:
    return (Case(),)
