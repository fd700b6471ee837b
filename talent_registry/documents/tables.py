"""Rows of cells with their numbers: those of a delimited text, and those of a workbook's sheet."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from talent_registry.documents import sheet_errors

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one sheet, in characters, columns and rows."""

    line: int = 65_536
    cell: int = 2_000
    columns: int = 256
    rows: int = 500_000


@dataclass(frozen=True, slots=True)
class TextTable:
    """A delimited text."""

    text: str = field(repr=False)
    delimiter: str
    limits: Limits

    def lines(self) -> int:
        """Line ends in the text: an upper estimate of rows."""
        return max(self.text.count("\n"), self.text.count("\r")) + 1

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Records with their row number from 1; a blank line counts as a row, as it does in a spreadsheet."""
        return _records(self.text, self.delimiter, self.limits)


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a workbook's sheet, from its first row on, each from column A on."""

    rows: Sequence[list[str]] = field(repr=False)
    limits: Limits
    delimiter: str = ""

    def lines(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Rows with their number from 1, without the empty cells at their end."""
        for number, row in enumerate(self.rows, start=1):
            _check(number, row, self.limits)
            yield number, row


def column_letter(index: int) -> str:
    """The spreadsheet's letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _records(text: str, delimiter: str, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Records with their row number from 1; a blank line counts as a row, as it does in a spreadsheet."""
    reader = csv.reader(_lines(text, limits), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise sheet_errors.malformed_quotes(number, reader.line_num) from None
        while record and not record[-1]:
            record.pop()
        _check(number, record, limits)
        yield number, record


def _check(number: int, record: list[str], limits: Limits) -> None:
    if len(record) > limits.columns:
        raise sheet_errors.too_many_columns(number, limits.columns)
    if record and max(map(len, record)) > limits.cell:
        at = next(index for index, cell in enumerate(record) if len(cell) > limits.cell)
        raise sheet_errors.cell_too_long(f"{column_letter(at)}{number}", limits.cell)


def _lines(text: str, limits: Limits) -> Iterator[str]:
    """Physical lines with their ends (CR, LF or CRLF), cut lazily so that no second copy of the text is made."""
    for number, found in enumerate(_LINE.finditer(text), start=1):
        if found.end() - found.start() > limits.line:
            raise sheet_errors.line_too_long(number, limits.line)
        yield found[0]
