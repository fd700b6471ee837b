"""Alerts of an authority: what was noticed, and the notes by which officers acknowledge it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class AlertKind(StrEnum):
    """What was noticed."""

    INCONSISTENCY = "INCONSISTENCY"
    WALK = "WALK"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNote:
    """What an officer of a province's authority wrote on seeing an alert; `subject` names what it is about."""

    id: UUID
    kind: AlertKind
    subject: str
    province: str
    note: str = field(repr=False)
    account_id: UUID
    organisation_id: UUID | None
    noted_at: datetime
