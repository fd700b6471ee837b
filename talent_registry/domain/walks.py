"""Numbers that somebody walks through: verifications that miss again and again, told to an authority."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

# So many misses of one caller in a minute, or so many rows of a roster not found, are no slips of typing.
MOST_MISSES: Final = 50
# Of a roster that is walked, so many in a hundred of the numbers not found are larger than the one before.
_ASCENDING_PERCENT: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """That a caller missed `misses` of `tried` times, once per episode; `roster_id`: all of them in one roster.

    `province` is that of the caller, whose authority is told. Of what was tried nothing is kept.
    """

    id: UUID
    account_id: UUID | None
    organisation_id: UUID | None
    roster_id: UUID | None
    province: str
    misses: int
    tried: int
    raised_at: datetime


def is_walked(missing: Sequence[str], tried: int) -> bool:
    """Whether the numbers not found, in the order of the file, are most of what was tried and mostly ascend."""
    if len(missing) < MOST_MISSES or 2 * len(missing) <= tried:
        return False
    ascending = sum(len(first) == len(then) and first < then for first, then in pairwise(missing))
    return 100 * ascending >= _ASCENDING_PERCENT * (len(missing) - 1)
