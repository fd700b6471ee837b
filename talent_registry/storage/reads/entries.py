"""Entries of the ledger about a record, taken along with it."""

from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Integer, Text, cast, func, select

from talent_registry.domain.shapes import CELL, ITEM, Asked, nodes_of
from talent_registry.storage.reads.decisions import LIMIT
from talent_registry.storage.reads.texts import Piece, constant, instant, joined, listed, named, record, string
from talent_registry.storage.tables import ledger_entry

SEQUENCE: Final = "_sequence"


def entries_about(one: Asked, kind: str, record_id: ColumnElement[Any]) -> ColumnElement[str]:
    """A page of the entries about a record of this kind, and one more where more follow: number and text of each."""
    table = ledger_entry.alias()
    subject = constant(f"{kind}:").op("||")(cast(record_id, Text))
    page = select(table).where(table.c.subjects.contains(func.jsonb_build_array(subject)))
    if one.value("after") is not None:
        page = page.where(table.c.sequence > named(f"{one.value('after')}{SEQUENCE}", BigInteger))
    first = named(f"{one.value('first') or 'default'}{LIMIT}", Integer)
    row = page.order_by(table.c.sequence).limit(first).correlate_except(table).lateral()
    values: dict[str, Piece] = {
        "sequence": cast(row.c.sequence, Text),
        "name": string(row.c.name),
        "at": instant(row.c.recorded_at),
        "actorKind": string(row.c.actor_kind),
    }
    text = joined(record(nodes_of(one.below), lambda field: [values[field.name]]))
    items = listed([joined([cast(row.c.sequence, Text), CELL, text])], row, [row.c.sequence], ITEM)
    return func.coalesce(items.correlate_except(row).scalar_subquery(), constant(""))
