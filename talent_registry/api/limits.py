"""Limits on a GraphQL document, decided before it is validated or executed, within milliseconds for any text."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    IntValueNode,
    ListValueNode,
    Node,
    ObjectFieldNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

from talent_registry.api.allowances import Limits
from talent_registry.api.fragments import Fragments, FragmentsUnsound
from talent_registry.api.parsing import parse_query
from talent_registry.api.refusals import LimitExceeded, exceeded

PAGE_ARGUMENTS: Final = frozenset({"first", "last"})
# Lists of variables that may be longer than others, by the name of their member.
LONG_LISTS: Final = {"rosterRows": 500}
_FLAT_MEMBERS: Final = 10
_WRAPPERS: Final = frozenset({"edges", "node", "nodes", "pageInfo"})
_INTROSPECTION: Final = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Measured:
    """What a document's largest operation asks for: `cost` is the estimated number of records."""

    cost: int
    depth: int
    aliases: int
    selections: int


def guard(document: DocumentNode, variables: Mapping[str, Any] | None, limits: Limits) -> None:
    """Raise `LimitExceeded` unless document and variables keep the limits. Costs milliseconds for any document."""
    measure(document, variables, limits)


def measure(document: DocumentNode, variables: Mapping[str, Any] | None, limits: Limits) -> Measured:
    """What a document asks for. Raises `LimitExceeded` when that is beyond the limits."""
    given = variables or {}
    check_input(given, limits)
    _check_nodes(document, limits)
    fragments = Fragments(document)
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    selections = _spread_size(fragments, operations, limits)
    # Fragments are walked on their own as well: validation looks into those that no operation spreads.
    alone = [_Walk(fragments, limits, each.selection_set, {}, introspecting=True) for each in fragments.definitions]
    walks = [_walk_operation(fragments, limits, each, given) for each in operations]
    if sum(walk.pairs for walk in (*alone, *walks)) > limits.pairs:
        raise exceeded("TOO_MANY_REPEATS", limits.pairs)
    return Measured(
        cost=max((walk.cost for walk in walks), default=0),
        depth=max((walk.depth for walk in walks), default=0),
        aliases=max((walk.aliases for walk in walks), default=0),
        selections=selections,
    )


def check_input(variables: Mapping[str, Any], limits: Limits) -> None:
    """Raise `LimitExceeded` for lists of more than 100 items, pages beyond 100 or very many values in variables.

    A list of `LONG_LISTS` may be longer where its items hold nothing but plain values; each item then counts as one.
    """
    waiting: list[Any] = [variables]
    seen = 0
    while waiting:
        value = waiting.pop()
        seen += 1
        if seen > limits.input_values:
            raise exceeded("TOO_MANY_VALUES", limits.input_values)
        if isinstance(value, Mapping):
            for name in PAGE_ARGUMENTS & value.keys():
                _check_page(value[name], limits)
            for name, member in value.items():
                longest = LONG_LISTS.get(name)
                if longest and isinstance(member, list) and all(map(_is_flat, member)):
                    if len(member) > longest:
                        raise exceeded("LIST_TOO_LONG", longest)
                    seen += len(member)
                else:
                    waiting.append(member)
        elif isinstance(value, (list, tuple)):
            if len(value) > limits.list_items:
                raise exceeded("LIST_TOO_LONG", limits.list_items)
            waiting.extend(value)


def _is_flat(item: object) -> bool:
    """Whether it is an object of a few plain values."""
    return (
        isinstance(item, Mapping)
        and len(item) <= _FLAT_MEMBERS
        and not any(isinstance(member, (Mapping, list, tuple)) for member in item.values())
    )


def _check_nodes(document: DocumentNode, limits: Limits) -> None:
    """What can be seen at one node: lists, directives, page sizes, NUL in strings."""
    for node in nodes_in(document):
        directives = getattr(node, "directives", None) or ()
        if len(directives) > limits.directives:
            raise exceeded("TOO_MANY_DIRECTIVES", limits.directives)
        if isinstance(node, ListValueNode) and len(node.values) > limits.list_items:
            raise exceeded("LIST_TOO_LONG", limits.list_items)
        if isinstance(node, StringValueNode) and "\0" in node.value:
            raise exceeded("NUL_CHARACTER", 0)
        if isinstance(node, (ArgumentNode, ObjectFieldNode)) and node.name.value in PAGE_ARGUMENTS:
            _check_page(_literal(node.value), limits)


def nodes_in(document: DocumentNode) -> Iterator[Node]:
    """Every node of a document."""
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        yield node
        for key in node.keys:
            value = getattr(node, key, None)
            if isinstance(value, Node):
                waiting.append(value)
            elif isinstance(value, (list, tuple)):
                waiting.extend(each for each in value if isinstance(each, Node))


def _literal(node: ValueNode | None) -> int | None:
    # More digits than a page could have are not converted: Python refuses very long ones with a ValueError.
    return int(node.value[:10]) if isinstance(node, IntValueNode) else None


def _check_page(value: Any, limits: Limits) -> None:  # noqa: ANN401 - any JSON value
    if isinstance(value, (int, float)) and value > limits.page:
        raise exceeded("PAGE_TOO_LARGE", limits.page)


def _spread_size(fragments: Fragments, operations: list[OperationDefinitionNode], limits: Limits) -> int:
    """Selections of the whole document, fragments spread wherever they are named."""
    if len(fragments.definitions) > limits.fragments:
        raise exceeded("TOO_MANY_FRAGMENTS", limits.fragments)
    if len(operations) > limits.operations:
        raise exceeded("TOO_MANY_OPERATIONS", limits.operations)
    try:
        size = sum(fragments.size(each.selection_set).selections for each in (*operations, *fragments.definitions))
    except FragmentsUnsound as error:
        raise exceeded(error.reason, limits.depth) from None
    if size > limits.selections:
        raise exceeded("TOO_MANY_SELECTIONS", limits.selections)
    return size


def _walk_operation(
    fragments: Fragments, limits: Limits, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> "_Walk":
    mutating = operation.operation is OperationType.MUTATION
    allowed = limits.mutation_roots if mutating else limits.query_roots
    if len(fragments.fields(operation.selection_set)) > allowed:
        raise exceeded("TOO_MANY_ROOT_FIELDS", allowed)
    definitions = operation.variable_definitions or ()
    defaults = {each.variable.name.value: _literal(each.default_value) for each in definitions}
    walk = _Walk(fragments, limits, operation.selection_set, defaults | dict(variables))
    if walk.aliases > limits.aliases:
        raise exceeded("TOO_MANY_ALIASES", limits.aliases)
    if walk.cost > limits.cost:
        raise exceeded("TOO_COSTLY", limits.cost, walk.cost)
    return walk


class _Walk:
    """A selection walked with its fragments spread; bounded, since its size was measured before."""

    def __init__(
        self,
        fragments: Fragments,
        limits: Limits,
        selection_set: SelectionSetNode,
        variables: Mapping[str, Any],
        *,
        introspecting: bool = False,
    ) -> None:
        self._fragments = fragments
        self._limits = limits
        self._variables = variables
        self._places: Counter[tuple[str, ...]] = Counter()
        self.aliases = 0
        self.depth = 0
        self.cost = self._cost_of(selection_set, (), introspecting=introspecting)
        # Validation compares every two fields that answer at one place.
        self.pairs = sum(count * (count - 1) // 2 for count in self._places.values())

    def _cost_of(self, selection_set: SelectionSetNode | None, place: tuple[str, ...], *, introspecting: bool) -> int:
        cost = 0
        for each in self._fragments.fields(selection_set):
            below = (*place, each.alias.value if each.alias else each.name.value)
            self._places[below] += 1
            self.aliases += each.alias is not None
            inside = introspecting or each.name.value in _INTROSPECTION
            allowed = self._limits.introspection_depth if inside else self._limits.depth
            if len(below) > allowed:
                raise exceeded("TOO_DEEP", allowed)
            self.depth = max(self.depth, len(below))
            cost += self._field_cost(each, self._cost_of(each.selection_set, below, introspecting=inside))
        return cost

    def _field_cost(self, field: FieldNode, inner: int) -> int:
        """Records estimated: a leaf costs nothing, a record 1 and what stands in it, a page that for each item."""
        if field.selection_set is None or field.name.value in _WRAPPERS:
            return inner
        return self._page_of(field) * (1 + inner)

    def _page_of(self, field: FieldNode) -> int:
        """How many records a field gives; a connection is known by its argument or by `edges` or `nodes`."""
        sizes = [self._size(each.value) for each in field.arguments or () if each.name.value in PAGE_ARGUMENTS]
        asked = [size for size in sizes if size is not None]
        if asked:
            return max(1, *asked)
        names = {each.name.value for each in self._fragments.fields(field.selection_set)}
        return self._limits.default_page if sizes or names & {"edges", "nodes"} else 1

    def _size(self, node: ValueNode) -> int | None:
        value = self._variables.get(node.name.value) if isinstance(node, VariableNode) else _literal(node)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        _check_page(value, self._limits)
        return int(value)


__all__ = ["LimitExceeded", "Limits", "Measured", "check_input", "guard", "measure", "nodes_in", "parse_query"]
