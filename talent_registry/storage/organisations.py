"""Organisations and committee filings in the database."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.organisations import CommitteeFiling, Organisation
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.session import Caller, Database
from talent_registry.storage.tables import committee_filing, organisation

_FIND = f"SELECT {', '.join(one.name for one in fields(Organisation))} FROM organisation WHERE id = ANY ($1::uuid[])"


async def add_organisation(connection: AsyncConnection, unit: Organisation, command_id: UUID, at: datetime) -> None:
    """Record a new organisation."""
    await connection.execute(insert(organisation).values(**asdict(unit), registered_at=at, command_id=command_id))


async def find_organisation(connection: AsyncConnection, organisation_id: UUID) -> Organisation | None:
    """The organisation with this id."""
    row = (await connection.execute(select(organisation).where(organisation.c.id == organisation_id))).first()
    return None if row is None else _organisation(row)


async def find_by_name(connection: AsyncConnection, name_zh: str, division: str | None = None) -> list[Organisation]:
    """The organisations of exactly this Chinese name, in `division` if given."""
    statement = select(organisation).where(organisation.c.name_zh == name_zh)
    if division is not None:
        statement = statement.where(organisation.c.division == division)
    return [_organisation(row) for row in await connection.execute(statement.order_by(organisation.c.id))]


async def find_by_code(connection: AsyncConnection, social_credit_code: str) -> Organisation | None:
    """The organisation with this unified social credit code."""
    statement = select(organisation).where(organisation.c.social_credit_code == social_credit_code)
    row = (await connection.execute(statement)).first()
    return None if row is None else _organisation(row)


async def list_in_division(connection: AsyncConnection, division: str, kind: str) -> list[Organisation]:
    """The organisations of this kind that stand for exactly this division, oldest record first."""
    statement = select(organisation).where(organisation.c.division == division, organisation.c.kind == kind)
    return [_organisation(row) for row in await connection.execute(statement.order_by(organisation.c.id))]


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Organisation | None]:
    """The organisations with these ids, in their order; None where there is none."""
    rows = await connection.execute(select(organisation).where(organisation.c.id.in_(ids)))
    found = {row.id: _organisation(row) for row in rows}
    return [found.get(organisation_id) for organisation_id in ids]


async def find_at_once(
    database: Database, caller: Caller, today: date, ids: Collection[UUID]
) -> dict[UUID, Organisation]:
    """Those of the organisations with these ids that there are, in a transaction of its own that is sent in one go."""
    rows = await database.at_once(caller, today, _FIND, [list(ids)])
    return {row[0]: Organisation(*row) for row in rows}


async def list_organisations(
    connection: AsyncConnection, request: PageRequest, *, province: str | None, kind: str | None
) -> Page[Organisation]:
    """Organisations by age of their record, of a province or kind if given."""
    statement = select(organisation)
    if province is not None:
        statement = statement.where(organisation.c.province == province)
    if kind is not None:
        statement = statement.where(organisation.c.kind == kind)
    return await fetch_page(connection, statement, [organisation.c.id], request, _organisation)


async def file_committee(connection: AsyncConnection, filing: CommitteeFiling, command_id: UUID) -> None:
    """Record a filing; one of the same number recorded before is superseded, not erased."""
    await connection.execute(
        update(committee_filing)
        .where(
            committee_filing.c.filing_number == filing.filing_number,
            committee_filing.c.superseded_at.is_(None),
        )
        .values(superseded_at=filing.recorded_at)
    )
    values = {**asdict(filing), "series": list(filing.series)}
    await connection.execute(insert(committee_filing).values(**values, command_id=command_id))


async def find_filing(
    connection: AsyncConnection, filing_number: str, known_at: datetime | None = None
) -> CommitteeFiling | None:
    """The filing of this number as recorded now, or as it was recorded at `known_at`."""
    statement = select(committee_filing).where(committee_filing.c.filing_number == filing_number)
    if known_at is None:
        statement = statement.where(committee_filing.c.superseded_at.is_(None))
    else:
        statement = statement.where(
            committee_filing.c.recorded_at <= known_at,
            (committee_filing.c.superseded_at.is_(None)) | (committee_filing.c.superseded_at > known_at),
        )
    row = (await connection.execute(statement)).first()
    return None if row is None else _filing(row)


async def list_by_filing_numbers(connection: AsyncConnection, numbers: Sequence[str]) -> list[CommitteeFiling | None]:
    """The filings of these numbers as recorded now, in their order; None where there is none."""
    statement = select(committee_filing).where(
        committee_filing.c.filing_number.in_(numbers), committee_filing.c.superseded_at.is_(None)
    )
    found = {row.filing_number: _filing(row) for row in await connection.execute(statement)}
    return [found.get(number) for number in numbers]


async def list_filings(
    connection: AsyncConnection, request: PageRequest, *, authority_id: UUID | None
) -> Page[CommitteeFiling]:
    """The filings now recorded, of one authority if given."""
    statement = select(committee_filing).where(committee_filing.c.superseded_at.is_(None))
    if authority_id is not None:
        statement = statement.where(committee_filing.c.authority_id == authority_id)
    return await fetch_page(connection, statement, [committee_filing.c.id], request, _filing)


def _organisation(row: Row[Any]) -> Organisation:
    return Organisation(row.id, row.name_zh, row.name_en, row.kind, row.division, row.social_credit_code, row.ror_id)


def _filing(row: Row[Any]) -> CommitteeFiling:
    return CommitteeFiling(
        row.id,
        row.filing_number,
        row.authority_id,
        row.committee_name,
        row.filed_from,
        row.filed_to,
        row.max_level,
        tuple(row.series),
        row.recorded_at,
    )
