"""Deciding a recognition: the first satisfied clause of the rulebook rules, and every clause leaves a finding."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import attrgetter

from talent_registry.domain.agreements import AgreementVersion, Clause, Outcome, Ruling
from talent_registry.domain.clauses import CONDITIONS
from talent_registry.domain.errors import NotInForce
from talent_registry.domain.messages import Message
from talent_registry.domain.questions import (
    CommitteeFiling,
    CredentialFacts,
    HolderFacts,
    IntegrityRecord,
    Question,
    Target,
)

__all__ = [
    "CommitteeFiling",
    "CredentialFacts",
    "Decision",
    "Finding",
    "FindingResult",
    "HolderFacts",
    "IntegrityRecord",
    "Outcome",
    "Question",
    "Target",
    "decide",
]

# A fact as it is shown and stored: days in ISO form, sets sorted.
FactValue = str | int | bool | None | list[str] | dict[str, "FactValue"]
GENERAL_FACTS = ("credential.kind", "on")


class FindingResult(StrEnum):
    """What became of a clause in a decision."""

    SATISFIED = "SATISFIED"
    NOT_SATISFIED = "NOT_SATISFIED"
    NOT_REACHED = "NOT_REACHED"


NOT_MET = Message(zh="条件不符合。", en="The condition is not met.")
NOT_EXAMINED = Message(zh="已由前面的条款决定，未再审查。", en="An earlier clause decided; this one was not examined.")
OUT_OF_REACH = Message(
    zh="该条不适用于此类证书，或在决定日不适用。",
    en="The clause does not speak of this kind of credential, or not on the decision day.",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one clause found: the facts that it looked at (none where it was not reached) and a sentence."""

    rule: str
    result: FindingResult
    facts: Mapping[str, FactValue]
    message: Message


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a question, with the clause that ruled and a finding for every clause in order of precedence."""

    outcome: Outcome
    rule: str
    reason_code: str
    findings: tuple[Finding, ...]
    version_id: str
    digest: str
    message: Message


def decide(version: AgreementVersion, question: Question) -> Decision:
    """Decides the question by the rulebook; the same question and version always give the same decision.

    NotInForce when the version is not in force on the day of the question. A refusal to recognise is a decision.
    """
    if not version.holds_on(question.on):
        raise NotInForce(
            Message(
                zh=f"版本 {version.id} 在 {question.on} 无效，请选用当日有效的版本。",
                en=f"Version {version.id} is not in force on {question.on}; choose the version of that day.",
            ),
            reason="VERSION_NOT_IN_FORCE",
        )
    # Loading guarantees a last clause that is always satisfied.
    place, ruling = next(
        (place, ruling)
        for place, clause in enumerate(version.clauses)
        if (ruling := find_ruling(clause, question, version)) is not None
    )
    ruled = version.clauses[place]
    findings = (
        *(_not_satisfied(clause, question) for clause in version.clauses[:place]),
        Finding(ruled.id, FindingResult.SATISFIED, _facts_read(ruled, question), ruling.message),
        *(Finding(clause.id, FindingResult.NOT_REACHED, {}, NOT_EXAMINED) for clause in version.clauses[place + 1 :]),
    )
    return Decision(ruling.outcome, ruled.id, ruling.reason_code, findings, version.id, version.digest, ruling.message)


def find_ruling(clause: Clause, question: Question, version: AgreementVersion) -> Ruling | None:
    """What the clause rules on the question when it is satisfied, else None."""
    if not clause.applies(question.credential.kind, question.on):
        return None
    answer = CONDITIONS[clause.condition].test(question, clause.parameters, version)
    if isinstance(answer, str):
        return clause.variants[answer]
    return clause.ruling if answer else None


def _not_satisfied(clause: Clause, question: Question) -> Finding:
    if not clause.applies(question.credential.kind, question.on):
        return Finding(clause.id, FindingResult.NOT_SATISFIED, _show(GENERAL_FACTS, question), OUT_OF_REACH)
    return Finding(clause.id, FindingResult.NOT_SATISFIED, _facts_read(clause, question), NOT_MET)


def _facts_read(clause: Clause, question: Question) -> dict[str, FactValue]:
    return _show((*GENERAL_FACTS, *CONDITIONS[clause.condition].reads), question)


def _show(names: tuple[str, ...], question: Question) -> dict[str, FactValue]:
    return {name: shown(attrgetter(name)(question)) for name in names}


def shown(value: object) -> FactValue:
    """A fact in the form in which it is shown and stored as JSON."""
    match value:
        case None | bool() | int() | str():
            return value
        case date():
            return value.isoformat()
        case frozenset():
            return sorted(str(code) for code in value)
        case CommitteeFiling():
            return {
                "filed_from": shown(value.filed_from),
                "filed_to": shown(value.filed_to),
                "max_level": value.max_level,
                "series": shown(value.series),
            }
        case IntegrityRecord():
            return {"from": shown(value.since), "until": shown(value.until)}
        case _:
            raise TypeError(f"no form to show a {type(value).__name__}")
