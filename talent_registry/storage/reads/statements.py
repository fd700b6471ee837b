"""The whole statements: which records, what of them, how the one who asks stands to the people they are about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Select, Text, Uuid, literal_column, select, tuple_
from sqlalchemy.dialects.postgresql import psycopg

from talent_registry.domain.shapes import Asked, Shape
from talent_registry.storage.reads.credentials import Source, credential_parts, stands
from talent_registry.storage.reads.decisions import decision_parts
from talent_registry.storage.reads.researchers import OnePerson, person_along, person_parts
from talent_registry.storage.reads.slots import Part, Slot, text_of
from talent_registry.storage.reads.texts import named
from talent_registry.storage.reads.ties import is_own, tie_columns
from talent_registry.storage.relations import Reach, within
from talent_registry.storage.researcher_facts import Sought, holds, matches
from talent_registry.storage.session import Caller, Database
from talent_registry.storage.tables import recognition_decision, researcher, researcher_name

_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, the names of its values in their order, and the slots of the text in each of its rows."""

    sql: str
    names: tuple[str, ...]
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One row: the record, its place, whom it is about, how that person stands to the caller, its text in parts.

    `ties` are true or false in the order of `tie_columns`; `consented` the codes of the fields opened to the caller's
    organisation; `own` whether the record is the caller's by its issuer or province alone.
    """

    id: UUID
    person_id: UUID
    place: tuple[str, ...]
    own: bool
    ties: tuple[bool, ...]
    consented: frozenset[str]
    text: str


async def fetch(
    database: Database, caller: Caller, today: date, statement: Statement, values: Mapping[str, Any]
) -> list[Found]:
    """The rows of a statement for these named values, in a transaction of its own."""
    rows = await database.at_once(caller, today, statement.sql, [values[name] for name in statement.names])
    return [
        Found(
            row[0],
            row[1],
            (str(row[0]),) if row[2] is None else (row[2], str(row[0])),
            row[3],
            tuple(row[4:10]),
            frozenset(row[10].split(",")) if row[10] else frozenset(),
            row[11],
        )
        for row in rows
    ]


def credentials_asked(shape: Shape, kind: str, by: frozenset[str], *, one: bool) -> Statement:
    """Credentials by age of their record, for a caller of this kind; `by` names what is sought by, each a named value.

    Named values: `today`, `organisation`, `province`, `id` if `one`, else `limit`; `after`, `holder`, `issuer`,
    `number`, `series`, `level`, `standing` with `on` where they stand in `by`.
    """

    def build() -> tuple[Select[Any], tuple[Slot, ...]]:
        row = Source()
        page = select(*row.all_columns()).select_from(row.rows).where(row.holds)
        columns = {"issuer": "issuer_id", "number": "number", "series": "series", "level": "level"}
        if "holder" in by:
            page = page.where(row["researcher_id"] == _person_of_number("holder"))
        for name in sorted(by & columns.keys()):
            column = row[columns[name]]
            page = page.where(column == named(name, column.type))
        if "standing" in by:
            page = page.where(stands(row, "standing", "on"))
        the_one = row["id"] == named("id", Uuid)
        page = page.where(the_one).offset(0) if one else _limited(page, row["id"], row["id"], by)
        row.limited(page)

        def holder(asked: Asked) -> list[Part]:
            return person_along(asked, row["researcher_id"], kind)

        text, slots = text_of(credential_parts(shape.below, row, holder))
        columns_read = _columns(row["id"], row["researcher_id"], None, is_own(kind, row["issuer_id"]), kind)
        return select(*columns_read, text).select_from(row.rows).order_by(row["id"]), slots

    return _made(shape, ("credentials", kind, by, one), build)


def decisions_asked(shape: Shape, kind: str, by: frozenset[str], *, one: bool) -> Statement:
    """Decisions, oldest first. Named values as of credentials; by `credential`, `holder`, `target`, `outcome`."""

    def build() -> tuple[Select[Any], tuple[Slot, ...]]:
        table = recognition_decision.alias()
        page = select(table)
        columns = {
            "credential": table.c.credential_id,
            "holder": table.c.researcher_id,
            "target": table.c.target_province,
            "outcome": table.c.outcome,
        }
        for name in sorted(by & columns.keys()):
            page = page.where(columns[name] == named(name, columns[name].type))
        page = (
            page.where(table.c.id == named("id", Uuid)).offset(0) if one else _limited(page, table.c.id, table.c.id, by)
        )
        row = page.subquery()

        def person(asked: Asked) -> list[Part]:
            return person_along(asked, row.c.researcher_id, kind)

        text, slots = text_of(decision_parts(shape.below, row, person))
        own = is_own(kind, row.c.id, row.c.target_province)
        columns_read = _columns(row.c.id, row.c.researcher_id, None, own, kind)
        return select(*columns_read, text).select_from(row).order_by(row.c.id), slots

    return _made(shape, ("decisions", kind, by, one), build)


def person_asked(shape: Shape, kind: str, by: str) -> Statement:
    """One person by `id` or `public_number`, a named value beside `today`, `organisation` and `province`."""

    def build() -> tuple[Select[Any], tuple[Slot, ...]]:
        table = researcher.alias()
        person = OnePerson(table.c.id, table.c.public_number, table.c.registered_at, kind)
        text, slots = text_of(person_parts(shape.below, person))
        sought = table.c[by]
        columns = _columns(table.c.id, table.c.id, None, None, kind)
        return select(*columns, text).where(sought == named(by, sought.type)), slots

    return _made(shape, ("person", kind, by), build)


def people_asked(shape: Shape, kind: str, by: frozenset[str], reach: Reach) -> Statement:
    """People within reach by pinyin, for a caller of this kind; by `unit`, `series`, after `after` and `sort_key`.

    The reach of callers of one kind, sought by the same, differs in named values alone.
    """

    def build() -> tuple[Select[Any], tuple[Slot, ...]]:
        name, today = researcher_name, named("today", Date)
        sought = Sought(
            home_unit_id=named("unit", Uuid) if "unit" in by else None,
            series=named("series", Text) if "series" in by else None,
            series_issuer_id=named("organisation", Uuid) if kind == "ISSUER" else None,
        )
        reached = replace(
            reach,
            today=today,
            organisation_id=named("organisation", Uuid),
            province=None if reach.province is None else named("province", Text),
        )
        page = select(name.c.sort_key, name.c.researcher_id).where(
            holds(name, today), within(reached, name.c.researcher_id), *matches(sought, today)
        )
        row = _limited(page, name.c.researcher_id, name.c.sort_key, by).subquery()
        table = researcher.alias()
        person = OnePerson(table.c.id, table.c.public_number, table.c.registered_at, kind)
        text, slots = text_of(person_parts(shape.below, person))
        columns = _columns(row.c.researcher_id, row.c.researcher_id, row.c.sort_key, None, kind)
        found = select(*columns, text).select_from(row.join(table, table.c.id == row.c.researcher_id))
        return found.order_by(row.c.sort_key, row.c.researcher_id), slots

    return _made(shape, ("people", kind, by, reach.ties, reach.fields), build)


def _person_of_number(name: str) -> ColumnElement[Any]:
    """The person of a public number, a named value of the request."""
    table = researcher.alias()
    return select(table.c.id).where(table.c.public_number == named(name, Text)).scalar_subquery()


def _limited(page: Select[Any], key: ColumnElement[Any], first: ColumnElement[Any], by: frozenset[str]) -> Select[Any]:
    """One page in order; `key` is unique, `first` the column before it where it is not that itself."""
    order = [key] if first is key else [first, key]
    if "after" in by:
        place = [named("after" if column is key else "sort_key", column.type) for column in order]
        page = page.where(key > place[0] if first is key else tuple_(*order) > tuple_(*place))
    return page.order_by(*order).limit(named("limit", Integer))


def _columns(
    record: ColumnElement[Any],
    person: ColumnElement[Any],
    sort_key: ColumnElement[Any] | None,
    own: ColumnElement[bool] | None,
    kind: str,
) -> list[ColumnElement[Any]]:
    nothing: ColumnElement[Any] = literal_column("NULL::text")
    mine: ColumnElement[Any] = literal_column("false")
    return [
        record.label("record_id"),
        person.label("person_id"),
        (nothing if sort_key is None else sort_key).label("place"),
        (mine if own is None else own).label("own"),
        *tie_columns(kind, person),
    ]


def _made(shape: Shape, key: object, build: Callable[[], tuple[Select[Any], tuple[Slot, ...]]]) -> Statement:
    """The statement, made once for each shape and kind of question."""
    if key not in shape.kept:
        select_, slots = build()
        compiled = select_.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        sql, names = str(compiled), []
        for name, value in compiled.params.items():
            # What is fixed stands in the statement; it is of our own making. What is named comes with each request.
            if value is None:
                names.append(name)
            sql = sql.replace(f"%({name})s", f"${len(names)}" if value is None else _literal(value))
        shape.kept[key] = Statement(sql.replace("%%", "%"), tuple(names), slots)
    return cast("Statement", shape.kept[key])


def _literal(value: object) -> str:
    if isinstance(value, list):
        return f"ARRAY[{', '.join(_literal(item) for item in value)}]"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
