"""What stands around the records of a list in an answer: made once from what is asked, filled for each page."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from talent_registry.domain.pages import cursor_of
from talent_registry.domain.shapes import Asked

# A record with its place in the order of the list.
Item = tuple[tuple[str, ...], str]
_NULL = "null"


@dataclass(frozen=True, slots=True)
class Frame:
    """The text around a list, in pieces, and around each of its edges: each second piece names what is put in."""

    around: tuple[str, ...]
    edge: tuple[str, ...]

    @classmethod
    def of(cls, asked: Sequence[Asked]) -> "Frame":
        """The frame of a connection of which this is asked."""
        edges = [one.below for one in asked if one.name == "edges"]
        return cls(_pieces(asked), _pieces(edges[0]) if edges else ("",))

    def filled(self, items: Sequence[Item], *, has_next: bool, end: tuple[str, ...] | None = None) -> str:
        """A page of records. `end`: where the page ends, if not with the last record."""
        last = end or (items[-1][0] if items else None)
        text = list(self.around)
        for place in range(1, len(text), 2):
            if text[place] == "edges":
                text[place] = f"[{','.join(self._edges(items))}]"
            elif text[place] == "endCursor":
                text[place] = _NULL if last is None else f'"{cursor_of(last)}"'
            else:
                text[place] = "true" if has_next else "false"
        return "".join(text)

    def _edges(self, items: Sequence[Item]) -> list[str]:
        before, *rest = self.edge
        if rest[::2] == ["node"]:
            # By far the most: nothing but the record.
            return [f"{before}{text}{rest[1]}" for _, text in items]
        return [self._edge(place, text) for place, text in items]

    def _edge(self, place: tuple[str, ...], record: str) -> str:
        text = list(self.edge)
        for hole in range(1, len(text), 2):
            text[hole] = record if text[hole] == "node" else f'"{cursor_of(place)}"'
        return "".join(text)


def object_text(asked: Iterable[Asked], value: Callable[[Asked], str]) -> str:
    """An object with what was asked, in that order."""
    members = (f'"{one.key}":{one.constant if one.constant is not None else value(one)}' for one in asked)
    return f"{{{','.join(members)}}}"


def as_json(value: object) -> str:
    """A value of ours as it stands in an answer."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _pieces(asked: Sequence[Asked]) -> tuple[str, ...]:
    pieces = [""]
    for constant, hole in _flat(asked):
        pieces[-1] += constant
        if hole is not None:
            pieces += [hole, ""]
    return tuple(pieces)


def _flat(asked: Sequence[Asked]) -> Iterator[tuple[str, str | None]]:
    """Constant text, each time with the name of what follows it, if anything is to be filled in there."""
    for number, one in enumerate(asked):
        yield f'{"," if number else "{"}"{one.key}":', None
        if one.constant is not None:
            yield one.constant, None
        elif one.name == "pageInfo":
            yield from _flat(one.below)
        else:
            yield "", one.name
    yield ("}" if asked else "{}"), None
