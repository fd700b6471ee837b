"""Rosters carried out by a worker: part by part, each with its answers and looks in one transaction."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.consents import Access
from talent_registry.domain.decisions import message_as_json
from talent_registry.domain.messages import Message
from talent_registry.domain.periods import shanghai_today
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.rosters import DUPLICATE, Answer, Roster, repeated_row, same_certificate
from talent_registry.domain.verification import (
    NOT_RECORDED,
    Judged,
    Sought,
    Unreadable,
    Verdict,
    candidates_of,
    judge,
    read_typed,
)
from talent_registry.domain.walks import MOST_MISSES, is_walked
from talent_registry.services.permissions import Actor, ActorKind
from talent_registry.services.registry import Registry, database_is_away
from talent_registry.services.researchers import DOCUMENT_DIGEST
from talent_registry.services.rosters import open_part, typed_of
from talent_registry.services.tidying import untidied
from talent_registry.services.verification import BASIS, LIMITS
from talent_registry.services.walks import tell_of_roster
from talent_registry.signing.sealing import digest, list_digests
from talent_registry.storage import accesses, accounts, attempts, credentials, rosters
from talent_registry.storage import roster_verdicts as verdicts
from talent_registry.storage import verification as lookups
from talent_registry.storage.ids import new_id
from talent_registry.storage.rosters import Part
from talent_registry.storage.session import duty

WORKER: Final = Actor(ActorKind.CLOCK)
MOST_ATTEMPTS: Final = 10
TOO_MANY: Final = "too many attempts"
_GIVEN_UP: Final = Message(
    zh=f"核验中断了 {MOST_ATTEMPTS} 次，已放弃；已得出的结果保留。请重新提交；如再次失败，请联系系统管理员。",
    en=f"The verification was interrupted {MOST_ATTEMPTS} times and is given up; answers found so far stay. Submit the "
    "file again; if it fails again, tell the operator.",
)
_DEFECT: Final = Message(
    zh="核验因程序故障而中止；已得出的结果保留。请联系系统管理员。",
    en="The verification stopped by a fault of the program; answers found so far stay. Tell the operator.",
)
_CLOSED: Final = Message(
    zh="提交名单的账户已停用，核验没有继续。请由现任工作人员重新提交。",
    en="The account that submitted the roster was closed, so it was not carried on. Another officer may do so.",
)
log = structlog.get_logger()
_Seen = dict[tuple[str, str, str], int]


@dataclass(frozen=True, slots=True)
class _Read:
    """A part as read: what each row seeks or why it cannot, which rows repeat which earlier ones, what is asked."""

    rows: Mapping[int, Sought | Unreadable]
    repeated: Mapping[int, int]
    asked: verdicts.Asked


async def work_one(registry: Registry) -> bool:
    """Carry out the next roster that waits; False where none does. What a stopped worker left is gone on with."""
    async with registry.noting(WORKER) as connection, duty(connection, "verify"):
        one = await rosters.claim_roster(connection, registry.clock())
    if one is None:
        return False
    if one.attempts > MOST_ATTEMPTS:
        await _end(registry, one, "INTERRUPTED", _GIVEN_UP)
    elif await _has_no_right_any_more(registry, one):
        await _end(registry, one, "ACCOUNT_CLOSED", _CLOSED)
    else:
        await _carry_out(registry, one)
    return True


async def _carry_out(registry: Registry, one: Roster) -> None:
    try:
        async with registry.noting(WORKER) as connection, duty(connection, "verify"):
            parts = await rosters.list_parts(connection, one.id)
        seen: _Seen = {}
        async with _read_ahead(registry, one, parts, seen) as read_parts:
            async for part, read in read_parts:
                if not part.answered and not await _answer(registry, one, part, read):
                    return
        await _tell_if_walked(registry, one, parts)
        await _end(registry, one)
    except asyncio.CancelledError:
        # The program stops: whoever comes next goes on, without waiting for the lease to run out.
        await asyncio.shield(_let_go(registry, one))
        raise
    except Exception as fault:
        if database_is_away(fault):
            raise
        log.warning("roster failed", roster=str(one.id), fault=type(fault).__name__)
        await _end(registry, one, "DEFECT", _DEFECT)


@asynccontextmanager
async def _read_ahead(
    registry: Registry, one: Roster, parts: Sequence[Part], seen: _Seen
) -> AsyncIterator[AsyncIterator[tuple[Part, _Read]]]:
    """The parts in their order, each read while the database answers the one before it."""
    reading: list[asyncio.Task[_Read]] = []

    def begin(part: Part) -> None:
        reading.append(asyncio.create_task(asyncio.to_thread(_read, registry, one, part, seen)))

    async def each() -> AsyncIterator[tuple[Part, _Read]]:
        for place, part in enumerate(parts):
            read = await reading.pop()
            if place + 1 < len(parts):
                begin(parts[place + 1])
            yield part, read

    if parts:
        begin(parts[0])
    try:
        yield each()
    finally:
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


def _read(registry: Registry, one: Roster, part: Part, seen: _Seen) -> _Read:
    """The part, opened and written for the database."""
    read: dict[int, Sought | Unreadable] = {}
    repeated: dict[int, int] = {}
    today = registry.today()
    with untidied():
        for line, _, cells in open_part(registry.keys, one, part):
            if cells is None:
                continue
            sought = read_typed(typed_of(cells), today, allow_test_identities=registry.allow_test_identities)
            read[line] = sought
            if isinstance(sought, Sought):
                first = seen.setdefault(same_certificate(sought), line)
                if first != line:
                    repeated[line] = first
        asked = [(line, each) for line, each in read.items() if isinstance(each, Sought) and line not in repeated]
        return _Read(read, repeated, verdicts.written(asked, _digests(registry, asked)))


async def _answer(registry: Registry, one: Roster, part: Part, read: _Read) -> bool:
    """Answer one part, all or nothing; False where another worker has taken the roster over."""
    async with registry.noting(WORKER) as connection, duty(connection, "verify"):
        held = await rosters.hold_roster(connection, one, registry.clock())
        if held is None:
            return False
        # Whoever changes a certificate of these numbers is through, or comes after this answer.
        await verdicts.hold_holders(connection, read.asked)
        now = await registry.instant(connection)
        spent = await _spent(registry, connection, read.asked)
        today = shanghai_today(now)
        counts, others = await verdicts.answer_plain(connection, held, read.asked, spent, BASIS, today, now)
        judged = await _judge(registry, connection, dict(row for row in read.asked.rows if row[0] in others), now)
        answers = []
        for line, each in read.rows.items():
            if isinstance(each, Unreadable):
                answers.append(Answer(line, Verdict.INVALID_INPUT.value, each.reason, None, now))
            elif line in read.repeated:
                answers.append(Answer(line, DUPLICATE, repeated_row(read.repeated[line]), None, now))
            elif line in judged:
                answers.append(_as_answer(line, judged[line], now))
        await accesses.note(connection, *_looks(held, judged, now))
        await rosters.keep_answers(connection, held.id, answers)
        total = Counter(held.counts) + Counter(counts) + Counter(each.verdict for each in answers)
        await rosters.go_on(connection, held, part.number, now, dict(total))
    return True


def _digests(registry: Registry, asked: Sequence[tuple[int, Sought]]) -> dict[str, bytes]:
    """The current digest of each document given. One that is known by an older key is left to the rules."""
    documents = {each.document for _, each in asked if each.document}
    return {document: digest(registry.keys, DOCUMENT_DIGEST, document) for document in documents}


async def _spent(registry: Registry, connection: AsyncConnection, asked: verdicts.Asked) -> set[str]:
    """The numbers among these that were guessed at too often this hour."""
    allowance = LIMITS.of_target(WORKER)
    window = allowance.window_start(registry.clock())
    spent = await attempts.list_spent(connection, allowance.scope, allowance.limit, window)
    if not spent:
        return set()
    numbers = {each.number for _, each in asked.rows}
    return {number for number in numbers if digest(registry.keys, allowance.scope, number) in spent}


async def _judge(
    registry: Registry, connection: AsyncConnection, asked: Mapping[int, Sought], now: datetime
) -> dict[int, Judged | None]:
    """The verdict of each row as a single verification gives it; None where its number was guessed at too often."""
    if not asked:
        return {}
    found = await credentials.list_by_numbers(connection, {each.number for each in asked.values()})
    people = list({record.credential.researcher_id for records in found.values() for record in records})
    names = await lookups.list_names(connection, people)
    documents = await lookups.list_document_digests(connection, people)
    allowance = LIMITS.of_target(WORKER)
    window = allowance.window_start(registry.clock())
    known = {number: digest(registry.keys, allowance.scope, number) for number in found}
    used = await attempts.list_counts(connection, allowance.scope, list(known.values()), window)
    failed: defaultdict[str, int] = defaultdict(int)
    judged: dict[int, Judged | None] = {}
    for line, sought in asked.items():
        number = sought.number
        if number in known and used.get(known[number], 0) + failed[number] >= allowance.limit:
            judged[line] = None
            continue
        typed = frozenset(list_digests(registry.keys, DOCUMENT_DIGEST, sought.document)) if sought.document else None
        candidates = candidates_of(found.get(number, ()), names, documents, typed)
        one = judged[line] = judge(sought, candidates, shanghai_today(now))
        failed[number] += one.verdict is Verdict.MISMATCH
    for number in sorted(number for number, times in failed.items() if times):
        await attempts.count_one(connection, allowance.scope, known[number], window, failed[number])
    return judged


def _as_answer(line: int, judged: Judged | None, now: datetime) -> Answer:
    if judged is None:
        return Answer(line, Verdict.INVALID_INPUT.value, TOO_MANY, None, now)
    reason = NOT_RECORDED if judged.verdict is Verdict.NOT_FOUND else judged.fault
    return Answer(line, judged.verdict.value, reason, judged.record.credential.id if judged.record else None, now)


def _looks(one: Roster, judged: Mapping[int, Judged | None], now: datetime) -> list[Access]:
    """One look for each holder that was found, as a single verification notes it."""
    return [
        Access(
            new_id(),
            each.record.credential.researcher_id,
            one.account_id,
            one.organisation_id,
            now,
            one.purpose,
            BASIS,
            (PersonField.CREDENTIALS,),
            one.command_id,
        )
        for each in judged.values()
        if each is not None and each.record is not None
    ]


async def _tell_if_walked(registry: Registry, one: Roster, parts: Sequence[Part]) -> None:
    """Tell the authority of a roster that walks through numbers; it is answered like any other."""
    async with registry.reading(WORKER) as connection, duty(connection, "verify"):
        now = await rosters.find_roster(connection, one.id)
        not_found = 0 if now is None else now.counts.get(Verdict.NOT_FOUND.value, 0)
        # Most rosters are not read a second time.
        if not_found < MOST_MISSES or 2 * not_found <= one.rows:
            return
        answers = await rosters.list_answers(connection, one.id)
    missed = {line for line, each in answers.items() if each.verdict == Verdict.NOT_FOUND.value}
    missing = await asyncio.to_thread(_numbers, registry, one, parts, missed)
    if is_walked(missing, one.rows):
        await tell_of_roster(registry, WORKER, one, len(missing))


def _numbers(registry: Registry, one: Roster, parts: Sequence[Part], lines: Collection[int]) -> list[str]:
    """The numbers of these rows as they were sought, in the order of the file."""
    seen: _Seen = {}
    read = (_read(registry, one, part, seen).rows for part in parts)
    return [each.number for some in read for line, each in some.items() if line in lines and isinstance(each, Sought)]


async def _has_no_right_any_more(registry: Registry, one: Roster) -> bool:
    """Whether the account that asked was closed while the roster waited."""
    if one.account_id is None:
        return False
    asker = Actor(ActorKind(one.actor_kind), one.account_id, one.organisation_id, None, one.province)
    async with registry.reading(asker) as connection:
        asked_by = await accounts.find_account(connection, one.account_id)
    return asked_by is None or asked_by.closed_at is not None


async def _end(registry: Registry, one: Roster, reason: str = "", message: Message | None = None) -> None:
    failure = None if message is None else {"reason": reason, "message": message_as_json(message)}
    async with registry.noting(WORKER) as connection, duty(connection, "verify"):
        await rosters.end_roster(connection, one, registry.clock(), failure)
    log.info("roster", roster=str(one.id), failed=failure is not None)


async def _let_go(registry: Registry, one: Roster) -> None:
    async with registry.noting(WORKER) as connection, duty(connection, "verify"):
        await rosters.let_go(connection, one, registry.clock())
