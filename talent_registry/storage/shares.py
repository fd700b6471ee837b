"""Share codes in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.shares import Share, ShareField, ShareTerms
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.session import duty
from talent_registry.storage.tables import researcher, share_code

_DUTY = "share"


async def add_share(
    connection: AsyncConnection, given: Share, code: bytes, pin_hash: str | None, command_id: UUID
) -> None:
    """Record a share code; `code` is its keyed digest."""
    await connection.execute(
        insert(share_code).values(
            id=given.id,
            researcher_id=given.researcher_id,
            code_digest=code,
            pin_hash=pin_hash,
            purpose=given.terms.purpose,
            credential_ids=list(given.terms.credential_ids),
            fields=[field.value for field in given.terms.fields],
            division=given.terms.division,
            issued_at=given.issued_at,
            expires_at=given.expires_at,
            command_id=command_id,
        )
    )


async def lock_own(connection: AsyncConnection, share_id: UUID) -> Share | None:
    """The share code with this id, if it is the caller's, kept from other commands until this one ends."""
    row = (await connection.execute(select(share_code).where(share_code.c.id == share_id).with_for_update())).first()
    return None if row is None else _share(row)


async def lock_by_code(connection: AsyncConnection, codes: Sequence[bytes]) -> tuple[Share, str | None] | None:
    """The share code of this keyed digest (under any key) and the hash of its PIN, kept until this command ends.

    The person first, as every command that changes what the person has does: such a command is through, or waits.
    """
    known = select(share_code.c.researcher_id).where(share_code.c.code_digest.in_(codes))
    holder = select(researcher.c.id).where(researcher.c.id.in_(known)).with_for_update(read=True)
    async with duty(connection, _DUTY):
        await connection.execute(holder)
        statement = select(share_code).where(share_code.c.code_digest.in_(codes)).with_for_update()
        row = (await connection.execute(statement)).first()
    return None if row is None else (_share(row), row.pin_hash)


async def note_wrong_pin(
    connection: AsyncConnection, share_id: UUID, wrong_pins: int, closed_at: datetime | None
) -> None:
    """Note how many wrong PINs were tried by now, and that the last allowed one was."""
    changed = update(share_code).where(share_code.c.id == share_id).values(wrong_pins=wrong_pins, closed_at=closed_at)
    async with duty(connection, _DUTY):
        await connection.execute(changed)


async def revoke(connection: AsyncConnection, share_id: UUID, at: datetime) -> None:
    """Close a share code of the caller's for good."""
    await connection.execute(update(share_code).where(share_code.c.id == share_id).values(revoked_at=at))


async def find_opened(connection: AsyncConnection, share_id: UUID) -> Share | None:
    """The share code with this id, for whoever just opened it."""
    async with duty(connection, _DUTY):
        row = (await connection.execute(select(share_code).where(share_code.c.id == share_id))).first()
    return None if row is None else _share(row)


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Share | None]:
    """The caller's own share codes with these ids, in their order."""
    rows = await connection.execute(select(share_code).where(share_code.c.id.in_(ids)))
    found = {row.id: _share(row) for row in rows}
    return [found.get(share_id) for share_id in ids]


async def find_digest(connection: AsyncConnection, share_id: UUID) -> bytes | None:
    """The keyed digest of a share code of the caller's own."""
    statement = select(share_code.c.code_digest).where(share_code.c.id == share_id)
    found = (await connection.execute(statement)).scalar_one_or_none()
    return None if found is None else bytes(found)


async def list_own(connection: AsyncConnection, researcher_id: UUID, request: PageRequest) -> Page[Share]:
    """The share codes of a person, past ones included, oldest first."""
    statement = select(share_code).where(share_code.c.researcher_id == researcher_id)
    return await fetch_page(connection, statement, [share_code.c.id], request, _share)


async def count_open(connection: AsyncConnection, researcher_id: UUID, at: datetime) -> int:
    """How many share codes of a person are open at an instant."""
    statement = select(func.count()).where(
        share_code.c.researcher_id == researcher_id,
        share_code.c.revoked_at.is_(None),
        share_code.c.closed_at.is_(None),
        share_code.c.expires_at > at,
    )
    return int((await connection.execute(statement)).scalar_one())


def _share(row: Row[Any]) -> Share:
    fields = tuple(ShareField(field) for field in row.fields)
    return Share(
        row.id,
        row.researcher_id,
        ShareTerms(row.purpose, tuple(row.credential_ids), fields, row.division),
        row.pin_hash is not None,
        row.issued_at,
        row.expires_at,
        row.wrong_pins,
        row.revoked_at,
        row.closed_at,
    )
