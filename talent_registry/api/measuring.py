"""What a document costs, measured once for each size of its pages."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, Final

from graphql import ArgumentNode, DocumentNode, Node, ObjectFieldNode, VariableNode

from talent_registry.api.limits import PAGE_ARGUMENTS, Limits, Measured, check_input, measure, nodes_in

_REMEMBERED: Final = 512
_Key = tuple[int, Limits, tuple[Any, ...]]
# The document is kept with it, so that its id is not given to another while it is remembered.
_measured: OrderedDict[_Key, tuple[DocumentNode, Measured]] = OrderedDict()
_paging: OrderedDict[int, tuple[DocumentNode, tuple[str, ...]]] = OrderedDict()
_lock = Lock()


def remembered_measure(document: DocumentNode, variables: Mapping[str, Any] | None, limits: Limits) -> Measured:
    """As `measure`, which is asked again only where a page has another size. Raises `LimitExceeded`."""
    given = variables or {}
    sizes = tuple(given.get(name) for name in _variables_of_pages(document))
    # True would be taken for 1.
    if not all(size is None or type(size) is int for size in sizes):
        return measure(document, variables, limits)
    key = (id(document), limits, sizes)
    with _lock:
        known = _measured.get(key)
    if known is not None:
        check_input(given, limits)
        return known[1]
    found = measure(document, variables, limits)
    with _lock:
        _measured[key] = (document, found)
        while len(_measured) > _REMEMBERED:
            _measured.popitem(last=False)
    return found


def _variables_of_pages(document: DocumentNode) -> tuple[str, ...]:
    """The variables that stand for the size of a page: nothing else of the variables counts."""
    with _lock:
        known = _paging.get(id(document))
    if known is not None:
        return known[1]
    names = tuple(sorted({name for node in nodes_in(document) if (name := _variable_of_page(node)) is not None}))
    with _lock:
        _paging[id(document)] = (document, names)
        while len(_paging) > _REMEMBERED:
            _paging.popitem(last=False)
    return names


def _variable_of_page(node: Node) -> str | None:
    if not isinstance(node, (ArgumentNode, ObjectFieldNode)) or node.name.value not in PAGE_ARGUMENTS:
        return None
    return node.value.name.value if isinstance(node.value, VariableNode) else None
