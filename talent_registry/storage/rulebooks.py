"""A rulebook compiled to one expression of SQL: the number of the ruling that the first satisfied clause gives.

A list of all clauses, each with its whole test, is slow; so the expression is a tree by the facts that most clauses
need to have one of few values, and a clause stands only in the branches that it can reach.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Integer, True_, and_, case, literal_column

from talent_registry.domain.agreements import AgreementVersion
from talent_registry.domain.simulations import Ruled
from talent_registry.storage.clauses import Asked, Case, cases_of
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
class _Way:
    """One case of one clause, and the place of its ruling."""

    case: Case
    place: int


def compile_rulebook(
    version: AgreementVersion, on: date, facts: Facts, known: Sequence[Ruled] = ()
) -> CompiledRulebook:
    """The rulebook as an expression over the facts, for one decision day; the same as `domain.recognition.decide`.

    `known` are the rulings of another rulebook: what rules alike in both has the same number. KeyError where a
    clause's condition has no twin in SQL: nothing is decided by half a rulebook.
    """
    places = {ruled: place for place, ruled in enumerate(known)}
    ways: list[_Way] = []
    for clause in version.clauses:
        if (clause.applies_from and on < clause.applies_from) or (clause.applies_until and clause.applies_until < on):
            continue
        kinds = {"kind": clause.kinds} if clause.kinds else {}
        for each in cases_of(clause.condition, Asked(facts, clause.parameters, version, on)):
            ruling = clause.variants[each.variant] if each.variant else clause.ruling
            place = places.setdefault(Ruled(clause.id, each.variant, ruling.outcome), len(places))
            ways.append(_Way(replace(each, needs={**kinds, **each.needs}), place))
    return CompiledRulebook(_tree(ways, facts, _SPLITS), tuple(places))


def _tree(ways: Sequence[_Way], facts: Facts, splits: Sequence[str]) -> Fact:
    ways = _up_to_the_certain(ways)
    for number, fact in enumerate(splits):
        if sum(fact in way.case.needs for way in ways) >= _WORTH_A_SPLIT:
            return _split(ways, facts, fact, splits[number + 1 :])
    return _chain(ways, facts)


def _split(ways: Sequence[_Way], facts: Facts, fact: str, later: Sequence[str]) -> Fact:
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


def _decided(way: _Way, fact: str) -> _Way:
    needs = {name: codes for name, codes in way.case.needs.items() if name != fact}
    return _Way(replace(way.case, needs=needs), way.place)


def _up_to_the_certain(ways: Sequence[_Way]) -> list[_Way]:
    """What comes after a case that always holds is never reached."""
    kept: list[_Way] = []
    for way in ways:
        kept.append(way)
        if _is_certain(way.case):
            break
    return kept


def _is_certain(each: Case) -> bool:
    return not each.needs and isinstance(each.test, True_)


def _chain(ways: Sequence[_Way], facts: Facts) -> Fact:
    tests = [(_whole(way.case, facts), _number(way.place)) for way in ways if not _is_certain(way.case)]
    certain = next((_number(way.place) for way in ways if _is_certain(way.case)), None)
    if not tests and certain is not None:
        return certain
    return case(*tests, else_=certain)


def _whole(each: Case, facts: Facts) -> Fact:
    needs: Mapping[str, frozenset[str]] = each.needs
    return and_(*(listed_in(getattr(facts, fact), codes) for fact, codes in needs.items()), each.test)


def _number(place: int) -> Fact:
    return literal_column(str(place), Integer)
