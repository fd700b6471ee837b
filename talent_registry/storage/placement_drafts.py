"""Drafts of placements in the database; a row is its author's alone."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.pages import Page, PageRequest
from talent_registry.domain.placement_drafts import (
    PlacementDraft,
    PlacementDraftState,
    content_as_json,
    content_from_json,
)
from talent_registry.domain.placement_states import Party
from talent_registry.storage.paging import fetch_page
from talent_registry.storage.tables import placement_draft


async def add_draft(connection: AsyncConnection, new: PlacementDraft, command_id: UUID) -> None:
    """Record a new draft."""
    await connection.execute(
        insert(placement_draft).values(
            id=new.id,
            researcher_id=new.researcher_id,
            host_unit_id=new.host_unit_id,
            party=new.by.value,
            unit_id=new.unit_id,
            made_at=new.made_at,
            command_id=command_id,
            **_changing(new),
        )
    )


async def save_draft(connection: AsyncConnection, changed: PlacementDraft) -> None:
    """Write what may change of a draft; of a discarded one the content is not kept."""
    await connection.execute(
        update(placement_draft).where(placement_draft.c.id == changed.id).values(**_changing(changed))
    )


async def lock_draft(connection: AsyncConnection, draft_id: UUID) -> PlacementDraft | None:
    """The draft as it now stands; whoever else changes it waits until this transaction ends."""
    statement = select(placement_draft).where(placement_draft.c.id == draft_id).with_for_update()
    row = (await connection.execute(statement)).first()
    return None if row is None else _draft(row)


async def list_by_ids(connection: AsyncConnection, ids: Sequence[UUID]) -> list[PlacementDraft | None]:
    """The drafts with these ids, in their order; None for each that the caller's transaction may not see."""
    rows = await connection.execute(select(placement_draft).where(placement_draft.c.id.in_(ids)))
    found = {row.id: _draft(row) for row in rows}
    return [found.get(draft_id) for draft_id in ids]


async def list_drafts(
    connection: AsyncConnection, request: PageRequest, state: PlacementDraftState | None
) -> Page[PlacementDraft]:
    """The drafts that the caller's transaction may see, oldest first; None: in any state."""
    statement = select(placement_draft)
    if state is not None:
        statement = statement.where(placement_draft.c.state == state.value)
    return await fetch_page(connection, statement, [placement_draft.c.id], request, _draft)


def _changing(draft: PlacementDraft) -> dict[str, Any]:
    discarded = draft.state is PlacementDraftState.DISCARDED
    return {
        "content": {} if discarded else content_as_json(draft.content),
        "state": draft.state.value,
        "placement_id": draft.placement_id,
        "changed_at": draft.changed_at,
    }


def _draft(row: Row[Any]) -> PlacementDraft:
    return PlacementDraft(
        id=row.id,
        researcher_id=row.researcher_id,
        host_unit_id=row.host_unit_id,
        by=Party(row.party),
        unit_id=row.unit_id,
        content=content_from_json(row.content),
        state=PlacementDraftState(row.state),
        placement_id=row.placement_id,
        made_at=row.made_at,
        changed_at=row.changed_at,
    )
