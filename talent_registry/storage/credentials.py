"""Credentials in the database: what identifies one, its versions and the spans of its record status."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, and_, insert, or_, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.credentials import (
    Credential,
    CredentialRecord,
    CredentialVersion,
    Details,
    RecordStatus,
    Standing,
    StatusSpan,
    TimelineChange,
)
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.storage.ids import new_id
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.standings import stands
from talent_registry.storage.tables import credential, credential_status, credential_version

# Rows of a credential are final and carry no column to be updated, so the lock is one on its id.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('credential:' || :id, 0))")
# Numbers are the issuers' own, so several may give the same; this many never will.
MOST_OF_A_NUMBER = 100
_VERSION = [column.label(f"version_{column.name}") for column in credential_version.c]


@dataclass(frozen=True, slots=True)
class CredentialFilter:
    """Which credentials a list gives; None = any. `standing` is that of the day `on`."""

    researcher_id: UUID | None = None
    issuer_id: UUID | None = None
    number: str | None = None
    series: str | None = None
    level: str | None = None
    standing: Standing | None = None
    on: date | None = None


async def add_credential(connection: AsyncConnection, record: CredentialRecord, command_id: UUID) -> None:
    """Record a new credential with its first version and its spans."""
    new = record.credential
    await connection.execute(
        insert(credential).values(
            id=new.id,
            kind=new.kind,
            number=new.number,
            issuer_id=new.issuer_id,
            researcher_id=new.researcher_id,
            registered_at=new.registered_at,
            command_id=command_id,
        )
    )
    await add_version(connection, record.version, command_id)
    await _add_spans(connection, new.id, record.spans, command_id)


async def add_version(connection: AsyncConnection, version: CredentialVersion, command_id: UUID) -> None:
    """Record what holds from now on; the version held true before is superseded, not erased."""
    await connection.execute(
        update(credential_version)
        .where(
            credential_version.c.credential_id == version.credential_id,
            credential_version.c.superseded_at.is_(None),
        )
        .values(superseded_at=version.recorded_at)
    )
    values = {item.name: getattr(version, item.name) for item in fields(version)}
    area = version.targeted_area
    values |= {
        "details": version.details.stated(),
        "defaulted": list(version.defaulted),
        "targeted_area": None if area is None else list(area),
    }
    await connection.execute(insert(credential_version).values(**values, command_id=command_id))


async def change_spans(
    connection: AsyncConnection, credential_id: UUID, change: TimelineChange, command_id: UUID, at: datetime
) -> None:
    """Supersede and add spans of one credential in one go."""
    if change.superseded:
        await connection.execute(
            update(credential_status)
            .where(credential_status.c.id.in_([span.id for span in change.superseded]))
            .values(superseded_at=at)
        )
    added = [StatusSpan(new_id(), new.status, new.ground, new.valid_from, new.valid_until, at) for new in change.added]
    await _add_spans(connection, credential_id, added, command_id)


async def find_credential(
    connection: AsyncConnection, credential_id: UUID, known_at: datetime | None = None
) -> CredentialRecord | None:
    """The credential as recorded now, or as it was recorded at `known_at`."""
    return (await list_by_ids(connection, [credential_id], known_at))[0]


async def lock_credential(connection: AsyncConnection, credential_id: UUID) -> CredentialRecord | None:
    """The credential as recorded now; whoever else locks it waits until this transaction ends."""
    await connection.execute(_LOCK, {"id": str(credential_id)})
    return await find_credential(connection, credential_id)


async def list_by_ids(
    connection: AsyncConnection, ids: Sequence[UUID], known_at: datetime | None = None
) -> list[CredentialRecord | None]:
    """The credentials with these ids, in their order; None where there is none (or none yet at `known_at`)."""
    rows = (await connection.execute(_records(known_at).where(credential.c.id.in_(ids)))).all()
    found = {record.credential.id: record for record in await _with_spans(connection, rows, known_at)}
    return [found.get(credential_id) for credential_id in ids]


async def find_same(connection: AsyncConnection, issuer_id: UUID, kind: str, number: str) -> UUID | None:
    """The credential that this issuer recorded under this kind and number."""
    statement = select(credential.c.id).where(
        credential.c.issuer_id == issuer_id, credential.c.kind == kind, credential.c.number == number
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def list_by_number(connection: AsyncConnection, number: str) -> list[CredentialRecord]:
    """Every credential of this number, whoever issued it; the oldest record first."""
    statement = _records(None).where(credential.c.number == number).order_by(credential.c.id).limit(MOST_OF_A_NUMBER)
    return await _with_spans(connection, (await connection.execute(statement)).all(), None)


async def list_by_numbers(connection: AsyncConnection, numbers: Collection[str]) -> dict[str, list[CredentialRecord]]:
    """Every credential of each of these numbers that has any; the oldest record first."""
    statement = _records(None).where(credential.c.number.in_(numbers)).order_by(credential.c.id)
    of: dict[str, list[CredentialRecord]] = {}
    for record in await _with_spans(connection, (await connection.execute(statement)).all(), None):
        of.setdefault(record.credential.number, []).append(record)
    return of


async def list_by_researchers(
    connection: AsyncConnection, researcher_ids: Sequence[UUID], known_at: datetime | None = None
) -> list[list[CredentialRecord]]:
    """The credentials of each person, in the order of the ids; the oldest record first."""
    statement = _records(known_at).where(credential.c.researcher_id.in_(researcher_ids)).order_by(credential.c.id)
    rows = (await connection.execute(statement)).all()
    of: dict[UUID, list[CredentialRecord]] = {}
    for record in await _with_spans(connection, rows, known_at):
        of.setdefault(record.credential.researcher_id, []).append(record)
    return [of.get(researcher_id, []) for researcher_id in researcher_ids]


async def list_credentials(
    connection: AsyncConnection, request: PageRequest, asked: CredentialFilter
) -> Page[CredentialRecord]:
    """The credentials that fit and that the caller's transaction may see, by age of their record."""
    statement = _records(None)
    equal = {
        credential.c.researcher_id: asked.researcher_id,
        credential.c.issuer_id: asked.issuer_id,
        credential.c.number: asked.number,
        credential_version.c.series: asked.series,
        credential_version.c.level: asked.level,
    }
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(column == value)
    if asked.standing is not None and asked.on is not None:
        statement = statement.where(stands(asked.standing, asked.on))
    page = await fetch_page(connection, statement, [credential.c.id], request, lambda row: row)
    records = await _with_spans(connection, page.items, None)
    return Page(tuple(records), page.places, page.has_next)


async def list_versions(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, list[CredentialVersion]]:
    """Every version ever recorded of these credentials, each in the order of recording."""
    statement = (
        select(*_VERSION)
        .where(credential_version.c.credential_id.in_(ids))
        .order_by(credential_version.c.recorded_at, credential_version.c.id)
    )
    versions: dict[UUID, list[CredentialVersion]] = {}
    for row in await connection.execute(statement):
        versions.setdefault(row.version_credential_id, []).append(_version(row))
    return versions


async def list_spans(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, list[StatusSpan]]:
    """Every status span ever recorded of these credentials, each in the order of recording."""
    table = credential_status
    statement = (
        select(table)
        .where(table.c.credential_id.in_(ids))
        .order_by(table.c.recorded_at, table.c.valid_from, table.c.id)
    )
    spans: dict[UUID, list[StatusSpan]] = {}
    for row in await connection.execute(statement):
        spans.setdefault(row.credential_id, []).append(_span(row))
    return spans


def _records(known_at: datetime | None) -> Select[Any]:
    return (
        select(credential, *_VERSION)
        .join(credential_version, credential_version.c.credential_id == credential.c.id)
        .where(_known(credential_version, known_at))
    )


def _known(table: Table, known_at: datetime | None) -> ColumnElement[bool]:
    """The rows held true at an instant: recorded by then and not yet superseded."""
    if known_at is None:
        return table.c.superseded_at.is_(None)
    return and_(
        table.c.recorded_at <= known_at,
        or_(table.c.superseded_at.is_(None), table.c.superseded_at > known_at),
    )


async def _with_spans(
    connection: AsyncConnection, rows: Sequence[Row[Any]], known_at: datetime | None
) -> list[CredentialRecord]:
    ids = [row.id for row in rows]
    statement = (
        select(credential_status)
        .where(credential_status.c.credential_id.in_(ids), _known(credential_status, known_at))
        .order_by(credential_status.c.valid_from)
    )
    return read_records(rows, (await connection.execute(statement)).all())


def read_records(rows: Iterable[Any], span_rows: Iterable[Any]) -> list[CredentialRecord]:
    """Credentials from rows with the columns of one and of its version, in their order, and the rows of their spans."""
    rows, spans = list(rows), dict[UUID, list[StatusSpan]]()
    for span in span_rows:
        spans.setdefault(span.credential_id, []).append(_span(span))
    return [
        CredentialRecord(
            Credential(row.id, row.kind, row.number, row.issuer_id, row.researcher_id, row.registered_at),
            _version(row),
            tuple(spans.get(row.id, ())),
        )
        for row in rows
    ]


async def _add_spans(
    connection: AsyncConnection, credential_id: UUID, spans: Iterable[StatusSpan], command_id: UUID
) -> None:
    rows = [
        {item.name: getattr(span, item.name) for item in fields(span)}
        | {"credential_id": credential_id, "command_id": command_id}
        for span in spans
    ]
    if rows:
        await connection.execute(insert(credential_status), rows)


def _version(row: Any) -> CredentialVersion:  # noqa: ANN401 - a row of either driver
    values = {item.name: getattr(row, f"version_{item.name}") for item in fields(CredentialVersion)}
    area = values["targeted_area"]
    values |= {
        "details": Details.of(values["details"]),
        "defaulted": tuple(values["defaulted"]),
        "targeted_area": None if area is None else tuple(area),
    }
    return CredentialVersion(**values)


def _span(row: Any) -> StatusSpan:  # noqa: ANN401 - a row of either driver
    return StatusSpan(
        row.id,
        RecordStatus(row.status),
        row.ground,
        row.valid_from,
        row.valid_until,
        row.recorded_at,
        row.superseded_at,
    )
