"""Pages of long lists: where one starts, what it holds, whether more follow."""

import base64
import json
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

    `left_off`: how far was looked, where more follow and records at the end were not kept.
    """

    items: tuple[T, ...]
    places: tuple[tuple[str, ...], ...]
    has_next: bool
    left_off: tuple[str, ...] | None = None

    @property
    def end(self) -> tuple[str, ...] | None:
        """The place after which the next page begins; None where nothing was found."""
        return self.left_off or (self.places[-1] if self.places else None)

    def of(self, convert: Callable[[T], S]) -> "Page[S]":
        """The same page of converted records."""
        return Page(tuple(convert(item) for item in self.items), self.places, self.has_next, self.left_off)

    def only(self, keep: Callable[[T], bool]) -> "Page[T]":
        """The same page without the records that are not kept; what follows it stays as it is."""
        kept = [(item, place) for item, place in zip(self.items, self.places, strict=True) if keep(item)]
        places = tuple(place for _, place in kept)
        return Page(tuple(item for item, _ in kept), places, self.has_next, self.end if self.has_next else None)


def cursor_of(place: tuple[str, ...]) -> str:
    """A place in an order as callers pass it back, in a form that they never take apart."""
    return base64.urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode()
