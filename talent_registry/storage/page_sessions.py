"""Sessions of browsers in the database."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.storage.session import duty
from talent_registry.storage.tables import page_session

_DUTY = "page-session"


async def add_session(
    connection: AsyncConnection, *, session_id: UUID, account_id: UUID, token: bytes, at: datetime, ends_at: datetime
) -> None:
    """Record a session that begins; `token` is the digest of what the browser holds."""
    values = {"id": session_id, "account_id": account_id, "token_digest": token}
    async with duty(connection, _DUTY):
        await connection.execute(insert(page_session).values(**values, opened_at=at, used_at=at, ends_at=ends_at))


async def find_account_id(
    connection: AsyncConnection, tokens: list[bytes], now: datetime, idle_since: datetime
) -> tuple[UUID, datetime] | None:
    """The account of a session that is open, used since `idle_since` and not at its end, and when it was used last."""
    statement = select(page_session.c.account_id, page_session.c.used_at).where(
        page_session.c.token_digest.in_(tokens),
        page_session.c.closed_at.is_(None),
        page_session.c.ends_at > now,
        page_session.c.used_at > idle_since,
    )
    async with duty(connection, _DUTY):
        row = (await connection.execute(statement)).first()
    return None if row is None else (row.account_id, row.used_at)


async def touch(connection: AsyncConnection, tokens: list[bytes], at: datetime) -> None:
    """Note that a session was used."""
    async with duty(connection, _DUTY):
        await connection.execute(update(page_session).where(page_session.c.token_digest.in_(tokens)).values(used_at=at))


async def close(connection: AsyncConnection, tokens: list[bytes], at: datetime) -> None:
    """End a session; whoever still holds its token is nobody."""
    ended = update(page_session).where(page_session.c.token_digest.in_(tokens), page_session.c.closed_at.is_(None))
    async with duty(connection, _DUTY):
        await connection.execute(ended.values(closed_at=at))


async def forget_before(connection: AsyncConnection, instant: datetime) -> int:
    """Drop the sessions whose term ended before an instant; how many there were."""
    async with duty(connection, _DUTY):
        return (await connection.execute(delete(page_session).where(page_session.c.ends_at < instant))).rowcount
