"""Webhooks in the database: registered by an office, moved on by whoever delivers (duty `deliver`)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.webhooks import Webhook
from talent_registry.storage.tables import event_receiver, webhook

# A delivery takes no longer; a worker that is silent for longer is taken over.
LEASE = timedelta(seconds=120)


# The id of the key and what it sealed.
SealedText = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class SealedSecrets:
    """The secret of a webhook, and the one before while it still holds."""

    secret: SealedText = field(repr=False)
    former: SealedText | None = field(default=None, repr=False)


async def add_webhook(connection: AsyncConnection, new: Webhook, secret: SealedText, command_id: UUID) -> None:
    """Record a webhook with its sealed secret."""
    await connection.execute(
        insert(webhook).values(
            id=new.id,
            organisation_id=new.organisation_id,
            actor_kind=new.actor_kind,
            province=new.province,
            url=new.url,
            secret_key_id=secret[0],
            secret_sealed=secret[1],
            registered_at=new.registered_at,
            position=new.position,
            command_id=command_id,
        )
    )


async def list_open(connection: AsyncConnection, organisation_id: UUID) -> list[Webhook]:
    """The webhooks of an organisation that are not closed, as far as the caller may see them, oldest first."""
    statement = select(webhook).where(webhook.c.organisation_id == organisation_id, webhook.c.closed_at.is_(None))
    return [_webhook(row) for row in await connection.execute(statement.order_by(webhook.c.id))]


async def lock_webhook(connection: AsyncConnection, webhook_id: UUID) -> tuple[Webhook, SealedSecrets] | None:
    """The webhook with this id, with its secrets, locked."""
    row = (await connection.execute(select(webhook).where(webhook.c.id == webhook_id).with_for_update())).first()
    return None if row is None else (_webhook(row), _secrets(row))


async def change_webhook(connection: AsyncConnection, webhook_id: UUID, **values: Any) -> None:  # noqa: ANN401 - columns
    """Set columns of a webhook."""
    await connection.execute(update(webhook).where(webhook.c.id == webhook_id).values(**values))


async def claim_due(
    connection: AsyncConnection, now: datetime, webhook_id: UUID | None = None
) -> tuple[Webhook, SealedSecrets] | None:
    """A webhook (this one, or any) to which something is to be sent, held from now on for `LEASE`; None: none is."""
    next_one = (
        select(webhook.c.id)
        .where(_due(now), *(() if webhook_id is None else (webhook.c.id == webhook_id,)))
        .order_by(func.coalesce(webhook.c.last_at, webhook.c.registered_at), webhook.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claim = update(webhook).where(webhook.c.id == next_one).values(due_at=now + LEASE).returning(webhook)
    row = (await connection.execute(claim)).first()
    return None if row is None else (_webhook(row), _secrets(row))


async def list_due(connection: AsyncConnection, now: datetime) -> list[UUID]:
    """The webhooks to which something is to be sent and that nobody holds."""
    return list((await connection.execute(select(webhook.c.id).where(_due(now)).order_by(webhook.c.id))).scalars())


async def settle(connection: AsyncConnection, held: Webhook, **values: Any) -> bool:  # noqa: ANN401 - columns
    """Note how a delivery ended; False where it was taken over, replayed or closed meanwhile."""
    statement = update(webhook).where(_still(held)).values(**values)
    return bool((await connection.execute(statement)).rowcount)


def _due(now: datetime) -> ColumnElement[bool]:
    pending = exists().where(
        event_receiver.c.position > webhook.c.position,
        or_(
            event_receiver.c.organisation_id == webhook.c.organisation_id,
            event_receiver.c.province == webhook.c.province,
        ),
    )
    return and_(
        webhook.c.closed_at.is_(None),
        or_(webhook.c.due_at.is_(None), webhook.c.due_at <= now),
        or_(pending, webhook.c.test_id.is_not(None)),
    )


def _still(held: Webhook) -> ColumnElement[bool]:
    return and_(
        webhook.c.id == held.id,
        webhook.c.closed_at.is_(None),
        webhook.c.due_at == held.due_at,
        webhook.c.position == held.position,
    )


def _secrets(row: Row[Any]) -> SealedSecrets:
    former = None if row.former_sealed is None else (row.former_key_id, bytes(row.former_sealed))
    return SealedSecrets((row.secret_key_id, bytes(row.secret_sealed)), former)


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        organisation_id=row.organisation_id,
        actor_kind=row.actor_kind,
        province=row.province,
        url=row.url,
        registered_at=row.registered_at,
        position=row.position,
        attempts=row.attempts,
        due_at=row.due_at,
        former_until=row.former_until,
        closed_at=row.closed_at,
        test_id=row.test_id,
        last_status=row.last_status,
        last_at=row.last_at,
    )
