"""Verifications asked at the same time, in one transaction: each with its own key, answer, entry, look and receipt.

Whatever cannot be carried out together is left to the one way in which a command begins and ends
(`services.registry.perform`), under the same key: whoever waits for a lock, repeats a command, or was in a batch that
failed. So a batch never refuses anything, and nobody's failure is another's.
"""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.ledger import Entry, Position, SealedEntry, entry_hash
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.verification import Sought, candidates_of
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.registry import Done, Registry, caller_of, whose_key
from talent_registry.services.researchers import DOCUMENT_DIGEST
from talent_registry.services.signed_receipts import signed
from talent_registry.services.verification_answers import COMMAND, Answer, answer, attested, is_miss, look
from talent_registry.services.walks import misses_of
from talent_registry.signing.sealing import list_digests
from talent_registry.storage import verification_batches as storage
from talent_registry.storage.attempts import Counted
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import read_instant
from talent_registry.storage.verification_batches import Answered, Claim, Known, Missed

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asking:
    """One verification that may be carried out with others.

    `input_digest` is the keyed digest of what was asked; `tried` is None where nothing was counted, as in a repeat.
    """

    actor: Actor
    key: str = field(repr=False)
    input_digest: bytes
    sought: Sought
    purpose: str | None
    tried: "Tried | None"


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt of a caller that was counted at a certificate; it is undone where the answer is no guess."""

    caller: str = field(repr=False)
    counted: Counted


@dataclass(frozen=True, slots=True)
class Carried:
    """A verification that was carried out, the record that it found, and how often its caller missed (0: not now)."""

    done: Done
    record: CredentialRecord | None
    misses: int = 0


class _TooMany(Exception):
    """These callers would miss more often than they may: what they ask is answered one by one, as far as it is."""

    def __init__(self, callers: AbstractSet[str]) -> None:
        super().__init__()
        self.callers = callers


async def carry_out(registry: Registry, asked: Sequence[Asking]) -> list[Carried | None]:
    """Carry out what can be done together; None for each that has to be carried out by itself."""
    try:
        return await _together(registry, asked)
    except _TooMany as those:
        stays = [one.tried is None or one.tried.caller not in those.callers for one in asked]
        rest = [one for one, together in zip(asked, stays, strict=True) if together]
        carried = iter(await carry_out(registry, rest) if rest else [])
        return [next(carried) if together else None for together in stays]
    except Exception as failure:  # noqa: BLE001 - whatever one brings about, each is told of its own failure alone
        # Even if it was written after all: under its key each finds its own answer.
        log.warning("batch", name=COMMAND, count=len(asked), failure=type(failure).__name__)
        return [None] * len(asked)


async def _together(registry: Registry, asked: Sequence[Asking]) -> list[Carried | None]:
    started, today = registry.clock(), registry.today()
    claims = [
        Claim(new_id(), whose_key(one.actor), one.key, one.input_digest, started, one.sought.number) for one in asked
    ]
    misses = [None if one.tried is None else misses_of(registry, one.tried.caller, started) for one in asked]
    async with registry.database.piping() as (pipe, begins):
        known = await storage.claim_and_read(
            pipe, begins, caller_of(ANONYMOUS), today, COMMAND, claims, [one for one in misses if one is not None]
        )
        # Where another clock stands for the database's, it is the server's own.
        now = known.now if registry.instant is read_instant else started
        given = [_answer(registry, one, known, now) for one in asked]
        _check_misses(asked, misses, given, known)
        written = _entries(registry, asked, claims, known, given, now)
        missed = {
            claim.command_id: Missed(one.tried.counted, of_caller, is_miss(each.judged.verdict))
            for one, claim, each, of_caller in zip(asked, claims, given, misses, strict=True)
            if one.tried is not None and of_caller is not None and claim.command_id in written
        }
        counts = []
        if written:
            counts = await storage.write(pipe, COMMAND, today, list(written.values()), list(missed.values()))
    made = {command: count for (command, one), count in zip(missed.items(), counts, strict=True) if one.is_miss}
    return [
        _carried(written[one.command_id], each, made.get(one.command_id, 0)) if one.command_id in written else None
        for one, each in zip(claims, given, strict=True)
    ]


def _check_misses(
    asked: Sequence[Asking], misses: Sequence[Counted | None], given: Sequence[Answer], known: Known
) -> None:
    """`_TooMany` where the misses of this batch are more than a caller has left of the minute."""
    made: Counter[tuple[bytes, datetime]] = Counter(known.missed)
    over = set()
    for one, of_caller, each in zip(asked, misses, given, strict=True):
        if one.tried is not None and of_caller is not None and is_miss(each.judged.verdict):
            made[of_caller.subject, of_caller.since] += 1
            if made[of_caller.subject, of_caller.since] > of_caller.limit:
                over.add(one.tried.caller)
    if over:
        raise _TooMany(over)


def _answer(registry: Registry, one: Asking, known: Known, now: datetime) -> Answer:
    sought = one.sought
    typed = frozenset(list_digests(registry.keys, DOCUMENT_DIGEST, sought.document)) if sought.document else None
    candidates = candidates_of(known.records.get(sought.number, ()), known.names, known.documents, typed)
    return answer(sought, candidates, shanghai_today(now))


def _entries(
    registry: Registry,
    asked: Sequence[Asking],
    claims: Sequence[Claim],
    known: Known,
    given: Sequence[Answer],
    now: datetime,
) -> dict[Any, Answered]:
    """What is written of each command that may go on, one entry after the other."""
    written, head = {}, known.head
    for one, claim, each in zip(asked, claims, given, strict=True):
        if claim.command_id not in known.claimed:
            continue
        actor = one.actor
        entry = Entry(
            head.sequence + 1,
            claim.command_id,
            now,
            actor.kind.value,
            actor.account_id,
            actor.organisation_id,
            COMMAND,
            (f"credential:{each.record.credential.id}",) if each.record else (),
            {"verdict": each.judged.verdict.value, "asked": claim.input_digest.hex()},
        )
        sealed = SealedEntry(entry, head.hash, entry_hash(entry, head.hash))
        head = Position(entry.sequence, sealed.hash)
        issuer_zh = known.issuers_zh.get(each.record.credential.issuer_id, "") if each.record else ""
        receipt = signed(
            registry.keys,
            registry.public_url,
            actor,
            attested(actor, each, issuer_zh, shanghai_today(now)),
            command=(claim.command_id, COMMAND),
            at=now,
            position=head,
        )
        seen = look(actor, each, one.purpose, now, claim.command_id)
        written[claim.command_id] = Answered(caller_of(actor), sealed, each.result(now), receipt, seen)
    return written


def _carried(one: Answered, given: Answer, misses: int) -> Carried:
    entry = one.sealed.entry
    done = Done(entry.command_id, entry.sequence, dict(one.result), replayed=False, receipts=(one.receipt,))
    return Carried(done, given.record, misses)
