"""How a correction that a person asks for is seen to: which facts, in which terms, by which source."""

from dataclasses import dataclass

from talent_registry.domain.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionProcedure:
    """Terms in working days: of the source, of an answer to its request for evidence, of an appeal, of deciding it."""

    id: str
    facts: frozenset[str]
    working_days: int
    evidence_working_days: int
    appeal_working_days: int
    appeal_decision_working_days: int
    source: str
    status: str
    message: Message
