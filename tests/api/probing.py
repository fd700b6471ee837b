"""What tests of refusals look at: all roots of the schema, all that is written, ids that are none."""

import json
from collections.abc import Callable
from typing import Any

from graphql import build_schema

from talent_registry.api.nodes import kind_and_id, to_node_id
from talent_registry.api.schema import sdl
from talent_registry.domain.identifiers import public_number
from talent_registry.storage.ids import new_id
from tests.conftest import DatabaseUrls, as_superuser


def roots_of(operation: str) -> set[str]:
    """Every root field of the schema: of "query", "mutation" or "subscription"."""
    built = build_schema(sdl())
    root = {"query": built.query_type, "mutation": built.mutation_type, "subscription": built.subscription_type}[
        operation
    ]
    assert root is not None
    return set(root.fields)


_RECORDS = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'attempt'"


def everything(urls: DatabaseUrls) -> dict[str, tuple[int, str]]:
    """Every table with its number of rows and a digest of them: what was written anywhere shows.

    Counters of tries are no records: they stand whatever came of the try.
    """
    with as_superuser(urls) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'attempt'"
        ).fetchall()
        found = {}
        for (name,) in names:
            row = connection.execute(
                f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{name}\" t"
            ).fetchone()
            assert row is not None
            found[name] = (row[0], row[1])
    return found


def absent(text: str) -> str:
    """A well-formed id or public number of the same kind that nobody has."""
    read = kind_and_id(text)
    return public_number(999_999) if read is None else str(to_node_id(read[0], new_id()))


def disguised(text: str) -> str:
    """The same record's id, passed off as another type's."""
    read = kind_and_id(text)
    assert read is not None
    return str(to_node_id("Command" if read[0] != "Command" else "Account", read[1]))


def with_value(inputs: dict[str, Any], place: str, change: Callable[[str], str]) -> dict[str, Any]:
    """The inputs with the value at a dotted place changed, of a list each of them."""
    head, _, rest = place.partition(".")
    if isinstance(inputs[head], list):
        return inputs | {head: [change(one) for one in inputs[head]]}
    inner = with_value(inputs[head], rest, change) if rest else change(inputs[head])
    return inputs | {head: inner}


def as_text(answer: object) -> str:
    """An answer as it goes over the wire."""
    return json.dumps(answer, ensure_ascii=False, sort_keys=True, default=str)
