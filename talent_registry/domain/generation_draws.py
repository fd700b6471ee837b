"""Drawing by chance that comes out the same for the same seed on every machine: ids, days, weighted choices."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from itertools import accumulate
from random import Random
from typing import Final, Generic, TypeVar
from uuid import UUID

from talent_registry.domain.periods import SHANGHAI

T = TypeVar("T")

_IDS_A_MILLISECOND: Final = 4096


class Weighted(Generic[T]):
    """Things with their weights, in a fixed order; at least one has a weight above nothing."""

    __slots__ = ("_bounds", "_things")

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._things = tuple(weights)
        self._bounds = tuple(accumulate(weights.values()))

    def at(self, chance: float) -> T:
        """The thing on which a chance from 0 to 1 falls."""
        return self._things[min(bisect_right(self._bounds, chance * self._bounds[-1]), len(self._things) - 1)]


class Draws:
    """One stream of chance. `seed` may be any text; ids are those of the days from `today` on, in rising order."""

    __slots__ = ("_count", "_milliseconds", "_random")

    def __init__(self, seed: str, today: date) -> None:
        # A text seeds by SHA-512, so neither the hash seed of the process nor the machine has a say.
        self._random = Random(seed)  # noqa: S311 - nothing secret is drawn here
        self._milliseconds = int(datetime.combine(today, time(), SHANGHAI).timestamp()) * 1000
        self._count = 0

    def new_id(self) -> UUID:
        """An id in the form of UUID version 7, greater than every id drawn before."""
        step, place = divmod(self._count, _IDS_A_MILLISECOND)
        self._count += 1
        head = (self._milliseconds + step) << 80 | 7 << 76 | place << 64
        return UUID(int=head | 2 << 62 | self._random.getrandbits(62))

    def happens(self, chance: float) -> bool:
        """Whether something of this chance (0 to 1) happens."""
        return self._random.random() < chance

    def one(self, things: Sequence[T]) -> T:
        """One of the things, each as likely."""
        return things[int(self._random.random() * len(things))]

    def weighted(self, things: Weighted[T]) -> T:
        """One of the things, by weight."""
        return things.at(self._random.random())

    def number(self, least: int, most: int) -> int:
        """A whole number, both bounds included."""
        return least + int(self._random.random() * (most - least + 1))

    def day(self, first: date, last: date) -> date:
        """A day from `first` to `last`, both included; `first` where it is the later one."""
        return date.fromordinal(self.number(first.toordinal(), max(first, last).toordinal()))
