"""Numbers that somebody walks through: verifications that miss again and again, told to an authority."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

# So many misses of one caller in a minute, or so many rows of a roster not found, are no slips of typing.
MOST_MISSES: Final = 50
# Of a roster that is walked, so many in a hundred of the numbers not found are larger than the one before, or stand so
# close to the next smaller one.
_MOSTLY_PERCENT: Final = 80
_CLOSE: Final = 10


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
    """Whether the numbers not found are most of what was tried, and mostly ascend in the file or stand close together.

    Close together they are told whatever order they were put into.
    """
    if len(missing) < MOST_MISSES or 2 * len(missing) <= tried:
        return False
    ascending = sum(len(first) == len(then) and first < then for first, then in pairwise(missing))
    close = sum(
        first[0] == then[0] and then[1] - first[1] <= _CLOSE for first, then in pairwise(sorted(map(_split, missing)))
    )
    return 100 * max(ascending, close) >= _MOSTLY_PERCENT * (len(missing) - 1)


def _split(number: str) -> tuple[str, int]:
    """A number as what stands before its last digits, and these (at most nine) as a number."""
    before = number.rstrip("0123456789")
    digits = number[len(before) :]
    return before + digits[:-9], int(digits[-9:] or "0")
