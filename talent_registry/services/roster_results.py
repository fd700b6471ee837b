"""Results of rosters: the file's rows in their order with their answers, those given anew in the place of the first."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from talent_registry.documents import rosters as documents
from talent_registry.documents.rosters import RECORD, RosterRow, own_width
from talent_registry.domain.rosters import Roster, Told, line_of, record_of
from talent_registry.services.permissions import Actor
from talent_registry.services.registry import Registry
from talent_registry.services.roster_corrections import cleared
from talent_registry.services.rosters import get_roster, head_of, open_part
from talent_registry.services.tidying import untidied
from talent_registry.signing.keys import KeySet
from talent_registry.storage import rosters
from talent_registry.storage.rosters import Part


@dataclass(frozen=True, slots=True)
class _Kept:
    """A roster with what is kept of its rows, still sealed, and their answers by line."""

    one: Roster
    parts: Sequence[Part]
    answers: Mapping[int, Told]


async def list_corrections(registry: Registry, actor: Actor, roster_id: UUID) -> list[Roster]:
    """The rosters that correct this one, in the order in which they were handed in. NotFound for another office's."""
    await get_roster(registry, actor, roster_id)
    async with registry.reading(actor) as connection:
        return await rosters.list_corrections(connection, roster_id)


async def merged_counts(registry: Registry, actor: Actor, one: Roster) -> dict[str, int]:
    """How many rows of the roster got each verdict, those given anew with the later one. Conflict (CLEARED)."""
    first, later = await _kept(registry, actor, one)

    def counted() -> dict[str, int]:
        _, answers = _merged(registry.keys, first, later)
        return dict(Counter(answer.verdict for answer in answers.values()))

    return await asyncio.to_thread(counted)


async def result_as_csv(registry: Registry, actor: Actor, roster_id: UUID, *, problems_only: bool = False) -> bytes:
    """The file's rows in their order with 核验结果, 原因, 核验时间, 记录号 behind, in CSV.

    Conflict (CLEARED) where the rows are no longer kept.
    """
    return await _result(registry, actor, roster_id, documents.as_csv, problems_only=problems_only)


async def result_as_workbook(
    registry: Registry, actor: Actor, roster_id: UUID, *, problems_only: bool = False
) -> bytes:
    """The same in XLSX."""
    return await _result(registry, actor, roster_id, documents.as_workbook, problems_only=problems_only)


async def _result(
    registry: Registry, actor: Actor, roster_id: UUID, write: Callable[..., bytes], *, problems_only: bool
) -> bytes:
    one = await get_roster(registry, actor, roster_id)
    first, later = await _kept(registry, actor, one)

    def written() -> bytes:
        with untidied():
            rows, answers = _merged(registry.keys, first, later)
            line, width = _head(registry.keys, first)
            record = partial(record_of, roster_id)
            return write(documents.answered_rows(rows, line, width, answers.get, record, problems_only=problems_only))

    return await asyncio.to_thread(written)


async def _kept(registry: Registry, actor: Actor, one: Roster) -> tuple[_Kept, list[_Kept]]:
    """What is kept of the roster, and of those that correct it."""
    if one.cleared_at is not None:
        raise cleared()
    async with registry.reading(actor) as connection:
        corrections = await rosters.list_corrections(connection, one.id)
        first, *later = [
            _Kept(each, await rosters.list_parts(connection, each.id), await rosters.list_told(connection, each.id))
            for each in (one, *corrections)
        ]
    return first, later


def _merged(keys: KeySet, first: _Kept, later: Sequence[_Kept]) -> tuple[Iterator[RosterRow], Mapping[int, Told]]:
    """The rows of the first roster and their answers, each given anew in its place; of several, the last stands."""
    if not later:
        return _rows(keys, first), first.answers
    answers, header = dict(first.answers), _header(keys, first)
    anew: dict[int, RosterRow] = {}
    for correction in later:
        same = _header(keys, correction)[: len(header)] == header
        for at, cells, asked in _rows(keys, correction):
            line = None if asked is None else line_of(first.one.id, asked.get(RECORD, ""))
            answer = correction.answers.get(at)
            if line is None or answer is None:
                continue
            answers[line] = answer
            if same:
                anew[line] = (line, cells[: len(header)], asked)
    return (anew.get(row[0], row) for row in _rows(keys, first)), answers


def _rows(keys: KeySet, kept: _Kept) -> Iterator[RosterRow]:
    """The rows in their order, part by part: never all of them at once."""
    return (row for part in kept.parts for row in open_part(keys, kept.one, part))


def _head(keys: KeySet, kept: _Kept) -> tuple[int, int]:
    """In which line the header stands, and how many columns the file has of its own."""
    line, width = head_of(keys, kept.one)
    return line, own_width(_rows(keys, kept), line) if width is None else width


def _header(keys: KeySet, kept: _Kept) -> list[str]:
    """The header of a file, without the answers that a result has behind it."""
    line, width = _head(keys, kept)
    cells = next((cells for at, cells, _ in _rows(keys, kept) if at == line), [])
    return [*cells[:width], *[""] * (width - len(cells))]
