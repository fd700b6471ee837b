"""Lists of named codes and how a text from a roll finds its entry."""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from talent_registry.reference.records import CatalogueError, UnknownCode


class Named(Protocol):
    """Anything with a code, names in both languages and further Chinese names."""

    @property
    def code(self) -> str:
        """The code, unique in its list."""

    @property
    def name_zh(self) -> str:
        """The Chinese name."""

    @property
    def name_en(self) -> str:
        """The English name."""

    @property
    def aliases_zh(self) -> tuple[str, ...]:
        """Further names in rolls."""


N = TypeVar("N", bound=Named)


# A roll says the same few words in a hundred thousand rows.
@lru_cache(maxsize=16_384)
def lookup_key(text: str) -> str:
    """The form in which names are compared: compatibility forms folded, no white space, no case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


class NamedList(Generic[N]):
    """Entries by code, and by any of their names; two entries may not share a code or a name."""

    __slots__ = ("_by_code", "_by_text", "name")

    def __init__(self, name: str, entries: Iterable[N]) -> None:
        self.name = name
        self._by_code: dict[str, N] = {}
        self._by_text: dict[str, N] = {}
        for entry in entries:
            if entry.code in self._by_code:
                raise CatalogueError(f"{name}: code {entry.code} occurs twice")
            self._by_code[entry.code] = entry
            for text in (entry.code, entry.name_zh, entry.name_en, *entry.aliases_zh):
                if self._by_text.setdefault(lookup_key(text), entry) is not entry:
                    raise CatalogueError(f"{name}: {text} names {entry.code} and another entry")

    def __iter__(self) -> Iterator[N]:
        return iter(self._by_code.values())

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __len__(self) -> int:
        return len(self._by_code)

    def get(self, code: str) -> N:
        """The entry of the code; UnknownCode if there is none."""
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownCode(self.name, code) from None

    def find(self, text: str) -> N | None:
        """The entry whose code or name is written in the text, else None."""
        return self._by_text.get(lookup_key(text))
