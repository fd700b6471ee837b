"""JSON as the database writes it, character for character as the ordinary way would."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, bindparam, case, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from talent_registry.domain.shapes import Asked

# A constant, or an expression that is never null.
Piece = str | ColumnElement[Any]
# PostgreSQL takes a hundred arguments.
_MOST_ARGUMENTS = 90
NULL = "null"


def constant(text: str) -> ColumnElement[str]:
    """Text of our own in the statement; nothing that came from outside."""
    return literal_column("'" + text.replace("'", "''") + "'", Text)


def named(name: str, type_: Any) -> Any:  # noqa: ANN401 - stands for a value of any kind, which comes with each request
    """A value of the request in the statement."""
    return bindparam(name, type_=type_, required=False)


def joined(pieces: Iterable[Piece]) -> ColumnElement[str]:
    """The pieces one after the other."""
    parts: list[ColumnElement[Any]] = []
    said = ""
    for piece in pieces:
        if isinstance(piece, str):
            said += piece
            continue
        parts += [constant(said), piece] if said else [piece]
        said = ""
    if said or not parts:
        parts.append(constant(said))
    while len(parts) > _MOST_ARGUMENTS:
        parts = [func.concat(*parts[i : i + _MOST_ARGUMENTS]) for i in range(0, len(parts), _MOST_ARGUMENTS)]
    return func.concat(*parts)


def record(asked: Sequence[Asked], value: Callable[[Asked], Iterable[Piece]]) -> list[Piece]:
    """An object with what was asked, in that order."""
    pieces: list[Piece] = []
    for number, one in enumerate(asked):
        pieces.append(f'{"," if number else "{"}"{one.key}":')
        pieces += value(one) if one.constant is None else [one.constant]
    return [*pieces, "}" if asked else "{}"]


def or_null(text: ColumnElement[Any]) -> ColumnElement[str]:
    """JSON null where there is nothing."""
    return func.coalesce(text, constant(NULL))


def string(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A text; null only where the column is."""
    return cast(func.to_json(column), Text)


def day(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A day; null only where the column is."""
    return _quoted(cast(column, Text))


def instant(column: ColumnElement[Any]) -> ColumnElement[str]:
    """An instant in UTC, with its microseconds where it has any; null only where the column is."""
    utc = func.timezone(constant("UTC"), column)
    whole = func.to_char(utc, constant('YYYY-MM-DD"T"HH24:MI:SS'))
    rest = case(
        (utc == func.date_trunc(constant("second"), utc), constant("")), else_=func.to_char(utc, constant(".US"))
    )
    return _quoted(whole.op("||")(rest).op("||")(constant("+00:00")))


def texts(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A list of texts."""
    return cast(func.array_to_json(column), Text)


def node_id(kind: str, column: ColumnElement[Any]) -> ColumnElement[str]:
    """The opaque id of a record of this kind. None of its letters needs the two that differ in addresses."""
    plain = constant(f"{kind}:").op("||")(func.replace(cast(column, Text), constant("-"), constant("")))
    encoded = func.encode(func.convert_to(plain, constant("UTF8")), constant("base64"))
    return _quoted(func.rtrim(encoded, constant("=")))


def truth(condition: ColumnElement[bool]) -> ColumnElement[str]:
    """Whether it is so; false where nothing is known."""
    return case((condition, constant("true")), else_=constant("false"))


def listed(
    pieces: Iterable[Piece], source: FromClause, order: Sequence[ColumnElement[Any]], between: str = ","
) -> Select[Any]:
    """The pieces for each row of the source, in order, as one text; null where there is none. To be narrowed."""
    text = func.string_agg(joined(pieces), aggregate_order_by(constant(between), *order))
    return select(text).select_from(source)


def in_brackets(rows: Select[Any], *own: FromClause) -> ColumnElement[str]:
    """A JSON list of what was listed."""
    return joined(["[", func.coalesce(rows.correlate_except(*own).scalar_subquery(), constant("")), "]"])


def _quoted(text: ColumnElement[Any]) -> ColumnElement[str]:
    return constant('"').op("||")(text).op("||")(constant('"'))
