"""Answering a file of worked cases: one line for each, with the exit code that all of them earn."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Protocol

from talent_registry.domain.errors import InvalidInput
from talent_registry.services.case_items import ItemReader, TextSource

AGREED, DIFFERED, MALFORMED = 0, 1, 2
# Of a case that is refused its name is told where it is no longer.
LONGEST_NAME = 100


class TextSink(Protocol):
    """Where lines of text are written to."""

    def write(self, text: str, /) -> int:
        """Takes the text."""


# The answer to the item at the place; its key `agrees`, where there is one, says whether it is the one expected.
Answer = Callable[[object, tuple[str, ...]], dict[str, object]]


def answer_each(text_stream: TextSource, out: TextSink, errors: TextSink | None, answer: Answer) -> int:
    """Writes one JSON object a line to `out` for each case of a JSON array, or of objects one a line.

    Holds one case at a time. Returns 0; 1 when an answer does not agree; 2 when the file or a case is malformed:
    `errors` (None: standard error) then names the path of the key in both languages, and the others are still answered.
    """
    errors = sys.stderr if errors is None else errors
    exit_code = AGREED
    try:
        for number, item in enumerate(ItemReader(text_stream)):
            try:
                given = _answered(item, number, answer)
            except InvalidInput as error:
                exit_code = _report(error, errors, _named(item))
                continue
            out.write(json.dumps(given, ensure_ascii=False) + "\n")
            if not given.get("agrees", True):
                exit_code = max(exit_code, DIFFERED)
    except InvalidInput as error:
        exit_code = _report(error, errors)
    return exit_code


def _answered(item: object, number: int, answer: Answer) -> dict[str, object]:
    if isinstance(item, InvalidInput):
        raise item
    return answer(item, (f"[{number}]",))


def _named(item: object) -> str | None:
    """The name of a case that may be malformed, fit to stand in a line; None where it has none."""
    name = item.get("case_id") if isinstance(item, Mapping) else None
    return name if isinstance(name, str) and name.isprintable() and 1 <= len(name) <= LONGEST_NAME else None


def _report(error: InvalidInput, errors: TextSink, name: str | None = None) -> int:
    # Keys of a hostile file may hold halves of characters, which no terminal takes.
    zh, en = ("", "") if name is None else (f"（案例 {name}）", f" (case {name})")
    lines = f"{error.message.zh}{zh}\n{error.message.en}{en}\n"
    errors.write(lines.encode("utf-8", "backslashreplace").decode())
    return MALFORMED
