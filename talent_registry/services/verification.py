"""Verifying a certificate: a limited, logged command whose holder sees that it was asked."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import LONGEST_PURPOSE, Access
from talent_registry.domain.coverage import coverage_text
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.errors import NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.receipts import Attested, Shown, of_verification
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.sandbox import LIMITED_SECONDS, is_always_limited
from talent_registry.domain.verification import (
    NOT_RECORDED,
    Candidate,
    Judged,
    Sought,
    Typed,
    Unreadable,
    Verdict,
    candidates_of,
    judge,
    read_typed,
    verdict_text,
)
from talent_registry.services import attempts, walks
from talent_registry.services.attempts import DAY, HOUR, MINUTE, Allowance
from talent_registry.services.permissions import Actor, ActorKind, Permission
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.researchers import DOCUMENT_DIGEST
from talent_registry.signing.sealing import digest, list_digests
from talent_registry.storage import accesses, credentials, organisations
from talent_registry.storage import verification as lookups
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty

BASIS: Final = "VERIFICATION"
_OFFICES: Final = frozenset({ActorKind.HR, ActorKind.ISSUER, ActorKind.AUTHORITY, ActorKind.AGENCY})
# Looked up where nothing was found, so that as much is done as where something was.
_NO_RECORD: Final = UUID(int=0)
_MISSES: Final = frozenset({Verdict.MISMATCH, Verdict.NOT_FOUND})
_MUST_STATE_PURPOSE: Final = frozenset({ActorKind.HR, ActorKind.AGENCY})


@dataclass(frozen=True, slots=True)
class Limits:
    """How often a certificate may be verified. Callers are accounts, or for anonymous ones the place they come from.

    An office may verify a roster of hundreds at once, a person at a public page only a few. What is counted per target
    are answers MISMATCH and NOT_FOUND for one certificate number within an hour, by all callers together; anonymous
    ones and those signed in are counted apart, so that nobody can lock offices out of a certificate from outside.
    """

    anonymous_a_minute: int = 20
    anonymous_a_day: int = 200
    account_a_minute: int = 600
    account_a_day: int = 20_000
    target_by_anonymous_an_hour: int = 10
    target_by_accounts_an_hour: int = 20

    def of_caller(self, actor: Actor) -> tuple[Allowance, Allowance]:
        """What a caller may use up."""
        known = actor.kind is not ActorKind.ANONYMOUS
        a_minute = self.account_a_minute if known else self.anonymous_a_minute
        a_day = self.account_a_day if known else self.anonymous_a_day
        return Allowance("verify-caller-minute", a_minute, MINUTE), Allowance("verify-caller-day", a_day, DAY)

    def of_target(self, actor: Actor) -> Allowance:
        """How many failed answers one certificate number may get."""
        if actor.kind is ActorKind.ANONYMOUS:
            return Allowance("verify-target-anonymous", self.target_by_anonymous_an_hour, HOUR)
        return Allowance("verify-target", self.target_by_accounts_an_hour, HOUR)


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be verified, as typed, and for what purpose (offices of employers and agencies must say)."""

    typed: Typed
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """The answer: a verdict as of an instant and a sentence; `reason` names the field at fault, for known callers.

    INVALID_INPUT gives its reason to everyone, because it speaks of what was typed alone. `coverage` comes with
    NOT_FOUND. `record` is there for offices, and for the holder, where everything typed fits.
    """

    verdict: Verdict
    reason: str
    message: Message
    as_of: datetime
    coverage: Message | None
    record: CredentialRecord | None
    done: Done


async def verify(
    registry: Registry, actor: Actor, asked: Asked, key: str | None, origin: str, limits: Limits = LIMITS
) -> Verification:
    """Answer whether what was typed agrees with a recorded certificate, and how that stands today.

    `origin` is where an anonymous caller comes from (kept as a keyed digest). Raises `Limited` (also for numbers
    nobody has) and `NotPermitted` where a purpose is not the agency's.
    """
    actor.must(Permission.VERIFY_CREDENTIAL)
    must_hold_purpose(actor, asked.purpose)
    asked = replace(asked, typed=_writable(asked.typed))
    caller = str(actor.account_id) if actor.account_id else f"{actor.kind.value} {origin}"
    await attempts.count_attempts(registry, caller, *limits.of_caller(actor), within=(walks.MISSES,))
    sought = _read(registry, actor, asked)
    # Callers without an account share one name, so the place they come from is part of their key.
    known_key = key or str(new_id())
    if actor.account_id is None:
        known_key = digest(registry.keys, "verify-key", f"{origin} {known_key}").hex()
    # A repeat tells nothing new, and gets its answer however often others asked about the certificate since.
    repeated = key is not None and await attempts.is_repeat(registry, actor, known_key)
    counted_at, counted = registry.clock(), isinstance(sought, Sought) and not repeated
    target = _target(registry, sought, caller)
    if counted:
        await attempts.count_attempts(registry, target, limits.of_target(actor))

    async def act(work: Work) -> dict[str, Any]:
        return await _act(work, sought, asked.purpose)

    done = await perform(registry, actor, "verifyCredential", known_key, asked, act)
    verdict = Verdict(done.result["verdict"])
    if counted:
        missed = verdict in _MISSES
        # The same is done for an answer found and for one missed: how long it takes tells nothing.
        await attempts.give_back(registry, target, limits.of_target(actor), counted_at, int(not missed))
        await walks.count_miss(registry, actor, caller, missed=missed)
    return await _answer(registry, actor, sought, done)


def _target(registry: Registry, sought: Sought | Unreadable, caller: str) -> str:
    """The certificate that failed answers are counted for, by its number; "" where none could be read.

    Everybody tries the documented certificates of a sandbox, and nobody shall use up what another may try; one of them
    answers as if that had happened.
    """
    if isinstance(sought, Unreadable):
        return ""
    if registry.sandbox is None:
        return sought.number
    if is_always_limited(sought.number):
        raise attempts.limited(LIMITED_SECONDS)
    return f"{sought.number} {caller}"


def _read(registry: Registry, actor: Actor, asked: Asked) -> Sought | Unreadable:
    purpose = asked.purpose or ""
    if actor.kind in _MUST_STATE_PURPOSE and not purpose.strip():
        return Unreadable(
            "purpose", "purpose missing", Message(zh="请写明核验用途。", en="State the purpose of the verification.")
        )
    if len(purpose) > LONGEST_PURPOSE or not purpose.isprintable():
        return Unreadable(
            "purpose",
            "purpose unreadable",
            Message(
                zh=f"用途过长或含有控制字符，请用 {LONGEST_PURPOSE} 字以内的文字说明。",
                en=f"The purpose is too long or has control characters; say it in {LONGEST_PURPOSE} characters.",
            ),
        )
    return read_typed(asked.typed, registry.today(), allow_test_identities=registry.allow_test_identities)


async def _act(work: Work, sought: Sought | Unreadable, purpose: str | None) -> dict[str, Any]:
    if isinstance(sought, Unreadable):
        judged, reason, message = Judged(Verdict.INVALID_INPUT), sought.reason, sought.message
    else:
        async with duty(work.connection, "verify"):
            # Whoever changes a certificate of this number is through, or finds this answer among those to recall.
            await lookups.hold_holders(work.connection, sought.number)
            await work.settle_moment()
            candidates = await _candidates(work.registry, work.connection, sought)
        judged = judge(sought, candidates, shanghai_today(work.now))
        reason = NOT_RECORDED if judged.verdict is Verdict.NOT_FOUND else judged.fault
        message = verdict_text(judged.verdict)
    work.attest(await _attested(work, sought, judged, _told(work.actor, judged.verdict, reason), message))
    work.says(verdict=judged.verdict.value)
    answer = {"verdict": judged.verdict.value, "reason": reason, "as_of": work.now.isoformat()}
    if judged.record is None:
        await accesses.note_nobody(work.connection)
        return answer
    await _note(work, judged.record, purpose)
    return answer | {"credential_id": str(judged.record.credential.id)}


async def _candidates(registry: Registry, connection: AsyncConnection, sought: Sought) -> list[Candidate]:
    """Every certificate of the number with what is known of its holder; the same statements for none as for one."""
    records = await credentials.list_by_number(connection, sought.number)
    people = [record.credential.researcher_id for record in records]
    names = await lookups.list_names(connection, people)
    documents = await lookups.list_document_digests(connection, people)
    typed = frozenset(list_digests(registry.keys, DOCUMENT_DIGEST, sought.document)) if sought.document else None
    return candidates_of(records, names, documents, typed)


async def _note(work: Work, record: CredentialRecord, purpose: str | None) -> None:
    """Name the credential in the ledger, and note the look for its holder."""
    work.about("credential", record.credential.id)
    await accesses.note(
        work.connection,
        Access(
            new_id(),
            record.credential.researcher_id,
            work.actor.account_id,
            work.actor.organisation_id,
            work.now,
            (purpose or "").strip() or work.name,
            BASIS,
            (PersonField.CREDENTIALS,),
            work.command_id,
        ),
    )


async def _answer(registry: Registry, actor: Actor, sought: Sought | Unreadable, done: Done) -> Verification:
    verdict, as_of = Verdict(done.result["verdict"]), datetime.fromisoformat(done.result["as_of"])
    message = sought.message if isinstance(sought, Unreadable) else verdict_text(verdict)
    found = UUID(done.result.get("credential_id", _NO_RECORD.hex))
    # Both are read whatever was found, and what does not belong to the answer is left.
    async with registry.reading(actor) as connection, duty(connection, "verify"):
        covered = coverage_text(await lookups.list_coverage(connection), as_of)
        record = await credentials.find_credential(connection, found, as_of)
    coverage = covered if verdict is Verdict.NOT_FOUND else None
    shown = record if record is not None and _may_see(actor, record) else None
    return Verification(verdict, _told(actor, verdict, done.result["reason"]), message, as_of, coverage, shown, done)


def _told(actor: Actor, verdict: Verdict, reason: str) -> str:
    """The reason as the caller is told it."""
    return reason if actor.kind is not ActorKind.ANONYMOUS or verdict is Verdict.INVALID_INPUT else ""


async def _attested(work: Work, sought: Sought | Unreadable, judged: Judged, reason: str, message: Message) -> Attested:
    """What the receipt says; of the certificate no more than the caller is shown."""
    record = judged.record
    issuer_id = _NO_RECORD if record is None else record.credential.issuer_id
    (issuer,) = await organisations.list_by_ids(work.connection, [issuer_id])
    if record is None or isinstance(sought, Unreadable):
        return of_verification(judged.verdict, reason, message, None, work.today)
    shown = None
    if _may_see(work.actor, record):
        shown = Shown(record, issuer.name_zh if issuer else "", sought.name)
    today = shanghai_today(work.now)
    return of_verification(judged.verdict, reason, message, shown, today, record.credential.researcher_id)


def _may_see(actor: Actor, record: CredentialRecord) -> bool:
    """Offices learn what they verified, a person what is the person's own."""
    own = actor.kind is ActorKind.RESEARCHER and actor.researcher_id == record.credential.researcher_id
    return own or actor.kind in _OFFICES


def must_hold_purpose(actor: Actor, purpose: str | None) -> None:
    """NotPermitted where an agency names a purpose that it was not granted."""
    if actor.kind is ActorKind.AGENCY and purpose and purpose.strip() not in actor.purposes:
        raise NotPermitted(
            Message(
                zh="该用途不在贵机构获准的用途之内。请使用获准的用途，或向省级主管部门申请。",
                en="This purpose is not among those granted to your agency. Use a granted one, or ask the provincial "
                "authority for it.",
            ),
            reason="PURPOSE_NOT_GRANTED",
            path=("input", "purpose"),
        )


def _writable(typed: Typed) -> Typed:
    """What was typed with halves of surrogate pairs, which no encoding can write, replaced."""

    def written(text: str | None) -> str | None:
        return None if text is None else text.encode("utf-8", "replace").decode()

    return Typed(
        written(typed.number) or "",
        written(typed.name) or "",
        written(typed.document),
        written(typed.obtained_on),
        written(typed.level),
    )
