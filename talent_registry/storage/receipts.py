"""Receipts in the database: added once, final, the same bytes for whoever asks again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.receipts import Receipt, ReceiptKind
from talent_registry.storage.tables import receipt, recognition_decision


async def add(connection: AsyncConnection, command_id: UUID, given: Sequence[Receipt]) -> None:
    """Keep the receipts of a command; none costs nothing."""
    if given:
        await connection.execute(insert(receipt).values([_values(one, command_id) for one in given]))


async def list_of_command(connection: AsyncConnection, command_id: UUID) -> tuple[Receipt, ...]:
    """The receipts of a command, in the order in which they were given."""
    statement = select(receipt).where(receipt.c.command_id == command_id).order_by(receipt.c.id)
    return tuple(_receipt(row) for row in await connection.execute(statement))


async def find_receipt(connection: AsyncConnection, receipt_id: UUID) -> Receipt | None:
    """The receipt with this id, if the caller's transaction may see it."""
    row = (await connection.execute(select(receipt).where(receipt.c.id == receipt_id))).first()
    return None if row is None else _receipt(row)


async def list_of_decision(connection: AsyncConnection, decision_id: UUID) -> tuple[Receipt, ...]:
    """The receipts of the command that took a decision, as far as the caller's transaction may see them."""
    taken = select(recognition_decision.c.command_id).where(recognition_decision.c.id == decision_id)
    statement = select(receipt).where(receipt.c.command_id == taken.scalar_subquery()).order_by(receipt.c.id)
    return tuple(_receipt(row) for row in await connection.execute(statement))


def _values(one: Receipt, command_id: UUID) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind.value,
        "researcher_id": one.researcher_id,
        "account_id": one.account_id,
        "organisation_id": one.organisation_id,
        "issued_at": one.issued_at,
        "compact": one.compact,
        "command_id": command_id,
    }


def _receipt(row: Row[Any]) -> Receipt:
    return Receipt(
        row.id,
        ReceiptKind(row.kind),
        row.researcher_id,
        row.account_id,
        row.organisation_id,
        row.issued_at,
        row.compact,
    )
