"""Validation of a document against the schema: done once for a document that was found sound and is asked again."""

from collections import OrderedDict
from threading import Lock
from typing import Final

from graphql import ASTValidationRule, DocumentNode, GraphQLError, GraphQLSchema, validate

_MOST_ERRORS: Final = 20
_REMEMBERED: Final = 256
_Key = tuple[int, int, tuple[type[ASTValidationRule], ...]]
# Both are kept with the key, so that neither id is given to another while it is remembered.
_sound: OrderedDict[_Key, tuple[GraphQLSchema, DocumentNode]] = OrderedDict()
_lock = Lock()


def find_faults(
    schema: GraphQLSchema, document: DocumentNode, rules: tuple[type[ASTValidationRule], ...], *, outsider: bool
) -> list[GraphQLError]:
    """What is wrong with a document, at most twenty faults; without suggestions for outsiders.

    `parse_query` gives the same document for the same text, so that it is known again by itself.
    """
    key = (id(schema), id(document), rules)
    with _lock:
        if key in _sound:
            _sound.move_to_end(key)
            return []
    found = validate(schema, document, rules, max_errors=_MOST_ERRORS, hide_suggestions=outsider)
    if not found:
        with _lock:
            _sound[key] = (schema, document)
            while len(_sound) > _REMEMBERED:
                _sound.popitem(last=False)
    return found
