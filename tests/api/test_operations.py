"""The documents of graphql/operations: named, one operation each, valid, within the limits, and one for every use."""

from pathlib import Path

import pytest
from graphql import DocumentNode, FieldNode, OperationDefinitionNode, build_schema, parse, validate

from talent_registry.api.limits import Limits, measure
from talent_registry.api.schema import sdl
from tests.api.conftest import OPERATIONS
from tests.api.probing import roots_of

SCHEMA = build_schema(sdl())
AUDIENCES = {"agency", "anyone", "authority", "hr", "researcher"}
DOCUMENTS = sorted(path.relative_to(OPERATIONS).as_posix() for path in OPERATIONS.rglob("*.graphql"))


def operations_of(name: str) -> tuple[DocumentNode, list[OperationDefinitionNode]]:
    document = parse((OPERATIONS / name).read_text(encoding="utf-8"))
    return document, [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]


def test_every_document_stands_under_its_audience() -> None:
    assert {Path(name).parent.as_posix() for name in DOCUMENTS} == AUDIENCES
    assert [path for path in OPERATIONS.rglob("*") if path.is_file() and path.suffix != ".graphql"] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_holds_one_named_operation_that_fits_the_schema_and_the_limits(name: str) -> None:
    document, operations = operations_of(name)
    (operation,) = operations
    assert operation.name is not None
    assert operation.name.value[0].isupper()
    roots = [one for one in operation.selection_set.selections if isinstance(one, FieldNode)]
    assert len(roots) == len(operation.selection_set.selections) == 1
    assert validate(SCHEMA, document) == []
    limits = Limits()
    # A caller may ask for full pages.
    measured = measure(document, {"first": limits.page}, limits)
    assert measured.cost <= limits.cost


def test_every_question_and_every_command_has_a_document() -> None:
    used: dict[str, set[str]] = {"query": set(), "mutation": set(), "subscription": set()}
    for name in DOCUMENTS:
        for operation in operations_of(name)[1]:
            fields = [one for one in operation.selection_set.selections if isinstance(one, FieldNode)]
            used[operation.operation.value] |= {one.name.value for one in fields}
    assert used == {operation: roots_of(operation) for operation in used}


def test_a_document_asks_in_words_of_its_own_only_where_it_differs() -> None:
    """Two documents of one audience never share a name: a trusted document is known by it."""
    seen: dict[tuple[str, str], str] = {}
    twice = []
    for name in DOCUMENTS:
        for operation in operations_of(name)[1]:
            assert operation.name is not None
            key = (Path(name).parent.as_posix(), operation.name.value)
            if seen.setdefault(key, name) != name:
                twice.append((name, seen[key]))
    assert twice == []
