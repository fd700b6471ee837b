"""Items of people's profiles as they are kept, taken along with the person."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Text, cast, func, select

from talent_registry.domain.profiles import Visibility
from talent_registry.domain.researchers import PersonField
from talent_registry.domain.shapes import ITEM
from talent_registry.storage.profiles import KeptItem
from talent_registry.storage.reads.texts import constant, instant
from talent_registry.storage.tables import profile_item


def kept_items(person: ColumnElement[Any], items: Sequence[PersonField]) -> ColumnElement[str]:
    """These items of a person as now recorded, as far as row security shows them; sealed ones stay sealed."""
    table = profile_item.alias()
    columns = {
        "id": table.c.id,
        "item": table.c.item,
        "visibility": table.c.visibility,
        "recorded_at": cast(instant(table.c.recorded_at), JSON),
        "value": table.c.value,
        "sealed": func.encode(table.c.value_sealed, constant("hex")),
        "key_id": table.c.key_id,
    }
    pairs = [part for name, column in columns.items() for part in (constant(name), column)]
    found = select(func.string_agg(cast(func.json_build_object(*pairs), Text), constant(ITEM))).where(
        table.c.researcher_id == person,
        table.c.item.in_([item.value for item in items]),
        table.c.superseded_at.is_(None),
    )
    return func.coalesce(found.correlate_except(table).scalar_subquery(), constant(""))


def items_in(content: str, person_id: UUID) -> dict[PersonField, tuple[KeptItem, str]]:
    """The items in what `kept_items` gave, each with the instant of its record as it is written."""
    found = {}
    for text in content.split(ITEM) if content else ():
        row = json.loads(text)
        sealed = None if row["sealed"] is None else bytes.fromhex(row["sealed"])
        item, at = PersonField(row["item"]), datetime.fromisoformat(row["recorded_at"])
        kept = KeptItem(
            UUID(row["id"]), person_id, item, Visibility(row["visibility"]), at, row["value"], sealed, row["key_id"]
        )
        found[item] = (kept, row["recorded_at"])
    return found
