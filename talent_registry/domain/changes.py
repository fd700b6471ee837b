"""What a remedy is made of: one fact changed, by whom, with which document; or the question asked otherwise."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import attrgetter

from talent_registry.domain.agreements import AgreementVersion, Clause
from talent_registry.domain.messages import Message
from talent_registry.domain.questions import Question
from talent_registry.domain.recognition import FactValue, shown
from talent_registry.reference.catalogue import catalogue

# How many values of one fact are tried where several would do, such as posts in listed divisions.
MOST_CHOICES = 5


class Supplier(StrEnum):
    """Who can bring a change about."""

    HOLDER = "HOLDER"
    ISSUER = "ISSUER"
    AUTHORITY = "AUTHORITY"
    EMPLOYER = "EMPLOYER"
    TIME = "TIME"


class RemedyKind(StrEnum):
    """What is changed: a fact of credential or holder, or the question itself."""

    FACT = "FACT"
    ANOTHER_POST = "ANOTHER_POST"
    LATER_DAY = "LATER_DAY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact as it is and as it would be, who supplies it with which document, and a sentence that says so."""

    kind: RemedyKind
    fact: str
    before: FactValue
    after: FactValue
    supplier: Supplier
    document: Message | None
    message: Message


@dataclass(frozen=True, slots=True)
class Step:
    """A change with its value as the question takes it.

    Of steps with the same `choice` that serve equally only the first is told.
    """

    change: Change
    value: object
    choice: str

    def taken(self, question: Question) -> Question:
        """The question with this one fact changed."""
        noun, _, name = self.change.fact.rpartition(".")
        if not noun:
            return replace(question, **{name: self.value})  # type: ignore[arg-type]  # the table's values fit their facts
        return replace(question, **{noun: replace(getattr(question, noun), **{name: self.value})})


Suggestion = Callable[[Question, AgreementVersion], Iterable[Step]]


def step(
    question: Question,
    fact: str,
    value: object,
    supplier: Supplier,
    message: Message,
    document: Message | None = None,
    *,
    kind: RemedyKind = RemedyKind.FACT,
    one_of_many: bool = False,
) -> Step:
    """The step to a value; `one_of_many`: another value is another answer, not the same one again."""
    change = Change(
        kind=kind,
        fact=fact,
        before=shown(attrgetter(fact)(question)),
        after=shown(value),
        supplier=supplier,
        document=document,
        message=message,
    )
    return Step(change, value, f"{fact}={change.after}" if one_of_many else fact)


def codes_named(clauses: Iterable[Clause], name: str) -> list[str]:
    """The codes that the clauses give under a parameter's name."""
    return sorted({code for clause in clauses for code in clause.parameters.codes.get(name, ())})


def series_named(code: str) -> Message:
    """A title series in words; by its code where the catalogue does not hold it."""
    known = catalogue().series.get(code)
    return Message(zh=f"{known.name_zh if known else code}系列", en=f"the series {known.name_en if known else code}")
