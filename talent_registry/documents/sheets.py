"""A delimited text table: header row found wherever it is, columns matched by name, rows with their place."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Protocol

from talent_registry.documents import sheet_errors
from talent_registry.documents.encodings import empty_file
from talent_registry.documents.tables import Grid, Limits, TextTable, column_letter
from talent_registry.domain.errors import InvalidInput

DELIMITERS = (",", "\t", ";")
_SEARCHED_FOR_HEADER = 50
_STRIPPED = "\ufeff\u200b\u200c\u200d\u2060"
_UNCLEAN = re.compile(rf"[\s{_STRIPPED}'=]")
_IGNORED_IN_HEADER = re.compile(r"[\s\ufeff\u200b-\u200d\u2060*:()\[\]{}<>《》【】〔〕「」_.\-]+")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_NOT_DATA = re.compile(
    r"(?:合计|总计|小计|共计|总数|制表|填表|填报|审核人|复核人|备注[:：]|说明[:：]|注[:：]|(?:sub)?total\b|sum\b)",
    re.IGNORECASE,
)


class Column(Protocol):
    """What the reader must know of a column; `reference` data satisfies it."""

    @property
    def key(self) -> str:
        """The name by which rows hold its cells."""

    @property
    def header(self) -> str:
        """The header to write."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other headers to accept."""

    @property
    def required(self) -> bool:
        """Whether a sheet without it is refused."""


class SkippedAs(StrEnum):
    """Why a row is not data."""

    ABOVE_HEADER = "ABOVE_HEADER"
    REPEATED_HEADER = "REPEATED_HEADER"
    TOTALS_OR_NOTE = "TOTALS_OR_NOTE"
    NO_KNOWN_CELL = "NO_KNOWN_CELL"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is not data; its text is not kept, as it may name a person."""

    line: int
    reason: SkippedAs


@dataclass(frozen=True, slots=True)
class MatchedColumn:
    """A known column found in the sheet: `index` from 0, `letter` as in a spreadsheet, `found` the header as typed."""

    key: str
    index: int
    letter: str
    found: str


@dataclass(frozen=True, slots=True)
class Row:
    """A data row: `line` is its number in a spreadsheet (from 1); `cells` by column key, trimmed, without empty ones.

    `surplus` refers to the first filled cell right of the last header, "" if none: a sign of an unquoted delimiter.
    """

    line: int
    cells: dict[str, str] = field(repr=False)
    letters: dict[str, str] = field(repr=False)
    surplus: str = ""

    def ref(self, key: str) -> str:
        """The place of a column's cell, like D17; "" if the sheet lacks the column."""
        letter = self.letters.get(key)
        return f"{letter}{self.line}" if letter else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An opened table: where its header is, what it matched; `unknown` are headers that no column claims."""

    table: TextTable | Grid = field(repr=False)
    header_line: int
    columns: tuple[MatchedColumn, ...]
    unknown: tuple[str, ...]
    above: tuple[Skipped, ...]
    width: int
    required: frozenset[str]
    limits: Limits

    def lines(self) -> int:
        """An upper estimate of rows, for progress."""
        return self.table.lines()

    @property
    def delimiter(self) -> str:
        """What parts the cells of a text; "" in a workbook."""
        return self.table.delimiter

    def rows(self) -> Iterator[Row | Skipped]:
        """Rows and skipped ones below the header, in order; blank rows pass silently. Errors: see `open_sheet`."""
        for _, _, read in self.walk():
            if read is not None:
                yield read

    def walk(self) -> Iterator[tuple[int, list[str], Row | Skipped | None]]:
        """Every row of the table, header and titles too: its number, its cells as they stand, its sense."""
        places = [(column.key, column.index) for column in self.columns]
        letters = {column.key: column.letter for column in self.columns}
        header: list[str] = []
        data_rows = 0
        for line, raw in self.table.records():
            record = [clean(cell) for cell in raw] if _UNCLEAN.search("".join(raw)) else raw
            if line <= self.header_line:
                header = record
                yield line, raw, None
                continue
            cells = {key: cell for key, at in places if at < len(record) and (cell := record[at])}
            if (skipped := self._not_data(record, cells, header)) is not None:
                yield line, raw, Skipped(line, skipped)
            elif cells:
                data_rows += 1
                if data_rows > self.limits.rows:
                    raise sheet_errors.too_many_rows(self.limits.rows)
                yield line, raw, Row(line, cells, letters, _surplus(record, self.width, line))
            else:
                yield line, raw, None
        if not data_rows:
            raise sheet_errors.header_only(self.header_line)

    def _not_data(self, record: list[str], cells: dict[str, str], header: list[str]) -> SkippedAs | None:
        """A total or a signature line begins with such a word and lacks something that every data row fills."""
        if record == header:
            return SkippedAs.REPEATED_HEADER
        if cells.keys() >= self.required:
            return None
        first = next((text for text in record if text), "")
        if _NOT_DATA.match("".join(first.split())):
            return SkippedAs.TOTALS_OR_NOTE
        return SkippedAs.NO_KNOWN_CELL if first and not cells else None


def open_sheet(text: str | Grid, columns: Sequence[Column], *, limits: Limits | None = None) -> Sheet:
    """Find delimiter and header row, match the columns.

    InvalidInput EMPTY_FILE, HEADER_NOT_FOUND, DUPLICATE_COLUMNS, MISSING_COLUMNS, TOO_MANY_COLUMNS, LINE_TOO_LONG,
    CELL_TOO_LONG, MALFORMED_QUOTES; while reading rows also HEADER_ONLY, TOO_MANY_ROWS.
    """
    limits = limits or Limits()
    if isinstance(text, str) and not clean(text[:1_000]) and not clean(text):
        raise empty_file()
    tables = [TextTable(text, each, limits) for each in DELIMITERS] if isinstance(text, str) else [text]
    by_name = {header_key(name): column.key for column in columns for name in (column.header, *column.aliases)}
    best = _find_header(tables, by_name)
    if best is None:
        raise sheet_errors.header_not_found([column.header for column in columns if column.required])
    return _matched(columns, by_name, best, limits)


def clean(cell: str) -> str:
    """A cell without outer space, invisible marks and the tricks that keep a spreadsheet from eating digits."""
    cell = cell.strip()
    while cell and (cell[0] in _STRIPPED or cell[-1] in _STRIPPED):
        cell = cell.strip(_STRIPPED).strip()
    if cell.startswith("'"):
        return cell[1:].strip()
    if cell.startswith('="') and (written := _TEXT_FORMULA.fullmatch(cell)):
        return written[1].strip()
    return cell


def header_key(header: str) -> str:
    """A header reduced to what identifies it: full-width folded, case, spaces, brackets and marks ignored."""
    return _IGNORED_IN_HEADER.sub("", unicodedata.normalize("NFKC", header)).casefold()


@dataclass(frozen=True, slots=True)
class _Header:
    table: TextTable | Grid
    line: int
    cells: list[str]
    above: tuple[Skipped, ...]


def _find_header(tables: Sequence[TextTable | Grid], by_name: dict[str, str]) -> _Header | None:
    """The row that matches most columns, at least two, over the delimiters tried; the earlier wins a tie."""
    best, score = None, 1
    failure: Exception | None = None
    for table in tables:
        above: list[Skipped] = []
        try:
            for line, record in islice(table.records(), _SEARCHED_FOR_HEADER):
                found = len({by_name[key] for cell in record if (key := header_key(cell)) in by_name})
                if found > score:
                    best, score = _Header(table, line, record, tuple(above)), found
                if any(map(clean, record)):
                    above.append(Skipped(line, SkippedAs.ABOVE_HEADER))
        except InvalidInput as error:  # the wrong delimiter misreads quotes; only a header-less sheet tells
            failure = failure or error
    if best is None and failure is not None:
        raise failure
    return best


def _matched(columns: Sequence[Column], by_name: dict[str, str], header: _Header, limits: Limits) -> Sheet:
    found = [(index, name) for index, cell in enumerate(header.cells) if (name := clean(cell))]
    matched = [
        MatchedColumn(key, index, column_letter(index), name)
        for index, name in found
        if (key := by_name.get(header_key(name))) is not None
    ]
    present = [column.key for column in matched]
    twice = [column for column in matched if present.count(column.key) > 1]
    if twice:
        raise sheet_errors.duplicate_columns(header.line, [(column.letter, column.found) for column in twice])
    missing = [column.header for column in columns if column.required and column.key not in present]
    if missing:
        raise sheet_errors.missing_columns(header.line, missing)
    return Sheet(
        table=header.table,
        header_line=header.line,
        columns=tuple(matched),
        unknown=tuple(name for _, name in found if header_key(name) not in by_name),
        above=header.above,
        width=found[-1][0] + 1,
        required=frozenset(column.key for column in columns if column.required),
        limits=limits,
    )


def _surplus(record: list[str], width: int, line: int) -> str:
    if len(record) <= width:
        return ""
    beyond = (at for at in range(width, len(record)) if record[at])
    return next((f"{column_letter(at)}{line}" for at in beyond), "")
