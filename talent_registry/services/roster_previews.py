"""What a file of a roster is taken for before it is verified: encoding, columns, first rows, rows that will fail."""

import asyncio
from dataclasses import dataclass
from typing import Final

from talent_registry.documents.chosen import Chosen, Head, read_head
from talent_registry.documents.rosters import LIMITS, RosterRow, read_roster
from talent_registry.documents.sheets import MatchedColumn
from talent_registry.domain.messages import Message
from talent_registry.domain.verification import Unreadable, read_typed
from talent_registry.services import attempts
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry
from talent_registry.services.rosters import READ_A_MINUTE, caller_name, check_may, typed_of

_FIRST_ROWS: Final = 10
_MOST_FAULTS: Final = 1_000


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


async def read_columns(registry: Registry, actor: Actor, data: bytes, header_line: int | None = None) -> Head:
    """The header of a file, so that a person can say which column is which. Errors as `chosen.read_head`, `Limited`."""
    check_may(actor)
    await attempts.count_attempts(registry, caller_name(actor), READ_A_MINUTE)
    return await asyncio.to_thread(read_head, data, LIMITS, header_line)


async def preview(registry: Registry, actor: Actor, data: bytes, chosen: Chosen | None = None) -> Preview:
    """What the file holds and which rows will fail; nothing is kept and nobody is looked up.

    `Limited` beyond twenty files a minute.
    """
    check_may(actor)
    await attempts.count_attempts(registry, caller_name(actor), READ_A_MINUTE)
    return await asyncio.to_thread(_preview, registry, data, chosen)


def _preview(registry: Registry, data: bytes, chosen: Chosen | None) -> Preview:
    file = read_roster(data, chosen)
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
