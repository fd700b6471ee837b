"""The ledger: one entry per command, each carrying the hash of the one before it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one command did: who, when, to which records; ids and codes only, never personal data.

    `subjects` are `kind:id`; `body` is JSON of strings, whole numbers, booleans, lists and objects.
    """

    sequence: int
    command_id: UUID
    recorded_at: datetime
    actor_kind: str
    account_id: UUID | None
    organisation_id: UUID | None
    name: str
    subjects: tuple[str, ...]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """An entry with the hash it follows and its own."""

    entry: Entry
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Position:
    """Where an entry stands in the ledger: its number and its hash (32 bytes)."""

    sequence: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class ChainReport:
    """The result of walking the ledger: how far it holds, and what is wrong at the first fault."""

    entries: int
    head: bytes
    fault_at: int | None = None
    fault: str = ""

    @property
    def intact(self) -> bool:
        """Whether every entry follows the one before it unaltered."""
        return self.fault_at is None


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same value always gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def entry_hash(entry: Entry, previous_hash: bytes) -> bytes:
    """SHA-256 over the entry and the hash of the one before it (32 bytes)."""
    content = {
        "sequence": entry.sequence,
        "command": str(entry.command_id),
        "recorded_at": entry.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_kind,
        "account": str(entry.account_id or ""),
        "organisation": str(entry.organisation_id or ""),
        "name": entry.name,
        "subjects": list(entry.subjects),
        "body": entry.body,
        "previous": previous_hash.hex(),
    }
    return hashlib.sha256(canonical(content)).digest()


def walk(entries: Iterable[SealedEntry], report: ChainReport | None = None) -> ChainReport:
    """Follow the chain from where `report` left off (from its beginning if none) and name the first fault."""
    report = report or ChainReport(0, GENESIS)
    for sealed in entries:
        expected = report.entries + 1
        if sealed.entry.sequence != expected:
            return ChainReport(report.entries, report.head, expected, "an entry is missing or out of order")
        if sealed.previous_hash != report.head:
            return ChainReport(report.entries, report.head, expected, "the entry does not follow the one before it")
        if sealed.hash != entry_hash(sealed.entry, sealed.previous_hash):
            return ChainReport(report.entries, report.head, expected, "the entry was altered after it was written")
        report = ChainReport(expected, sealed.hash)
    return report
