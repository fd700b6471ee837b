"""Researchers and the dated facts about them in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.researchers import Researcher
from talent_registry.storage.ids import new_id
from talent_registry.storage.session import duty
from talent_registry.storage.tables import (
    household_registration,
    identity_document,
    personnel_relation,
    researcher,
    researcher_name,
)

_NEXT_NUMBER = text("SELECT nextval(pg_get_serial_sequence('researcher', 'sequence'))")


class FactKind(StrEnum):
    """The dated facts about a person."""

    NAME = "NAME"
    DOCUMENT = "DOCUMENT"
    HOUSEHOLD = "HOUSEHOLD"
    PERSONNEL_RELATION = "PERSONNEL_RELATION"


_TABLES: dict[FactKind, Table] = {
    FactKind.NAME: researcher_name,
    FactKind.DOCUMENT: identity_document,
    FactKind.HOUSEHOLD: household_registration,
    FactKind.PERSONNEL_RELATION: personnel_relation,
}


@dataclass(frozen=True, slots=True)
class Written:
    """What every new row of a fact carries: whose, since when until when, from which source, by which command."""

    researcher_id: UUID
    valid_from: date
    valid_until: date | None
    source_id: UUID | None
    recorded_at: datetime
    command_id: UUID


@dataclass(frozen=True, slots=True)
class NameText:
    """A name in normal form with what it is read, sorted and sought by."""

    name_zh: str = field(repr=False)
    name_en: str | None = field(repr=False)
    pinyin: str = field(repr=False)
    sort_key: str = field(repr=False)
    search_keys: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """An identity document as it is kept: `id` is the row's id and the context of the seal."""

    id: UUID
    kind: str
    number_sealed: bytes = field(repr=False)
    key_id: str
    number_digest: bytes = field(repr=False)
    number_masked: str = field(repr=False)


async def next_sequence(connection: AsyncConnection) -> int:
    """The next number from which a public number is made; never given twice."""
    return int((await connection.execute(_NEXT_NUMBER)).scalar_one())


async def add_researcher(connection: AsyncConnection, person: Researcher, sequence: int, command_id: UUID) -> None:
    """Record a new person, as yet without any fact."""
    await connection.execute(
        insert(researcher).values(
            id=person.id,
            sequence=sequence,
            public_number=person.public_number,
            registered_at=person.registered_at,
            command_id=command_id,
        )
    )


async def find_by_document(connection: AsyncConnection, digest: bytes) -> UUID | None:
    """The person to whom the document with this keyed digest belongs, whoever may see them (duty `match`)."""
    return (await list_by_documents(connection, [digest])).get(digest)


async def list_by_documents(connection: AsyncConnection, digests: Sequence[bytes]) -> dict[bytes, UUID]:
    """The people to whom these documents belong, by keyed digest; unknown digests are left out (duty `match`)."""
    statement = select(identity_document.c.number_digest, identity_document.c.researcher_id).where(
        identity_document.c.number_digest.in_(digests), identity_document.c.superseded_at.is_(None)
    )
    async with duty(connection, "match"):
        rows = (await connection.execute(statement)).all()
    return {bytes(row.number_digest): row.researcher_id for row in rows}


async def find_researcher(connection: AsyncConnection, researcher_id: UUID) -> Researcher | None:
    """The person with this id."""
    return (await list_researchers(connection, [researcher_id])).get(researcher_id)


async def list_researchers(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Researcher]:
    """The people with these ids; unknown ids are left out."""
    rows = await connection.execute(select(researcher).where(researcher.c.id.in_(ids)))
    return {row.id: Researcher(row.id, row.public_number, row.registered_at) for row in rows}


async def find_by_public_number(connection: AsyncConnection, public_number: str) -> Researcher | None:
    """The person with this public number in normal form."""
    row = (await connection.execute(select(researcher).where(researcher.c.public_number == public_number))).first()
    return None if row is None else Researcher(row.id, row.public_number, row.registered_at)


async def lock_researcher(connection: AsyncConnection, researcher_id: UUID) -> Researcher | None:
    """The person with this id, kept from other commands until this one ends."""
    statement = select(researcher).where(researcher.c.id == researcher_id).with_for_update()
    row = (await connection.execute(statement)).first()
    return None if row is None else Researcher(row.id, row.public_number, row.registered_at)


async def add_name(connection: AsyncConnection, name: NameText, written: Written) -> None:
    """Record a name."""
    values = {
        "name_zh": name.name_zh,
        "name_en": name.name_en,
        "pinyin": name.pinyin,
        "sort_key": name.sort_key,
        "search_keys": list(name.search_keys),
    }
    await _add(connection, researcher_name, written, new_id(), values)


async def add_document(connection: AsyncConnection, document: SealedDocument, written: Written) -> None:
    """Record an identity document."""
    values = {
        "kind": document.kind,
        "number_sealed": document.number_sealed,
        "key_id": document.key_id,
        "number_digest": document.number_digest,
        "number_masked": document.number_masked,
    }
    await _add(connection, identity_document, written, document.id, values)


async def add_household(connection: AsyncConnection, division: str, written: Written) -> None:
    """Record a household registration."""
    await _add(connection, household_registration, written, new_id(), {"division": division})


async def add_relation(
    connection: AsyncConnection,
    home_unit_id: UUID,
    file_unit_id: UUID | None,
    insurance_division: str | None,
    written: Written,
) -> None:
    """Record a personnel relation."""
    values = {
        "home_unit_id": home_unit_id,
        "file_unit_id": file_unit_id,
        "insurance_division": insurance_division,
    }
    await _add(connection, personnel_relation, written, new_id(), values)


async def supersede(connection: AsyncConnection, kind: FactKind, row_id: UUID, at: datetime) -> None:
    """Close the recorded time of a fact."""
    table = _TABLES[kind]
    await connection.execute(update(table).where(table.c.id == row_id).values(superseded_at=at))


async def repeat(
    connection: AsyncConnection, kind: FactKind, row_id: UUID, changed: dict[str, Any], at: datetime, command_id: UUID
) -> None:
    """Record a superseded fact again with some columns changed, as its last day."""
    table = _TABLES[kind]
    row = (await connection.execute(select(table).where(table.c.id == row_id))).mappings().one()
    values = {
        **row,
        "id": new_id(),
        "recorded_at": at,
        "superseded_at": None,
        "command_id": command_id,
        **changed,
    }
    await connection.execute(insert(table).values(values))


async def _add(
    connection: AsyncConnection, table: Table, written: Written, row_id: UUID, values: dict[str, Any]
) -> None:
    await connection.execute(
        insert(table).values(
            id=row_id,
            researcher_id=written.researcher_id,
            valid_from=written.valid_from,
            valid_until=written.valid_until,
            source_id=written.source_id,
            recorded_at=written.recorded_at,
            command_id=written.command_id,
            **values,
        )
    )
