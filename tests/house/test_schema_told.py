"""The log of changes at /developers/changes comes to the schema that is served."""

import json
from datetime import date

from graphql import build_schema

from tests.house.schema_told import LOG, ROOT, coordinates, replayed, written


def test_the_log_comes_to_the_schema() -> None:
    schema = build_schema((ROOT / "graphql" / "schema.graphql").read_text(encoding="utf-8"))
    log = json.loads(LOG.read_text(encoding="utf-8"))
    told, served = replayed(log), coordinates(schema)
    assert told == served, "python -m tests.house.schema_told > the file"
    assert [row["on"] for row in log] == sorted({row["on"] for row in log})


def test_what_is_new_is_told_under_its_day_and_nothing_twice() -> None:
    first = build_schema("type Query { one: Int, two(at: Int): Int }")
    second = build_schema('type Query { one: Int @deprecated(reason: "use three"), three: Kind } enum Kind { A }')
    log = written([], first, date(2026, 1, 1))
    log = written(log, second, date(2026, 2, 1))
    assert written(log, second, date(2026, 3, 1)) == log
    assert {"Kind", "Kind.A", "Query.three"} == set(log[1]["added"])
    assert log[1]["deprecated"] == ["Query.one"]
    assert log[1]["removed"] == ["Query.two", "Query.two(at:)"]
    assert replayed(log) == coordinates(second)
