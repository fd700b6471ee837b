"""The twin in SQL of each condition that an agreement may name: the same test, over facts that stand in columns.

A twin holds where its expression is true; NULL and false are the same. What it needs (a fact that must be one of some
codes) is said apart, so that the compiled rulebook can be a tree by those facts. `domain.clauses` is the law itself;
a property test holds both together.
"""

from sqlalchemy import (
    Date,
    and_,
    any_,
    case,
    literal,
    not_,
    or_,
)

from talent_registry.reference.catalogue import catalogue
from talent_registry.storage import clauses_of_origin  # noqa: F401 - its twins join those of this module
from talent_registry.storage.clause_cases import (
    TWINS,
    Asked,
    Case,
    filing_covers,
    reviewed,
    series_changes,
    twin,
)
from talent_registry.storage.decision_facts import (
    is_true,
    listed_in,
    within,
)

# ---------------------------------------------------------------- gates


@twin
def _identity_mismatch(a: Asked) -> tuple[Case, ...]:
    return (Case(test=not_(and_(a.facts.name_matches, a.facts.document_matches))),)


@twin
def _revoked_or_fraud(a: Asked) -> tuple[Case, ...]:
    f = a.facts
    revoked = or_(f.revoked_on.is_(None), f.revoked_on <= literal(a.on, Date))
    recorded = and_(f.integrity_since.is_not(None), within(f.integrity_since, f.integrity_until, a.on))
    return Case({"status": frozenset({"REVOKED"})}, revoked), Case(test=recorded)


@twin
def _record_status(a: Asked) -> tuple[Case, ...]:
    return (Case({"status": a.codes("statuses")}),)


@twin
def _expired(a: Asked) -> tuple[Case, ...]:
    return (Case(test=a.facts.valid_to < literal(a.on, Date)),)


@twin
def _committee_not_filed(a: Asked) -> tuple[Case, ...]:
    approved = a.facts.approval_date
    new = or_(approved.is_(None), approved >= literal(a.parameters.days["approvals_from"], Date))
    return (Case(reviewed(a), and_(new, not_(is_true(filing_covers(a))))),)


@twin
def _beyond_authority(a: Asked) -> tuple[Case, ...]:
    f, needs, levels = a.facts, reviewed(a), catalogue().levels
    # A case for each level, so that in its branch of the tree only the filing's own level is compared.
    too_high = (
        Case({**needs, "level": frozenset({level.code})}, and_(f.filed, listed_in(f.filed_level, lower)))
        for level in levels
        if (lower := frozenset(other.code for other in levels if other.rank < level.rank))
    )
    stated = and_(f.filed, f.series.is_not(None), f.filed_series.is_not(None))
    return *too_high, Case(needs, and_(stated, not_(is_true(f.series == any_(f.filed_series)))))


@twin
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


@twin
def _issuer_kind(a: Asked) -> tuple[Case, ...]:
    return (Case({"issuer_kind": a.codes("issuer_kinds")}),)


@twin
def _holder_not_eligible(a: Asked) -> tuple[Case, ...]:
    return (Case({"request": a.codes("requests")}, or_(a.facts.retired, a.facts.civil_servant)),)


# ---------------------------------------------------------------- scope and exceptions


@twin
def _same_province(a: Asked) -> tuple[Case, ...]:
    f = a.facts
    excepted = or_(listed_in(f.zone, a.codes("except_zones")), listed_in(f.issuer_kind, a.codes("except_issuer_kinds")))
    return (Case(test=and_(f.issuing_province == f.target_province, not_(is_true(excepted)))),)


@twin
def _targeted_area_left(a: Asked) -> tuple[Case, ...]:
    f = a.facts
    return (Case(test=and_(f.targeted_area.is_not(None), not_(f.targeted_area.bool_op("&&")(f.target_chain)))),)


@twin
def _military_title(a: Asked) -> tuple[Case, ...]:
    needs = {"issuer_kind": a.codes("issuer_kinds")}
    return (
        Case(needs, listed_in(a.facts.military_status, a.codes("to_verify"))),
        Case(needs, variant="officer"),
    )


@twin
def _series_change_by_review(a: Asked) -> tuple[Case, ...]:
    by_exam = listed_in(a.facts.post_series, a.codes("exam_series"))
    return (Case(test=and_(series_changes(a.facts), not_(is_true(by_exam)))),)


@twin
def _series_change_by_exam(a: Asked) -> tuple[Case, ...]:
    f = a.facts
    passed = f.post_series == any_(f.exam_certificates)
    return (Case({"post_series": a.codes("exam_series")}, and_(series_changes(f), not_(is_true(passed)))),)


def cases_of(condition: str, asked: Asked) -> tuple[Case, ...]:
    """The cases of a condition, the first that holds first; KeyError for a condition that has no twin."""
    return TWINS[condition](asked)
