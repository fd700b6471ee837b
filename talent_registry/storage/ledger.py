"""Commands and ledger entries in the database."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, case, cast, func, insert, select, text, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.ledger import GENESIS, Entry, Position, SealedEntry, canonical, entry_hash
from talent_registry.storage.tables import command, ledger_entry

# The same number as in the guard of the ledger (migration 0010): entries are written one after the other.
QUEUE = "SELECT pg_advisory_xact_lock(7238459001)"
_QUEUE = text(QUEUE)
# By what number the key of a caller is locked while a command under it is carried out.
KEY = r"hashtextextended({} || E'\n' || {}, 0)"
_CLAIM = text(f"""
    INSERT INTO command (id, caller, idempotency_key, name, input_digest, started_at)
    SELECT CAST(:id AS uuid), CAST(:caller AS text), CAST(:key AS text), :name, :input_digest, :at
    FROM (SELECT pg_advisory_xact_lock({KEY.format("CAST(:caller AS text)", "CAST(:key AS text)")})) AS alone
    ON CONFLICT DO NOTHING RETURNING id
""")
_WITHOUT_ENTRY = text("""
    SELECT count(*) FROM command WHERE NOT EXISTS (
        SELECT FROM ledger_entry entry
        WHERE entry.command_id = command.id AND entry.name = command.name
            AND entry.body ->> 'asked' = encode(command.input_digest, 'hex'))
""")
_PAGE = 5_000
_LOWEST = -(2**63)
# A cursor that somebody made up may name a number beyond what the column can hold.
_HIGHEST = 2**63 - 1
# An instant that Python cannot hold was not written by us: none at all, so that the walk finds the entry altered.
_RECORDED_AT = case(
    (ledger_entry.c.recorded_at.between(text("'0001-01-02'"), text("'9999-12-30'")), ledger_entry.c.recorded_at)
).label("recorded_at")
_READABLE: list[ColumnElement[Any]] = [
    _RECORDED_AT if column.name == "recorded_at" else column for column in ledger_entry.c
]
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RememberedCommand:
    """A command that was carried out before under the same key."""

    id: UUID
    name: str
    input_digest: bytes
    result: dict[str, Any]
    sequence: int


async def claim_key(
    connection: AsyncConnection,
    *,
    command_id: UUID,
    caller: str,
    key: str,
    name: str,
    input_digest: bytes,
    at: datetime,
) -> bool:
    """Write the command under its key; False when the key was used before.

    A second caller with the same key waits here until the first has committed or given up.
    """
    named = {"id": command_id, "caller": caller, "key": key, "name": name, "input_digest": input_digest, "at": at}
    return (await connection.execute(_CLAIM, named)).first() is not None


async def wait_for_turn(connection: AsyncConnection) -> None:
    """Let nobody else write to the ledger until this transaction ends; its own entry needs no more waiting."""
    await connection.execute(_QUEUE)


async def get_remembered(connection: AsyncConnection, caller: str, key: str) -> RememberedCommand:
    """The command carried out under this key."""
    statement = (
        select(command, ledger_entry.c.sequence)
        .join(ledger_entry, ledger_entry.c.command_id == command.c.id)
        .where(command.c.caller == caller, command.c.idempotency_key == key)
    )
    row = (await connection.execute(statement)).one()
    return RememberedCommand(row.id, row.name, bytes(row.input_digest), row.result or {}, row.sequence)


async def is_claimed(connection: AsyncConnection, caller: str, key: str) -> bool:
    """Whether a command stands under this key."""
    stands = select(command.c.id).where(command.c.caller == caller, command.c.idempotency_key == key)
    return (await connection.execute(stands)).first() is not None


async def remember_result(connection: AsyncConnection, command_id: UUID, result: dict[str, Any]) -> None:
    """Keep the answer with the command, so that a repeat gets the same."""
    await connection.execute(update(command).where(command.c.id == command_id).values(result=result))


async def append_entry(
    connection: AsyncConnection,
    *,
    command_id: UUID,
    at: datetime,
    actor_kind: str,
    account_id: UUID | None,
    organisation_id: UUID | None,
    name: str,
    subjects: tuple[str, ...],
    body: dict[str, Any],
) -> Position:
    """Add the entry of one command at the end of the chain and return where it stands."""
    await wait_for_turn(connection)
    head = (
        await connection.execute(
            select(ledger_entry.c.sequence, ledger_entry.c.hash).order_by(ledger_entry.c.sequence.desc()).limit(1)
        )
    ).first()
    sequence, previous = (head.sequence + 1, bytes(head.hash)) if head else (1, GENESIS)
    entry = Entry(sequence, command_id, at, actor_kind, account_id, organisation_id, name, subjects, body)
    sealed = entry_hash(entry, previous)
    await connection.execute(
        insert(ledger_entry).values(
            sequence=sequence,
            command_id=command_id,
            recorded_at=at,
            actor_kind=actor_kind,
            account_id=account_id,
            organisation_id=organisation_id,
            name=name,
            subjects=list(subjects),
            body=body,
            previous_hash=previous,
            hash=sealed,
        )
    )
    return Position(sequence, sealed)


async def entries_from(connection: AsyncConnection, sequence: int = _LOWEST) -> AsyncIterator[list[SealedEntry]]:
    """The chain from `sequence` on, in pages, in order; by default all there is, also before its beginning."""
    while True:
        statement = (
            select(*_READABLE).where(ledger_entry.c.sequence >= sequence).order_by(ledger_entry.c.sequence).limit(_PAGE)
        )
        page = [_sealed(row) for row in await connection.execute(statement)]
        if not page:
            return
        yield page
        sequence = page[-1].entry.sequence + 1


async def list_entries_about(connection: AsyncConnection, subject: str, *, after: int, limit: int) -> list[SealedEntry]:
    """The entries that name `subject` (`kind:id`), oldest first, beyond sequence `after`."""
    statement = (
        select(ledger_entry)
        .where(ledger_entry.c.subjects.contains([subject]), ledger_entry.c.sequence > min(after, _HIGHEST))
        .order_by(ledger_entry.c.sequence)
        .limit(limit)
    )
    return [_sealed(row) for row in await connection.execute(statement)]


async def list_entries_about_each(
    connection: AsyncConnection, subjects: Sequence[str], *, after: int, limit: int
) -> dict[str, list[SealedEntry]]:
    """For each of many subjects (`kind:id`), its entries as `list_entries_about` gives them; in one statement."""
    asked = func.unnest(cast(list(subjects), ARRAY(Text))).table_valued("subject", name="asked").render_derived()
    entries = (
        select(ledger_entry)
        .where(
            ledger_entry.c.subjects.contains(func.jsonb_build_array(asked.c.subject)),
            ledger_entry.c.sequence > min(after, _HIGHEST),
        )
        .order_by(ledger_entry.c.sequence)
        .limit(limit)
        .lateral("entry")
    )
    statement = select(asked.c.subject, entries).select_from(asked.join(entries, true()))
    found: dict[str, list[SealedEntry]] = {subject: [] for subject in subjects}
    for row in await connection.execute(statement.order_by(entries.c.sequence)):
        found[row.subject].append(_sealed(row))
    return found


def place_in_ledger(place: tuple[str, ...] | None) -> int:
    """The number after which a page of entries begins; anything that is no number begins at the first."""
    text = place[0] if place else "0"
    return min(int(text) if text.isdecimal() else 0, _HIGHEST)


async def count_commands_without_entry(connection: AsyncConnection) -> int:
    """How many commands lack their entry, or say another thing than it does (0 in a sound registry)."""
    return int((await connection.execute(_WITHOUT_ENTRY)).scalar_one())


async def count_entries_without_command(connection: AsyncConnection) -> int:
    """How many entries speak of a command that is not there, whose key is thus forgotten (0 in a sound registry)."""
    statement = text(
        "SELECT count(*) FROM ledger_entry WHERE NOT EXISTS (SELECT FROM command WHERE id = ledger_entry.command_id)"
    )
    return int((await connection.execute(statement)).scalar_one())


def _sealed(row: Row[Any]) -> SealedEntry:
    return SealedEntry(
        Entry(
            row.sequence,
            row.command_id,
            row.recorded_at or _NEVER,
            row.actor_kind,
            row.account_id,
            row.organisation_id,
            row.name,
            # Anything but a list was not written by us; its own words then stand for it, which no entry ever held.
            tuple(row.subjects) if isinstance(row.subjects, list) else (canonical(row.subjects).decode(),),
            row.body,
        ),
        bytes(row.previous_hash),
        bytes(row.hash),
    )
