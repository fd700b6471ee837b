"""Rosters: an office has hundreds of certificates verified at once, follows the job, and takes the answers away."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from uuid import UUID

from talent_registry.documents import rosters as documents
from talent_registry.documents.chosen import Chosen
from talent_registry.documents.rosters import RosterFile, RosterRow, read_roster
from talent_registry.domain.consents import LONGEST_PURPOSE
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.rosters import Answer, Roster, record_of
from talent_registry.domain.verification import Typed
from talent_registry.services import attempts, roster_corrections
from talent_registry.services.attempts import DAY, MINUTE, Allowance
from talent_registry.services.looks import check_stated_purpose
from talent_registry.services.permissions import Actor, ActorKind, Permission, Subject, nothing_here
from talent_registry.services.registry import Done, Registry, Work, perform
from talent_registry.services.tidying import untidied
from talent_registry.signing.keys import KeySet
from talent_registry.signing.sealing import Sealed, seal, unseal
from talent_registry.storage import queue, rosters
from talent_registry.storage.ids import new_id
from talent_registry.storage.rosters import Part

# Each row of a roster counts as one verification of the day; rosters have an allowance of their own, for an office may
# verify all its staff, and the pace is the registry's.
ROWS_A_DAY: Final = 200_000
# Files looked through: a large or hostile one takes seconds of work, and nobody chooses more of them than this.
READ_A_MINUTE: Final = Allowance("roster-read", 20, MINUTE)
MOST_GIVEN: Final = 500
_PART: Final = range(100, 5_000)
_PARTS: Final = 10


@dataclass(frozen=True, slots=True)
class GivenRow:
    """One certificate as it is written, where rows are given and no file; `line` of the row that it corrects."""

    number: str = field(repr=False)
    name: str = field(repr=False)
    document: str | None = field(default=None, repr=False)
    obtained_on: str | None = field(default=None, repr=False)
    level: str | None = field(default=None, repr=False)
    line: int | None = None


@dataclass(frozen=True, slots=True)
class AskedRoster:
    """For what purpose and on which legal basis a roster is verified; both are required.

    `corrects`: an earlier roster of the office, some rows of which are given anew, each with its reference (记录号).
    `chosen`: which column is which, where a person said so.
    """

    purpose: str
    legal_basis: str
    corrects: UUID | None = None
    chosen: Chosen | None = None


async def start(registry: Registry, actor: Actor, data: bytes, asked: AskedRoster, key: str) -> Done:
    """Have a roster verified. Answer: `roster_id`. The same file under the same key gets the first job again.

    Raises as `check_correction` where it corrects another, `Limited` beyond `ROWS_A_DAY` of the account; InvalidInput
    where the file cannot be read: no job then.
    """
    check_may(actor)
    purpose = check_stated_purpose(actor, asked.purpose, "input", "purpose")
    basis = _check_basis(asked.legal_basis)
    await attempts.count_attempts(registry, caller_name(actor), READ_A_MINUTE)
    file = await asyncio.to_thread(_read, data, asked.chosen)
    digest = hashlib.sha256(data).hexdigest()
    if asked.corrects is not None:
        await roster_corrections.check_correction(
            registry, await get_roster(registry, actor, asked.corrects), actor, file
        )

    async def act(work: Work) -> dict[str, Any]:
        allowance = Allowance("verify-roster-day", ROWS_A_DAY, DAY)
        await attempts.count_attempts(registry, caller_name(actor), allowance, amount=file.data_rows)
        roster_id = new_id()
        head = {"header_line": file.header_line, "width": documents.own_width(file.rows, file.header_line)}
        sealed = seal(registry.keys, json.dumps(head), _context(roster_id, -1))
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
            corrects_id=asked.corrects,
            head_sealed=sealed.ciphertext,
            key_id=sealed.key_id,
        )
        await rosters.add_roster(work.connection, one, await asyncio.to_thread(_parts, registry.keys, roster_id, file))
        await queue.add_rosters(work.connection)
        work.about("roster", roster_id)
        if asked.corrects is not None:
            work.about("roster", asked.corrects)
        work.says(file=digest, rows=file.data_rows)
        return {"roster_id": str(roster_id)}

    inputs = {"file": digest, "purpose": purpose, "basis": basis}
    if asked.chosen is not None:
        inputs["columns"] = json.dumps([asked.chosen.header_line, sorted(asked.chosen.places.items())])
    if asked.corrects is not None:
        inputs["corrects"] = str(asked.corrects)
    return await perform(registry, actor, "verifyRoster", key, inputs, act)


async def start_given(registry: Registry, actor: Actor, rows: Sequence[GivenRow], asked: AskedRoster, key: str) -> Done:
    """As `start`, of rows that are given one by one: at most `MOST_GIVEN`. InvalidInput: TOO_MANY_ROWS, NO_SUCH_ROW."""
    check_may(actor)
    if len(rows) > MOST_GIVEN:
        raise InvalidInput(
            Message(
                zh=f"一次最多提交 {MOST_GIVEN} 行。请分次提交，或在“名册核验”页面上传文件。",
                en=f"At most {MOST_GIVEN} rows are taken at once. Submit them in parts, or upload a file at /rosters.",
            ),
            reason="TOO_MANY_ROWS",
            path=("input", "rosterRows"),
        )
    written = documents.written_roster([asdict(row) | {documents.RECORD: _reference(row, asked)} for row in rows])
    try:
        return await start(registry, actor, written, asked, key)
    except InvalidInput as fault:
        # Told of a file's cell where it was a file.
        raise _no_such_line() if fault.reason == "NO_SUCH_ROW" else fault from None


def _reference(row: GivenRow, asked: AskedRoster) -> str | None:
    """By what the row that is given anew is known; None where the roster corrects no other."""
    if (row.line is None) != (asked.corrects is None):
        raise _no_such_line()
    return None if asked.corrects is None or row.line is None else record_of(asked.corrects, row.line)


def _no_such_line() -> InvalidInput:
    return InvalidInput(
        Message(
            zh="更正名册的每一行须以 line 指明所更正名册中已核验的一行，且不得重复；不更正名册的，不写 line。",
            en="In a correction each row names by `line` one verified row of the roster that it corrects, and no two "
            "the same; where nothing is corrected, no row names one.",
        ),
        reason="NO_SUCH_ROW",
        path=("input", "rosterRows"),
    )


def caller_name(actor: Actor) -> str:
    """To whom the reading of files and the rows of a day are counted."""
    return str(actor.account_id or actor.organisation_id or actor.province)


async def get_roster(registry: Registry, actor: Actor, roster_id: UUID) -> Roster:
    """The roster with this id, for the office that asked (of an authority: of its province); NotFound for others."""
    check_may(actor)
    async with registry.reading(actor) as connection:
        found = await rosters.find_roster(connection, roster_id)
    if found is None:
        raise nothing_here(("id",))
    return found


async def list_rosters(registry: Registry, actor: Actor, request: PageRequest) -> Page[Roster]:
    """A page of the office's rosters, oldest first."""
    check_may(actor)
    async with registry.reading(actor) as connection:
        return await rosters.list_rosters(connection, request)


async def page_answers(registry: Registry, actor: Actor, roster_id: UUID, request: PageRequest) -> Page[Answer]:
    """What became of the rows so far, in their order. NotFound for another office's roster."""
    await get_roster(registry, actor, roster_id)
    async with registry.reading(actor) as connection:
        return await rosters.page_answers(connection, roster_id, request)


def open_part(keys: KeySet, one: Roster, part: Part) -> list[RosterRow]:
    """The rows of a part."""
    text = unseal(keys, Sealed(part.key_id, part.content_sealed), _context(one.id, part.number))
    return [(line, cells, asked) for line, cells, asked in json.loads(text)]


def head_of(keys: KeySet, one: Roster) -> tuple[int, int | None]:
    """In which row of its file the header of a roster stands, and how many columns the file has of its own.

    None where that was not noted yet when the roster was handed in.
    """
    head = json.loads(unseal(keys, Sealed(one.key_id, one.head_sealed), _context(one.id, -1)))
    return head["header_line"], head.get("width")


def typed_of(cells: dict[str, str]) -> Typed:
    """What a row gives to be verified."""
    get = cells.get
    return Typed(get("number", ""), get("name", ""), get("document"), get("obtained_on"), get("level"))


def _read(data: bytes, chosen: Chosen | None) -> RosterFile:
    with untidied():
        return read_roster(data, chosen)


def _parts(keys: KeySet, roster_id: UUID, file: RosterFile) -> list[Part]:
    size = min(max(len(file.rows) // _PARTS + 1, _PART.start), _PART.stop)
    parts = []
    for number, first in enumerate(range(0, len(file.rows), size)):
        text = json.dumps(file.rows[first : first + size], ensure_ascii=False)
        sealed = seal(keys, text.encode("utf-8", "replace").decode(), _context(roster_id, number))
        parts.append(Part(number, sealed.ciphertext, sealed.key_id))
    return parts


def _context(roster_id: UUID, number: int) -> bytes:
    return f"roster:{roster_id}:{number}".encode()


def check_may(actor: Actor) -> None:
    """Raise NotPermitted for whoever has no rosters verified."""
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
