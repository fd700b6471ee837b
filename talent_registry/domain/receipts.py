"""Receipts: what was answered or decided, in the words that are signed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.decisions import RecognitionDecision, message_as_json
from talent_registry.domain.ledger import Position
from talent_registry.domain.messages import Message
from talent_registry.domain.proceedings import Proceeding, ProceedingEvent
from talent_registry.domain.recognition import FindingResult
from talent_registry.domain.rosters import Roster
from talent_registry.domain.verification import Verdict

VERSION = 1


class ReceiptKind(StrEnum):
    """What a receipt is about."""

    VERIFICATION = "VERIFICATION"
    DECISION = "DECISION"
    CASE = "CASE"
    ROSTER = "ROSTER"


@dataclass(frozen=True, slots=True)
class Attested:
    """What a command has to say under signature; `researcher_id` is the person it concerns, where it names one."""

    kind: ReceiptKind
    researcher_id: UUID | None
    says: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A signed receipt: whom it concerns, to whom it was given, when, and the compact JWS."""

    id: UUID
    kind: ReceiptKind
    researcher_id: UUID | None
    account_id: UUID | None
    organisation_id: UUID | None
    issued_at: datetime
    compact: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a verification shows of a certificate whose holder fits: the record, its issuer's name, the holder's name.

    The name is that which was typed and fits; it is masked before it is signed.
    """

    record: CredentialRecord
    issuer_zh: str
    name: str = field(repr=False)


def claims_of(
    what: Attested,
    *,
    receipt_id: UUID,
    issuer: str,
    issued_at: datetime,
    command: tuple[UUID, str],
    asked_by: tuple[str, UUID | None],
    position: Position,
) -> dict[str, Any]:
    """The claims of a receipt (RFC 7519 names where there are any); `command` is id and name."""
    kind, organisation = asked_by
    return {
        "iss": issuer,
        "jti": str(receipt_id),
        "iat": int(issued_at.timestamp()),
        "version": VERSION,
        "kind": what.kind.value,
        "as_of": _instant(issued_at),
        "asked_by": {"kind": kind} | ({"organisation": str(organisation)} if organisation else {}),
        "ledger": {
            "sequence": position.sequence,
            "hash": position.hash.hex(),
            "command": str(command[0]),
            "act": command[1],
        },
        **what.says,
    }


def of_verification(
    verdict: Verdict, reason: str, message: Message, shown: Shown | None, today: date, subject: UUID | None = None
) -> Attested:
    """The verdict on a certificate; nothing of what was typed. `shown` is for whoever is shown the certificate."""
    says: dict[str, Any] = {"verdict": verdict.value, "message": message_as_json(message)}
    if reason:
        says["reason"] = reason
    if shown is not None:
        says["certificate"] = _certificate(shown, today)
    return Attested(ReceiptKind.VERIFICATION, subject, says)


def of_decision(decided: RecognitionDecision) -> Attested:
    """A kept decision: the outcome, the clause that ruled with the facts it read, and what became of the others."""
    made = decided.decision
    reached = [one for one in made.findings if one.result is not FindingResult.NOT_REACHED]
    target = decided.target
    says = {
        "decision": str(decided.id),
        "credential": str(decided.credential_id),
        "outcome": made.outcome.value,
        "clause": made.rule,
        "reason": made.reason_code,
        "message": message_as_json(made.message),
        "agreement": {"version": made.version_id, "digest": made.digest},
        "decided_for": decided.decided_for.isoformat(),
        "known_at": _instant(decided.known_at),
        "target": {
            "division": target.division,
            "zone": target.zone,
            "employer_kind": target.employer_kind,
            "post_series": target.post_series,
        },
        "facts": dict(reached[-1].facts),
        "findings": [[one.rule, one.result.value] for one in reached],
    }
    return Attested(ReceiptKind.DECISION, decided.researcher_id, says)


def of_case(case: Proceeding, settled: ProceedingEvent) -> Attested:
    """What settled a case, without the words that people wrote; the decision that it is on has a receipt of its own."""
    says = {
        "case": str(case.id),
        "case_kind": case.kind.value,
        "decision": str(case.decision_id),
        "credential": str(case.credential_id),
        "event": settled.event.value,
        "outcome": settled.outcome.value if settled.outcome else None,
        "decided_on": settled.on_day.isoformat(),
        "decided": {"outcome": case.outcome.value, "clause": case.rule, "reason": case.reason_code},
        "procedure": case.procedure,
    }
    return Attested(ReceiptKind.CASE, case.researcher_id, says)


def of_roster(one: Roster, counts: Mapping[str, int], office: str) -> Attested:
    """The sum of a roster: how many rows got each verdict, corrections included; nothing of any row."""
    says = {
        "roster": str(one.id),
        "office": office,
        "file_digest": one.file_digest,
        "rows": one.rows,
        "counts": dict(sorted(counts.items())),
        "requested_at": _instant(one.requested_at),
    }
    return Attested(ReceiptKind.ROSTER, None, says)


def masked_name(name: str) -> str:
    """A name as strangers may read it: its first character, and a star for each other one."""
    return name[:1] + "*" * (len(name) - 1)


def _certificate(shown: Shown, today: date) -> dict[str, Any]:
    record, version = shown.record, shown.record.version
    days = {"approved": version.approval_date, "valid_from": version.valid_from, "valid_until": version.valid_until}
    return {
        "id": str(record.credential.id),
        "kind": record.credential.kind,
        "number": record.credential.number,
        "holder": masked_name(shown.name),
        "title": version.title_name,
        "level": version.level,
        "issuer": shown.issuer_zh,
        "standing": record.standing(today).value,
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
