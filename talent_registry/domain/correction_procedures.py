"""How what is asked of the source of a record is seen to: corrections that people ask for, questions of offices."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionTerms:
    """In how many working days an issuer answers an office that asks whether it issued a certificate."""

    id: str
    working_days: int
    source: str
    status: str
    message: Message
