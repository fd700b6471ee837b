"""What a verification answers, attests and notes, once it is known what is recorded: the same for one as for many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.consents import Access
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.messages import Message
from talent_registry.domain.receipts import Attested, Shown, of_verification
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.verification import (
    NOT_RECORDED,
    Candidate,
    Judged,
    Sought,
    Unreadable,
    Verdict,
    judge,
    verdict_text,
)
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.storage.ids import new_id

COMMAND: Final = "verifyCredential"
BASIS: Final = "VERIFICATION"
_MISSES: Final = frozenset({Verdict.MISMATCH, Verdict.NOT_FOUND})
OFFICES: Final = frozenset({ActorKind.HR, ActorKind.ISSUER, ActorKind.AUTHORITY, ActorKind.AGENCY})


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict on what was sought, with the record where everything typed fits."""

    sought: Sought | Unreadable
    judged: Judged
    reason: str
    message: Message

    @property
    def record(self) -> CredentialRecord | None:
        """The certificate that was meant, where everything typed fits."""
        return self.judged.record

    def result(self, now: datetime) -> dict[str, Any]:
        """What is kept for a repeat of the command."""
        answer = {"verdict": self.judged.verdict.value, "reason": self.reason, "as_of": now.isoformat()}
        return answer if self.record is None else answer | {"credential_id": str(self.record.credential.id)}


def unreadable(why: Unreadable) -> Answer:
    """The answer to what cannot be read."""
    return Answer(why, Judged(Verdict.INVALID_INPUT), why.reason, why.message)


def answer(sought: Sought, candidates: Sequence[Candidate], today: date) -> Answer:
    """The answer by every certificate of the number."""
    judged = judge(sought, candidates, today)
    reason = NOT_RECORDED if judged.verdict is Verdict.NOT_FOUND else judged.fault
    return Answer(sought, judged, reason, verdict_text(judged.verdict))


def attested(actor: Actor, given: Answer, issuer_zh: str, today: date) -> Attested:
    """What the receipt says; of the certificate no more than the caller is shown."""
    record, sought, verdict = given.record, given.sought, given.judged.verdict
    reason = told(actor, verdict, given.reason)
    if record is None or isinstance(sought, Unreadable):
        return of_verification(verdict, reason, given.message, None, today)
    shown = Shown(record, issuer_zh, sought.name) if may_see(actor, record) else None
    return of_verification(verdict, reason, given.message, shown, today, record.credential.researcher_id)


def look(actor: Actor, given: Answer, purpose: str | None, now: datetime, command_id: UUID) -> Access | None:
    """The look that is noted for the holder, where everything typed fits."""
    if given.record is None:
        return None
    return Access(
        new_id(),
        given.record.credential.researcher_id,
        actor.account_id,
        actor.organisation_id,
        now,
        (purpose or "").strip() or COMMAND,
        BASIS,
        (PersonField.CREDENTIALS,),
        command_id,
    )


def is_miss(verdict: Verdict) -> bool:
    """Whether what was typed may have been a guess."""
    return verdict in _MISSES


def told(actor: Actor, verdict: Verdict, reason: str) -> str:
    """The reason as the caller is told it."""
    return reason if actor.kind is not ActorKind.ANONYMOUS or verdict is Verdict.INVALID_INPUT else ""


def may_see(actor: Actor, record: CredentialRecord) -> bool:
    """Offices learn what they verified, a person what is the person's own."""
    own = actor.kind is ActorKind.RESEARCHER and actor.researcher_id == record.credential.researcher_id
    return own or actor.kind in OFFICES
