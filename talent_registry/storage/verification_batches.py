"""Verifications that are carried out together: all that they read in one go, all that they write in another.

Each statement does for many what `storage.ledger`, `storage.verification`, `storage.accesses` and `storage.receipts` do
for one, under the same row security: what belongs to a caller is written on that caller's behalf.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from talent_registry.domain.consents import Access
from talent_registry.domain.credentials import CredentialRecord
from talent_registry.domain.ledger import GENESIS, Position, SealedEntry, canonical
from talent_registry.domain.receipts import Receipt
from talent_registry.storage.accesses import NOTE_AT_ONCE, note_values
from talent_registry.storage.attempts import Counted
from talent_registry.storage.credentials import MOST_OF_A_NUMBER, read_records
from talent_registry.storage.ledger import KEY, QUEUE
from talent_registry.storage.session import Caller, Pipe, Sent, on_behalf
from talent_registry.storage.tables import credential_version
from talent_registry.storage.verification import read_digests, read_names

_DUTY: Final = "verify"
# Nobody waits here for a holder whom somebody else has locked: whoever asked about one is served alone. The same holds
# for whoever's key was used already, or is under way in another transaction.
_CLAIM: Final = f"""
    WITH held AS MATERIALIZED (
        SELECT id FROM researcher
        WHERE id = ANY (ARRAY(SELECT researcher_id FROM credential WHERE number = ANY ($6::text[])))
        ORDER BY id FOR SHARE SKIP LOCKED)
    INSERT INTO command (id, caller, idempotency_key, name, input_digest, started_at)
    SELECT id, caller, key, $7, asked, at
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::timestamptz[], $6::text[])
        WITH ORDINALITY AS given (id, caller, key, asked, at, number, place)
    WHERE NOT EXISTS (SELECT FROM credential WHERE credential.number = given.number
        AND credential.researcher_id NOT IN (SELECT id FROM held))
        AND pg_try_advisory_xact_lock({KEY.format("caller", "key")})
    ORDER BY caller, key, place ON CONFLICT DO NOTHING RETURNING id
"""
# As lists, so that each table is asked by its index whatever the planner thinks of their length.
_OF_NUMBERS: Final = "ANY (ARRAY(SELECT {} FROM credential WHERE number = ANY ($1::text[])))"
_RECORDS: Final = f"""
    SELECT credential.*, organisation.name_zh AS issuer_zh,
        {", ".join(f"version.{one.name} AS version_{one.name}" for one in credential_version.c)}
    FROM credential JOIN credential_version version ON version.credential_id = credential.id
    LEFT JOIN organisation ON organisation.id = credential.issuer_id
    WHERE credential.number = ANY ($1::text[]) AND version.superseded_at IS NULL ORDER BY credential.id
"""
_SPANS: Final = f"""
    SELECT * FROM credential_status WHERE credential_id = {_OF_NUMBERS.format("id")} AND superseded_at IS NULL
    ORDER BY valid_from
"""
_NAMES: Final = f"""
    SELECT researcher_id, name_zh, name_en FROM researcher_name
    WHERE researcher_id = {_OF_NUMBERS.format("researcher_id")} AND superseded_at IS NULL
"""
_DOCUMENTS: Final = f"""
    SELECT researcher_id, number_digest FROM identity_document
    WHERE researcher_id = {_OF_NUMBERS.format("researcher_id")} AND superseded_at IS NULL
"""
# Nobody else counts misses until the batch is over: whoever does stands in the queue of the ledger.
_MISSED: Final = """
    SELECT subject_digest, window_start, count FROM attempt
    JOIN unnest($1::text[], $2::bytea[], $3::timestamptz[]) AS asked (scope, subject, since) USING (scope)
    WHERE subject_digest = subject AND window_start = since
"""
_HEAD: Final = "SELECT sequence, hash FROM ledger_entry ORDER BY sequence DESC LIMIT 1"
_ENTRIES: Final = """
    INSERT INTO ledger_entry (sequence, command_id, recorded_at, actor_kind, account_id, organisation_id, name,
        subjects, body, previous_hash, hash)
    SELECT sequence, command, at, kind, account, organisation, name, subjects::jsonb, body::jsonb, previous, hash
    FROM unnest($1::bigint[], $2::uuid[], $3::timestamptz[], $4::text[], $5::uuid[], $6::uuid[], $7::text[],
        $8::text[], $9::text[], $10::bytea[], $11::bytea[])
        AS given (sequence, command, at, kind, account, organisation, name, subjects, body, previous, hash)
    ORDER BY sequence
"""
_RESULTS: Final = """
    UPDATE command SET result = given.result::jsonb FROM unnest($1::uuid[], $2::text[]) AS given (id, result)
    WHERE command.id = given.id
"""
_RECEIPTS: Final = """
    INSERT INTO receipt (id, kind, researcher_id, account_id, organisation_id, issued_at, compact, command_id)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::text[],
        $8::uuid[])
"""
# In the order in which attempts are counted, so that nobody who counts and whoever gives back wait for each other.
_GIVE_BACK: Final = """
    WITH given AS (
        SELECT scope, subject, since, sum(amount) AS amount
        FROM unnest($1::text[], $2::bytea[], $3::timestamptz[], $4::int[]) AS tried (scope, subject, since, amount)
        GROUP BY scope, subject, since
    ), held AS MATERIALIZED (
        SELECT given.* FROM attempt JOIN given ON attempt.scope = given.scope
            AND attempt.subject_digest = given.subject AND attempt.window_start = given.since
        ORDER BY attempt.scope, attempt.subject_digest, attempt.window_start FOR UPDATE OF attempt
    )
    UPDATE attempt SET count = greatest(0, attempt.count - held.amount) FROM held
    WHERE attempt.scope = held.scope AND attempt.subject_digest = held.subject AND attempt.window_start = held.since
"""
_MISSES: Final = """
    WITH tried AS (
        SELECT * FROM unnest($1::text[], $2::bytea[], $3::timestamptz[], $4::int[]) WITH ORDINALITY
            AS given (scope, subject, since, missed, place)
    ), counted AS (
        INSERT INTO attempt (scope, subject_digest, window_start, count)
        SELECT scope, subject, since, sum(missed) FROM tried GROUP BY scope, subject, since
        ORDER BY scope, subject, since ON CONFLICT (scope, subject_digest, window_start)
        DO UPDATE SET count = attempt.count + excluded.count RETURNING scope, subject_digest, window_start, count
    )
    SELECT count - sum(missed) OVER (PARTITION BY scope, subject, since)
        + sum(missed) OVER (PARTITION BY scope, subject, since ORDER BY place) AS count
    FROM tried JOIN counted USING (scope) WHERE subject_digest = subject AND window_start = since ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A command that asks about a certificate number, under the key of its caller."""

    command_id: UUID
    caller: str
    key: str
    input_digest: bytes
    at: datetime
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What is recorded of the numbers now, and where the ledger ends; `claimed` are the commands that may go on."""

    claimed: frozenset[UUID]
    now: datetime
    records: Mapping[str, Sequence[CredentialRecord]]
    issuers_zh: Mapping[UUID, str]
    names: Mapping[UUID, tuple[str, ...]]
    documents: Mapping[UUID, frozenset[bytes]]
    missed: Mapping[tuple[bytes, datetime], int]
    head: Position


@dataclass(frozen=True, slots=True)
class Answered:
    """What is written of one command: its entry, its answer, its receipt, the look at its holder if there was one."""

    caller: Caller
    sealed: SealedEntry
    result: Mapping[str, Any]
    receipt: Receipt
    look: Access | None


@dataclass(frozen=True, slots=True)
class Missed:
    """What an attempt was aimed at, which is given back unless it missed, and what counts the misses of its caller."""

    aimed: Counted
    of_caller: Counted
    is_miss: bool


async def claim_and_read(
    pipe: Pipe,
    begins: Sent,
    caller: Caller,
    today: date,
    name: str,
    claims: Sequence[Claim],
    misses: Sequence[Counted],
) -> Known:
    """Claim the keys, hold the holders, and read what there is; nobody else writes to the ledger until it is over.

    `misses` count what the callers have missed so far.
    """
    numbers = [[one.number for one in claims]]
    columns = [[getattr(one, each) for one in claims] for each in ("command_id", "caller", "key", "input_digest", "at")]
    _, _, claimed, now, records, spans, names, documents, _, missed, head = await pipe.send(
        begins,
        on_behalf(caller, today, name, _DUTY),
        Sent(_CLAIM, [*columns, *numbers, name]),
        Sent("SELECT clock_timestamp() AS now"),
        Sent(_RECORDS, numbers),
        Sent(_SPANS, numbers),
        Sent(_NAMES, numbers),
        Sent(_DOCUMENTS, numbers),
        Sent(QUEUE),
        Sent(_MISSED, _count_columns(misses)),
        Sent(_HEAD),
    )
    of: dict[str, list[CredentialRecord]] = {}
    for record in read_records(records, spans):
        if len(found := of.setdefault(record.credential.number, [])) < MOST_OF_A_NUMBER:
            found.append(record)
    return Known(
        frozenset(row.id for row in claimed),
        now[0].now.astimezone(UTC),
        of,
        {row.issuer_id: row.issuer_zh or "" for row in records},
        read_names(names),
        read_digests(documents),
        {(bytes(row.subject_digest), row.window_start): row.count for row in missed},
        Position(head[0].sequence, bytes(head[0].hash)) if head else Position(0, GENESIS),
    )


async def write(pipe: Pipe, name: str, today: date, answered: Sequence[Answered], tried: Sequence[Missed]) -> list[int]:
    """Write all of them and commit. Of each attempt the misses of its caller, as if counted in its turn."""
    entries = [one.sealed for one in answered]
    commands = [one.entry.command_id for one in entries]
    results = [canonical(one.result).decode() for one in answered]
    sent = [Sent(_ENTRIES, _entry_columns(entries)), Sent(_RESULTS, [commands, results])]
    of: dict[Caller, list[Answered]] = {}
    for one in answered:
        of.setdefault(one.caller, []).append(one)
    for caller, theirs in of.items():
        sent.append(on_behalf(caller, today, name))
        # Also where there is none: the same is done for what was found and for what was not.
        looks = [one.look for one in theirs if one.look is not None]
        sent.append(Sent(NOTE_AT_ONCE, note_values(looks)))
        sent.append(Sent(_RECEIPTS, _receipt_columns(theirs)))
    aimed, missed = [one.aimed for one in tried], [one.of_caller for one in tried]
    sent.append(Sent(_GIVE_BACK, [*_count_columns(aimed), [int(not one.is_miss) for one in tried]]))
    sent.append(Sent(_MISSES, [*_count_columns(missed), [int(one.is_miss) for one in tried]]))
    *_, counts = await pipe.send(*sent, last=True)
    return [int(row.count) for row in counts]


def _count_columns(counted: Sequence[Counted]) -> list[list[Any]]:
    return [[getattr(one, each) for one in counted] for each in ("scope", "subject", "since")]


def _entry_columns(sealed: Sequence[SealedEntry]) -> list[list[Any]]:
    entries = [one.entry for one in sealed]
    return [
        *(
            [getattr(one, each) for one in entries]
            for each in (
                "sequence",
                "command_id",
                "recorded_at",
                "actor_kind",
                "account_id",
                "organisation_id",
                "name",
            )
        ),
        [canonical(list(one.subjects)).decode() for one in entries],
        [canonical(one.body).decode() for one in entries],
        [one.previous_hash for one in sealed],
        [one.hash for one in sealed],
    ]


def _receipt_columns(answered: Sequence[Answered]) -> list[list[Any]]:
    given = [one.receipt for one in answered]
    return [
        [one.id for one in given],
        [one.kind.value for one in given],
        *(
            [getattr(one, each) for one in given]
            for each in ("researcher_id", "account_id", "organisation_id", "issued_at", "compact")
        ),
        [one.sealed.entry.command_id for one in answered],
    ]
