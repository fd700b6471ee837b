"""Pages of long lists: where one starts, what it holds, whether more follow."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How many records to give (1 to 100) and after which place of the order: the end of the page before."""

    first: int = 20
    after: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some records in order, the place of each in that order, and whether more follow."""

    items: tuple[T, ...]
    places: tuple[tuple[str, ...], ...]
    has_next: bool

    def of(self, convert: Callable[[T], S]) -> "Page[S]":
        """The same page of converted records."""
        return Page(tuple(convert(item) for item in self.items), self.places, self.has_next)
