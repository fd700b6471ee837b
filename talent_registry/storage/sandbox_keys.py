"""Keys that a sandbox gave to developers, in the database."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.storage.session import duty
from talent_registry.storage.tables import sandbox_key

_DUTY = "sandbox-key"


@dataclass(frozen=True, slots=True)
class SandboxKey:
    """A key: whose client, until when, its person and certificate (None: not made yet)."""

    account_id: UUID
    mail_digest: bytes = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    researcher_id: UUID | None = None
    credential_id: UUID | None = None


async def add_key(connection: AsyncConnection, key: SandboxKey) -> None:
    """Record a key that was given."""
    values = {name: getattr(key, name) for name in ("account_id", "mail_digest", "issued_at", "expires_at")}
    async with duty(connection, _DUTY):
        await connection.execute(insert(sandbox_key).values(**values))


async def find_key(connection: AsyncConnection, account_id: UUID) -> SandboxKey | None:
    """The key of a client."""
    async with duty(connection, _DUTY):
        row = (await connection.execute(select(sandbox_key).where(sandbox_key.c.account_id == account_id))).first()
    return None if row is None else SandboxKey(**row._mapping)  # noqa: SLF001 - the row as a mapping, by its one name


async def furnish(
    connection: AsyncConnection, account_id: UUID, *, researcher_id: UUID, credential_id: UUID | None
) -> None:
    """Note the person and the present certificate of a key."""
    changed = update(sandbox_key).where(sandbox_key.c.account_id == account_id)
    async with duty(connection, _DUTY):
        await connection.execute(changed.values(researcher_id=researcher_id, credential_id=credential_id))


async def remove_key(connection: AsyncConnection, account_id: UUID) -> None:
    """Forget a key, and with it the digest of the mail address."""
    async with duty(connection, _DUTY):
        await connection.execute(delete(sandbox_key).where(sandbox_key.c.account_id == account_id))


async def list_expired(connection: AsyncConnection, now: datetime) -> list[UUID]:
    """The clients whose keys ended at `now` or before."""
    statement = select(sandbox_key.c.account_id).where(sandbox_key.c.expires_at <= now)
    async with duty(connection, _DUTY):
        return list((await connection.execute(statement.order_by(sandbox_key.c.expires_at))).scalars())
