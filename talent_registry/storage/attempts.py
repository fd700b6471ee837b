"""Counters of attempts in the database: per scope, per keyed digest of a subject, per window."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.storage.tables import attempt


async def count_one(
    connection: AsyncConnection, scope: str, subject: bytes, window_start: datetime, amount: int = 1
) -> int:
    """Count one more attempt, or `amount`, and say how many the window now holds; callers are counted in turn."""
    new = upsert(attempt).values(scope=scope, subject_digest=subject, window_start=window_start, count=amount)
    statement = new.on_conflict_do_update(
        index_elements=[attempt.c.scope, attempt.c.subject_digest, attempt.c.window_start],
        set_={"count": attempt.c.count + amount},
    ).returning(attempt.c.count)
    return int((await connection.execute(statement)).scalar_one())


async def list_counts(
    connection: AsyncConnection, scope: str, subjects: Collection[bytes], window_start: datetime
) -> dict[bytes, int]:
    """How many attempts the window holds on each of these subjects that has any."""
    statement = select(attempt.c.subject_digest, attempt.c.count).where(
        attempt.c.scope == scope, attempt.c.subject_digest.in_(subjects), attempt.c.window_start == window_start
    )
    return {bytes(subject): count for subject, count in await connection.execute(statement)}


async def list_spent(connection: AsyncConnection, scope: str, limit: int, window_start: datetime) -> set[bytes]:
    """The subjects on which the window holds as many attempts as are allowed, or more."""
    statement = select(attempt.c.subject_digest).where(
        attempt.c.scope == scope, attempt.c.window_start == window_start, attempt.c.count >= limit
    )
    return {bytes(subject) for subject in await connection.scalars(statement)}


async def give_back(
    connection: AsyncConnection, scope: str, subject: bytes, window_start: datetime, amount: int = 1
) -> None:
    """Take one attempt, or `amount`, off the window's count, never below none."""
    await connection.execute(
        update(attempt)
        .where(
            attempt.c.scope == scope,
            attempt.c.subject_digest == subject,
            attempt.c.window_start == window_start,
            attempt.c.count >= amount,
        )
        .values(count=attempt.c.count - amount)
    )


async def forget_before(connection: AsyncConnection, instant: datetime) -> int:
    """Drop the counters of windows that began before an instant; how many there were."""
    return (await connection.execute(delete(attempt).where(attempt.c.window_start < instant))).rowcount
