"""Keyset pages: the next page starts after the last place seen, so its cost does not grow with its number."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import Page, PageRequest

T = TypeVar("T")


async def fetch_page(
    connection: AsyncConnection,
    statement: Select[Any],
    order: Sequence[ColumnElement[Any]],
    request: PageRequest,
    convert: Callable[[Row[Any]], T],
) -> Page[T]:
    """One page of `statement` ordered by `order` (ascending; the last column unique, all columns selected)."""
    if request.after is not None:
        place = [_bound(column, text) for column, text in zip(order, request.after, strict=False)]
        if len(place) != len(order) or len(request.after) != len(order):
            raise _foreign_cursor()
        statement = statement.where(tuple_(*order) > tuple_(*place))
    rows = (await connection.execute(statement.order_by(*order).limit(request.first + 1))).all()
    shown = rows[: request.first]
    return Page(
        tuple(convert(row) for row in shown),
        # `_mapping` is SQLAlchemy's public name for a row by column.
        tuple(tuple(str(row._mapping[column]) for column in order) for row in shown),  # noqa: SLF001
        len(rows) > request.first,
    )


def _bound(column: ColumnElement[Any], text: str) -> object:
    try:
        return column.type.python_type(text) if column.type.python_type in (UUID, int) else text
    except ValueError as failure:
        raise _foreign_cursor() from failure


def _foreign_cursor() -> InvalidInput:
    return InvalidInput(
        Message(
            zh="游标不属于此列表。请使用上一页返回的 endCursor，或从头开始。",
            en="The cursor does not belong to this list. Use the endCursor of the page before, or start again.",
        ),
        reason="FOREIGN_CURSOR",
        path=("after",),
    )
