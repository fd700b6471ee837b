"""Every failure that the program words itself, read from its source into data/errors.json."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class ToldFailure:
    """A failure: its code, or REQUEST where the whole request is refused; its reason; its words, what varies as "…"."""

    code: str
    reason: str
    zh: str
    en: str


@cache
def failures() -> tuple[ToldFailure, ...]:
    """All failures by code and reason."""
    text = files("talent_registry.reference").joinpath("data/errors.json").read_text(encoding="utf-8")
    return tuple(ToldFailure(**row) for row in json.loads(text))
