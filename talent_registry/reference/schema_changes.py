"""What changed in the GraphQL schema from day to day, by coordinates, read from data/schema_changes.json."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """What one day added, deprecated and removed: coordinates as `Type`, `Type.member` and `Type.field(argument:)`."""

    on: date
    added: tuple[str, ...]
    deprecated: tuple[str, ...]
    removed: tuple[str, ...]


@cache
def schema_changes() -> tuple[SchemaChange, ...]:
    """All changes, the oldest first; the first adds the whole schema of its day."""
    text = files("talent_registry.reference").joinpath("data/schema_changes.json").read_text(encoding="utf-8")
    return tuple(
        SchemaChange(date.fromisoformat(row["on"]), *(tuple(row[kind]) for kind in ("added", "deprecated", "removed")))
        for row in json.loads(text)
    )
