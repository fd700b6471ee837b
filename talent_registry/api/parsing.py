"""GraphQL text to document: bounded before it is parsed, remembered afterwards."""

import re
from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Final

from graphql import DocumentNode, GraphQLSyntaxError, parse

from talent_registry.api.allowances import Limits
from talent_registry.api.refusals import exceeded

# Strings, block strings and comments hide brackets. An unclosed one runs to the end of its line or of the text: what is
# tried always fits, so that the scan goes never back. No possessive quantifiers: they are broken before Python 3.11.5.
_MARKS = re.compile(
    r'"""(?:[^"\\]+|\\"""|\\|"(?!""))*(?:"""|\Z)|"(?:[^"\\\r\n]+|\\[^\r\n])*(?:"|\\?(?=[\r\n])|\\?\Z)|#[^\r\n]*|[\[({]|[\])}]'
)

_CACHED_DOCUMENTS: Final = 256
_CACHED_CHARACTERS: Final = 8 * 1024
_documents: OrderedDict[tuple[str, Limits], DocumentNode] = OrderedDict()
# Texts of our own: however many others are asked for meanwhile, each of these is parsed once.
_kept: set[str] = set()
_kept_documents: dict[tuple[str, Limits], DocumentNode] = {}
_lock = Lock()


def keep_parsed(texts: Iterable[str]) -> None:
    """From now on these documents, a bounded number of our own, stay parsed once they were."""
    _kept.update(texts)


def parse_query(text: str, limits: Limits) -> DocumentNode:
    """The parsed document, from a bounded cache when it was asked for lately.

    Raises `LimitExceeded`, or graphql-core's `GraphQLSyntaxError`; never RecursionError.
    """
    key = (text, limits)
    if (kept := _kept_documents.get(key)) is not None:
        return kept
    with _lock:
        if (known := _documents.get(key)) is not None:
            _documents.move_to_end(key)
            return known
    document = _parsed(text, limits)
    if text in _kept:
        # Two that parse it at once agree on one of theirs, by which its plan and soundness are known again.
        return _kept_documents.setdefault(key, document)
    if len(text) <= _CACHED_CHARACTERS:
        with _lock:
            _documents[key] = document
            while len(_documents) > _CACHED_DOCUMENTS:
                _documents.popitem(last=False)
    return document


def _parsed(text: str, limits: Limits) -> DocumentNode:
    if len(text) > limits.characters:
        raise exceeded("TOO_LONG", limits.characters)
    # Escapes in strings cost the lexer as much as tokens do.
    if text.count("\\") > limits.tokens:
        raise exceeded("TOO_MANY_TOKENS", limits.tokens)
    _check_nesting(text, limits)
    try:
        return parse(
            text,
            max_lexical_tokens=limits.tokens,
            max_comments=limits.comments,
            max_source_length=limits.characters,
        )
    except GraphQLSyntaxError as error:
        # Known by the words: the parser gives its limits no type of their own.
        if "contains more than" in error.message:
            raise exceeded("TOO_MANY_TOKENS", limits.tokens) from None
        raise


def _check_nesting(text: str, limits: Limits) -> None:
    if text.count("{") + text.count("[") + text.count("(") <= limits.nesting:
        return
    depth = 0
    for mark in _MARKS.finditer(text):
        first = text[mark.start()]
        if first in "{[(":
            depth += 1
            if depth > limits.nesting:
                raise exceeded("TOO_DEEP", limits.nesting)
        elif first in "}])":
            depth -= 1
