"""Credentials as JSON: of the one read, of a page, or of a person."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, Select, Text, case, cast, func, true

from talent_registry.domain.credentials import Standing
from talent_registry.domain.frames import Frame
from talent_registry.domain.shapes import Asked, NotPlanned
from talent_registry.storage.reads.entries import entries_about
from talent_registry.storage.reads.organisations import filing, unit
from talent_registry.storage.reads.slots import Entries, Held, History, Part
from talent_registry.storage.reads.texts import (
    NULL,
    Piece,
    constant,
    day,
    in_brackets,
    instant,
    joined,
    listed,
    named,
    node_id,
    or_null,
    record,
    string,
    texts,
    truth,
)
from talent_registry.storage.standings import standing_on, status_on
from talent_registry.storage.tables import credential, credential_status, credential_version

TODAY = "today"
_VERSION = (
    *("title_code", "title_name", "series", "level", "specialty", "route", "filing_number", "approval_date"),
    *("defaulted", "source_id", "valid_from", "valid_until", "recorded_at", "superseded_at"),
)
_IDENTITY = ("id", "kind", "number", "issuer_id", "researcher_id")


def name_of_day(one: Asked) -> str:
    """The named value that is the day a field asks about: today where none was stated."""
    return one.value("on") or TODAY


class Source:
    """Credentials with their version of now, as rows to write text from; what the text needs beside is joined."""

    def __init__(self) -> None:
        self.table = credential.alias()
        self.version = credential_version.alias()
        self._status: dict[str, ColumnElement[Any]] = {}
        self._laterals: list[FromClause] = []
        self.rows: FromClause = self.table.join(self.version, self.version.c.credential_id == self.table.c.id)
        self.holds = self.version.c.superseded_at.is_(None)
        self._columns: dict[str, ColumnElement[Any]] = {name: self.table.c[name] for name in _IDENTITY}
        self._columns.update({name: self.version.c[name] for name in _VERSION})

    def __getitem__(self, name: str) -> ColumnElement[Any]:
        return self._columns[name]

    def own(self) -> list[FromClause]:
        """The tables whose rows these are; all others belong to the statement around."""
        return [self.table, self.version, *self._laterals]

    def limited(self, page: Select[Any]) -> None:
        """Write text for these rows alone: `page` has the columns of `all_columns` and a limit."""
        inner = page.subquery()
        self.rows, self._columns = inner, {name: inner.c[name] for name in self._columns}

    def all_columns(self) -> list[ColumnElement[Any]]:
        """Every column that a text may need."""
        return [column.label(name) for name, column in self._columns.items()]

    def standing(self, one: Asked) -> ColumnElement[str]:
        """How the credential stands on the day asked about; the status of one day is looked up once."""
        name = name_of_day(one)
        on = named(name, Date)
        if name not in self._status:
            status = status_on(self["id"], on).lateral()
            self.rows = self.rows.outerjoin(status, true())
            self._status[name] = status.c.status
            self._laterals.append(status)
        return standing_on(self._status[name], self["valid_from"], self["valid_until"], on)


Row = Source | Mapping[str, ColumnElement[Any]]


def credential_parts(
    asked: Sequence[Asked], row: Source, holder: Callable[[Asked], Sequence[Part]] | None
) -> list[Part]:
    """One credential. Without `holder` it is one of a person's: neither the person nor its history is taken along."""

    def value(one: Asked) -> Sequence[Part]:
        if one.name == "holder" and holder is not None:
            return holder(one)
        if one.name == "history" and holder is not None:
            return [Held(History(), _history(one, row))]
        if one.name == "ledgerEntries" and holder is not None:
            slot = Entries(one, Frame.of(one.below), of_record=True)
            return [Held(slot, entries_about(one, "credential", row["id"]))]
        if one.name not in _VALUES:
            raise NotPlanned
        return [_VALUES[one.name](one, row)]

    return _parts(asked, value)


def _parts(asked: Sequence[Asked], value: Callable[[Asked], Sequence[Part]]) -> list[Part]:
    parts: list[Part] = []
    for number, one in enumerate(asked):
        parts.append(f'{"," if number else "{"}"{one.key}":')
        parts += value(one) if one.constant is None else [one.constant]
    return [*parts, "}" if asked else "{}"]


def _object(one: Asked, values: dict[str, Piece], absent: ColumnElement[bool] | None = None) -> ColumnElement[str]:
    text = joined(record(one.below, lambda field: [values[field.name]]))
    return text if absent is None else case((absent, constant(NULL)), else_=text)


def _title(one: Asked, row: Row) -> ColumnElement[str]:
    names = {"name": "title_name", "series": "series", "level": "level"}
    values: dict[str, Piece] = {
        name: string(func.coalesce(row[column], constant(""))) for name, column in names.items()
    }
    return _object(one, {"code": string(row["title_code"]), **values}, row["title_code"].is_(None))


def _validity(one: Asked, row: Row) -> ColumnElement[str]:
    return _object(one, {"from": day(row["valid_from"]), "until": or_null(day(row["valid_until"]))})


def _source(one: Asked, row: Row) -> ColumnElement[str]:
    def value(field: Asked) -> list[Piece]:
        if field.name == "organisation":
            return [unit(field.below, row["source_id"])]
        values = {
            "recordedAt": instant(row["recorded_at"]),
            "supersededAt": or_null(instant(row["superseded_at"])),
            "defaulted": texts(row["defaulted"]),
        }
        return [values[field.name]]

    return joined(record(one.below, value))


def _spans(one: Asked, row: Source) -> ColumnElement[str]:
    span = credential_status.alias()
    rows = listed(_span(one, span), span, [span.c.valid_from]).where(
        span.c.credential_id == row["id"], span.c.superseded_at.is_(None)
    )
    return in_brackets(rows, span)


def _span(one: Asked, span: FromClause) -> list[Piece]:
    values: dict[str, Piece] = {
        "status": string(span.c.status),
        "ground": or_null(string(span.c.ground)),
        "from": day(span.c.valid_from),
        "until": or_null(day(span.c.valid_until)),
        "recordedAt": instant(span.c.recorded_at),
        "supersededAt": or_null(instant(span.c.superseded_at)),
    }
    return record(one.below, lambda field: [values[field.name]])


def _history(one: Asked, row: Source) -> ColumnElement[str]:
    """Every version and every span ever recorded, in the order of recording."""

    def value(field: Asked) -> list[Piece]:
        if field.name == "statusSpans":
            span = credential_status.alias()
            order = [span.c.recorded_at, span.c.valid_from, span.c.id]
            spans = listed(_span(field, span), span, order).where(span.c.credential_id == row["id"])
            return [in_brackets(spans, span)]
        version = credential_version.alias()
        versions = listed(_version(field, version), version, [version.c.recorded_at, version.c.id])
        return [in_brackets(versions.where(version.c.credential_id == row["id"]), version)]

    return joined(record(one.below, value))


def _version(one: Asked, version: FromClause) -> list[Piece]:
    row = {name: version.c[name] for name in _VERSION}

    def value(field: Asked) -> list[Piece]:
        if field.name == "filingNumber":
            return [or_null(string(row["filing_number"]))]
        return [_VERSIONS_TOO[field.name](field, row)]

    return record(one.below, value)


_VERSIONS_TOO: dict[str, Callable[[Asked, Row], Piece]] = {
    "title": _title,
    "level": lambda _, row: or_null(string(row["level"])),
    "specialty": lambda _, row: or_null(string(row["specialty"])),
    "route": lambda _, row: string(row["route"]),
    "approvalDate": lambda _, row: or_null(day(row["approval_date"])),
    "validity": _validity,
    "source": _source,
}
_VALUES: dict[str, Callable[[Asked, Source], Piece]] = {
    **_VERSIONS_TOO,
    "id": lambda _, row: node_id("Credential", row["id"]),
    "number": lambda _, row: string(row["number"]),
    "kind": lambda _, row: string(row["kind"]),
    "statusSpans": _spans,
    "issuer": lambda one, row: unit(one.below, row["issuer_id"]),
    "committee": lambda one, row: filing(one.below, row["filing_number"]),
    "standing": lambda one, row: string(row.standing(one)),
    "isValid": lambda one, row: truth(row.standing(one) == Standing.VALID.value),
}


def stands(row: Source, standing: str, on: str) -> ColumnElement[bool]:
    """Whether the credential stands so on a day, both named values of the request."""
    status = status_on(row["id"], named(on, Date)).scalar_subquery()
    found = standing_on(status, row["valid_from"], row["valid_until"], named(on, Date))
    return found == cast(named(standing, Text), Text)
