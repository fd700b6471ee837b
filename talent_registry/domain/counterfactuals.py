"""What is missing for a better answer: the smallest changes that would bring one, each proved by deciding again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import combinations
from operator import attrgetter

from talent_registry.domain.agreements import Agreement, AgreementVersion, Clause, Outcome, agreement_version_in_force
from talent_registry.domain.changes import Change, RemedyKind, Step, Supplier, step
from talent_registry.domain.clauses import CONDITIONS
from talent_registry.domain.fixed_facts import UNCHANGEABLE
from talent_registry.domain.messages import Message
from talent_registry.domain.questions import Question
from talent_registry.domain.recognition import Decision, FactValue, decide, find_ruling, shown
from talent_registry.domain.remedies import list_steps

# From the best to the worst; outside what the agreement speaks of nothing is missing and nothing is gained.
LADDER = (
    Outcome.AUTO,
    Outcome.VERIFY,
    Outcome.CONFIRM,
    Outcome.RE_REVIEW,
    Outcome.PENDING,
    Outcome.NOT_RECOGNISED,
)
MOST_REMEDIES = 10
MOST_CHANGES = 8
MOST_DAYS = 12
# Answers looked at for one question; the smallest changes come first, so that what is told is minimal all the same.
BUDGET = 600
_KINDS = tuple(RemedyKind)
# A fact of the question that is derived from one that can be changed.
_DERIVED_FROM = {"target_province": "target.division"}


@dataclass(frozen=True, slots=True)
class Remedy:
    """Changes that together, and not without one of them, would give the better decision; `question` as it would be."""

    changes: tuple[Change, ...]
    question: Question
    decision: Decision


@dataclass(frozen=True, slots=True)
class FixedFact:
    """A fact on which the answer rests and that nobody may change, and why."""

    fact: str
    value: FactValue
    reason: Message


@dataclass(frozen=True, slots=True)
class Missing:
    """The remedies, best outcome and fewest changes first, and the facts that stay as they are.

    `examined`: how many answers were looked at; never more than `BUDGET`.
    """

    remedies: tuple[Remedy, ...]
    fixed: tuple[FixedFact, ...]
    examined: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the search stands: the steps taken from the question on a day, and what is decided there."""

    steps: tuple[Step, ...]
    question: Question
    version: AgreementVersion
    clause: Clause
    outcome: Outcome

    @property
    def choices(self) -> frozenset[str]:
        return frozenset(one.choice for one in self.steps if one.change.kind is not RemedyKind.LATER_DAY)

    def serves_as_well_as(self, other: "_Place") -> bool:
        """No less is gained here, by no more changes and no later."""
        return (
            _rank(self.outcome) <= _rank(other.outcome)
            and self.choices <= other.choices
            and self.question.on <= other.question.on
        )


def what_is_missing(agreement: Agreement, question: Question) -> Missing:
    """The smallest changes of fact, document, post or day that would give the question a better outcome.

    Each remedy was decided by the version of the agreement in force on its day. Recognised as of right, or no question
    between the provinces: nothing is missing. The same question always gets the same remedies.
    """
    search = _Search(agreement, question)
    start = search.look((), question)
    search.explore(start)
    found = sorted(search.found, key=_order)[:MOST_REMEDIES]
    remedies = tuple(
        Remedy(tuple(one.change for one in place.steps), place.question, decide(place.version, place.question))
        for place in found
    )
    return Missing(remedies, _fixed(start), search.examined)


def _fixed(start: _Place) -> tuple[FixedFact, ...]:
    if start.outcome is Outcome.AUTO:
        return ()
    read = {fact: shown(attrgetter(fact)(start.question)) for fact in CONDITIONS[start.clause.condition].reads}
    stated = {fact: value for fact, value in read.items() if value is not None and value is not False}
    return tuple(FixedFact(fact, value, UNCHANGEABLE[fact]) for fact, value in stated.items() if fact in UNCHANGEABLE)


def _rank(outcome: Outcome) -> int:
    return LADDER.index(outcome) if outcome in LADDER else len(LADDER)


def _ruled(version: AgreementVersion, question: Question) -> tuple[Clause, Outcome]:
    return next(
        (clause, ruling.outcome)
        for clause in version.clauses
        if (ruling := find_ruling(clause, question, version)) is not None
    )


def _outcome(version: AgreementVersion, question: Question) -> Outcome:
    return _ruled(version, question)[1]


def _day(place: _Place) -> date:
    return place.question.on


def _order(place: _Place) -> tuple[object, ...]:
    kinds = [_KINDS.index(one.change.kind) for one in place.steps]
    told = [f"{one.change.fact}={one.change.after}" for one in place.steps]
    return _rank(place.outcome), len(place.steps), sorted(kinds), place.question.on, told


@dataclass(slots=True)
class _Search:
    """Goes through the changes by their number, so that whatever is found first has no smaller remedy within it."""

    agreement: Agreement
    question: Question
    found: list[_Place] = field(default_factory=list)
    seen: set[tuple[date, frozenset[tuple[str, str]]]] = field(default_factory=set)
    steps: dict[date, dict[str, tuple[Step, ...]]] = field(default_factory=dict)
    examined: int = 0

    def look(self, steps: tuple[Step, ...], question: Question) -> _Place:
        """What is decided after the steps."""
        self.examined += 1
        version = agreement_version_in_force(self.agreement, question.on)
        return _Place(steps, question, version, *_ruled(version, question))

    def explore(self, start: _Place) -> None:
        """Finds the places with a better outcome than the start's that no smaller or earlier change reaches."""
        if start.outcome not in LADDER[1:]:
            return
        level, later = [start], self._later()
        for _ in range(MOST_CHANGES):
            # Of equal changes those of the nearer day come first. The later days are the first of all changes.
            following = [*later, *(found for place in level for found in self._next(place))]
            level = sorted((place for place in following if not self._is_idle(place)), key=_day)
            for place in level:
                self._keep_if_better(place, start)

    def _keep_if_better(self, place: _Place, start: _Place) -> None:
        better = _rank(place.outcome) < _rank(start.outcome)
        known = any(known.serves_as_well_as(place) for known in self.found)
        if better and not known and not self._waits_in_vain(place):
            self.found.append(place)

    def _waits_in_vain(self, place: _Place) -> bool:
        """Some of the changes alone would do as well today: what is suggested on a later day may serve before it."""
        others = [one for one in place.steps if one.change.kind is not RemedyKind.LATER_DAY]
        if len(others) == len(place.steps):
            return False
        version = agreement_version_in_force(self.agreement, self.question.on)
        parts = (part for size in range(len(others) + 1) for part in combinations(others, size))
        return any(_rank(_outcome(version, self._after(part))) <= _rank(place.outcome) for part in parts)

    def _after(self, steps: Iterable[Step]) -> Question:
        question = self.question
        for one in steps:
            question = one.taken(question)
        return question

    def _is_idle(self, place: _Place) -> bool:
        """Nothing better lies here or beyond: fewer changes have reached all that can be reached."""
        return any(known.serves_as_well_as(place) for known in self.found if known.outcome is Outcome.AUTO)

    def _later(self) -> Iterator[_Place]:
        for day in _later_days(self.agreement, self.question):
            later = _on_later_day(self.question, day)
            yield self.look((later,), later.taken(self.question))

    def _next(self, place: _Place) -> Iterator[_Place]:
        if place.outcome is Outcome.AUTO:
            return
        by_fact = self._steps_on(place.question.on, place.version)
        for fact in _worth_changing(place):
            if fact not in {one.change.fact for one in place.steps}:
                yield from self._values_of(place, by_fact.get(fact, ()))

    def _values_of(self, place: _Place, values: tuple[Step, ...]) -> Iterator[_Place]:
        served: set[str] = set()
        for each in values:
            steps = tuple(sorted((*place.steps, each), key=lambda one: one.change.fact))
            made = frozenset((one.change.fact, repr(one.change.after)) for one in steps)
            fresh = (place.question.on, made) not in self.seen and each.choice not in served
            if fresh and self.examined < BUDGET:
                self.seen.add((place.question.on, made))
                following = self.look(steps, each.taken(place.question))
                # Of several values the first that moves the ruling asks least: the others would say the same.
                if following.clause is not place.clause:
                    served.add(each.choice)
                yield following

    def _steps_on(self, day: date, version: AgreementVersion) -> dict[str, tuple[Step, ...]]:
        # Those of the day's question: what one step changes does not move the value of another.
        if day not in self.steps:
            self.steps[day] = list_steps(replace(self.question, on=day), version)
        return self.steps[day]


def _worth_changing(place: _Place) -> list[str]:
    """The facts of the clause that rules, and of earlier ones that would rule better: no other moves the outcome."""
    speaking = [
        clause
        for clause in place.version.clauses
        if clause.precedence <= place.clause.precedence
        and clause.applies(place.question.credential.kind, place.question.on)
        and (clause is place.clause or _best(clause) < _rank(place.outcome))
    ]
    read = (fact for clause in speaking for fact in CONDITIONS[clause.condition].reads)
    return list(dict.fromkeys(_DERIVED_FROM.get(fact, fact) for fact in read))


def _best(clause: Clause) -> int:
    return min(_rank(ruling.outcome) for ruling in (clause.ruling, *clause.variants.values()))


# ---------------------------------------------------------------- days


def _on_later_day(question: Question, day: date) -> Step:
    message = Message(zh=f"请于 {day} 或之后再提出申请。", en=f"Apply again on or after {day}.")
    return step(question, "on", day, Supplier.TIME, message, kind=RemedyKind.LATER_DAY)


def _later_days(agreement: Agreement, question: Question) -> list[date]:
    """The days after the question's on which law or holder change by themselves, the nearest first."""
    days = {*_days_of_the_holder(question), *_days_of_the_law(agreement, question)}
    return sorted(day for day in days if day > question.on)[:MOST_DAYS]


def _days_of_the_holder(question: Question) -> Iterator[date]:
    record, issued_on = question.holder.integrity_record, question.credential.issued_on
    if record is not None and record.until is not None and record.until < date.max:
        yield _day_after(record.until)
    if issued_on is not None:
        yield issued_on


def _days_of_the_law(agreement: Agreement, question: Question) -> Iterator[date]:
    for version in agreement.versions:
        if version.since is not None:
            yield version.since
        yield from _days_of_clauses(version.clauses, question.credential.kind)
        for entry in version.reciprocity:
            if entry.issuer == question.credential.issuer_division:
                yield entry.since


def _days_of_clauses(clauses: Iterable[Clause], kind: str) -> Iterator[date]:
    for clause in clauses:
        if not clause.kinds or kind in clause.kinds:
            if clause.applies_from is not None:
                yield clause.applies_from
            if clause.applies_until is not None:
                yield _day_after(clause.applies_until)


def _day_after(day: date) -> date:
    return day + timedelta(days=1)
