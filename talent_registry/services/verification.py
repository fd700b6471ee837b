"""Verifying a certificate: a limited, logged command whose holder sees that it was asked."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import LONGEST_PURPOSE
from talent_registry.domain.coverage import coverage_text
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.errors import NotPermitted
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.sandbox import LIMITED_SECONDS, SLOW_SECONDS, is_always_limited, is_always_slow
from talent_registry.domain.verification import (
    Candidate,
    Sought,
    Typed,
    Unreadable,
    Verdict,
    candidates_of,
    read_typed,
    verdict_text,
)
from talent_registry.services import attempts, walks
from talent_registry.services.attempts import DAY, HOUR, MINUTE, Allowance
from talent_registry.services.permissions import Actor, ActorKind, Permission
from talent_registry.services.registry import Done, Registry, Work, digest_of, is_key, log_command, perform
from talent_registry.services.researchers import DOCUMENT_DIGEST
from talent_registry.services.verification_answers import (
    BASIS,
    COMMAND,
    OFFICES,
    Answer,
    answer,
    attested,
    is_miss,
    look,
    may_see,
    told,
    unreadable,
)
from talent_registry.services.verification_batches import Asking, Carried, Tried, carry_out
from talent_registry.signing.sealing import digest, list_digests
from talent_registry.storage import accesses, credentials, organisations
from talent_registry.storage import verification as lookups
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty

__all__ = ["BASIS", "LIMITS", "Asked", "Limits", "Verification", "must_hold_purpose", "verify"]

_NO_ISSUER: Final = UUID(int=0)
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
    sought = _read(registry, actor, asked)
    # Callers without an account share one name, so the place they come from is part of their key.
    known_key = key or str(new_id())
    if actor.account_id is None:
        known_key = digest(registry.keys, "verify-key", f"{origin} {known_key}").hex()
    target = _target(registry, sought, caller)
    # A repeat tells nothing new, and gets its answer however often others asked about the certificate since.
    counted = await attempts.count_asked(
        registry,
        actor,
        (caller, limits.of_caller(actor)),
        None if target is None else (target, limits.of_target(actor)),
        known_key if key else None,
        within=(walks.MISSES,),
    )
    if registry.sandbox is not None and isinstance(sought, Sought) and is_always_limited(sought.number):
        raise attempts.limited(LIMITED_SECONDS)
    if registry.sandbox is not None and isinstance(sought, Sought) and is_always_slow(sought.number):
        # Between two transactions: whoever waits holds no connection and no lock.
        await asyncio.sleep(SLOW_SECONDS)
    return await _carried_out(registry, actor, asked, sought, known_key, Tried(caller, counted) if counted else None)


async def _carried_out(
    registry: Registry, actor: Actor, asked: Asked, sought: Sought | Unreadable, key: str, tried: Tried | None
) -> Verification:
    """The answer with others that are asked at the same time, or by itself."""
    if registry.gathering.most > 1 and isinstance(sought, Sought) and is_key(key):
        given = Asking(actor, key, digest_of(registry, COMMAND, asked), sought, asked.purpose, tried)
        carried: Carried | None = await registry.gathering.join(registry, carry_out, given)
        if carried is not None:
            log_command(carried.done, COMMAND, actor)
            if tried:
                await walks.tell(registry, actor, tried.caller, carried.misses)
            return await _answer(registry, actor, sought, carried.done, carried.record)
    found: list[CredentialRecord] = []
    misses = 0

    async def act(work: Work) -> dict[str, Any]:
        nonlocal misses
        given = await _act(work, sought, asked.purpose)
        found[:] = [given.record] if given.record else []
        if tried:
            misses = await walks.count_miss(work, tried.caller, missed=is_miss(given.judged.verdict))
        return given.result(work.now)

    done = await perform(registry, actor, COMMAND, key, asked, act)
    if tried:
        missed = is_miss(Verdict(done.result["verdict"]))
        # The same is done for an answer found and for one missed: how long it takes tells nothing.
        await attempts.give_back_counted(registry, tried.counted, int(not missed))
        await walks.tell(registry, actor, tried.caller, misses)
    return await _answer(registry, actor, sought, done, found[0] if found and not done.replayed else None)


def _target(registry: Registry, sought: Sought | Unreadable, caller: str) -> str | None:
    """The certificate that failed answers are counted for, by its number; None where none could be read.

    Everybody tries the documented certificates of a sandbox, and nobody shall use up what another may try; one of them
    answers as if that had happened.
    """
    if isinstance(sought, Unreadable) or (registry.sandbox is not None and is_always_limited(sought.number)):
        return None
    return sought.number if registry.sandbox is None else f"{sought.number} {caller}"


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


async def _act(work: Work, sought: Sought | Unreadable, purpose: str | None) -> Answer:
    if isinstance(sought, Unreadable):
        given = unreadable(sought)
    else:
        async with duty(work.connection, "verify"):
            # Whoever changes a certificate of this number is through, or finds this answer among those to recall.
            await lookups.hold_holders(work.connection, sought.number)
            await work.settle_moment()
            candidates = await _candidates(work.registry, work.connection, sought)
        given = answer(sought, candidates, shanghai_today(work.now))
    record = given.record
    # Also where nothing was found: as much is looked up for the one as for the other.
    asked = _NO_ISSUER if record is None else record.credential.issuer_id
    (issuer,) = await organisations.list_by_ids(work.connection, [asked])
    issuer_zh = issuer.name_zh if issuer else ""
    today = work.today if isinstance(sought, Unreadable) else shanghai_today(work.now)
    work.attest(attested(work.actor, given, issuer_zh, today))
    work.says(verdict=given.judged.verdict.value)
    if record is not None:
        work.about("credential", record.credential.id)
    seen = look(work.actor, given, purpose, work.now, work.command_id)
    await (accesses.note_nobody(work.connection) if seen is None else accesses.note(work.connection, seen))
    return given


async def _candidates(registry: Registry, connection: AsyncConnection, sought: Sought) -> list[Candidate]:
    """Every certificate of the number with what is known of its holder; the same statements for none as for one."""
    records = await credentials.list_by_number(connection, sought.number)
    people = [record.credential.researcher_id for record in records]
    names = await lookups.list_names(connection, people)
    documents = await lookups.list_document_digests(connection, people)
    typed = frozenset(list_digests(registry.keys, DOCUMENT_DIGEST, sought.document)) if sought.document else None
    return candidates_of(records, names, documents, typed)


async def _answer(
    registry: Registry, actor: Actor, sought: Sought | Unreadable, done: Done, record: CredentialRecord | None
) -> Verification:
    """The answer as the caller is told it; `record` is what was found just now, None in a repeat."""
    verdict, as_of = Verdict(done.result["verdict"]), datetime.fromisoformat(done.result["as_of"])
    message = sought.message if isinstance(sought, Unreadable) else verdict_text(verdict)
    coverage = None
    if verdict is Verdict.NOT_FOUND:
        async with registry.reading(actor) as connection, duty(connection, "verify"):
            coverage = coverage_text(await lookups.list_coverage(connection), as_of)
    elif record is None and "credential_id" in done.result and actor.kind in (*OFFICES, ActorKind.RESEARCHER):
        async with registry.reading(actor) as connection, duty(connection, "verify"):
            record = await credentials.find_credential(connection, UUID(done.result["credential_id"]), as_of)
    shown = record if record is not None and may_see(actor, record) else None
    return Verification(verdict, told(actor, verdict, done.result["reason"]), message, as_of, coverage, shown, done)


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
