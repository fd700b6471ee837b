"""The columns of a province's roll and of an office's roster: key, header, accepted aliases, whether required."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class RollColumn:
    """One column; `aliases` hold other headers in Chinese and English, `status` says how far the row can be trusted."""

    key: str
    header: str
    aliases: tuple[str, ...]
    required: bool
    status: str


@cache
def roll_columns() -> tuple[RollColumn, ...]:
    """The columns in their canonical order."""
    return _columns("roll_columns.csv")


@cache
def roster_columns() -> tuple[RollColumn, ...]:
    """The columns of a roster that an office has verified, in their canonical order."""
    return _columns("roster_columns.csv")


@cache
def roll_headers() -> dict[str, str]:
    """The Chinese header of each column key."""
    return {column.key: column.header for column in roll_columns()}


def _columns(name: str) -> tuple[RollColumn, ...]:
    text = files("talent_registry.reference").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return tuple(_column(row) for row in csv.DictReader(text.splitlines()))


def _column(row: dict[str, str]) -> RollColumn:
    aliases = (*row["aliases_zh"].split("|"), *row["aliases_en"].split("|"))
    return RollColumn(row["key"], row["header_zh"], aliases, row["required"] == "Y", row["status"])
