"""The committed schema: what the program serves, nothing broken since the last release, everything described."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    find_breaking_changes,
    get_named_type,
    is_union_type,
    parse,
    validate,
)

from talent_registry.api.schema import sdl

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "graphql" / "schema.graphql"
# Signing in is no command.
KEYLESS = {"signIn"}
OPERATIONS = sorted((ROOT / "graphql" / "operations").rglob("*.graphql"))


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(COMMITTED.read_text(encoding="utf-8"))


def test_the_committed_schema_is_the_one_served() -> None:
    assert COMMITTED.read_text(encoding="utf-8").strip() == sdl().strip(), (
        "graphql/schema.graphql is stale: write it anew with `talent-registry schema > graphql/schema.graphql`"
    )


def test_nothing_published_is_broken(schema: GraphQLSchema) -> None:
    # What callers rely on is the last release; before the first one, what was committed last.
    released = git("describe", "--tags", "--abbrev=0", "--match", "v*").stdout.strip()
    before = git("show", f"{released or 'HEAD'}:graphql/schema.graphql")
    if before.returncode != 0:
        return  # nothing is published yet
    changes = find_breaking_changes(build_schema(before.stdout), schema)
    assert [change.description for change in changes] == []


def git(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_everything_in_the_schema_has_a_description(schema: GraphQLSchema) -> None:
    assert list(undescribed(schema)) == []


def undescribed(schema: GraphQLSchema) -> Iterator[str]:
    for name, kind in schema.type_map.items():
        if name.startswith("__") or name in {"String", "Int", "Float", "Boolean", "ID"}:
            continue
        if not kind.description and kind not in {schema.query_type, schema.mutation_type, schema.subscription_type}:
            yield name
        if isinstance(kind, GraphQLEnumType):
            yield from (f"{name}.{value}" for value, what in kind.values.items() if not what.description)
        if isinstance(kind, GraphQLInputObjectType):
            yield from (f"{name}.{field}" for field, what in kind.fields.items() if not what.description)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field, what in kind.fields.items():
                if not what.description:
                    yield f"{name}.{field}"
                yield from (f"{name}.{field}({argument}:)" for argument, of in what.args.items() if not of.description)


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_a_named_document_fits_the_schema(path: Path, schema: GraphQLSchema) -> None:
    assert [error.message for error in validate(schema, parse(path.read_text(encoding="utf-8")))] == []


def test_every_command_has_a_key_and_answers_with_a_union(schema: GraphQLSchema) -> None:
    mutations = schema.mutation_type.fields if schema.mutation_type else {}
    odd = [name for name, field in mutations.items() if list(field.args) != ["input"]]
    assert odd == [], "a mutation takes one argument, input"
    inputs = {name: get_named_type(field.args["input"].type) for name, field in mutations.items()}
    keyless = {name for name, kind in inputs.items() if "idempotencyKey" not in kind.fields}
    assert keyless == KEYLESS
    assert [name for name, field in mutations.items() if not is_union_type(get_named_type(field.type))] == []
