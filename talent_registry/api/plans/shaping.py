"""From a validated document to the neutral shape of what it asks below one question."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    get_directive_values,
    get_named_type,
    is_abstract_type,
)
from graphql.execution.values import VariableValues

from talent_registry.domain.shapes import Asked, NotPlanned

_TYPE_NAME = "__typename"


@dataclass(frozen=True, slots=True)
class Argued:
    """A field with arguments: where its definition and its first node stand, to read its values for each request."""

    prefix: str
    definition: GraphQLField
    node: FieldNode


@dataclass(slots=True)
class Shaping:
    """One operation's selections while they are shaped; `argued` collects the fields whose arguments vary."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues
    argued: list[Argued] = field(default_factory=list)

    def collected(
        self, parent: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]
    ) -> dict[str, list[FieldNode]]:
        """The fields selected of an object, by key, in order, as graphql-core would collect them."""
        found: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        for one in sets:
            for node in self._fields(parent, one.selections if one else (), spread):
                found.setdefault((node.alias or node.name).value, []).append(node)
        return found

    def below(self, parent: GraphQLObjectType, nodes: list[FieldNode]) -> tuple[Asked, ...]:
        """What is asked below fields that give such an object."""
        groups = self.collected(parent, [node.selection_set for node in nodes])
        return tuple(self._asked(parent, key, group) for key, group in groups.items())

    def _asked(self, parent: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Asked:
        name = nodes[0].name.value
        if name == _TYPE_NAME:
            return Asked(key, name, constant=f'"{parent.name}"')
        definition = parent.fields[name]
        given = self._given(definition, nodes[0])
        kind = get_named_type(definition.type)
        if is_abstract_type(kind):
            raise NotPlanned
        below = self.below(kind, nodes) if isinstance(kind, GraphQLObjectType) else ()
        return Asked(key, name, below, given)

    def _given(self, definition: GraphQLField, node: FieldNode) -> tuple[tuple[str, str], ...]:
        if not definition.args or not node.arguments:
            return ()
        prefix = f"given_{len(self.argued)}"
        self.argued.append(Argued(prefix, definition, node))
        return tuple((one.name.value, f"{prefix}_{one.name.value}") for one in node.arguments)

    def _fields(
        self, parent: GraphQLObjectType, selections: Iterable[SelectionNode], spread: set[str]
    ) -> Iterator[FieldNode]:
        for node in selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if self._applies(parent, node.type_condition.name.value if node.type_condition else None):
                    yield from self._fields(parent, node.selection_set.selections, spread)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(parent, fragment.type_condition.name.value):
                    yield from self._fields(parent, fragment.selection_set.selections, spread)

    def _applies(self, parent: GraphQLObjectType, condition: str | None) -> bool:
        if condition is None or condition == parent.name:
            return True
        kind: Any = self.schema.type_map[condition]
        return is_abstract_type(kind) and self.schema.is_sub_type(kind, parent)

    def _included(self, node: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        if skip and skip["if_" if "if_" in skip else "if"]:
            return False
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not include or bool(include["if_" if "if_" in include else "if"])
