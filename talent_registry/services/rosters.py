"""Rosters: an office has hundreds of certificates verified at once, follows the job, and takes the answers away."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from talent_registry.documents import rosters as documents
from talent_registry.documents.rosters import RosterFile, RosterRow, read_roster
from talent_registry.documents.sheets import MatchedColumn
from talent_registry.domain.consents import LONGEST_PURPOSE
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.rosters import Roster
from talent_registry.domain.verification import Typed, Unreadable, read_typed
from talent_registry.services import attempts
from talent_registry.services.attempts import DAY, MINUTE, Allowance
from talent_registry.services.looks import check_stated_purpose
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.signing.keys import KeySet
from talent_registry.signing.sealing import Sealed, seal, unseal
from talent_registry.storage import queue, rosters
from talent_registry.storage.ids import new_id
from talent_registry.storage.rosters import Part

# Each row of a roster counts as one verification of the day; rosters have an allowance of their own, for an office may
# verify all its staff, and the pace is the registry's.
ROWS_A_DAY: Final = 200_000
# Files looked through: a large or hostile one takes seconds of work, and nobody chooses more of them than this.
_READ_A_MINUTE: Final = Allowance("roster-read", 20, MINUTE)
_FIRST_ROWS: Final = 10
_PART: Final = range(100, 5_000)
_PARTS: Final = 10
_MOST_FAULTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class AskedRoster:
    """For what purpose and on which legal basis a roster is verified; both are required."""

    purpose: str
    legal_basis: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that will fail: its line, the cell (like C17), a short reason, what to do; never the value."""

    line: int
    cell: str
    reason: str
    message: Message


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file is taken for before anything is looked up; at most 1,000 faults are listed, `failing` counts all."""

    encoding: str
    header_line: int
    columns: tuple[MatchedColumn, ...]
    unknown: tuple[str, ...]
    rows: int
    first: tuple[RosterRow, ...]
    skipped: tuple[int, ...]
    failing: int
    faults: tuple[RowFault, ...]


async def preview(registry: Registry, actor: Actor, data: bytes) -> Preview:
    """What the file holds and which rows will fail; nothing is kept and nobody is looked up.

    `Limited` beyond twenty files a minute.
    """
    _check_may(actor)
    await attempts.count_attempts(registry, _caller(actor), _READ_A_MINUTE)
    return await asyncio.to_thread(_preview, registry, data)


async def start(registry: Registry, actor: Actor, data: bytes, asked: AskedRoster, key: str) -> Done:
    """Have a roster verified. Answer: `roster_id`. The same file under the same key gets the first job again.

    Raises `Limited` beyond `ROWS_A_DAY` of the account; InvalidInput where the file cannot be read: no job then.
    """
    _check_may(actor)
    purpose = check_stated_purpose(actor, asked.purpose, "input", "purpose")
    basis = _check_basis(asked.legal_basis)
    await attempts.count_attempts(registry, _caller(actor), _READ_A_MINUTE)
    file = await asyncio.to_thread(read_roster, data)
    digest = hashlib.sha256(data).hexdigest()

    async def act(work: Work) -> dict[str, Any]:
        allowance = Allowance("verify-roster-day", ROWS_A_DAY, DAY)
        await attempts.count_attempts(registry, _caller(actor), allowance, amount=file.data_rows)
        roster_id = new_id()
        head = seal(registry.keys, json.dumps({"header_line": file.header_line}), _context(roster_id, -1))
        one = Roster(
            id=roster_id,
            actor_kind=actor.kind.value,
            account_id=actor.account_id,
            organisation_id=actor.organisation_id,
            province=actor.province if actor.kind is ActorKind.AUTHORITY else None,
            purpose=purpose,
            legal_basis=basis,
            file_digest=digest,
            rows=file.data_rows,
            requested_at=work.now,
            command_id=work.command_id,
            head_sealed=head.ciphertext,
            key_id=head.key_id,
        )
        await rosters.add_roster(work.connection, one, await asyncio.to_thread(_parts, registry.keys, roster_id, file))
        await queue.add_rosters(work.connection)
        work.about("roster", roster_id)
        work.says(file=digest, rows=file.data_rows)
        return {"roster_id": str(roster_id)}

    return await perform(
        registry, actor, "verifyRoster", key, {"file": digest, "purpose": purpose, "basis": basis}, act
    )


def _caller(actor: Actor) -> str:
    return str(actor.account_id or actor.organisation_id or actor.province)


async def get_roster(registry: Registry, actor: Actor, roster_id: UUID) -> Roster:
    """The roster with this id, for the office that asked (of an authority: of its province); NotFound for others."""
    _check_may(actor)
    async with registry.reading(actor) as connection:
        found = await rosters.find_roster(connection, roster_id)
    if found is None:
        raise nothing_here(("id",))
    return found


async def list_rosters(registry: Registry, actor: Actor, request: PageRequest) -> Page[Roster]:
    """A page of the office's rosters, oldest first."""
    _check_may(actor)
    async with registry.reading(actor) as connection:
        return await rosters.list_rosters(connection, request)


async def result_as_csv(registry: Registry, actor: Actor, roster_id: UUID, *, problems_only: bool = False) -> bytes:
    """The file's rows in their order with 核验结果, 原因, 核验时间, 记录号 behind, in CSV."""
    return await _result(registry, actor, roster_id, documents.as_csv, problems_only=problems_only)


async def result_as_workbook(
    registry: Registry, actor: Actor, roster_id: UUID, *, problems_only: bool = False
) -> bytes:
    """The same in XLSX."""
    return await _result(registry, actor, roster_id, documents.as_workbook, problems_only=problems_only)


def open_part(keys: KeySet, one: Roster, part: Part) -> list[RosterRow]:
    """The rows of a part."""
    text = unseal(keys, Sealed(part.key_id, part.content_sealed), _context(one.id, part.number))
    return [(line, cells, asked) for line, cells, asked in json.loads(text)]


def typed_of(cells: dict[str, str]) -> Typed:
    """What a row gives to be verified."""
    get = cells.get
    return Typed(get("number", ""), get("name", ""), get("document"), get("obtained_on"), get("level"))


async def _result(
    registry: Registry,
    actor: Actor,
    roster_id: UUID,
    write: Callable[..., bytes],
    *,
    problems_only: bool,
) -> bytes:
    one = await get_roster(registry, actor, roster_id)
    async with registry.reading(actor) as connection:
        parts = await rosters.list_parts(connection, roster_id)
        answers = await rosters.list_answers(connection, roster_id)

    def written() -> bytes:
        head = json.loads(unseal(registry.keys, Sealed(one.key_id, one.head_sealed), _context(roster_id, -1)))
        rows = [row for part in parts for row in open_part(registry.keys, one, part)]
        answered = documents.answered_rows(
            rows,
            head["header_line"],
            answers.get,
            lambda line: f"{roster_id.hex}-{line}",
            problems_only=problems_only,
        )
        return write(answered)

    return await asyncio.to_thread(written)


def _parts(keys: KeySet, roster_id: UUID, file: RosterFile) -> list[Part]:
    size = min(max(len(file.rows) // _PARTS + 1, _PART.start), _PART.stop)
    parts = []
    for number, first in enumerate(range(0, len(file.rows), size)):
        text = json.dumps(file.rows[first : first + size], ensure_ascii=False)
        sealed = seal(keys, text.encode("utf-8", "replace").decode(), _context(roster_id, number))
        parts.append(Part(number, sealed.ciphertext, sealed.key_id))
    return parts


def _preview(registry: Registry, data: bytes) -> Preview:
    file = read_roster(data)
    letters, today, failing = file.letters(), registry.today(), 0
    faults: list[RowFault] = []
    column_of = {"obtainedOn": "obtained_on"}
    for line, _, cells in file.rows:
        if cells is None:
            continue
        read = read_typed(typed_of(cells), today, allow_test_identities=registry.allow_test_identities)
        if isinstance(read, Unreadable):
            failing += 1
            if len(faults) < _MOST_FAULTS:
                letter = letters.get(column_of.get(read.field, read.field), "")
                faults.append(RowFault(line, f"{letter}{line}" if letter else "", read.reason, read.message))
    data_rows = (row for row in file.rows if row[2] is not None)
    return Preview(
        file.encoding,
        file.header_line,
        file.columns,
        file.unknown,
        file.data_rows,
        tuple(row for row, _ in zip(data_rows, range(_FIRST_ROWS), strict=False)),
        tuple(each.line for each in file.skipped),
        failing,
        tuple(faults),
    )


def _context(roster_id: UUID, number: int) -> bytes:
    return f"roster:{roster_id}:{number}".encode()


def _check_may(actor: Actor) -> None:
    units = frozenset() if actor.organisation_id is None else frozenset({actor.organisation_id})
    provinces = frozenset() if actor.province is None else frozenset({actor.province})
    actor.must(Permission.VERIFY_ROSTER, Subject(receiver_ids=units, provinces=provinces), hidden=False)


def _check_basis(text: str) -> str:
    basis = text.strip()
    if not basis or len(basis) > LONGEST_PURPOSE or not basis.isprintable():
        raise InvalidInput(
            Message(
                zh=f"请写明核验的法律依据（{LONGEST_PURPOSE} 字以内），例如“本人同意”或“实施人力资源管理所必需”。",
                en=f"State the legal basis of the verification in at most {LONGEST_PURPOSE} characters, such as the "
                "holders' consent or what personnel management needs.",
            ),
            reason="LEGAL_BASIS",
            path=("input", "legalBasis"),
        )
    return basis
