"""How much one GraphQL document may ask for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may ask for. Fields are counted after spreading fragments."""

    characters: int = 64 * 1024
    tokens: int = 2000
    comments: int = 200
    nesting: int = 40  # brackets in one another, anywhere
    depth: int = 12  # fields in one another
    introspection_depth: int = 16  # the usual introspection query has 15
    selections: int = 1500
    pairs: int = 3000  # pairs of fields that answer at one place: what validation compares
    aliases: int = 30
    query_roots: int = 20
    mutation_roots: int = 5
    directives: int = 5  # at one place
    fragments: int = 30
    operations: int = 20
    list_items: int = 100
    input_values: int = 2000
    page: int = 100
    default_page: int = 20
    cost: int = 10_000
