"""How much of a full post a person's placements take on each day: exact sums of whole percents, never fractions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from talent_registry.domain.messages import Message
from talent_registry.domain.periods import Period

FULL_POST = 100


class ShareState(StrEnum):
    """Why a share counts: work that is done, or work that the three parties agreed on."""

    ACTIVE = "ACTIVE"
    AGREED = "AGREED"


@dataclass(frozen=True, slots=True)
class Share:
    """The whole percents that one placement takes on each of some days, both ends inclusive."""

    placement_id: UUID
    percent: int
    since: date
    until: date
    state: ShareState = ShareState.ACTIVE


@dataclass(frozen=True, slots=True)
class Load:
    """Consecutive days, both ends inclusive, on which the same shares add up to the same total."""

    since: date
    until: date
    total: int
    parts: tuple[Share, ...]

    @property
    def is_too_much(self) -> bool:
        """Whether the shares are more than a full post."""
        return self.total > FULL_POST

    def sum_shown(self) -> str:
        """The sum as it is written: `40 % + 70 % = 110 %`; of other placements the number alone."""
        return " + ".join(f"{part.percent} %" for part in self.parts) + f" = {self.total} %"


def loads(shares: Iterable[Share], within: Period | None = None) -> tuple[Load, ...]:
    """The loads in order of days, of days with at least one share; `within`: of these days only."""
    counted = [share for share in (_cut(share, within) for share in shares) if share is not None]
    # Days as numbers: the calendar has no day after its last, and a share may take that one.
    starts = {share.since.toordinal() for share in counted} | {share.until.toordinal() + 1 for share in counted}
    found = []
    for first_number, next_number in pairwise(sorted(starts)):
        first, last = date.fromordinal(first_number), date.fromordinal(next_number - 1)
        parts = tuple(share for share in counted if share.since <= first <= share.until)
        if parts:
            found.append(Load(first, last, sum(part.percent for part in parts), parts))
    return tuple(found)


def heaviest_day(shares: Iterable[Share], within: Period | None = None) -> Load | None:
    """The load of the first day on which the total is greatest; None where no share falls on these days."""
    return max(loads(shares, within), key=lambda load: load.total, default=None)


def overload_message(load: Load) -> Message:
    """What to say where the load is too much: the sum, the days, and what to do."""
    return Message(
        zh=f"工作量合计 {load.sum_shown()}（{load.since} 至 {load.until}），超过一个完整岗位。请减少份额或调整期限。",
        en=f"The shares add up to {load.sum_shown()} from {load.since} to {load.until}, more than a full post. "
        "Lower the share or move the term.",
    )


def _cut(share: Share, within: Period | None) -> Share | None:
    since = share.since if within is None else max(share.since, within.start)
    until = share.until if within is None or within.until is None else min(share.until, within.until)
    if until < since:
        return None
    return Share(share.placement_id, share.percent, since, until, share.state)
