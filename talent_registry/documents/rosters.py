"""A roster file in and out: its rows with what is to be verified, and the same rows with the answers beside them."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from talent_registry.documents.chosen import Chosen, open_chosen
from talent_registry.documents.delivered import open_delivered
from talent_registry.documents.sheets import MatchedColumn, Row, Skipped
from talent_registry.documents.tables import Limits
from talent_registry.domain.periods import SHANGHAI
from talent_registry.domain.rosters import Told
from talent_registry.reference.roll_columns import RollColumn, roster_columns

MOST_ROWS: Final = 200_000
LIMITS: Final = Limits(rows=MOST_ROWS)
# The column by which a row that is given again is known; nobody fills it in.
RECORD: Final = "record"
ADDED: Final = ("核验结果", "原因", "核验时间", "记录号")
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA: Final = frozenset("=+-@＝＋－＠\t\r\n")
_EXAMPLE_ROWS: Final = 1_000
_CONTROL: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32)))

# A row's number, its cells as they stand, and (None: it is no data) what is to be verified by column key.
RosterRow = tuple[int, list[str], dict[str, str] | None]


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A roster as read: every row of the file in order, blank ones left out; `data_rows` of them are to be verified."""

    encoding: str
    header_line: int
    columns: tuple[MatchedColumn, ...]
    unknown: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    rows: tuple[RosterRow, ...] = field(repr=False)
    data_rows: int

    def letters(self) -> dict[str, str]:
        """The spreadsheet's letter of each column found."""
        return {column.key: column.letter for column in self.columns}


def read_roster(data: bytes, chosen: Chosen | None = None) -> RosterFile:
    """Read a roster, its columns found or chosen.

    InvalidInput where the file as a whole cannot be read: see `delivered.open_delivered` and `chosen.open_chosen`.
    """
    if chosen is None:
        sheet, encoding = open_delivered(data, roster_columns(), limits=LIMITS)
    else:
        sheet, encoding = open_chosen(data, roster_columns(), chosen, LIMITS)
    rows: list[RosterRow] = []
    skipped: list[Skipped] = list(sheet.above)
    for line, raw, read in sheet.walk():
        if isinstance(read, Skipped):
            skipped.append(read)
        if any(raw):
            rows.append((line, raw, read.cells if isinstance(read, Row) else None))
    counted = sum(cells is not None for _, _, cells in rows)
    return RosterFile(encoding, sheet.header_line, sheet.columns, sheet.unknown, tuple(skipped), tuple(rows), counted)


def answered_rows(
    rows: Iterable[RosterRow],
    header_line: int,
    width: int,
    answers: Callable[[int], Told | None],
    record: Callable[[int], str],
    *,
    problems_only: bool = False,
) -> Iterable[list[str]]:
    """The rows of the file in its order, `width` columns of it, each with its answer.

    `problems_only`: the header and what is not VALID.
    """
    for line, cells, asked in rows:
        padded = [*cells[:width], *[""] * (width - len(cells))]
        answer = answers(line) if asked is not None else None
        if line == header_line:
            yield [*padded, *ADDED]
        elif answer is not None:
            if not problems_only or answer.verdict != "VALID":
                yield [*padded, answer.verdict, answer.reason, _time(answer.at), record(line)]
        elif not problems_only:
            yield [*padded, *[""] * len(ADDED)]


def own_width(rows: Iterable[RosterRow], header_line: int) -> int:
    """How many columns the file has of its own: the answers in a result given in again give way to new ones."""
    widest = 0
    for line, cells, _ in rows:
        if line == header_line and tuple(cells[-len(ADDED) :]) == ADDED:
            return len(cells) - len(ADDED)
        widest = max(widest, len(cells))
    return widest


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows in CSV, UTF-8 with a mark by which spreadsheets know it; nothing in it is a formula."""
    written = io.BytesIO()
    written.write(b"\xef\xbb\xbf")
    out = io.TextIOWrapper(written, "utf-8", "replace", newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([f"'{cell}" if cell[:1] in _FORMULA else cell for cell in row] for row in rows)
    out.flush()
    return written.getvalue()


def as_workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows in XLSX, every cell a text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("核验结果")
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=_inert(text).translate(_CONTROL))
            # Never a formula, whatever it begins with.
            cell.data_type = "s"
            cell.number_format = "@"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def written_roster(rows: Iterable[Mapping[str, str | None]]) -> bytes:
    """A roster file of rows by column key, each as it is given; the first stands in line 2.

    Where a row holds the reference of one it is given anew for, so does the file.
    """
    rows = list(rows)
    columns = roster_columns() if any(row.get(RECORD) for row in rows) else _asked_columns()
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([column.header for column in columns])
    writer.writerows([row.get(column.key) or "" for column in columns] for row in rows)
    return out.getvalue().encode("utf-8", "replace")


def template_as_csv() -> bytes:
    """An empty roster in CSV."""
    return as_csv([[column.header for column in _asked_columns()]])


def template_as_workbook() -> bytes:
    """An empty roster in XLSX: columns formatted as text, and levels to choose from."""
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415 - needed here alone

    columns = _asked_columns()
    book = Workbook(write_only=True)
    sheet = book.create_sheet("核验名单")
    level = next(chr(ord("A") + place) for place, column in enumerate(columns) if column.key == "level")
    levels = DataValidation(type="list", formula1='"正高级,副高级,中级,助理级,员级"', allow_blank=True)
    levels.add(f"{level}2:{level}{_EXAMPLE_ROWS + 1}")
    sheet.data_validations.append(levels)
    for column in range(len(columns)):
        sheet.column_dimensions[chr(ord("A") + column)].width = 22
    sheet.append([column.header for column in columns])
    for _ in range(_EXAMPLE_ROWS):
        blank = [WriteOnlyCell(sheet, value=None) for _ in columns]
        for cell in blank:
            cell.number_format = "@"
        sheet.append(blank)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _asked_columns() -> list[RollColumn]:
    return [column for column in roster_columns() if column.key != RECORD]


def _inert(text: str) -> str:
    return f"'{text}" if text[:1] in _FORMULA else text


@lru_cache(maxsize=1_000)
def _time(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
