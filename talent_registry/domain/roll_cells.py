"""The cells of one row of a roll as they are read, and the problems found on the way."""

import re
from collections.abc import Callable
from datetime import date
from typing import Protocol

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.roll_problems import CellProblem, problem
from talent_registry.domain.written_days import read_day
from talent_registry.reference.roll_columns import roll_headers

_LONGEST = 200
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_BREAK = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_FORMULA = frozenset("=+@-")
_OWN_CAUSES = frozenset({"DIGITS_LOST", "TEST_IDENTITY_NOT_ALLOWED"})
_NOTHING = frozenset({"", "-", "--", "—", "——", "/", "\\", "无", "N/A", "n/a"})
_LOOK_CLOSER = _FORMULA | {cell[:1] for cell in _NOTHING}


class Row(Protocol):
    """A row of a table, as the reader of files hands it over."""

    @property
    def line(self) -> int:
        """The row number in a spreadsheet, from 1."""

    @property
    def cells(self) -> dict[str, str]:
        """The trimmed text of each filled cell by column key."""

    @property
    def surplus(self) -> str:
        """The first filled cell beyond the header, like X17, or empty."""

    def ref(self, key: str) -> str:
        """The place of a column's cell, like D17, or empty."""


class Coded(Protocol):
    """An entry of a code list."""

    @property
    def code(self) -> str:
        """The code by which the registry stores it."""


class Cells:
    """The cells of one row as they are read, and the problems found so far."""

    __slots__ = ("_faulty", "_row", "_text", "problems")

    def __init__(self, row: Row) -> None:
        self._row = row
        self._faulty: set[str] = set()
        self.problems: list[CellProblem] = []
        if row.surplus:
            whole = ("", "—")
            self.problems.append(problem(row.line, whole, row.surplus, "TOO_MANY_CELLS"))
        self._text = dict(row.cells)
        unseen = _UNSEEN.search("".join(row.cells.values())) is not None
        for key, cell in row.cells.items():
            # Nearly every cell of a large roll is plain, so the closer look is the exception.
            if unseen or cell[:1] in _LOOK_CLOSER or len(cell) > _LONGEST:
                self._take(key, cell)

    def _take(self, key: str, cell: str) -> None:
        """Read a cell that may be wrapped over lines, a sign for nothing, or not a plain value."""
        text = self._text[key] = _joined(cell)
        if text in _NOTHING:
            del self._text[key]
        elif text[0] in _FORMULA:
            self.refuse(key, "FORMULA")
        elif len(text) > _LONGEST:
            self.refuse(key, "TOO_LONG")
        elif _UNSEEN.search(text):
            self.refuse(key, "CONTROL_CHARACTER")

    def refuse(self, key: str, reason: str, *, detail: Message | None = None) -> None:
        """Report the column; in a row with surplus cells values may have shifted, so nothing is quoted."""
        self._faulty.add(key)
        value = "" if self._row.surplus else self._text.get(key, "")
        column = (key, roll_headers()[key])
        ref = self._row.ref(key)
        self.problems.append(problem(self._row.line, column, ref, reason, value=value, detail=detail))

    def refuse_as(self, key: str, error: InvalidInput, reason: str) -> None:
        """Report what a check of the value found, in its words; its reason stays where it names a cause of its own."""
        self.refuse(key, error.reason if error.reason in _OWN_CAUSES else reason, detail=error.message)

    def text(self, key: str) -> str:
        """The cell, or "" if it is empty or was refused."""
        return "" if key in self._faulty else self._text.get(key, "")

    def filled(self, key: str) -> str:
        """The cell of a column that every row must fill."""
        if key not in self._text:
            self.refuse(key, "EMPTY")
        return self.text(key)

    def normalised(self, key: str, normalise: Callable[[str], str], reason: str) -> str:
        """The required cell in its stored form, or ""."""
        try:
            return normalise(cell) if (cell := self.filled(key)) else ""
        except InvalidInput as error:
            self.refuse_as(key, error, reason)
            return ""

    def has(self, key: str) -> bool:
        """Whether the row says anything in the column, right or wrong."""
        return key in self._text

    def day(self, key: str, text: str) -> date | None:
        """The day written in the text, or None."""
        if text and (day := read_day(text)) is not None:
            return day
        if text:
            self.refuse(key, "DATE_INVALID")
        return None

    def code(self, key: str, text: str, find: Callable[[str], Coded | None], reason: str) -> str:
        """The code of the list entry that the text names, or ""; refused for the reason if there is none."""
        if not text:
            return ""
        if (found := find(text)) is None:
            self.refuse(key, reason)
            return ""
        return found.code


def _joined(cell: str) -> str:
    """A cell that was wrapped over several lines, on one: Latin words keep a space, Chinese needs none."""
    return _BREAK.sub(lambda found: " " if _between_latin(cell, found) else "", cell)


def _between_latin(cell: str, found: re.Match[str]) -> bool:
    around = cell[found.start() - 1 : found.start()] + cell[found.end() : found.end() + 1]
    return around.isascii() and around.isalpha()
