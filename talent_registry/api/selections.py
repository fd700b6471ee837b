"""What a document asks for below a field, and for what purpose: what is not asked is neither read nor noted as seen."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    VariableNode,
    value_from_ast_untyped,
)

from talent_registry.api.context import Info


def selected_fields(info: Info, type_name: str, *path: str) -> frozenset[str]:
    """The names of the fields asked of `type_name` at `path` below the present field; each fragment is read once.

    Fragments on another type are left out at the end of the path; `@skip` and `@include` are obeyed.
    """
    raw = info._raw_info  # noqa: SLF001 - Strawberry's own view of selections repeats doubled fragments without end
    nodes: list[FieldNode] = list(raw.field_nodes)
    for step in path:
        nodes = [node for node in _Walk(raw.fragments, info.variable_values).below(nodes) if node.name.value == step]
    return frozenset(node.name.value for node in _Walk(raw.fragments, info.variable_values, type_name).below(nodes))


def purpose_along(info: Info) -> str:
    """The purpose of a look taken along: the one stated to the question or command that the present field belongs to.

    Where none was stated, "with: " and the name of that question or command.
    """
    raw = info._raw_info  # noqa: SLF001 - Strawberry gives the arguments of the present field only
    path = info.path
    while path.prev is not None:
        path = path.prev
    roots = _Walk(raw.fragments, info.variable_values).below([raw.operation])
    root = next(node for node in roots if (node.alias or node.name).value == path.key)
    given = {one.name.value: value_from_ast_untyped(one.value, info.variable_values) for one in root.arguments or ()}
    purpose = given.get("input", given).get("purpose")
    return purpose if isinstance(purpose, str) and purpose.strip() else f"with: {root.name.value}"


@dataclass(slots=True)
class _Walk:
    """One walk over the selections below some fields, spreading each named fragment once."""

    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    type_name: str | None = None
    seen: set[str] = field(default_factory=set)

    def below(self, nodes: Iterable[FieldNode | OperationDefinitionNode]) -> list[FieldNode]:
        """The fields selected under any of `nodes`."""
        sets = [node.selection_set.selections for node in nodes if node.selection_set is not None]
        return [found for selections in sets for found in self._fields(selections)]

    def _fields(self, selections: Iterable[SelectionNode]) -> Iterator[FieldNode]:
        for node in filter(self._included, selections):
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if self._applies(node.type_condition.name.value if node.type_condition else None):
                    yield from self._fields(node.selection_set.selections)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in self.seen:
                self.seen.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value):
                    yield from self._fields(fragment.selection_set.selections)

    def _applies(self, condition: str | None) -> bool:
        return condition is None or self.type_name is None or condition in (self.type_name, "Node")

    def _included(self, node: SelectionNode) -> bool:
        """Whether `@skip` and `@include` let the node in; their one argument is a literal or a variable."""
        for directive in node.directives or ():
            for argument in directive.arguments or ():
                said = None
                if isinstance(argument.value, BooleanValueNode):
                    said = argument.value.value
                elif isinstance(argument.value, VariableNode):
                    said = bool(self.variables.get(argument.value.name.value))
                if (directive.name.value, said) in {("skip", True), ("include", False)}:
                    return False
        return True
