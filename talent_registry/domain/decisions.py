"""Recognition decisions that were taken: facts, kept with everything they were decided by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from talent_registry.domain.agreements import Agreement, AgreementVersion, Outcome
from talent_registry.domain.credential_facts import (
    UsedFact,
    credential_facts_of,
    holder_facts_of,
    source_province_of,
)
from talent_registry.domain.divisions import province_of
from talent_registry.domain.errors import NotInForce
from talent_registry.domain.messages import Message
from talent_registry.domain.questions import Question, Target
from talent_registry.domain.recognition import Decision, Finding, FindingResult


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionDecision:
    """A decision for a day, by what was known at an instant; `decided_for` and `known_at` reproduce it.

    `confirmed_by` is the case that granted what this decision left open, where one did; it is looked up, not kept.
    """

    id: UUID
    credential_id: UUID
    researcher_id: UUID
    target: Target
    decided_for: date
    known_at: datetime
    decided_at: datetime
    decision: Decision
    facts: tuple[UsedFact, ...]
    confirmed_by: UUID | None = None

    @property
    def target_province(self) -> str:
        """The province of the post."""
        return province_of(self.target.division)

    @property
    def is_recognised(self) -> bool:
        """Whether a placement may rest on it: recognised as of right, or confirmed in a case."""
        return self.decision.outcome is Outcome.AUTO or self.confirmed_by is not None


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Which decisions to list; None leaves a field open. `target_province` is a division code."""

    credential_id: UUID | None = None
    researcher_id: UUID | None = None
    target_province: str | None = None
    outcome: Outcome | None = None


def question_decided(decided: RecognitionDecision) -> Question:
    """The question that was decided, from the facts that were kept with the decision."""
    credential = credential_facts_of(decided.facts)
    return Question(
        credential=credential,
        target=decided.target,
        source_province=source_province_of(credential),
        on=decided.decided_for,
        holder=holder_facts_of(decided.facts),
    )


def version_decided_under(agreement: Agreement, decided: RecognitionDecision) -> AgreementVersion:
    """The version that the decision names, letter for letter; NotInForce where the agreement no longer holds it."""
    for version in agreement.versions:
        if (version.id, version.digest) == (decided.decision.version_id, decided.decision.digest):
            return version
    raise NotInForce(
        Message(
            zh=f"协议版本 {decided.decision.version_id} 与作出决定时的文本不同，无法据以复算。请装入原版本。",
            en=f"Agreement version {decided.decision.version_id} is not here as it was when it decided, so the "
            "decision cannot be computed again. Load that version.",
        ),
        reason="VERSION_NOT_HELD",
    )


def findings_as_json(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """The findings as they are stored: rule, result, facts, message."""
    return [
        {
            "rule": finding.rule,
            "result": finding.result.value,
            "facts": dict(finding.facts),
            "message": message_as_json(finding.message),
        }
        for finding in findings
    ]


def findings_from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """The findings as they were decided."""
    return tuple(
        Finding(item["rule"], FindingResult(item["result"]), item["facts"], Message(**item["message"]))
        for item in stored
    )


def facts_from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[UsedFact, ...]:
    """The facts used, from what `UsedFact.as_json` gave."""
    return tuple(
        UsedFact(
            item["name"],
            item["value"],
            UUID(item["source"]),
            datetime.fromisoformat(item["recorded_at"]),
            item["defaulted"],
        )
        for item in stored
    )


def message_as_json(message: Message) -> dict[str, str]:
    """A sentence as it is stored."""
    return {"zh": message.zh, "en": message.en}
