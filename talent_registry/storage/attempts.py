"""Counters of attempts in the database: per scope, per keyed digest of a subject, per window."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.storage.session import Caller, Database
from talent_registry.storage.tables import attempt

_COUNTS = "ON CONFLICT (scope, subject_digest, window_start) DO UPDATE SET count = attempt.count + excluded.count"
# Of several who are counted at once each gets the number that it would have had in its turn. In one order everywhere,
# so that no two who count wait for each other.
_COUNT_ASKED = f"""
    WITH asker AS (
        SELECT * FROM unnest($1::int[], $2::text[], $3::bytea[], $4::timestamptz[], $5::bigint[])
            AS given (place, scope, subject, since, most)
    ), target AS (
        SELECT * FROM unnest($6::int[], $7::text[], $8::bytea[], $9::timestamptz[], $10::text[], $11::text[])
            AS given (place, scope, subject, since, caller, key)
    ), used_up AS (
        SELECT place, scope, most + 1 AS count
        FROM unnest($12::int[], $13::text[], $14::bytea[], $15::timestamptz[], $16::bigint[])
            AS given (place, scope, subject, since, most)
        JOIN attempt USING (scope) WHERE subject_digest = subject AND window_start = since AND count >= most
    ), of_askers AS (
        INSERT INTO attempt (scope, subject_digest, window_start, count)
        SELECT scope, subject, since, count(*) FROM asker GROUP BY scope, subject, since ORDER BY scope, subject, since
        {_COUNTS} RETURNING scope, subject_digest, window_start, count
    ), of_asker AS (
        SELECT place, scope, most, of_askers.count - count(*) OVER (PARTITION BY scope, subject, since)
            + row_number() OVER (PARTITION BY scope, subject, since ORDER BY place) AS count
        FROM asker JOIN of_askers USING (scope) WHERE subject_digest = subject AND window_start = since
    ), aimed AS (
        SELECT * FROM target
        WHERE NOT EXISTS (SELECT FROM of_asker WHERE of_asker.place = target.place AND count > most)
            AND NOT EXISTS (SELECT FROM used_up WHERE used_up.place = target.place)
            AND NOT EXISTS (SELECT FROM command WHERE caller = target.caller AND idempotency_key = target.key)
    ), of_targets AS (
        INSERT INTO attempt (scope, subject_digest, window_start, count)
        SELECT scope, subject, since, count(*) FROM aimed GROUP BY scope, subject, since ORDER BY scope, subject, since
        {_COUNTS} RETURNING scope, subject_digest, window_start, count
    )
    SELECT place, scope, count, false FROM of_asker UNION ALL SELECT place, scope, count, false FROM used_up UNION ALL
    SELECT place, scope, of_targets.count - count(*) OVER (PARTITION BY scope, subject, since)
        + row_number() OVER (PARTITION BY scope, subject, since ORDER BY place), true
    FROM aimed JOIN of_targets USING (scope) WHERE subject_digest = subject AND window_start = since
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted: the keyed digest of a subject in the window that began `since`, of which `limit` are allowed."""

    scope: str
    subject: bytes = field(repr=False)
    since: datetime
    limit: int


@dataclass(frozen=True, slots=True)
class Asked:
    """An attempt: the allowances of whoever asks, what it is aimed at (None: nothing), and its idempotency key.

    Those it is to stay `within` are looked at and not counted; where one is used up, its count is told as beyond it.

    `key` is None where it was made for this attempt, which then repeats nothing; `caller` is whose keys it is among.
    """

    asker: Sequence[Counted]
    within: Sequence[Counted]
    target: Counted | None
    caller: str
    key: str | None = field(repr=False)


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
    database: Database, caller: Caller, today: date, asked: Sequence[Asked]
) -> list[tuple[dict[str, int], bool]]:
    """Count attempts, in order, in a transaction of their own that is sent in one go.

    A target is not counted where the asker had enough, or was answered under the key before. For each attempt the
    counts by scope, and whether the target's is among them.
    """
    askers = [(place, one) for place, each in enumerate(asked) for one in each.asker]
    within = [(place, one) for place, each in enumerate(asked) for one in each.within]
    aimed = [(place, each, each.target) for place, each in enumerate(asked) if each.target is not None]
    rows = await database.at_once(
        caller,
        today,
        _COUNT_ASKED,
        [
            [place for place, _ in askers],
            *([getattr(one, name) for _, one in askers] for name in ("scope", "subject", "since", "limit")),
            [place for place, _, _ in aimed],
            *([getattr(one, name) for _, _, one in aimed] for name in ("scope", "subject", "since")),
            *([getattr(each, name) for _, each, _ in aimed] for name in ("caller", "key")),
            [place for place, _ in within],
            *([getattr(one, name) for _, one in within] for name in ("scope", "subject", "since", "limit")),
        ],
        writes=True,
    )
    counts: list[dict[str, int]] = [{} for _ in asked]
    for place, scope, count, _ in rows:
        counts[place][scope] = count
    hit = {place for place, _, _, is_target in rows if is_target}
    return [(each, place in hit) for place, each in enumerate(counts)]


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
