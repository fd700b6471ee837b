"""Where two rulebooks may differ, without asking either: drafts change few clauses, and few credentials reach those."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from sqlalchemy import BooleanClauseList, and_, false, or_, true
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.operators import and_ as and_operator
from sqlalchemy.sql.visitors import iterate

from talent_registry.domain.agreements import AgreementVersion
from talent_registry.storage.clause_cases import Needs
from talent_registry.storage.decision_facts import Fact, Facts, facts_in, flat_table, is_true
from talent_registry.storage.rulebooks import Way, ways_of

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_ANY = facts_in(flat_table("any"))
# A way in the first rulebook and the way in the second that does the same in the same place; None where there is none.
Pair = tuple[Way | None, Way | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """The ways of two rulebooks that are not the same in both.

    The ways that both have in common, to the same ruling and in the same order, are pairs; others stand alone. Where
    each pair holds in both or in neither and no other holds, both rulebooks come to the first pair that holds, so to
    the same ruling.
    """

    versions: tuple[AgreementVersion, AgreementVersion]
    on: date
    differing: tuple[Pair, ...]

    @classmethod
    def between(cls, versions: tuple[AgreementVersion, AgreementVersion], on: date) -> "Difference":
        """The difference on a day, whatever the facts are. KeyError as `compile_rulebook`."""
        return cls(versions, on, tuple(pair for pair in _pairs(versions, on) if not _alike(*pair)))

    @property
    def looks_at_areas(self) -> bool:
        """Whether it lies in what is asked of the areas of titles, so that each division is a case of its own."""
        return any(element is _ANY.targeted_area for way in self._ways() for element in iterate(way.case.test))

    @property
    def needs(self) -> Needs:
        """What every fact that some differing way needs must be one of, for any of them to hold."""
        needs = [way.case.needs for way in self._ways()]
        shared = set[str]().union(*needs).intersection(*needs)
        return {name: frozenset[str]().union(*(each[name] for each in needs)) for name in sorted(shared)}

    def reached(self, asked: Sequence[Facts]) -> Fact:
        """Whether some differing way holds in one rulebook and not in the other, for any of the facts asked."""
        clauses = frozenset(way.clause for way in self._ways())
        tests: dict[str, Fact] = {}
        for facts in asked:
            before, after = (
                {way.name: way for way in ways_of(version, self.on, facts, only=clauses)[0]}
                for version in self.versions
            )
            for one, other in self.differing:
                test = _one_alone(one and before[one.name], other and after[other.name])
                tests.setdefault(_written(test), test)
        return or_(false(), *tests.values())

    def _ways(self) -> list[Way]:
        return [way for pair in self.differing for way in pair if way is not None]


def _pairs(versions: tuple[AgreementVersion, AgreementVersion], on: date) -> Iterator[Pair]:
    before, rulings = ways_of(versions[0], on, _ANY)
    after, _ = ways_of(versions[1], on, _ANY, known=rulings)
    common = SequenceMatcher(None, [way.place for way in before], [way.place for way in after], autojunk=False)
    for kind, first, last, other_first, other_last in common.get_opcodes():
        if kind == "equal":
            yield from zip(before[first:last], after[other_first:other_last], strict=True)
        else:
            yield from ((way, None) for way in before[first:last])
            yield from ((None, way) for way in after[other_first:other_last])


def _one_alone(before: Way | None, after: Way | None) -> Fact:
    """Whether one of the two holds and the other does not; what both ask alike is asked once, and last."""
    if before is None or after is None:
        return or_(false(), *(way.holds() for way in (before, after) if way is not None))
    if before.case.needs != after.case.needs:
        return is_true(before.holds()) != is_true(after.holds())
    asked = [{_written(part): part for part in _parts(way.case.test)} for way in (before, after)]
    shared = asked[0].keys() & asked[1].keys()
    if all(parts.keys() == shared for parts in asked):
        return false()
    own = [and_(true(), *(part for name, part in parts.items() if name not in shared)) for parts in asked]
    alike = (part for name, part in asked[0].items() if name in shared)
    return and_(before.needed(), is_true(own[0]) != is_true(own[1]), *alike)


def _parts(test: Fact) -> Sequence[Fact]:
    """What must all hold for the test to hold."""
    if isinstance(test, BooleanClauseList) and test.operator is and_operator:
        return list(test.clauses)
    return [test]


def _alike(before: Way | None, after: Way | None) -> bool:
    return before is not None and after is not None and _written(before.holds()) == _written(after.holds())


def _written(test: Fact) -> str:
    written = test.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return f"{written} {written.params}"
