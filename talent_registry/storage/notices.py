"""Notices in the database: queued with a recall, acknowledged once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.notices import Notice, Receiver
from talent_registry.domain.pages import Page, PageRequest
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.recalls import read_recall
from talent_registry.storage.tables import credential, notice, notice_receipt, recall

# What a recall says beside what its notices have of their own: its id and its command.
_OF_RECALL = [column for column in recall.c if column.name not in ("id", "command_id")]


async def list_notices(
    connection: AsyncConnection, request: PageRequest, receivers: Sequence[Receiver], *, unread: bool
) -> Page[Notice]:
    """The notices to any of these receivers, oldest first; `unread`: only those not acknowledged yet."""
    to = [
        column == value
        for one in receivers
        for column, value in (
            (notice.c.organisation_id, one.organisation_id),
            (notice.c.researcher_id, one.researcher_id),
            (notice.c.province, one.province),
        )
        if value is not None
    ]
    statement = _notices().where(or_(*to))
    if unread:
        statement = statement.where(notice_receipt.c.notice_id.is_(None))
    return await fetch_page(connection, statement, [notice.c.id], request, _notice)


async def find_notice(connection: AsyncConnection, notice_id: UUID) -> Notice | None:
    """The notice with this id."""
    return (await list_by_ids(connection, [notice_id]))[0]


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[Notice | None]:
    """The notices with these ids, in their order; None where there is none that the caller's transaction may see."""
    rows = await connection.execute(_notices().where(notice.c.id.in_(ids)))
    found = {row.id: _notice(row) for row in rows}
    return [found.get(one) for one in ids]


async def list_of_recalls(connection: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, list[Notice]]:
    """The notices of each of these recalls."""
    rows = await connection.execute(_notices().where(recall.c.id.in_(ids)).order_by(notice.c.id))
    found: dict[UUID, list[Notice]] = {one: [] for one in ids}
    for row in rows:
        found[row.recall_id].append(_notice(row))
    return found


async def list_numbers(connection: AsyncConnection, credential_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The certificate number of each credential (duty `verify`: whoever is told relied on that very certificate)."""
    statement = select(credential.c.id, credential.c.number).where(credential.c.id.in_(credential_ids))
    return {row.id: row.number for row in await connection.execute(statement)}


async def add_receipt(connection: AsyncConnection, notice_id: UUID, at: datetime, command_id: UUID) -> bool:
    """Acknowledge a notice; False where somebody did before."""
    statement = upsert(notice_receipt).values(notice_id=notice_id, at=at, command_id=command_id)
    done = statement.on_conflict_do_nothing().returning(notice_receipt.c.notice_id)
    return (await connection.execute(done)).first() is not None


def _notices() -> Select[Any]:
    return (
        select(notice, *_OF_RECALL, notice_receipt.c.at.label("acknowledged_at"))
        .join(recall, recall.c.id == notice.c.recall_id)
        .outerjoin(notice_receipt, notice_receipt.c.notice_id == notice.c.id)
    )


def _notice(row: Row[Any]) -> Notice:
    receiver = Receiver(row.organisation_id, row.researcher_id, row.province)
    return Notice(row.id, read_recall(row, row.recall_id), receiver, row.queued_at, row.acknowledged_at)
