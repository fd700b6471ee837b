"""Items of people's profiles in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, null, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.profiles import Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.storage.tables import profile_item


@dataclass(frozen=True, slots=True)
class KeptItem:
    """An item as it is kept: its value in plain (JSON), or sealed under the row's id where it is contact data."""

    id: UUID
    researcher_id: UUID
    item: PersonField
    visibility: Visibility
    recorded_at: datetime
    value: Any = field(default=None, repr=False)
    value_sealed: bytes | None = field(default=None, repr=False)
    key_id: str | None = None


async def list_items(
    connection: AsyncConnection, ids: Sequence[UUID], items: Sequence[PersonField]
) -> dict[UUID, dict[PersonField, KeptItem]]:
    """These items of these people, as now recorded and as far as the caller may see them."""
    statement = select(profile_item).where(
        profile_item.c.researcher_id.in_(ids),
        profile_item.c.item.in_([item.value for item in items]),
        profile_item.c.superseded_at.is_(None),
    )
    found: dict[UUID, dict[PersonField, KeptItem]] = {}
    for row in await connection.execute(statement):
        kept = KeptItem(
            row.id,
            row.researcher_id,
            PersonField(row.item),
            Visibility(row.visibility),
            row.recorded_at,
            row.value,
            None if row.value_sealed is None else bytes(row.value_sealed),
            row.key_id,
        )
        found.setdefault(row.researcher_id, {})[kept.item] = kept
    return found


async def supersede_item(connection: AsyncConnection, researcher_id: UUID, item: PersonField, at: datetime) -> None:
    """Close the item as now recorded, if there is one."""
    statement = update(profile_item).where(
        profile_item.c.researcher_id == researcher_id,
        profile_item.c.item == item.value,
        profile_item.c.superseded_at.is_(None),
    )
    await connection.execute(statement.values(superseded_at=at))


async def add_item(connection: AsyncConnection, kept: KeptItem, command_id: UUID) -> None:
    """Record an item."""
    await connection.execute(
        insert(profile_item).values(
            id=kept.id,
            researcher_id=kept.researcher_id,
            item=kept.item.value,
            value=null() if kept.value is None else kept.value,
            value_sealed=kept.value_sealed,
            key_id=kept.key_id,
            visibility=kept.visibility.value,
            recorded_at=kept.recorded_at,
            command_id=command_id,
        )
    )
