"""Strict JSON: what PostgreSQL, Python and the client would each read differently is refused."""

import json
import math
import re
from typing import Any, Final

DEEPEST: Final = 32
LONGEST_NUMBER: Final = 32  # characters

# One pass over strings and brackets. An unclosed string runs to the end, so that the scan never goes back.
_MARKS = re.compile(r'"(?:[^"\\]+|\\.)*(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)
_SPOILT = re.compile("[\x00\ud800-\udfff]")


class NotStrictJson(Exception):
    """The text is no strict JSON; `reason` is ENCODING, SYNTAX, DEPTH, DUPLICATE, NUMBER or CHARACTER."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a JSON text in strict UTF-8. Raises `NotStrictJson`, never anything else.

    Refused besides bad syntax: a byte order mark, nesting beyond 32, a member twice in an object, NaN and infinities,
    numbers of more than 32 characters or beyond a double, NUL and lone surrogates (also as escapes).
    """
    try:
        text = body.decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise NotStrictJson("ENCODING") from None
    if text.startswith("\ufeff"):
        raise NotStrictJson("ENCODING")
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_no_constant,
            parse_int=_whole_number,
            parse_float=_fraction,
        )
    except (ValueError, RecursionError):
        raise NotStrictJson("SYNTAX") from None
    if "\\u" in text:
        # Raw NUL is bad syntax and raw surrogates are no UTF-8; both can only come in as escapes.
        _check_characters(value)
    return value


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    depth = 0
    for mark in _MARKS.finditer(text):
        first = text[mark.start()]
        if first in "[{":
            depth += 1
            if depth > DEEPEST:
                raise NotStrictJson("DEPTH")
        elif first != '"':
            depth -= 1


def _check_characters(value: Any) -> None:  # noqa: ANN401 - any JSON value
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            if _SPOILT.search(each):
                raise NotStrictJson("CHARACTER")
        elif isinstance(each, dict):
            waiting.extend(each)
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotStrictJson("DUPLICATE")
    return members


def _no_constant(_: str) -> None:
    raise NotStrictJson("NUMBER")


def _whole_number(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise NotStrictJson("NUMBER")
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits) if len(digits) <= LONGEST_NUMBER else math.inf
    if not math.isfinite(number):
        raise NotStrictJson("NUMBER")
    return number
