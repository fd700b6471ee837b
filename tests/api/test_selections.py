"""Which fields a document asks for."""

from typing import Any, cast

import strawberry

from talent_registry.api.context import Info
from talent_registry.api.selections import purpose_along, selected_fields


@strawberry.type
class Leaf:
    name: str = "n"
    other: str = "o"


@strawberry.type
class Researcher:
    seen: strawberry.Private[list[Any]]
    name: str = "n"
    household: str = "h"
    orcid: str = "o"

    @strawberry.field
    def leaf(self, info: Info) -> Leaf:
        self.seen.append((selected_fields(info, "Leaf"), purpose_along(info)))
        return Leaf()


@strawberry.type
class Query:
    @strawberry.field
    def person(self, info: Info, purpose: str = "") -> Researcher:  # noqa: ARG002 - read from the document
        seen = cast("list[Any]", info.context)
        seen.append(selected_fields(info, "Researcher"))
        return Researcher(seen=seen)


@strawberry.input
class Decision:
    purpose: str | None = None


@strawberry.type
class Mutation:
    @strawberry.mutation
    def decide(self, info: Info, input: Decision) -> Researcher:  # noqa: A002, ARG002 - as in our commands
        return Researcher(seen=cast("list[Any]", info.context))


def asked(document: str, **variables: Any) -> list[Any]:
    seen: list[Any] = []
    result = strawberry.Schema(Query, Mutation).execute_sync(document, variable_values=variables, context_value=seen)
    assert result.errors is None
    return seen


def test_fields_are_found_through_fragments_and_aliases() -> None:
    document = """
        query Q { person { ...A ... on Researcher { orcid } ... { alias: household } } }
        fragment A on Researcher { name ...B } fragment B on Researcher { name household }
    """
    assert asked(document) == [{"name", "household", "orcid"}]


def test_what_is_skipped_is_not_asked_for() -> None:
    document = """
        query Q($no: Boolean!) {
            person { name household @include(if: $no) orcid @skip(if: true) ...A @include(if: $no) }
        }
        fragment A on Researcher { orcid }
    """
    assert asked(document, no=False) == [{"name"}]


def test_a_look_taken_along_is_named_by_its_question_whatever_alias_it_goes_by() -> None:
    assert asked("{ audit: person { leaf { name } } }")[1] == ({"name"}, "with: person")
    assert asked('{ person(purpose: " ") { leaf { name } } }')[1] == ({"name"}, "with: person")


def test_a_look_taken_along_is_for_the_purpose_of_its_question() -> None:
    document = """
        query Q($why: String!) { ...F b: person(purpose: "audit") { leaf { name } } }
        fragment F on Query { person(purpose: $why) { leaf { name } } }
    """
    assert [seen[1] for seen in asked(document, why="hiring") if isinstance(seen, tuple)] == ["hiring", "audit"]


def test_a_look_taken_along_with_a_command_is_for_the_purpose_of_its_input() -> None:
    document = (
        'mutation { decide(input: {purpose: "hiring"}) { leaf { name } } again: decide(input: {}) { leaf { name } } }'
    )
    assert [seen[1] for seen in asked(document) if isinstance(seen, tuple)] == ["hiring", "with: decide"]


def test_doubled_fragments_are_read_once_each() -> None:
    fragments = "".join(f"fragment F{n} on Researcher {{ ...F{n + 1} ...F{n + 1} }} " for n in range(18))
    assert asked("{ person { ...F0 name } } " + fragments + "fragment F18 on Researcher { orcid }") == [
        {"name", "orcid"}
    ]
