"""What everybody's decisions rest on, filings of committees and the agreement itself, under one lock."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Decisions rest on filings by number and on every version approved; both change seldom, so one lock serves all.
_LOCK = text("SELECT pg_advisory_xact_lock(7238459003)")
_SHARE = text("SELECT pg_advisory_xact_lock_shared(7238459003)")


async def lock(connection: AsyncConnection) -> None:
    """Before a filing or the agreement changes; until the transaction ends."""
    await connection.execute(_LOCK)


async def share(connection: AsyncConnection) -> None:
    """Before a decision rests on filings and the agreement; until the transaction ends."""
    await connection.execute(_SHARE)
