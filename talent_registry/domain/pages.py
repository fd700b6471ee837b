"""Pages of long lists: where one starts, what it holds, whether more follow."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """How many records to give (1 to 100) and after which place of the order: the end of the page before."""

    first: int = 20
    after: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class OfPerson:
    """A page of the records of one person, whom the caller was shown with them."""

    researcher_id: UUID
    request: PageRequest


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some records in order, the place of each in that order, and whether more follow.

    `end` is where the page ends if that is not at its last record: what was looked through may hold none that fit.
    """

    items: tuple[T, ...]
    places: tuple[tuple[str, ...], ...]
    has_next: bool
    end: tuple[str, ...] | None = None

    def of(self, convert: Callable[[T], S]) -> "Page[S]":
        """The same page of converted records."""
        return Page(tuple(convert(item) for item in self.items), self.places, self.has_next, self.end)

    def only(self, keep: Callable[[T], bool]) -> "Page[T]":
        """The same page without the records that are not kept; what follows it stays as it is."""
        kept = [(item, place) for item, place in zip(self.items, self.places, strict=True) if keep(item)]
        return Page(tuple(item for item, _ in kept), tuple(place for _, place in kept), self.has_next, self.end)
