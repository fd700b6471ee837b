"""What a change of a credential's status would do, and the digest by which its command knows a changed world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from talent_registry.domain.credentials import CredentialRecord, RecordStatus
from talent_registry.domain.errors import Conflict
from talent_registry.domain.ledger import canonical
from talent_registry.domain.messages import Message
from talent_registry.domain.placement_states import PlacementState
from talent_registry.domain.placements import Placement
from talent_registry.domain.recalls import Recall, RecallCounts, RecalledKind

# So many placements and so many recalled records are listed; the digest is over all of them.
MOST_LISTED = 100
_ASKED_AT_ANY_MOMENT = frozenset({RecalledKind.VERIFICATION, RecalledKind.ENTITLEMENT})


class StandingChange(StrEnum):
    """A change of a credential's record status that can be weighed before it is made."""

    SUSPEND = "SUSPEND"
    REINSTATE = "REINSTATE"
    REVOKE = "REVOKE"

    @property
    def status(self) -> RecordStatus:
        """The record status that it brings."""
        return _BROUGHT[self]


_BROUGHT = {
    StandingChange.SUSPEND: RecordStatus.SUSPENDED,
    StandingChange.REINSTATE: RecordStatus.VALID,
    StandingChange.REVOKE: RecordStatus.REVOKED,
}


@dataclass(frozen=True, slots=True)
class Consequence:
    """What followed for one placement; `reason` says why it did not go on, where it did not."""

    placement_id: UUID
    state: PlacementState
    reason: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The consequence as JSON."""
        return {"placement_id": str(self.placement_id), "state": self.state.value, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class PlacementEffect:
    """What happens to one placement: its state before and after, why, and on which day."""

    placement_id: UUID
    before: PlacementState
    after: PlacementState
    reason: str | None
    on: date


@dataclass(frozen=True, slots=True)
class Effects:
    """What a change does: to placements, and which records that relied on the credential it recalls."""

    credential_id: UUID
    status: RecordStatus
    from_day: date
    digest: str
    placements: tuple[PlacementEffect, ...]
    counts: RecallCounts
    recalls: tuple[Recall, ...]

    @property
    def placements_left_out(self) -> int:
        """How many placements are not listed."""
        return max(0, len(self.placements) - MOST_LISTED)

    @property
    def recalls_left_out(self) -> int:
        """How many recalled records are not listed."""
        return max(0, len(self.recalls) - MOST_LISTED)


@dataclass(frozen=True, slots=True)
class Standpoint:
    """The credential and the placements that rest on it, as they stand before a change.

    `others` are the holder's further placements under way, on which an examination's certificate may bear.
    """

    record: CredentialRecord
    placements: tuple[Placement, ...]
    others: tuple[Placement, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Everything by which a later change of either is known."""
        return {
            "version": str(self.record.version.id),
            "spans": [
                [str(one.id), one.status.value, str(one.valid_from), str(one.valid_until)] for one in self.record.spans
            ],
            "placements": [
                [
                    str(one.id),
                    one.state.value,
                    one.round,
                    one.open_round,
                    str(one.decision_id),
                    str(one.term.start),
                    str(one.term.until),
                    one.workload_percent,
                ]
                for one in self.placements
            ],
        }


def effects_digest(
    before: Standpoint,
    status: RecordStatus,
    from_day: date,
    effects: Sequence[PlacementEffect],
    recalls: Sequence[Recall],
) -> str:
    """SHA-256, in hexadecimal, of what stood before and of everything that follows.

    Answered verifications and checks are recalled but not part of it: they can be asked for at any moment, and
    could so keep a certificate from being revoked.
    """
    followed = [[str(one.placement_id), one.before.value, one.after.value, one.reason, str(one.on)] for one in effects]
    kept = [one.as_json() for one in recalls if one.kind not in _ASKED_AT_ANY_MOMENT]
    whole = {
        "credential": str(before.record.credential.id),
        "status": status.value,
        "from_day": from_day.isoformat(),
        "before": before.as_json(),
        "placements": sorted(followed, key=str),
        "recalls": sorted(kept, key=str),
    }
    return sha256(canonical(whole)).hexdigest()


def world_changed(digest: str) -> Conflict:
    """The refusal of a change whose preview no longer holds; `digest` is that of what would follow now."""
    return Conflict(
        Message(
            zh=f"预览之后情况已有变化，尚未办理。请重新预览并核对后再办理；现在的预览摘要为 {digest}。",
            en="Something changed since the preview, so nothing was done. Preview again and look at the effects before "
            f"acting; the digest of the preview is now {digest}.",
        ),
        reason="WORLD_CHANGED",
        path=("input", "effectsDigest"),
    )
