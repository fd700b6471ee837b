"""Keyset pages: the next page starts after the last place seen, so its cost does not grow with its number."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, func, select, tuple_
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from talent_registry.domain.errors import InvalidInput
from talent_registry.domain.messages import Message
from talent_registry.domain.pages import OfPerson, Page, PageRequest

T = TypeVar("T")
# How many rows one page looks through where only some of them fit.
WINDOW = 1000


async def fetch_page(
    connection: AsyncConnection,
    statement: Select[Any],
    order: Sequence[ColumnElement[Any]],
    request: PageRequest,
    convert: Callable[[Row[Any]], T],
    *,
    descending: bool = False,
) -> Page[T]:
    """One page of `statement` ordered by `order` (the last column unique; all selected), `descending` or not."""
    statement = _beginning(statement, order, request, descending=descending)
    ordered = statement.order_by(*(column.desc() if descending else column for column in order))
    rows = (await connection.execute(ordered.limit(request.first + 1))).all()
    shown = rows[: request.first]
    return Page(
        tuple(convert(row) for row in shown),
        # `_mapping` is SQLAlchemy's public name for a row by column.
        tuple(tuple(str(row._mapping[column]) for column in order) for row in shown),  # noqa: SLF001
        len(rows) > request.first,
    )


async def fetch_window(
    connection: AsyncConnection,
    window: Select[Any],
    key: ColumnElement[Any],
    fitting: Select[Any],
    request: PageRequest,
    convert: Callable[[Row[Any]], T],
) -> Page[T]:
    """One page of `fitting` by `key` (a unique id, ascending), looked for in the next `WINDOW` keys of `window` alone.

    What few rows fit costs no more than what many do: a page may be short, or empty, and still say where the next one
    starts and that more follow.
    """
    start = _beginning(window, [key], request).order_by(key)
    last = (await connection.execute(start.offset(WINDOW - 1).limit(1))).scalar_one_or_none()
    within = _beginning(fitting, [key], request)
    if last is not None:
        within = within.where(key <= last)
    rows = (await connection.execute(within.order_by(key).limit(request.first + 1))).all()
    shown, more = rows[: request.first], len(rows) > request.first
    places = tuple((str(row._mapping[key]),) for row in shown)  # noqa: SLF001  # as above
    # Said also where whoever asked leaves some of these records out.
    rest = None if last is None else (str(last),)
    return Page(
        tuple(convert(row) for row in shown), places, more or last is not None, left_off=places[-1] if more else rest
    )


async def fetch_pages_of_people(
    connection: AsyncConnection, table: Table, asked: Sequence[OfPerson], convert: Callable[[Row[Any]], T]
) -> dict[OfPerson, Page[T]]:
    """The pages of many people's records in `table` (by its `researcher_id`), each person's oldest first.

    One statement for each distinct request, however many the people; no more of a person is read than a page shows.
    """
    pages: dict[OfPerson, Page[T]] = {}
    for request in dict.fromkeys(one.request for one in asked):
        people = list(dict.fromkeys(one.researcher_id for one in asked if one.request == request))
        statement = _beginning(select(table).where(table.c.researcher_id.in_(people)), [table.c.id], request)
        number = func.row_number().over(partition_by=table.c.researcher_id, order_by=table.c.id)
        numbered = statement.add_columns(number.label("number_in_page")).subquery()
        shown = select(numbered).where(numbered.c.number_in_page <= request.first + 1).order_by(numbered.c.id)
        rows: dict[UUID, list[Row[Any]]] = {person: [] for person in people}
        for row in await connection.execute(shown):
            rows[row.researcher_id].append(row)
        pages |= {OfPerson(person, request): _page(of_one, request, convert) for person, of_one in rows.items()}
    return pages


def _page(rows: Sequence[Row[Any]], request: PageRequest, convert: Callable[[Row[Any]], T]) -> Page[T]:
    shown = rows[: request.first]
    return Page(tuple(convert(row) for row in shown), tuple((str(row.id),) for row in shown), len(rows) > request.first)


def _beginning(
    statement: Select[Any], order: Sequence[ColumnElement[Any]], request: PageRequest, *, descending: bool = False
) -> Select[Any]:
    """The statement from the place on where the page before ended."""
    if request.after is None:
        return statement
    place = [_bound(column, text) for column, text in zip(order, request.after, strict=False)]
    if len(place) != len(order) or len(request.after) != len(order):
        raise foreign_cursor()
    after = tuple_(*order) < tuple_(*place) if descending else tuple_(*order) > tuple_(*place)
    return statement.where(after)


def _bound(column: ColumnElement[Any], text: str) -> object:
    try:
        return column.type.python_type(text) if column.type.python_type in (UUID, int) else text
    except ValueError as failure:
        raise foreign_cursor() from failure


def foreign_cursor() -> InvalidInput:
    """The refusal of a cursor that some other list gave."""
    return InvalidInput(
        Message(
            zh="游标不属于此列表。请使用上一页返回的 endCursor，或从头开始。",
            en="The cursor does not belong to this list. Use the endCursor of the page before, or start again.",
        ),
        reason="FOREIGN_CURSOR",
        path=("after",),
    )
