"""A delivered roll file becomes entries, problems and a digest of what it says."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice

from talent_registry.documents.delivered import open_delivered
from talent_registry.documents.sheets import MatchedColumn, Row, Sheet, Skipped
from talent_registry.documents.tables import Limits
from talent_registry.domain.roll_problems import CellProblem
from talent_registry.domain.rolls import RollEntry, check_repeats, parse_row
from talent_registry.reference.catalogue import catalogue
from talent_registry.reference.roll_columns import roll_columns

Progress = Callable[[int, int], None]
MOST_PROBLEMS = 10_000
_STEP = 1_000
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Roll:
    """A roll as read: `entries` may be registered, `problems` (in row order) say what of the rest must be mended.

    `rows` = data rows; `refused` of them are not in `entries` because of a fault, `repeated` because an earlier row
    says the same. At most MOST_PROBLEMS problems are kept; `problems_left_out` counts the others. `digest` is the
    SHA-256 (hex) of the rows' contents in their order, whatever the encoding, the layout and the order of columns.
    """

    encoding: str
    delimiter: str
    header_line: int
    columns: tuple[MatchedColumn, ...]
    unknown_columns: tuple[str, ...]
    entries: tuple[RollEntry, ...] = field(repr=False)
    problems: tuple[CellProblem, ...] = field(repr=False)
    problems_left_out: int
    skipped: tuple[Skipped, ...] = field(repr=False)
    rows: int
    refused: int
    repeated: int
    digest: str


def read_roll(
    data: bytes,
    *,
    province: str,
    today: date,
    allow_test_identities: bool,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Roll:
    """Read the roll that the authority of `province` (a division code) delivers.

    InvalidInput where the file as a whole cannot be read: see `delivered.open_delivered`. `progress`
    gets rows done and an estimate of the total, about every thousand rows and at the end.
    """
    sheet, encoding = open_delivered(data, roll_columns(), limits=limits)
    read = partial(
        parse_row,
        province=province,
        today=today,
        allow_test_identities=allow_test_identities,
        catalogue=catalogue(),
    )
    reading = _Reading(sheet, read)
    reading.run(progress)
    return reading.roll(encoding)


class _Reading:
    """One pass over the rows of a sheet."""

    def __init__(self, sheet: Sheet, read: Callable[[Row], RollEntry | tuple[CellProblem, ...]]) -> None:
        self.sheet = sheet
        self.read = read
        self.entries: list[RollEntry] = []
        self.problems: list[CellProblem] = []
        self.left_out = 0
        self.skipped = list(sheet.above)
        self.rows = 0
        self.digest = hashlib.sha256()

    def run(self, progress: Progress | None) -> None:
        """Read every row, reporting progress."""
        estimate = self.sheet.lines() - self.sheet.header_line
        for row in self.sheet.rows():
            if isinstance(row, Skipped):
                self.skipped.append(row)
                continue
            self._read(row)
            if progress is not None and self.rows % _STEP == 0:
                progress(self.rows, max(estimate, self.rows))
        self.digest.update(b"]")
        if progress is not None:
            progress(self.rows, self.rows)

    def _read(self, row: Row) -> None:
        """Digest the row as one element of a JSON array and keep what it says or what is wrong with it."""
        self.digest.update(b"," if self.rows else b"[")
        self.digest.update(_canonical(row.cells).encode())
        self.rows += 1
        parsed = self.read(row)
        if isinstance(parsed, RollEntry):
            self.entries.append(parsed)
        else:
            self._keep(parsed)

    def _keep(self, problems: tuple[CellProblem, ...]) -> None:
        room = max(0, MOST_PROBLEMS - len(self.problems))
        self.problems.extend(islice(problems, room))
        self.left_out += max(0, len(problems) - room)

    def roll(self, encoding: str) -> Roll:
        """What was read, after the rows were compared with each other."""
        kept, repeats = check_repeats(self.entries, {column.key: column.letter for column in self.sheet.columns})
        self._keep(repeats)
        repeated = sum(repeat.reason == "DUPLICATE_ROW" for repeat in repeats)
        return Roll(
            encoding=encoding,
            delimiter=self.sheet.delimiter,
            header_line=self.sheet.header_line,
            columns=self.sheet.columns,
            unknown_columns=self.sheet.unknown,
            entries=kept,
            problems=tuple(sorted(self.problems, key=lambda problem: problem.line)),
            problems_left_out=self.left_out,
            skipped=tuple(self.skipped),
            rows=self.rows,
            refused=self.rows - len(kept) - repeated,
            repeated=repeated,
            digest=self.digest.hexdigest(),
        )
