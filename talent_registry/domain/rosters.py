"""A roster: the certificates that an office has verified at once, row by row, as a job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.verification import Sought

DUPLICATE: Final = "DUPLICATE"
_LONGEST_LINE: Final = 7


class RosterState(StrEnum):
    """Where a roster stands."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one row: a verdict's code or DUPLICATE, the field or cause at fault, the credential that fits."""

    line: int
    verdict: str
    reason: str
    credential_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer says in a result; rows that were told the same share it."""

    verdict: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A roster as a job of an office: `done` of `rows` have an answer, `counts` says how many of each verdict.

    `corrects_id`: an earlier roster, some rows of which this one gives anew. Once cleared it has no rows any more.
    """

    id: UUID
    actor_kind: str
    account_id: UUID | None
    organisation_id: UUID | None
    province: str | None
    purpose: str
    legal_basis: str
    file_digest: str
    rows: int
    requested_at: datetime
    command_id: UUID
    head_sealed: bytes = field(repr=False)
    key_id: str
    state: RosterState = RosterState.QUEUED
    done: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    attempts: int = 0
    finished_at: datetime | None = None
    failure: Mapping[str, Any] | None = None
    corrects_id: UUID | None = None
    cleared_at: datetime | None = None


def same_certificate(sought: Sought) -> tuple[str, str, str]:
    """By what two rows are known to speak of one certificate of one person."""
    return sought.number, sought.name.casefold(), sought.document or ""


def record_of(roster_id: UUID, line: int) -> str:
    """The reference (记录号) of a row, by which it is known when it is given again."""
    return f"{roster_id.hex}-{line}"


def line_of(roster_id: UUID, record: str) -> int | None:
    """The line of this roster that a reference names; None where it names none of it."""
    roster, _, line = record.strip().rpartition("-")
    known = roster.lower() == roster_id.hex and line.isascii() and line.isdigit() and len(line) <= _LONGEST_LINE
    return int(line) if known else None


def repeated_row(line: int) -> str:
    """The reason of a row that says what an earlier one said."""
    return f"same certificate as row {line}"
