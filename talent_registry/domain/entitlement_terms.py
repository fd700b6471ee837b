"""What an agreement says of an entitlement: on what it rests, where, from when, with source and trust status."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from talent_registry.domain.messages import Message


class EntitlementNeed(StrEnum):
    """On what an entitlement rests."""

    PLACEMENT = "PLACEMENT"
    RECOGNITION = "RECOGNITION"
    EITHER = "EITHER"


class StatedFact(StrEnum):
    """What the registry does not hold, so that whoever asks about an entitlement must state it."""

    HOST_IS_TECHNOLOGY_FIRM = "HOST_IS_TECHNOLOGY_FIRM"
    SERVICE_FROM_THE_OTHER_SIDE = "SERVICE_FROM_THE_OTHER_SIDE"
    TEAM_SPANS_BOTH = "TEAM_SPANS_BOTH"
    FULL_TIME_AT_TARGET = "FULL_TIME_AT_TARGET"


@dataclass(frozen=True, slots=True)
class EntitlementArea:
    """Divisions among which an entitlement holds from a day on: home and host both lie in it."""

    divisions: frozenset[str]
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """What a placement or a recognition opens, on days inclusive; sets that are empty narrow nothing.

    `rules` are clauses of recognition; `scope` and `limit` are words, `limit` empty where none was read.
    """

    code: str
    name: Message
    opens_when: str
    needs: EntitlementNeed
    placement_kinds: frozenset[str]
    host_kinds: frozenset[str]
    credential_kinds: frozenset[str]
    levels: frozenset[str]
    rules: frozenset[str]
    stated: frozenset[StatedFact]
    areas: tuple[EntitlementArea, ...]
    since: date
    until: date | None
    scope: str
    limit: str
    source: str
    status: str

    def holds_on(self, on: date) -> bool:
        """Whether it is in force on the day."""
        return self.since <= on and (self.until is None or on <= self.until)
