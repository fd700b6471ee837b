"""Recalls: a decision, a placement or an answer that was given, relying on a fact which turned out wrong."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from talent_registry.domain.credential_facts import COMMITTEE_FACT, INTEGRITY_RECORD, STATUS_FACT
from talent_registry.domain.credentials import RecordStatus


class RecalledKind(StrEnum):
    """What relied on the fact."""

    DECISION = "DECISION"
    PLACEMENT = "PLACEMENT"
    VERIFICATION = "VERIFICATION"
    ENTITLEMENT = "ENTITLEMENT"


class RecallCause(StrEnum):
    """What was recorded anew."""

    CORRECTION = "CORRECTION"
    FILING = "FILING"
    SUSPENSION = "SUSPENSION"
    REVOCATION = "REVOCATION"
    REINSTATEMENT = "REINSTATEMENT"
    INTEGRITY = "INTEGRITY"


@dataclass(frozen=True, slots=True)
class RecallCounts:
    """How many records of each kind one command recalled, and how many notices it queued."""

    decisions: int = 0
    placements: int = 0
    verifications: int = 0
    notices: int = 0
    entitlements: int = 0

    def __bool__(self) -> bool:
        """Whether anything was recalled."""
        return bool(self.decisions or self.placements or self.verifications or self.entitlements)

    def as_json(self) -> dict[str, int]:
        """The counts as JSON."""
        return {
            "decisions": self.decisions,
            "placements": self.placements,
            "verifications": self.verifications,
            "notices": self.notices,
            "entitlements": self.entitlements,
        }

    @classmethod
    def of(cls, stored: dict[str, int]) -> "RecallCounts":
        """The counts from what `as_json` gave."""
        return cls(**stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """One record that relied on facts which a command recorded anew: their names, never their values.

    `record_id` is that of the decision or placement, or of the command that verified or checked. Where the record
    status is among the facts, `status` is what it now is (None: none on those days) and `from_day` its first
    changed day (None: ever).
    """

    id: UUID
    credential_id: UUID
    kind: RecalledKind
    record_id: UUID
    facts: tuple[str, ...]
    status: RecordStatus | None
    from_day: date | None
    recalled_at: datetime
    command_id: UUID

    @property
    def cause(self) -> RecallCause:
        """The gravest of what was recorded anew."""
        if STATUS_FACT in self.facts and self.status in _CAUSES:
            return _CAUSES[self.status]
        if self.facts == (INTEGRITY_RECORD,):
            return RecallCause.INTEGRITY
        return RecallCause.FILING if self.facts == (COMMITTEE_FACT,) else RecallCause.CORRECTION

    def as_json(self) -> dict[str, Any]:
        """What of it is the same whenever it is computed: kind, record, facts."""
        return {"kind": self.kind.value, "record": str(self.record_id), "facts": list(self.facts)}


@dataclass(frozen=True, slots=True)
class RecallFilter:
    """Which recalls to list; None leaves a field open."""

    credential_id: UUID | None = None
    command_id: UUID | None = None


_CAUSES = {
    RecordStatus.REVOKED: RecallCause.REVOCATION,
    RecordStatus.SUSPENDED: RecallCause.SUSPENSION,
    RecordStatus.VALID: RecallCause.REINSTATEMENT,
}
