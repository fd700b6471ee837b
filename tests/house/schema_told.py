"""The log of what changed in the schema.

`python -m tests.house.schema_told > talent_registry/reference/data/schema_changes.json` adds what is new as of today.
"""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
)

ROOT = Path(__file__).parents[2]
LOG = ROOT / "talent_registry" / "reference" / "data" / "schema_changes.json"


def coordinates(schema: GraphQLSchema) -> tuple[set[str], set[str]]:
    """Every coordinate of the schema, and those that are deprecated."""
    every: set[str] = set()
    deprecated: set[str] = set()
    for name, kind in schema.type_map.items():
        if name.startswith("__"):
            continue
        every.add(name)
        for member, what in _members(kind).items():
            every.add(f"{name}.{member}")
            if getattr(what, "deprecation_reason", None):
                deprecated.add(f"{name}.{member}")
            every |= {f"{name}.{member}({argument}:)" for argument in getattr(what, "args", ())}
    return every, deprecated


def _members(kind: Any) -> dict[str, Any]:
    if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)):
        return dict(kind.fields)
    if isinstance(kind, GraphQLEnumType):
        return dict(kind.values)
    return {one.name: one for one in kind.types} if isinstance(kind, GraphQLUnionType) else {}


def replayed(log: list[dict[str, Any]]) -> tuple[set[str], set[str]]:
    """What the log comes to: every coordinate there is, and those that are deprecated."""
    every: set[str] = set()
    deprecated: set[str] = set()
    for row in log:
        every = (every | set(row["added"])) - set(row["removed"])
        deprecated = (deprecated | set(row["deprecated"])) & every
    return every, deprecated


def written(log: list[dict[str, Any]], schema: GraphQLSchema, today: date) -> list[dict[str, Any]]:
    """The log with what differs from it under today's day; the entries before stay as they are."""
    (every, deprecated), (now, now_deprecated) = replayed(log), coordinates(schema)
    news = {
        "on": today.isoformat(),
        "added": sorted(now - every),
        "deprecated": sorted(now_deprecated - deprecated),
        "removed": sorted(every - now),
    }
    return [*log, news] if any(news[kind] for kind in ("added", "deprecated", "removed")) else log


if __name__ == "__main__":
    known = json.loads(LOG.read_text(encoding="utf-8")) if LOG.exists() else []
    present = build_schema((ROOT / "graphql" / "schema.graphql").read_text(encoding="utf-8"))
    json.dump(written(known, present, date.today()), sys.stdout, indent=1)  # noqa: DTZ011 - the day of whoever releases
    sys.stdout.write("\n")
