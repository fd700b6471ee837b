"""Proceedings (办件): what a decision leaves open, seen to by an office, and the events that make it up.

Nothing here is stored twice: the events are the record, and where a proceeding stands on a day is computed from them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from talent_registry.domain.agreements import Outcome, Procedure, ResponsibleBody
from talent_registry.domain.divisions import province_of
from talent_registry.domain.questions import Target


class ProceedingKind(StrEnum):
    """What an office is asked to do."""

    CONFIRMATION = "CONFIRMATION"
    VERIFICATION = "VERIFICATION"
    RE_REVIEW = "RE_REVIEW"
    OVERRIDE = "OVERRIDE"
    CORRECTION = "CORRECTION"
    LOOK = "LOOK"


class ProceedingState(StrEnum):
    """Where a proceeding stands."""

    OPEN = "OPEN"
    EVIDENCE_REQUESTED = "EVIDENCE_REQUESTED"
    DECIDED = "DECIDED"
    WITHDRAWN = "WITHDRAWN"
    APPEALED = "APPEALED"
    APPEAL_DECIDED = "APPEAL_DECIDED"
    OVERRIDE_PROPOSED = "OVERRIDE_PROPOSED"
    OVERRIDE_APPROVED = "OVERRIDE_APPROVED"
    OVERRIDE_DECLINED = "OVERRIDE_DECLINED"


class ProceedingOutcome(StrEnum):
    """What an office decided, or what its silence counts as."""

    CONFIRMED = "CONFIRMED"
    REFUSED = "REFUSED"
    VERIFIED = "VERIFIED"
    NOT_VERIFIED = "NOT_VERIFIED"
    CORRECTED = "CORRECTED"
    DECLINED = "DECLINED"
    UPHELD = "UPHELD"


class ProceedingEventKind(StrEnum):
    """What happened in a proceeding."""

    OPENED = "OPENED"
    EVIDENCE_REQUESTED = "EVIDENCE_REQUESTED"
    EVIDENCE_GIVEN = "EVIDENCE_GIVEN"
    DECIDED = "DECIDED"
    LAPSED = "LAPSED"
    WITHDRAWN = "WITHDRAWN"
    APPEALED = "APPEALED"
    APPEAL_DECIDED = "APPEAL_DECIDED"
    OVERRIDE_PROPOSED = "OVERRIDE_PROPOSED"
    OVERRIDE_APPROVED = "OVERRIDE_APPROVED"
    OVERRIDE_DECLINED = "OVERRIDE_DECLINED"


class ClockPurpose(StrEnum):
    """What a clock of a proceeding is for."""

    DECISION = "DECISION"
    EVIDENCE = "EVIDENCE"
    APPEAL = "APPEAL"
    APPEAL_DECISION = "APPEAL_DECISION"
    SECOND_APPROVAL = "SECOND_APPROVAL"


# Names of facts with their values in canonical JSON.
ToldFacts = frozenset[tuple[str, str]]
KIND_OF = {
    Outcome.CONFIRM: ProceedingKind.CONFIRMATION,
    Outcome.VERIFY: ProceedingKind.VERIFICATION,
    Outcome.RE_REVIEW: ProceedingKind.RE_REVIEW,
    Outcome.NOT_RECOGNISED: ProceedingKind.OVERRIDE,
}
_CONFIRMING = (ProceedingOutcome.CONFIRMED, ProceedingOutcome.REFUSED)
# What each kind may come to: the granting outcome first.
OUTCOMES = dict.fromkeys(ProceedingKind, _CONFIRMING) | {
    ProceedingKind.VERIFICATION: (ProceedingOutcome.VERIFIED, ProceedingOutcome.NOT_VERIFIED),
    ProceedingKind.CORRECTION: (ProceedingOutcome.CORRECTED, ProceedingOutcome.DECLINED),
    ProceedingKind.LOOK: (ProceedingOutcome.UPHELD, ProceedingOutcome.DECLINED),
}
GRANTING = frozenset(
    {
        ProceedingOutcome.CONFIRMED,
        ProceedingOutcome.VERIFIED,
        ProceedingOutcome.CORRECTED,
        ProceedingOutcome.UPHELD,
    }
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms, in working days, of the version under which a proceeding was opened; they stay as they were."""

    working_days: int
    evidence_working_days: int
    appeal_working_days: int
    appeal_decision_working_days: int
    tacit: bool

    @classmethod
    def of(cls, procedure: Procedure) -> "Terms":
        """The terms that a procedure gives."""
        return cls(
            procedure.working_days,
            procedure.evidence_working_days,
            procedure.appeal_working_days,
            procedure.appeal_decision_working_days,
            procedure.tacit,
        )


class Conducted(Protocol):
    """What is seen to under terms: all that where it stands on a day is computed from, besides its events."""

    @property
    def kind(self) -> ProceedingKind:
        """What the office is asked to do."""

    @property
    def terms(self) -> Terms:
        """The terms under which it was opened."""

    @property
    def opened_on(self) -> date:
        """The legal day on which it was opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proceeding:
    """What a kept decision leaves open: about which credential for which post, at which body, under which terms.

    `outcome`, `rule` and `reason_code` are the machine's; `decision_id` leads to all its findings, `told` are the facts
    it was taken on. `approving_province` is the other party's, asked to approve an override.
    """

    id: UUID
    kind: ProceedingKind
    decision_id: UUID
    credential_id: UUID
    researcher_id: UUID
    issuer_id: UUID
    target: Target
    outcome: Outcome
    rule: str
    reason_code: str
    procedure: str
    body: ResponsibleBody
    body_province: str
    approving_province: str | None
    terms: Terms
    opened_on: date
    told: ToldFacts

    @property
    def target_province(self) -> str:
        """The province of the post."""
        return province_of(self.target.division)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProceedingEvent:
    """What happened: by whom, on which legal day, with what outcome; `text` are the words of whoever acted."""

    id: UUID
    proceeding_id: UUID
    at: datetime
    on_day: date
    event: ProceedingEventKind
    actor_kind: str
    account_id: UUID | None = None
    organisation_id: UUID | None = None
    province: str | None = None
    outcome: ProceedingOutcome | None = None
    text: str | None = None
