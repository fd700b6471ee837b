"""Reading of the code lists: one function per file, from the CSV files of the package to records."""

import csv
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from typing import TypeVar

from talent_registry.reference.records import (
    CatalogueError,
    CodeEntry,
    Division,
    DocumentKind,
    Institution,
    Level,
    NamedCode,
    QualificationMapping,
    School,
    Surname,
    TitleAlias,
    TitleName,
    TitleSeries,
    WorkingDayException,
)

Row = dict[str, str]

T = TypeVar("T")


def read_list(name: str, build: Callable[[Row], T]) -> tuple[T, ...]:
    """The records of `data/<name>.csv` in file order; a row that cannot be read raises CatalogueError with its line."""
    text = files("talent_registry.reference").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return parse_list(name, text, build)


def parse_list(name: str, text: str, build: Callable[[Row], T]) -> tuple[T, ...]:
    """Like `read_list`, from text: every row must have all columns and a trust status."""
    reader = csv.DictReader(text.splitlines())
    records: list[T] = []
    for row in reader:
        if None in row or None in row.values():
            raise CatalogueError(f"{name}.csv line {reader.line_num}: wrong number of columns")
        try:
            records.append(build(row))
        except (KeyError, ValueError) as fault:
            raise CatalogueError(f"{name}.csv line {reader.line_num}: {type(fault).__name__} {fault}") from fault
    return tuple(records)


def _status(row: Row, column: str = "status") -> str:
    if not row[column].strip():
        raise ValueError("the trust status is empty")
    return row[column]


def _year(text: str) -> int | None:
    return int(text) if text else None


def _several(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def build_division(row: Row) -> Division:
    """A row of divisions.csv."""
    return Division(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        pinyin=row["pinyin"],
        level=row["level"],
        parent_code=row["parent_code"] or None,
        valid_from_year=_year(row["valid_from_year"]),
        valid_until_year=_year(row["valid_to_year"]),
        status=_status(row),
    )


def build_series(row: Row) -> TitleSeries:
    """A row of title_series.csv."""
    return TitleSeries(
        code=row["series_code"],
        name_zh=row["series_zh"],
        name_en=row["series_en"],
        route=row["route"],
        status=_status(row, "list_status"),
    )


def build_title(row: Row) -> TitleName:
    """A row of title_names.csv."""
    return TitleName(
        code=row["title_code"],
        series_code=row["series_code"],
        track=row["track"],
        name_zh=row["title_zh"],
        name_en=row["title_en"],
        level_code=row["level"],
        gbt8561_code=row["gbt8561_code"] or None,
        code_status=_status(row, "code_status"),
        status=_status(row, "name_status"),
    )


def build_alias(row: Row) -> TitleAlias:
    """A row of title_aliases.csv."""
    return TitleAlias(
        alias_zh=row["alias_zh"],
        canonical_zh=row["canonical_zh"] or None,
        series_code=row["series_code"] or None,
        level_code=row["level"] or None,
        note=row["note"],
        status=_status(row),
    )


def build_named_code(row: Row) -> NamedCode:
    """A row of the lists of kinds, routes and record statuses."""
    return NamedCode(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        aliases_zh=_several(row["aliases_zh"]),
        note=row["note"],
        status=_status(row),
    )


def build_level(row: Row) -> Level:
    """A row of levels.csv."""
    return Level(
        code=row["code"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        aliases_zh=_several(row["aliases_zh"]),
        note=row["note"],
        status=_status(row),
        rank=int(row["rank"]),
    )


def build_document_kind(row: Row) -> DocumentKind:
    """A row of identity_documents.csv; "free text" and "opaque string" become no pattern."""
    return DocumentKind(
        code=row["key"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        aliases_zh=_several(row["aliases_zh"]),
        pattern=row["pattern"] if row["pattern"].startswith("^") else None,
        has_check_character=row["check"].startswith("MOD 11-2"),
        jyt1001_code=row["jyt1001_code"] or None,
        status=_status(row),
    )


def build_code_entry(row: Row) -> CodeEntry:
    """A row of gbt8561, gbt4658 or gbt6864: the third column is called kind, completion or note."""
    note = next(row[column] for column in ("kind", "completion", "note") if column in row)
    return CodeEntry(code=row["code"], name_zh=row["name_zh"], note=note, status=_status(row))


def build_institution(row: Row) -> Institution:
    """A row of institutions.csv."""
    return Institution(
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        kind=row["kind"],
        organisation_kind=row["organisation_kind"],
        division_code=row["division_code"],
        moe_school_code=row["moe_school_code"] or None,
        ror_id=row["ror_id"] or None,
        ror_status=row["ror_status"],
        note=row["note"],
        status=_status(row),
    )


def build_school(row: Row) -> School:
    """A row of moe_schools.csv."""
    return School(
        code=row["moe_school_code"],
        name_zh=row["name_zh"],
        province_code=row["province_code"],
        five_digit_code=row["five_digit_code"],
        status=_status(row),
    )


def build_qualification(row: Row) -> QualificationMapping:
    """A row of qualification_to_title.csv."""
    return QualificationMapping(
        qualification_zh=row["qualification_zh"],
        grade=row["grade"],
        title_zh=row["title_zh"],
        level_code=row["level"],
        status=_status(row),
    )


def build_exception(row: Row) -> WorkingDayException:
    """A row of working_day_exceptions.csv."""
    if row["kind"] not in {"HOLIDAY", "MAKE_UP_WORKDAY"}:
        raise ValueError(f"unknown kind of day {row['kind']}")
    return WorkingDayException(
        day=date.fromisoformat(row["day"]),
        kind=row["kind"],
        occasion=row["occasion"],
        status=_status(row),
    )


def build_surname(row: Row) -> Surname:
    """A row of surname_readings.csv."""
    return Surname(
        surname=row["surname"],
        readings=_several(row["readings"]),
        compound=row["kind"] == "COMPOUND",
        status=_status(row),
    )
