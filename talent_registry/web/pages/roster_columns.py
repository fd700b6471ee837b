"""Which column of a roster's file is which: guessed from its header, and chosen on the page by the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from talent_registry.documents.chosen import Chosen, Head
from talent_registry.domain.identifiers import mask
from talent_registry.domain.messages import Message
from talent_registry.services.roster_previews import Preview
from talent_registry.web.pages.visits import Visit

# The columns a person chooses among, in the order of the template; the first two must be there.
CHOSEN: Final = {
    "name": Message(zh="姓名", en="Name"),
    "number": Message(zh="证书编号", en="Certificate number"),
    "document": Message(zh="证件号码", en="Identity document"),
    "obtained_on": Message(zh="取得时间", en="Obtained on"),
    "level": Message(zh="职称层级", en="Level"),
}
REQUIRED: Final = frozenset({"name", "number"})
_LONGEST_PLACE: Final = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """What the page offers: the header, and the place taken for each column so far."""

    head: Head
    places: Mapping[str, int]


def read_choice(visit: Visit) -> Chosen | None:
    """What the person chose; None where nothing was offered, so that the columns are found by their names."""
    line, header = _number(visit.sent("header_line")), visit.sent("header")
    if line is None or not header:
        return None
    places = {key: place for key in CHOSEN if (place := _number(visit.sent(f"column_{key}"))) is not None}
    return Chosen(line, places, header)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_PLACE else None


def first_rows(preview: Preview) -> list[tuple[int, list[str]]]:
    """The first rows as they will be verified, each with its number in the file; numbers of documents masked."""
    keys = [column.key for column in preview.columns]
    return [(line, [_shown(key, (cells or {}).get(key, "")) for key in keys]) for line, _, cells in preview.first]


def _shown(key: str, text: str) -> str:
    return mask(text) if key == "document" else text
