"""The head of a delivered table, and the table opened with columns that a person chose instead of those found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Final

from talent_registry.documents import sheet_errors
from talent_registry.documents.delivered import WORKBOOK
from talent_registry.documents.encodings import decode, empty_file
from talent_registry.documents.sheets import DELIMITERS, Column, MatchedColumn, Sheet, Skipped, SkippedAs, clean
from talent_registry.documents.tables import Grid, Limits, TextTable, column_letter
from talent_registry.documents.workbooks import SIGNATURE, read_workbook
from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message

_SEARCHED: Final = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which row is the header, and the place of each column from 0 by its key.

    `header` is the digest of the header that the choice was made by (`Head.digest`): another file is another choice.
    """

    header_line: int
    places: Mapping[str, int]
    header: str


@dataclass(frozen=True, slots=True)
class Head:
    """The header as it stands in its row."""

    header_line: int
    cells: tuple[str, ...]

    @property
    def digest(self) -> str:
        """By what a header is known again."""
        return _digest(self.cells)

    def places(self) -> list[tuple[int, str, str]]:
        """Each column that has a name: its place, its letter, the name."""
        return [(place, column_letter(place), name) for place, name in enumerate(self.cells) if name]


@dataclass(frozen=True, slots=True)
class _Line:
    table: TextTable | Grid
    line: int
    cells: list[str]
    above: tuple[Skipped, ...]


def read_head(data: bytes, limits: Limits, header_line: int | None = None) -> Head:
    """The head of a table: the row given, or the one of the first fifty that has most names.

    Errors of the file as a whole as in `delivered.open_delivered`; InvalidInput EMPTY_FILE where there is no row.
    """
    tables, _ = _tables(data, limits)
    found = _header(tables, header_line)
    return Head(found.line, tuple(map(clean, found.cells)))


def open_chosen(data: bytes, columns: Sequence[Column], chosen: Chosen, limits: Limits) -> tuple[Sheet, str]:
    """The sheet with the columns chosen, and the encoding.

    InvalidInput MISSING_COLUMNS, DUPLICATE_COLUMNS, and OTHER_HEADER where the choice was made by another header.
    """
    tables, encoding = _tables(data, limits)
    header = _header(tables, chosen.header_line)
    names = [clean(cell) for cell in header.cells]
    if _digest(names) != chosen.header:
        raise _other_header()
    places = {key: place for key, place in chosen.places.items() if 0 <= place < len(names)}
    matched = [
        MatchedColumn(column.key, places[column.key], column_letter(places[column.key]), names[places[column.key]])
        for column in columns
        if column.key in places
    ]
    missing = [column.header for column in columns if column.required and column.key not in places]
    if missing:
        raise sheet_errors.missing_columns(header.line, missing)
    twice = [column for column in matched if list(places.values()).count(column.index) > 1]
    if twice:
        raise sheet_errors.duplicate_columns(header.line, [(column.letter, column.found) for column in twice])
    sheet = Sheet(
        table=header.table,
        header_line=header.line,
        columns=tuple(matched),
        unknown=tuple(name for place, name in enumerate(names) if name and place not in places.values()),
        above=header.above,
        width=max(place for place, name in enumerate([*names, "x"]) if name),
        required=frozenset(column.key for column in columns if column.required),
        limits=limits,
    )
    return sheet, encoding


def _tables(data: bytes, limits: Limits) -> tuple[Sequence[TextTable | Grid], str]:
    if data.startswith(SIGNATURE):
        return read_workbook(data, limits), WORKBOOK
    decoded = decode(data)
    return [TextTable(decoded.text, each, limits) for each in DELIMITERS], decoded.encoding


def _header(tables: Sequence[TextTable | Grid], line: int | None) -> _Line:
    """The row given, or that with most names; of several tables the one in which it has most, the earlier of two."""
    best: _Line | None = None
    failure: InvalidInput | None = None
    for table in tables:
        above: list[Skipped] = []
        try:
            for number, cells in islice(table.records(), _SEARCHED):
                if line in (None, number) and _names(cells) > (0 if best is None else _names(best.cells)):
                    best = _Line(table, number, cells, tuple(above))
                if any(map(clean, cells)):
                    above.append(Skipped(number, SkippedAs.ABOVE_HEADER))
        except InvalidInput as refusal:  # the wrong delimiter misreads quotes
            failure = failure or refusal
    if best is None:
        raise failure or empty_file()
    return best


def _digest(cells: Sequence[str]) -> str:
    return sha256("\x1f".join(cells).encode("utf-8", "replace")).hexdigest()


def _other_header() -> InvalidInput:
    return InvalidInput(
        Message(
            zh="该文件的表头与选择各列时的表头不同。请先看一遍该文件，再选择各列。",
            en="The header of this file is not the one by which the columns were chosen. Look through the file first, "
            "and choose the columns again.",
        ),
        reason="OTHER_HEADER",
        path=("file",),
    )


def _names(cells: list[str]) -> int:
    """How many of the cells may be names of columns."""
    return sum(any(map(str.isalpha, cell)) for cell in cells)
