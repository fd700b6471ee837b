"""Deliberate faults in the data of the agreement: a code left out or added, a day or a figure off by one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from talent_registry.domain.agreements import Agreement, AgreementVersion, Clause, Parameters, ReciprocalListing

Change = Callable[[AgreementVersion], AgreementVersion]


class DataFault(NamedTuple):
    """What is wrong, and the agreement with it in every version."""

    what: str
    agreement: Agreement


def list_data_faults(agreement: Agreement) -> Iterator[DataFault]:
    """One fault after the other, derived from the newest version: a new code or day brings its own."""
    newest = agreement.versions[-1]
    for clause in newest.clauses:
        for what, faulty in _of_clause(clause):
            yield DataFault(f"{clause.id}: {what}", _everywhere(agreement, _put(faulty)))
        yield DataFault(f"{clause.id} is missing", _everywhere(agreement, _drop(clause.id)))
    for listing in newest.reciprocity:
        named = f"listing {listing.issuer}-{listing.target}"
        for day in _about(listing.since):
            yield DataFault(
                f"{named} since {day}", _everywhere(agreement, _relist(listing, replace(listing, since=day)))
            )
        yield DataFault(f"{named} is missing", _everywhere(agreement, _relist(listing, None)))
    for earlier, later in zip(newest.clauses, newest.clauses[1:], strict=False):
        yield DataFault(f"{later.id} before {earlier.id}", _everywhere(agreement, _exchange(earlier.id, later.id)))


def _of_clause(clause: Clause) -> Iterator[tuple[str, Clause]]:
    yield from _of_scope(clause)
    yield from _of_parameters(clause)
    for name in clause.variants:
        yield f"variant {name} rules as the clause", replace(clause, variants={**clause.variants, name: clause.ruling})


def _of_scope(clause: Clause) -> Iterator[tuple[str, Clause]]:
    for kind in sorted(clause.kinds):
        yield f"not for {kind}", replace(clause, kinds=clause.kinds - {kind} or frozenset({"NONE"}))
    if clause.kinds:
        yield "for every kind", replace(clause, kinds=frozenset())
    if clause.applies_from:
        for day in (*_about(clause.applies_from), None):
            yield f"applies_from {day}", replace(clause, applies_from=day)
    if clause.applies_until:
        for day in (*_about(clause.applies_until), None):
            yield f"applies_until {day}", replace(clause, applies_until=day)


def _of_parameters(clause: Clause) -> Iterator[tuple[str, Clause]]:
    given = clause.parameters
    for name, codes in given.codes.items():
        for code in sorted(codes):
            yield f"{name} without {code}", _with(clause, replace(given, codes={**given.codes, name: codes - {code}}))
    for name, day in given.days.items():
        for other in _about(day):
            yield f"{name} {other}", _with(clause, replace(given, days={**given.days, name: other}))
    for name, number in given.numbers.items():
        for figure in (number - 1, number + 1):
            yield f"{name} {figure}", _with(clause, replace(given, numbers={**given.numbers, name: figure}))


def _with(clause: Clause, parameters: Parameters) -> Clause:
    return replace(clause, parameters=parameters)


def _about(day: date) -> tuple[date, date]:
    return day - timedelta(days=1), day + timedelta(days=1)


def _everywhere(agreement: Agreement, change: Change) -> Agreement:
    return replace(agreement, versions=tuple(change(version) for version in agreement.versions))


def _put(clause: Clause) -> Change:
    return lambda version: replace(
        version, clauses=tuple(clause if each.id == clause.id else each for each in version.clauses)
    )


def _drop(clause_id: str) -> Change:
    return lambda version: replace(version, clauses=tuple(each for each in version.clauses if each.id != clause_id))


def _relist(listing: ReciprocalListing, other: ReciprocalListing | None) -> Change:
    return lambda version: replace(
        version,
        reciprocity=tuple(
            found for each in version.reciprocity if (found := other if each == listing else each) is not None
        ),
    )


def _exchange(one: str, other: str) -> Change:
    def exchanged(version: AgreementVersion) -> AgreementVersion:
        by_id = {clause.id: clause for clause in version.clauses}
        swap = {one: by_id[other], other: by_id[one]}
        return replace(version, clauses=tuple(swap.get(clause.id, clause) for clause in version.clauses))

    return exchanged
