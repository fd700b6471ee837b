"""Watches in the database: begun by an office that verified the credential, ended once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.watches import Watch
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import credential_watch

_VERIFIED = text("SELECT one FROM unnest(cast(:ids AS uuid[])) one WHERE has_verified(one)")


async def list_verified(connection: AsyncConnection, ids: Collection[UUID]) -> set[UUID]:
    """Those of these credentials that the caller's office verified."""
    return set((await connection.execute(_VERIFIED, {"ids": list(ids)})).scalars())


async def add_watches(connection: AsyncConnection, new: Sequence[Watch], command_id: UUID) -> None:
    """Record watches; none costs nothing."""
    if new:
        await connection.execute(insert(credential_watch), [_values(one, command_id) for one in new])


async def end_open(
    connection: AsyncConnection, organisation_id: UUID, credential_ids: Collection[UUID], at: datetime
) -> None:
    """End whatever watches of an organisation on these credentials are not ended yet; those of rosters go on."""
    watch = credential_watch.c
    statement = update(credential_watch).where(
        watch.organisation_id == organisation_id,
        watch.credential_id.in_(credential_ids),
        watch.ended_at.is_(None),
        watch.roster_id.is_(None),
    )
    await connection.execute(statement.values(ended_at=at))


async def end_watch(connection: AsyncConnection, watch_id: UUID, at: datetime) -> None:
    """End a watch."""
    await connection.execute(update(credential_watch).where(credential_watch.c.id == watch_id).values(ended_at=at))


async def lock_watch(connection: AsyncConnection, watch_id: UUID) -> Watch | None:
    """The watch with this id, kept from other commands until this one ends."""
    statement = select(credential_watch).where(credential_watch.c.id == watch_id).with_for_update()
    row = (await connection.execute(statement)).first()
    return None if row is None else _watch(row)


async def list_watches(
    connection: AsyncConnection, organisation_id: UUID, request: PageRequest, credential_id: UUID | None = None
) -> Page[Watch]:
    """The watches of an organisation (on one credential), ended ones included, oldest first."""
    statement = select(credential_watch).where(credential_watch.c.organisation_id == organisation_id)
    if credential_id is not None:
        statement = statement.where(credential_watch.c.credential_id == credential_id)
    return await fetch_page(connection, statement, [credential_watch.c.id], request, _watch)


def _values(one: Watch, command_id: UUID) -> dict[str, Any]:
    return {
        "id": one.id,
        "credential_id": one.credential_id,
        "organisation_id": one.organisation_id,
        "account_id": one.account_id,
        "purpose": one.purpose,
        "valid_until": one.until,
        "started_at": one.started_at,
        "command_id": command_id,
    }


def _watch(row: Row[Any]) -> Watch:
    return Watch(
        row.id,
        row.credential_id,
        row.organisation_id,
        row.account_id,
        row.purpose,
        row.valid_until,
        row.started_at,
        row.ended_at,
        row.roster_id,
    )
