"""Closed sets of ours as GraphQL enums, each value described."""

from enum import Enum
from typing import Any

import strawberry


def described(enum: type[Enum], description: str, values: dict[str, str], *, name: str | None = None) -> None:
    """Register a domain enum with GraphQL; `values` describes every member by name, `name` is another than its own."""
    if set(values) != set(enum.__members__):
        missing = set(values) ^ set(enum.__members__)
        raise ValueError(f"{enum.__name__}: describe exactly its members; differs in {sorted(missing)}")
    registered: Any = strawberry.enum(enum, name=name, description=description)
    for value in registered.__strawberry_definition__.values:
        value.description = values[value.name]
