"""The twins of conditions on where a credential comes from: any province, permits, cards, the pair, the default."""

from sqlalchemy import (
    Date,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
)

from talent_registry.storage.clause_cases import (
    Asked,
    Case,
    crosses,
    filing_covers,
    listed_pair,
    of_the_pair,
    twin,
)
from talent_registry.storage.decision_facts import (
    is_true,
    listed_in,
    on_or_after,
    province_in,
    writable,
)

# ---------------------------------------------------------------- any province, permits, cards, skills


@twin
def _national_exam(a: Asked) -> tuple[Case, ...]:
    return (Case({"route": a.codes("routes")}, not_(a.facts.overseas)),)


@twin
def _pair_qualification(a: Asked) -> tuple[Case, ...]:
    f, needs = a.facts, {"qualification": a.codes("qualifications")}
    registered = and_(f.registered_to.is_not(None), listed_in(province_in(f.unit_division), a.version.parties))
    return (
        Case(needs, and_(registered, on_or_after(f.registered_to, a.on))),
        Case(needs, registered, variant="lapsed"),
    )


@twin
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


@twin
def _permit_into_zone(a: Asked) -> tuple[Case, ...]:
    return (Case({"permit_class": a.codes("classes"), "zone": a.codes("zones")}),)


@twin
def _permit_within_pair(a: Asked) -> tuple[Case, ...]:
    f, parties = a.facts, a.version.parties
    within_pair = and_(listed_in(f.issuing_province, parties), listed_in(f.target_province, parties))
    return (Case({"permit_class": a.codes("classes")}, within_pair),)


@twin
def _permit_out_of_scope(a: Asked) -> tuple[Case, ...]:
    outside = not_(is_true(listed_in(a.facts.zone, a.codes("zones"))))
    return Case({"permit_class": a.codes("classes")}), Case({"permit_class": a.codes("zone_classes")}, outside)


@twin
def _talent_card(a: Asked) -> tuple[Case, ...]:
    f = a.facts
    card = func.coalesce(f.card, "")
    of_family = or_(false(), *(func.starts_with(card, family) for family in writable(a.codes("card_families"))))
    issued = or_(f.issued_on.is_(None), f.issued_on <= literal(a.on, Date))
    return (
        Case(test=and_(of_family, issued, on_or_after(f.valid_to, a.on))),
        Case(test=and_(of_family, issued), variant="lapsed"),
    )


@twin
def _found_in_query(a: Asked) -> tuple[Case, ...]:
    return (Case(test=a.facts.found_in_query),)


@twin
def _not_found_in_query(a: Asked) -> tuple[Case, ...]:
    return (Case(test=not_(a.facts.found_in_query)),)


# ---------------------------------------------------------------- the pair


@twin
def _pair_title(a: Asked) -> tuple[Case, ...]:
    return of_the_pair(a)


@twin
def _pair_title_listed(a: Asked) -> tuple[Case, ...]:
    return of_the_pair(a, listed_pair(a))


@twin
def _pair_title_not_listed(a: Asked) -> tuple[Case, ...]:
    return of_the_pair(a, not_(is_true(listed_pair(a))))


@twin
def _self_review_unit(a: Asked) -> tuple[Case, ...]:
    return (Case({"issuer_kind": a.codes("issuer_kinds")}, and_(crosses(a), filing_covers(a))),)


# ---------------------------------------------------------------- the national default


@twin
def _crossing(a: Asked) -> tuple[Case, ...]:
    return (Case(test=crosses(a)),)


@twin
def _third_province(a: Asked) -> tuple[Case, ...]:
    province = a.facts.issuing_province
    return (Case(test=and_(province.is_not(None), not_(is_true(listed_in(province, a.version.parties))))),)


@twin
def _overseas(a: Asked) -> tuple[Case, ...]:
    return (Case(test=a.facts.overseas),)


@twin
def _always(_: Asked) -> tuple[Case, ...]:
    return (Case(),)
