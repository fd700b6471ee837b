"""Limits on how often something is tried, per caller and per target, that hold across all processes of the registry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from talent_registry.domain.errors import Limited
from talent_registry.domain.messages import Message
from talent_registry.services.permissions import ANONYMOUS, Actor
from talent_registry.services.registry import Registry, caller_of, whose_key
from talent_registry.signing.sealing import digest
from talent_registry.storage import attempts, ledger
from talent_registry.storage.attempts import Asked, Counted

MINUTE = 60
HOUR = 3_600
DAY = 86_400
_KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most `limit` attempts of `scope` on one subject within a window of `seconds`.

    Windows are cut from the epoch on, so that every process cuts them alike.
    """

    scope: str
    limit: int
    seconds: int

    def window_start(self, now: datetime) -> datetime:
        """When the window of an instant began."""
        instant = int(now.timestamp())
        return datetime.fromtimestamp(instant - instant % self.seconds, UTC)

    def retry_after(self, now: datetime) -> int:
        """Seconds until the next window begins, at least 1."""
        end = self.window_start(now) + timedelta(seconds=self.seconds)
        return max(1, int((end - now).total_seconds()) + 1)


async def count_attempts(
    registry: Registry, subject: str, *allowances: Allowance, amount: int = 1, within: tuple[Allowance, ...] = ()
) -> None:
    """Count one attempt, or `amount`, on `subject` (kept as a keyed digest); `Limited` if an allowance is used up.

    Those that the attempt is to stay `within` are looked at and not counted: what comes of it uses them up.

    The count stands even if what follows fails. The words are the same for every subject, so a refusal tells nothing
    about it.
    """
    now = registry.clock()
    spent: list[Allowance] = []
    async with registry.noting(ANONYMOUS) as connection:
        # In one order everywhere, so that two callers never wait for each other.
        for each in sorted((*allowances, *within), key=lambda allowance: allowance.scope):
            known, uses = digest(registry.keys, each.scope, subject), each not in within
            used = await attempts.count_one(
                connection, each.scope, known, each.window_start(now), amount if uses else 0
            )
            if used > each.limit or (not uses and used == each.limit):
                spent.append(each)
    if spent:
        raise limited(max(each.retry_after(now) for each in spent))


async def count_asked(
    registry: Registry,
    actor: Actor,
    asker: tuple[str, Sequence[Allowance]],
    target: tuple[str, Allowance] | None,
    key: str | None,
    within: Sequence[Allowance] = (),
) -> Counted | None:
    """Count one attempt of whoever asks and one at what is asked about, in one go, as `count_attempts` does.

    The target's is counted neither where the asker had enough nor for a repeat (`is_repeat`) of `key`, and is returned
    if it was: it may be given back.
    """
    now, (subject, allowances) = registry.clock(), asker
    askers = [counted(registry, one, subject, now) for one in allowances]
    looked_at = [counted(registry, one, subject, now) for one in within]
    aimed = counted(registry, target[1], target[0], now) if target else None
    asked = Asked(askers, looked_at, aimed, whose_key(actor), key)
    counts, was_aimed = await registry.gathering.join(registry, _count_together, asked)
    given = {one.scope: one for one in (*allowances, *within, *([target[1]] if target else ()))}
    spent = [given[scope] for scope, count in counts.items() if count > given[scope].limit]
    if spent:
        raise limited(max(each.retry_after(now) for each in spent))
    return aimed if was_aimed else None


async def give_back_counted(registry: Registry, one: Counted, amount: int = 1) -> None:
    """Undo one count as `give_back` does; an `amount` of 0 undoes none by the same statement."""
    async with registry.noting(ANONYMOUS) as connection:
        await attempts.give_back(connection, one.scope, one.subject, one.since, amount)


async def _count_together(registry: Registry, asked: Sequence[Asked]) -> list[tuple[dict[str, int], bool]]:
    return await attempts.count_asked(registry.database, caller_of(ANONYMOUS), registry.today(), asked)


def counted(registry: Registry, allowance: Allowance, subject: str, now: datetime) -> Counted:
    """What is counted of an allowance on a subject, in the window of an instant."""
    known = digest(registry.keys, allowance.scope, subject)
    return Counted(allowance.scope, known, allowance.window_start(now), allowance.limit)


async def is_repeat(registry: Registry, actor: Actor, key: str) -> bool:
    """Whether the actor was answered under this idempotency key before: that tells nothing new, and is not counted."""
    who = whose_key(actor)
    async with registry.reading(actor) as connection:
        return await ledger.is_claimed(connection, who, key)


async def give_back(registry: Registry, subject: str, allowance: Allowance, counted_at: datetime) -> None:
    """Undo one count made at `counted_at`: the attempt turned out not to be one that this allowance is about."""
    await give_back_counted(registry, counted(registry, allowance, subject, counted_at))


async def forget_old(registry: Registry) -> int:
    """Drop counters that no window can need any more; how many there were."""
    async with registry.noting(ANONYMOUS) as connection:
        return await attempts.forget_before(connection, registry.clock() - _KEPT)


def limited(seconds: int) -> Limited:
    """The refusal of whoever tried too often, for so many seconds."""
    return Limited(
        Message(
            zh=f"尝试次数过多，请在 {seconds} 秒后再试。",
            en=f"Too many attempts; try again in {seconds} seconds.",
        ),
        reason="TOO_MANY_ATTEMPTS",
        retry_after=seconds,
    )
