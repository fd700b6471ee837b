"""A rulebook compiled to one expression of SQL: the number of the ruling that the first satisfied clause gives.

A list of all clauses, each with its whole test, is slow; so the expression is a tree by the facts that most clauses
need to have one of few values, and a clause stands only in the branches that it can reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Integer, True_, and_, case, literal_column, true

from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.simulations import Ruled
from talent_registry.storage.clause_cases import Asked, Case, Needs
from talent_registry.storage.clauses import cases_of
from talent_registry.storage.decision_facts import Fact, Facts, listed_in

# In this order the tree splits; what a clause needs of other facts is part of its own test.
_SPLITS = ("kind", "issuer_kind", "level", "route", "permit_class")
_WORTH_A_SPLIT = 2


@dataclass(frozen=True, slots=True)
class CompiledRulebook:
    """The expression, an integer, is the place in `rulings` of what rules on the row."""

    expression: Fact
    rulings: tuple[Ruled, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One case of one clause over some facts, `number` among the cases of its clause, and the place of its ruling."""

    clause: str
    number: int
    case: Case
    place: int
    facts: Facts

    @property
    def name(self) -> tuple[str, int]:
        """Which way of its rulebook it is."""
        return self.clause, self.number

    def needed(self) -> Fact:
        """What the case needs of facts that must be one of some codes."""
        return and_(true(), *(listed_in(getattr(self.facts, fact), codes) for fact, codes in self.case.needs.items()))

    def holds(self) -> Fact:
        """The whole test; NULL and false are the same."""
        return and_(self.needed(), self.case.test)


def compile_rulebook(
    version: AgreementVersion, on: date, facts: Facts, known: Sequence[Ruled] = (), within: Needs | None = None
) -> CompiledRulebook:
    """The rulebook as an expression over the facts, for one decision day; the same as `domain.recognition.decide`.

    `known` are the rulings of another rulebook: what rules alike in both has the same number. `within`: codes of which
    these facts are known to be one; what needs others is left out. KeyError where a clause's condition has no twin in
    SQL: nothing is decided by half a rulebook.
    """
    ways, rulings = ways_of(version, on, facts, known)
    reached = [
        way
        for way in ways
        if not any(codes.isdisjoint(way.case.needs.get(fact, codes)) for fact, codes in (within or {}).items())
    ]
    return CompiledRulebook(_tree(reached, facts, _SPLITS), rulings)


def ways_of(
    version: AgreementVersion,
    on: date,
    facts: Facts,
    known: Sequence[Ruled] = (),
    only: frozenset[str] | None = None,
) -> tuple[list[Way], tuple[Ruled, ...]]:
    """The ways to a ruling in the order in which they are tried, and what their places stand for; as above.

    `only`: those of these clauses alone.
    """
    places = {ruled: place for place, ruled in enumerate(known)}
    ways: list[Way] = []
    for clause in version.clauses:
        if (clause.applies_from and on < clause.applies_from) or (clause.applies_until and clause.applies_until < on):
            continue
        if only is not None and clause.id not in only:
            continue
        kinds = {"kind": clause.kinds} if clause.kinds else {}
        cases = cases_of(clause.condition, Asked(facts, clause.parameters, version, on))
        for number, each in enumerate(cases):
            ruling = clause.variants[each.variant] if each.variant else clause.ruling
            place = places.setdefault(Ruled(clause.id, each.variant, ruling.outcome), len(places))
            ways.append(Way(clause.id, number, replace(each, needs={**kinds, **each.needs}), place, facts))
    return ways, tuple(places)


def _tree(ways: Sequence[Way], facts: Facts, splits: Sequence[str]) -> Fact:
    ways = _up_to_the_certain(ways)
    for number, fact in enumerate(splits):
        if sum(fact in way.case.needs for way in ways) >= _WORTH_A_SPLIT:
            return _split(ways, facts, fact, splits[number + 1 :])
    return _chain(ways)


def _split(ways: Sequence[Way], facts: Facts, fact: str, later: Sequence[str]) -> Fact:
    values = sorted({value for way in ways for value in way.case.needs.get(fact, ())})
    alike: dict[tuple[int, ...], set[str]] = {}
    for value in values:
        reaching = tuple(
            number for number, way in enumerate(ways) if value in way.case.needs.get(fact, frozenset({value}))
        )
        alike.setdefault(reaching, set()).add(value)
    branches = [
        (
            listed_in(getattr(facts, fact), frozenset(codes)),
            _tree([_decided(ways[number], fact) for number in reaching], facts, later),
        )
        # What most clauses speak of is most often asked about.
        for reaching, codes in sorted(alike.items(), key=lambda item: (-len(item[0]), sorted(item[1])))
    ]
    return case(*branches, else_=_tree([way for way in ways if fact not in way.case.needs], facts, later))


def _decided(way: Way, fact: str) -> Way:
    needs = {name: codes for name, codes in way.case.needs.items() if name != fact}
    return replace(way, case=replace(way.case, needs=needs))


def _up_to_the_certain(ways: Sequence[Way]) -> list[Way]:
    """What comes after a case that always holds is never reached."""
    kept: list[Way] = []
    for way in ways:
        kept.append(way)
        if _is_certain(way.case):
            break
    return kept


def _is_certain(each: Case) -> bool:
    return not each.needs and isinstance(each.test, True_)


def _chain(ways: Sequence[Way]) -> Fact:
    tests = [(way.holds(), _number(way.place)) for way in ways if not _is_certain(way.case)]
    certain = next((_number(way.place) for way in ways if _is_certain(way.case)), None)
    if not tests and certain is not None:
        return certain
    return case(*tests, else_=certain)


def _number(place: int) -> Fact:
    return literal_column(str(place), Integer)
