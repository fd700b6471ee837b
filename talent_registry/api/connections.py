"""Lists that can grow: forward pages with opaque cursors."""

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import Generic, TypeVar

import strawberry

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import Page, PageRequest, cursor_of

MAX_FIRST = 100
_LONGEST_CURSOR = 1000
# What no database text can hold: NUL and halves of surrogate pairs, which JSON can bring in as escapes.
_SPOILT = re.compile("[\x00\ud800-\udfff]")
T = TypeVar("T")
D = TypeVar("D")


@strawberry.type(description="Where a page ends and whether more follow.")
class PageInfo:
    end_cursor: str | None = strawberry.field(description="Pass as `after` to get the next page.")
    has_next_page: bool = strawberry.field(description="Whether more records follow.")


@strawberry.type(description="One record of a list with its place in it.")
class Edge(Generic[T]):
    node: T = strawberry.field(description="The record.")
    cursor: str = strawberry.field(description="The record's place in the list.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The records of this page, in order.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")


def page_request(first: int, after: str | None) -> PageRequest:
    """Read the arguments of a list; `first` from 1 to 100."""
    if not 1 <= first <= MAX_FIRST:
        raise InvalidInput(
            Message(
                zh=f"first 须在 1 至 {MAX_FIRST} 之间。请分页读取。",
                en=f"first must be between 1 and {MAX_FIRST}. Read the list page by page.",
            ),
            reason="PAGE_TOO_LARGE",
            path=("first",),
        )
    return PageRequest(first, None if after is None else _place(after))


def connection_of(page: Page[D], convert: Callable[[D], T]) -> Connection[T]:
    """A page of domain records as GraphQL gives it."""
    edges = [
        Edge(node=convert(item), cursor=cursor_of(place)) for item, place in zip(page.items, page.places, strict=True)
    ]
    return Connection(
        edges=edges,
        page_info=PageInfo(end_cursor=None if page.end is None else cursor_of(page.end), has_next_page=page.has_next),
    )


def _place(cursor: str) -> tuple[str, ...]:
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor)) if len(cursor) <= _LONGEST_CURSOR else None
    except (binascii.Error, ValueError, RecursionError):
        place = None
    if not isinstance(place, list) or not all(isinstance(part, str) and not _SPOILT.search(part) for part in place):
        raise InvalidInput(
            Message(
                zh="游标无法识别。请使用上一页返回的 endCursor，或从头开始。",
                en="The cursor cannot be read. Use the endCursor of the page before, or start again.",
            ),
            reason="FOREIGN_CURSOR",
            path=("after",),
        )
    return tuple(place)
