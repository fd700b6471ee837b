"""Events: what changed in which record, as CloudEvents 1.0.2 say it; ids and codes, nothing of a person."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

# Looks and samples: nobody is told of them.
CHANGE_NOTHING: Final = frozenset(
    {
        *("verifyCredential", "verifyRoster", "openShareCode", "revealDocumentNumbers"),
        *("watchRoster", "endRosterWatch", "clearRoster", "attestRoster"),
        *("generateSample", "startSimulation", "acknowledgeNotice", "markRead"),
    }
)

SOURCE = "urn:talent-registry"
_TYPE = "talent-registry."


@dataclass(frozen=True, slots=True)
class Event:
    """A change: `position` orders all events, `type` says what changed, `subject` is the opaque id of the record."""

    position: int
    id: UUID
    type: str
    subject: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def as_cloud_event(event: Event) -> dict[str, Any]:
    """The event in the JSON format of CloudEvents 1.0.2."""
    return {
        "specversion": "1.0",
        "id": str(event.id),
        "source": SOURCE,
        "type": f"{_TYPE}{event.type}",
        "subject": event.subject,
        "time": event.at.astimezone(UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": dict(event.data),
    }


def record_of(event: Event) -> UUID:
    """The id of the record that changed, from the opaque id by which the API knows it."""
    padded = event.subject + "=" * (-len(event.subject) % 4)
    return UUID(hex=base64.urlsafe_b64decode(padded).decode().partition(":")[2])
