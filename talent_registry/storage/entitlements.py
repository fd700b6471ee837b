"""What answered checks of entitlements relied on, in the database; read by the statement that recalls alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.storage.tables import entitlement_reliance


@dataclass(frozen=True, slots=True)
class Reliance:
    """A credential by which an answer for a day was reached, and the facts told of it, by name."""

    credential_id: UUID
    on: date
    facts: Mapping[str, Any]
    status_only: bool = False


async def add_reliances(
    connection: AsyncConnection, relied: Sequence[Reliance], researcher_id: UUID, command_id: UUID
) -> None:
    """Keep what the check of this command relied on (duty `recognise`)."""
    rows = [
        {
            "command_id": command_id,
            "credential_id": one.credential_id,
            "researcher_id": researcher_id,
            "on_day": one.on,
            "facts": dict(one.facts),
            "status_only": one.status_only,
        }
        for one in relied
    ]
    if rows:
        await connection.execute(insert(entitlement_reliance), rows)
