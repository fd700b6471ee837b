"""Names, documents, households and personnel relations read for many people at once, and people sought by them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Table, and_, exists, or_, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.researchers import Household, PersonDocument, PersonName, PersonnelRelation, Provenance
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.researchers import SealedDocument
from talent_registry.storage.tables import (
    credential,
    credential_version,
    household_registration,
    identity_document,
    personnel_relation,
    researcher_name,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sought:
    """What people are sought by: Chinese text that begins the name, typed pinyin, home unit, division, title series.

    A division ending in zeros stands for the divisions in it. `series_issuer_id` counts only that issuer's credentials.
    """

    name_zh: str | None = None
    pinyin: str | None = None
    home_unit_id: UUID | None = None
    division: str | None = None
    series: str | None = None
    series_issuer_id: UUID | None = None


async def list_names(
    connection: AsyncConnection, ids: Sequence[UUID], *, all_recorded: bool = False
) -> dict[UUID, list[PersonName]]:
    """The names of these people, by first day; superseded ones only with `all_recorded`."""
    return await _by_person(connection, researcher_name, ids, _name, all_recorded=all_recorded)


async def list_documents(
    connection: AsyncConnection, ids: Sequence[UUID], *, all_recorded: bool = False
) -> dict[UUID, list[PersonDocument]]:
    """The identity documents of these people, masked, by first day; superseded ones only with `all_recorded`."""
    return await _by_person(connection, identity_document, ids, _document, all_recorded=all_recorded)


async def list_households(
    connection: AsyncConnection, ids: Sequence[UUID], *, all_recorded: bool = False
) -> dict[UUID, list[Household]]:
    """The household registrations of these people, by first day; superseded ones only with `all_recorded`."""
    return await _by_person(connection, household_registration, ids, _household, all_recorded=all_recorded)


async def list_relations(
    connection: AsyncConnection, ids: Sequence[UUID], *, all_recorded: bool = False
) -> dict[UUID, list[PersonnelRelation]]:
    """The personnel relations of these people, by first day; superseded ones only with `all_recorded`."""
    return await _by_person(connection, personnel_relation, ids, _relation, all_recorded=all_recorded)


async def find_sealed(connection: AsyncConnection, document_id: UUID) -> SealedDocument | None:
    """A document with its seal, to be sealed again under another row."""
    table = identity_document
    row = (await connection.execute(select(table).where(table.c.id == document_id))).first()
    if row is None:
        return None
    return SealedDocument(
        row.id, row.kind, bytes(row.number_sealed), row.key_id, bytes(row.number_digest), row.number_masked
    )


async def list_people(
    connection: AsyncConnection,
    within: Callable[[ColumnElement[Any]], ColumnElement[bool]],
    sought: Sought,
    today: date,
    request: PageRequest,
) -> Page[UUID]:
    """People of whom `within` says that they are within reach, by pinyin, as they are named on `today`."""
    name = researcher_name
    statement = select(name.c.sort_key, name.c.researcher_id).where(
        holds(name, today), within(name.c.researcher_id), *matches(sought, today)
    )
    order = [name.c.sort_key, name.c.researcher_id]
    return await fetch_page(connection, statement, order, request, lambda row: UUID(str(row.researcher_id)))


def holds(table: FromClause, today: date) -> ColumnElement[bool]:
    """The rows of a fact that are recorded now and hold on `today`."""
    return and_(
        table.c.superseded_at.is_(None),
        table.c.valid_from <= today,
        or_(table.c.valid_until.is_(None), table.c.valid_until >= today),
    )


def matches(sought: Sought, today: date) -> list[ColumnElement[bool]]:
    """What the name of a person on `today` must fulfil for the person to be found."""
    name, found = researcher_name, []
    if sought.name_zh is not None:
        found.append(name.c.name_zh.startswith(sought.name_zh, autoescape=True))
    if sought.pinyin is not None:
        by_start = name.c.sort_key.startswith(sought.pinyin, autoescape=True)
        found.append(or_(name.c.search_keys.contains([sought.pinyin.replace(" ", "")]), by_start))
    if sought.home_unit_id is not None:
        table = personnel_relation
        found.append(_of_person(table, holds(table, today), table.c.home_unit_id == sought.home_unit_id))
    if sought.division is not None:
        table = household_registration
        found.append(_of_person(table, holds(table, today), _within(table, sought.division)))
    if sought.series is not None:
        found.append(_has_series(sought.series, sought.series_issuer_id))
    return found


def _of_person(table: Table, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.c.researcher_id == researcher_name.c.researcher_id, *conditions)


def _within(table: Table, division: str) -> ColumnElement[bool]:
    stem = division[:2] if division.endswith("0000") else division[:4] if division.endswith("00") else division
    return table.c.division.startswith(stem, autoescape=True)


def _has_series(series: str, issuer_id: UUID | None) -> ColumnElement[bool]:
    conditions = [
        credential_version.c.credential_id == credential.c.id,
        credential_version.c.superseded_at.is_(None),
        credential_version.c.series == series,
    ]
    if issuer_id is not None:
        conditions.append(credential.c.issuer_id == issuer_id)
    return _of_person(credential, *conditions)


async def _by_person(
    connection: AsyncConnection,
    table: Table,
    ids: Sequence[UUID],
    convert: Callable[[Row[Any]], T],
    *,
    all_recorded: bool,
) -> dict[UUID, list[T]]:
    statement = select(table).where(table.c.researcher_id.in_(ids)).order_by(table.c.valid_from, table.c.id)
    if not all_recorded:
        statement = statement.where(table.c.superseded_at.is_(None))
    found: dict[UUID, list[T]] = {}
    for row in await connection.execute(statement):
        found.setdefault(row.researcher_id, []).append(convert(row))
    return found


def _provenance(row: Row[Any]) -> Provenance:
    return Provenance(row.source_id, row.valid_from, row.valid_until, row.recorded_at, row.superseded_at)


def _name(row: Row[Any]) -> PersonName:
    return PersonName(row.id, row.name_zh, row.name_en, row.pinyin, _provenance(row))


def _document(row: Row[Any]) -> PersonDocument:
    return PersonDocument(row.id, row.kind, row.number_masked, _provenance(row))


def _household(row: Row[Any]) -> Household:
    return Household(row.id, row.division, _provenance(row))


def _relation(row: Row[Any]) -> PersonnelRelation:
    return PersonnelRelation(row.id, row.home_unit_id, row.file_unit_id, row.insurance_division, _provenance(row))
