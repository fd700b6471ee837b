"""Counters of attempts in the database: per scope, per keyed digest of a subject, per window."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.storage.session import Caller, Database
from talent_registry.storage.tables import attempt

_COUNTS = "ON CONFLICT (scope, subject_digest, window_start) DO UPDATE SET count = attempt.count + 1"
# In one order everywhere, so that two callers never wait for each other.
_COUNT_ASKED = f"""
    WITH asker AS (
        SELECT * FROM unnest($1::text[], $2::bytea[], $3::timestamptz[], $4::bigint[])
            AS given (scope, subject, since, most)
    ), of_asker AS (
        INSERT INTO attempt (scope, subject_digest, window_start, count)
        SELECT scope, subject, since, 1 FROM asker ORDER BY scope {_COUNTS} RETURNING scope, count
    ), of_target AS (
        INSERT INTO attempt (scope, subject_digest, window_start, count)
        SELECT $5::text, $6::bytea, $7::timestamptz, 1
        WHERE $5::text IS NOT NULL
            AND NOT EXISTS (SELECT FROM of_asker JOIN asker USING (scope) WHERE count > most)
            AND NOT EXISTS (SELECT FROM command WHERE caller = $8::text AND idempotency_key = $9::text)
        {_COUNTS} RETURNING scope, count
    )
    SELECT scope, count, false FROM of_asker UNION ALL SELECT scope, count, true FROM of_target
"""
Key = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: the keyed digest of a subject in the window that began `since`, of which `limit` are allowed."""

    scope: str
    subject: bytes = field(repr=False)
    since: datetime
    limit: int


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


async def count_asked(
    database: Database, caller: Caller, today: date, asker: Sequence[Counted], target: Counted | None, key: Key
) -> tuple[dict[str, int], bool]:
    """Count one attempt of an asker and one at a target, in a transaction of its own, sent in one go.

    The target's is not counted where the asker had enough, or under `key` (None: a new one) was answered before.
    Counts by scope, and whether the target's was among them.
    """
    columns = [[getattr(one, name) for one in asker] for name in ("scope", "subject", "since", "limit")]
    aimed = (target.scope, target.subject, target.since) if target else (None, None, None)
    rows = await database.at_once(caller, today, _COUNT_ASKED, [*columns, *aimed, *key], writes=True)
    return {scope: count for scope, count, _ in rows}, any(is_target for _, _, is_target in rows)


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


async def give_back(connection: AsyncConnection, scope: str, subject: bytes, window_start: datetime) -> None:
    """Take one attempt off the window's count, never below none."""
    await connection.execute(
        update(attempt)
        .where(
            attempt.c.scope == scope,
            attempt.c.subject_digest == subject,
            attempt.c.window_start == window_start,
            attempt.c.count > 0,
        )
        .values(count=attempt.c.count - 1)
    )


async def forget_before(connection: AsyncConnection, instant: datetime) -> int:
    """Drop the counters of windows that began before an instant; how many there were."""
    return (await connection.execute(delete(attempt).where(attempt.c.window_start < instant))).rowcount
