"""How large a selection grows when its fragments are spread; computed once a fragment, so that doubling is cheap."""

from dataclasses import dataclass
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    SelectionSetNode,
)

# Selection sets, inline fragments and spreads that stand in one another, counted along a path. Far beyond sound
# operations, far below the depth at which Python's recursion would end.
LEVELS: Final = 64


class FragmentsUnsound(Exception):
    """The fragments cannot be spread: `reason` is FRAGMENT_CYCLE or TOO_DEEP."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Size:
    """A selection after spreading: `selections` of any kind in all, and the `levels` they stand in one another."""

    selections: int
    levels: int


class Fragments:
    """The fragments of one document, and the sizes they spread to."""

    def __init__(self, document: DocumentNode) -> None:
        self.definitions = [each for each in document.definitions if isinstance(each, FragmentDefinitionNode)]
        self._by_name = {each.name.value: each for each in self.definitions}
        self._sizes: dict[str, Size] = {}
        self._open: set[str] = set()

    def size(self, selection_set: SelectionSetNode | None, level: int = 0) -> Size:
        """The size of a selection set. Raises `FragmentsUnsound`; an unknown fragment counts as empty."""
        if level > LEVELS:
            raise FragmentsUnsound("TOO_DEEP")
        selections = levels = 0
        for each in selection_set.selections if selection_set else ():
            if isinstance(each, FragmentSpreadNode):
                inner = self._of_fragment(each.name.value, level + 1)
            elif isinstance(each, (FieldNode, InlineFragmentNode)):
                inner = self.size(each.selection_set, level + 1)
            else:
                continue
            selections += 1 + inner.selections
            levels = max(levels, 1 + inner.levels)
        if levels > LEVELS:
            raise FragmentsUnsound("TOO_DEEP")
        return Size(selections, levels)

    def fields(self, selection_set: SelectionSetNode | None) -> list[FieldNode]:
        """The fields directly in a selection set, fragments spread. Call only once `size` has found it sound."""
        found: list[FieldNode] = []
        for each in selection_set.selections if selection_set else ():
            if isinstance(each, FieldNode):
                found.append(each)
            elif isinstance(each, FragmentSpreadNode):
                fragment = self._by_name.get(each.name.value)
                found += self.fields(fragment.selection_set if fragment else None)
            elif isinstance(each, InlineFragmentNode):
                found += self.fields(each.selection_set)
        return found

    def _of_fragment(self, name: str, level: int) -> Size:
        if name in self._sizes:
            return self._sizes[name]
        fragment = self._by_name.get(name)
        if fragment is None:
            return Size(0, 0)
        if name in self._open:
            raise FragmentsUnsound("FRAGMENT_CYCLE")
        self._open.add(name)
        size = self._sizes[name] = self.size(fragment.selection_set, level)
        self._open.remove(name)
        return size
